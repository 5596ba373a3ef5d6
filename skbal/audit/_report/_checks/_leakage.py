"""Did test rows leak, and is the result too good?"""

from dataclasses import dataclass

import numpy as np

from skbal._utils.lazy import lazy_module
from skbal._utils.random import stream
from skbal.audit._report._check import Check
from skbal.audit._report._source import NotChecked
from skbal.audit._result import AuditResult

# The room whose functions this calls, and which imports this file.
_audit = lazy_module("skbal.audit")

_MOST_ROWS = 5_000  # of the pool, in which copies are looked for


@dataclass(frozen=True, eq=False, repr=False)
class CopiesInPool(AuditResult):
    """Copies of rows of the pool among the test rows.

    Labelled rows were chosen, so they are no random part of all rows, as
    `leakage_check` supposes. The whole pool is.

    Parameters
    ----------
    found : LeakageCheck
        Its training rows are those of the pool.
    rows : ndarray of int of shape (n_rows,)
        The rows of the pool that were compared.
    """

    found: AuditResult
    rows: np.ndarray

    @property
    def verdict(self):
        """The verdict of the check, about rows of the pool."""
        words = self.found.verdict.replace("training rows", "rows of the pool")
        return words.replace("Training rows", "Rows of the pool")

    @property
    def concern(self):
        """The concern of the check."""
        return self.found.concern

    def to_frame(self):
        """Return the table of the check, with rows of the pool."""
        frame = self.found.to_frame().rename(columns={"train": "pool"})
        return frame.assign(pool=self.rows[self.found.train_rows])


def run_copies(source, **params):
    """Look for copies of rows that might have been asked about among the test rows."""
    X_test, y_test = source.test_rows()
    given = {
        "image_shape": source.options.get("image_shape"),
        "random_state": source.random_state,
        **params,
    }
    if source.X_pool is None:
        X, y = source.labelled_rows()
        labels = {"y_train": y, "y_test": y_test} if source.task == "classes" else {}
        return _audit.leakage_check(X, X_test, **labels, **given)
    rows = stream(source.random_state, "copies").permutation(source.pool_indices())
    rows = np.sort(rows[:_MOST_ROWS])
    return CopiesInPool(
        _audit.leakage_check(source.from_pool(rows), X_test, **given), rows
    )


def run_permuted(source, **params):
    """Fit the model to permuted labels."""
    source.for_task("classes", "numbers")
    X, y = source.labelled_rows()
    given = {"random_state": source.random_state, **params}
    return _audit.permuted_labels_check(source.fitted(), X, y, **given)


def run_too_good(source, **params):
    """Compare the error with the one that was expected before."""
    source.for_task("classes", "numbers")
    X, y = source.test_rows()
    reference = source.options.get("reference_error")
    if reference is None:
        raise NotChecked(
            "Nobody said which error is to be expected.",
            "Give reference_error: the error of other models, of people, or of theory.",
        )
    given = {"kind": "labels" if source.task == "classes" else "numbers", **params}
    predicted = np.asarray(source.fitted().predict(X))
    return _audit.too_good_check(y, predicted, reference, **given)


COPIES = Check(
    name="leakage_check",
    title="copies among the test rows",
    section="leakage",
    question="Are there copies of other rows among the test rows?",
    run=run_copies,
    meaning=("The test error is too small. Take the copies out and test again."),
)
PERMUTED = Check(
    name="permuted_labels_check",
    title="permuted labels",
    section="leakage",
    question="Does it predict labels that are in random order?",
    run=run_permuted,
    meaning=(
        "The labels are in the data in another form, or rows are in training and test "
        "at once. Do not believe the score before this is found."
    ),
    costs="The model would be trained more than a hundred times.",
)
TOO_GOOD = Check(
    name="too_good_check",
    title="too good to be true",
    section="leakage",
    question="Is the result too good to be true?",
    run=run_too_good,
    meaning=(
        "It may be a discovery. More often it is a leak or a shortcut: look for one."
    ),
)
