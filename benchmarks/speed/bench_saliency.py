"""Maps of the mutual information: ours against ten lines of torch autograd.

100 images of 28 by 28 pixels, 100 draws, the CNN of Gal et al. The opponent runs the
network in training mode on the images repeated for each draw, a few images at a time.
Its masks are fresh for each row, so that its draws are not joint, and it leaves the
random stream of torch moved. All run on one thread.

Run by asv, or as ``python -m benchmarks.speed.bench_saliency``.
"""

import statistics
import warnings

import numpy as np
import torch

from skbal.audit import uncertainty_saliency
from skbal.models import MCDropoutClassifier

from ._timing import command_line, seconds

N_IMAGES, N_DRAWS = 100, 100
AT_ONCE = 10  # images, so that the opponent fits into memory


def fitted():
    """Return a network that has seen a few noisy images, and images."""
    rng = np.random.default_rng(0)
    X = rng.random((N_IMAGES, 1, 28, 28)).astype(np.float32)
    X[np.arange(N_IMAGES), 0, np.arange(N_IMAGES) % 10] += 1
    model = MCDropoutClassifier(max_steps=20, standardize=False, random_state=0)
    return model.fit(X, np.arange(N_IMAGES) % 10), X


def plain_autograd(module, X):
    """Return the gradient of the mutual information, the opponent."""
    module.train()
    maps = []
    for x in torch.from_numpy(X).split(AT_ONCE):
        x.requires_grad_()
        logits = module(x.repeat(N_DRAWS, 1, 1, 1)).reshape(N_DRAWS, len(x), -1)
        p = logits.softmax(dim=2)
        mean = p.mean(dim=0)
        entropy = -(mean * mean.log()).sum(dim=1)
        expected = -(p * logits.log_softmax(dim=2)).sum(dim=2).mean(dim=0)
        maps.append(torch.autograd.grad((entropy - expected).sum(), x)[0])
    return torch.cat(maps).numpy()


def ours(model, X):
    return uncertainty_saliency(model, X, n_draws=N_DRAWS, random_state=0).maps


class UncertaintySaliency:
    """asv: maps of 100 images by 100 draws."""

    timeout = 600

    def setup(self):
        self.model, self.X = fitted()

    def time_maps(self):
        ours(self.model, self.X)


def main():
    arguments = command_line(__doc__, pairs=3).parse_args()
    warnings.simplefilter("ignore", UserWarning)
    torch.set_num_threads(1)
    model, X = fitted()
    ours(model, X[:10])
    pairs = [
        (seconds(plain_autograd, model.net_.module_, X), seconds(ours, model, X))
        for _ in range(arguments.pairs)
    ]
    for name, number in (("ten lines of autograd", 0), ("ours", 1)):
        print(f"{name}: {statistics.median(pair[number] for pair in pairs):.2f} s")
    ratio = statistics.median(slow / fast for slow, fast in pairs)
    print(f"ours is {ratio:.1f} times as fast")


if __name__ == "__main__":
    main()
