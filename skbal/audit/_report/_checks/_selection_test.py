"""Are the labelled rows like the rows that they were chosen from?"""

from skbal._utils.lazy import lazy_module
from skbal.audit._report._check import Check
from skbal.audit._report._source import NotChecked

# The room whose functions this calls, and which imports this file.
_audit = lazy_module("skbal.audit")


def run(source, **params):
    """Compare labelled rows with those that were not asked about."""
    labelled, others = source.divided_pool()
    if len(others) < 2:
        raise NotChecked("All rows of the pool were asked about.", "")
    given = {
        "image_shape": source.options.get("image_shape"),
        "random_state": source.random_state,
        **params,
    }
    return _audit.selection_test(
        source.from_pool(labelled), source.from_pool(others), **given
    )


CHECK = Check(
    name="selection_test",
    title="labelled rows against the others",
    section="selection",
    question="Are the labelled rows like the rows that they were chosen from?",
    run=run,
    meaning=(
        "A strategy chooses on purpose, so this is to be expected. It means that "
        "shares and means of the labelled rows do not hold for all rows, and that an "
        "error on them is not the error of the model."
    ),
)
