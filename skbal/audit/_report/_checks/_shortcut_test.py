"""Does a small part of the input decide by itself?"""

import numpy as np

from skbal._utils.lazy import lazy_module
from skbal._utils.pools import sliceable, take
from skbal.audit._report._check import Check, Picture

# The room whose functions this calls, and which imports this file.
_audit = lazy_module("skbal.audit")


def run(source, **params):
    """Put parts of test rows into others, and look for one that decides by itself."""
    source.for_task("classes")
    X, y = _known(source)
    given = {
        "image_shape": source.options.get("image_shape"),
        "random_state": source.random_state,
        **params,
    }
    return _audit.shortcut_test(source.fitted(), X, y, **given)


def _known(source):
    """Return the test rows of the classes that the model knows."""
    X, y = source.test_rows()
    is_known = np.isin(np.asarray(y), source.fitted().classes_)
    if is_known.all():
        return X, y
    return take(sliceable(X), np.flatnonzero(is_known)), np.asarray(y)[is_known]


def pictures(result, source):
    """Return an image with the region that decides, if there is one."""
    if not result.found or result.region is None or result.region.ndim != 2:
        return []

    def draw(figure):
        _audit.ShortcutDisplay.from_result(
            result,
            _known(source)[0],
            image_shape=source.options.get("image_shape"),
            ax=figure.subplots(),
        )

    alt = f"A test image in which the part that decides is outlined: {result.where}."
    return [Picture("The part that decides by itself", alt, draw, (3.5, 3.5))]


CHECK = Check(
    name="shortcut_test",
    title="shortcuts",
    section="shortcuts",
    question="Does a small part of the input decide by itself?",
    run=run,
    pictures=pictures,
    meaning=(
        "Somebody who knows the field must say whether this part may decide. If not, "
        "the model will fail where the part is missing: hide it and train again."
    ),
)
