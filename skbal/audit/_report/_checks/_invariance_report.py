"""Do predictions stay the same under changes that leave the label as it is?"""

import numpy as np

from skbal._utils.lazy import lazy_module
from skbal.audit._report._check import Check, Picture
from skbal.audit._report._source import DoesNotApply, NotChecked
from skbal.audit._shortcuts._model import image_shape_of

# The room whose functions this calls, and which imports this file.
_audit = lazy_module("skbal.audit")


def run(source, transforms=None, **params):
    """Change test images, and count how many keep their predicted class."""
    source.for_task("classes")
    X, y = source.test_rows()
    shape = params.get("image_shape", source.options.get("image_shape"))
    if np.ndim(X) < 3 and image_shape_of(source.fitted(), X, shape) is None:
        raise DoesNotApply("Its rows are not known to be images.")
    if transforms is None:
        raise NotChecked(
            "It is not known which changes of an image leave its label as it is.",
            "Name them: check_params={'invariance_report': {'transforms': ['shift', "
            "'rotation']}}.",
        )
    given = {"random_state": source.random_state, **params, "image_shape": shape}
    return _audit.invariance_report(source.fitted(), X, transforms, y, **given)


def pictures(result, source):
    """Return the accuracy at each strength, beside the changed images."""
    n_rows = len(set(result.transforms[1:]))

    def draw(figure):
        most = max(map(result.transforms.count, set(result.transforms[1:])))
        axes = figure.subplots(n_rows, 1 + most, squeeze=False)
        _audit.InvarianceDisplay.from_result(result, ax=axes)

    return [Picture("Changed images", result.verdict, draw, (8, 1.8 * n_rows))]


CHECK = Check(
    name="invariance_report",
    title="changes that leave the label",
    section="shortcuts",
    question="Does a prediction stay as it is if the image is changed a little?",
    run=run,
    pictures=pictures,
    meaning=(
        "The model has not learned that this change leaves the label as it is. Train "
        "it on changed images (the parameter augment of networks), or make images "
        "alike before they come in."
    ),
)
