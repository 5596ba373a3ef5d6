"""Which groups were asked about, and in which is the model wrong more often?"""

import numpy as np

from skbal._utils.lazy import lazy_module
from skbal._utils.pools import sliceable, take
from skbal.audit._report._check import Check
from skbal.audit._report._source import NotChecked

# The room whose functions this calls, and which imports this file.
_audit = lazy_module("skbal.audit")


def run_selection(source, **params):
    """Compare how often rows of each group were asked about."""
    groups = source.options.get("groups_pool")
    if groups is None:
        raise NotChecked(
            "No groups of the rows are known.",
            "Give groups_pool, a group for each row of the pool: the telescope, the "
            "observer, the region.",
        )
    labelled, others = source.divided_pool()
    groups = sliceable(groups)
    return _audit.group_selection(
        take(groups, labelled), take(groups, others), **params
    )


def run_errors(source, **params):
    """Compare how often the model is wrong in each group."""
    source.for_task("classes")
    X, y = source.test_rows()
    groups = source.options.get("groups_test")
    if groups is None:
        raise NotChecked(
            "No groups of the test rows are known.",
            "Give groups_test, a group for each test row.",
        )
    predicted = np.asarray(source.fitted().predict(X))
    return _audit.group_errors(y, predicted, groups, **params)


SELECTION = Check(
    name="group_selection",
    title="groups that were asked about",
    section="selection",
    question="Was any group left out?",
    run=run_selection,
    meaning=(
        "What the model says about groups that were hardly asked about is a guess."
    ),
)
ERRORS = Check(
    name="group_errors",
    title="errors by group",
    section="selection",
    question="Is it wrong more often in some groups?",
    run=run_errors,
    meaning=("Report the error of each group, and ask for more labels in the worst."),
)
