"""BatchBALD on CIFAR-10, from files of the user: a smaller stand-in for CINIC-10."""

from skbal.experiments._catalogue import _many_classes
from skbal.experiments._catalogue._cinic10 import PHOTOGRAPHS, POOL, QUICK
from skbal.experiments._catalogue._stopped import NETWORK

EXPERIMENT = _many_classes.declare(
    "cifar10",
    at=(300, 500),
    quick=QUICK,
    title="BatchBALD on the photographs of CIFAR-10",
    question="Is BatchBALD better than BALD on photographs, too?",
    settings={**PHOTOGRAPHS, "images": "CIFAR-10"},
    differences=(
        "CIFAR-10 is read from the folder cifar10 in the folder of data, and never "
        "downloaded.",
        "The paper has CINIC-10, whose classes are the same, and a VGG-16 that was "
        "trained on ImageNet. So there is no published number to compare with.",
        *NETWORK,
        *POOL,
    ),
    draw=_many_classes.draw_with({}, "CIFAR-10"),
)
