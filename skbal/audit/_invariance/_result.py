"""What `invariance_report` returns."""

from dataclasses import dataclass

import numpy as np

from skbal._utils.optional import require
from skbal.audit._calibration._words import percent
from skbal.audit._result import AuditResult

MEASURES = ("accuracy", "same", "entropy", "mutual_information", "distance")


@dataclass(frozen=True, eq=False, repr=False)
class InvarianceReport(AuditResult):
    """Predictions under changes of the images, the result of `invariance_report`.

    Arrays have one entry per line: the images as they are come first, then each
    transform at each strength.

    Parameters
    ----------
    transforms : tuple of str
        Name of the transform of each line. The first is "none".
    strengths : tuple
        Strength of each line. None where a transform has only one.
    words : tuple of str
        Transform and strength in words, such as "shift 4 pixels".
    accuracy : ndarray of shape (n_lines,) or None
        Share of rows whose predicted class is right. None if y was not given.
    same : ndarray of shape (n_lines,)
        Share of rows whose predicted class is that of the unchanged image.
    entropy : ndarray of shape (n_lines,)
        Mean predictive entropy, in nats.
    mutual_information : ndarray of shape (n_lines,)
        Mean mutual information between label and model, in nats. NaN if the estimator
        makes no draws.
    distance : ndarray of shape (n_lines,)
        Mean total-variation distance between the predicted probabilities of the changed
        and of the unchanged image: 0 if they are equal, 1 if they share no class.
    intervals : dict of str to ndarray of shape (n_lines, 2)
        Intervals of each of these, by name.
    p_doubt : ndarray of shape (n_lines,)
        Probability of so few rows that keep their class, or fewer, if a share
        ``min_same`` of all rows kept it.
    p_fine : ndarray of shape (n_lines,)
        Probability of so many such rows, or more.
    min_same : float
        Share of rows that must keep their class.
    level : float
        Level of the verdict. Intervals have the confidence 1 - ``level``.
    n_rows : int
        Number of rows.
    examples : ndarray of shape (n_lines, height, width) or (n_lines, height, width, 3)
        The first image in each line, in colours if it has three channels.

    See Also
    --------
    InvarianceDisplay : The numbers as curves, beside the images.
    """

    transforms: tuple
    strengths: tuple
    words: tuple
    accuracy: np.ndarray | None
    same: np.ndarray
    entropy: np.ndarray
    mutual_information: np.ndarray
    distance: np.ndarray
    intervals: dict
    p_doubt: np.ndarray
    p_fine: np.ndarray
    min_same: float
    level: float
    n_rows: int
    examples: np.ndarray

    @property
    def concern(self):
        """Whether a transform changes the class of too many rows.

        True if for one of them this is beyond doubt, False if for all of them it is
        not so, and None if there are too few rows to tell.
        """
        each = self.level / (len(self.words) - 1)  # several lines, one verdict
        if (self.p_doubt[1:] <= each).any():
            return True
        return False if (self.p_fine[1:] <= each).all() else None

    @property
    def worst(self):
        """Position of the line in which the fewest rows keep their class."""
        return 1 + int(np.argmin(self.same[1:]))

    @property
    def verdict(self):
        """The result as a sentence."""
        line = self.worst
        low, high = 1 - self.intervals["same"][line][::-1]
        share = f"{percent(1 - self.same[line])} ({percent(low)} to {percent(high)})"
        rows, what = f"{self.n_rows:,} rows", self.words[line]
        most = percent(1 - self.min_same)
        if self.concern:
            return (
                f"The model is not invariant: {what} changes the predicted class of "
                f"{share} of {rows}{self._accuracy_in_words(line)}."
            )
        if self.concern is None:
            return (
                f"It cannot be told whether each transform leaves all but {most} of "
                f"the predicted classes as they are: {what} changes {share} of {rows}"
                f"{self._accuracy_in_words(line)}."
            )
        return (
            f"No transform changes the predicted class of more than {most} of rows: "
            f"{what}, which does most, changes {share} of {rows}"
            f"{self._accuracy_in_words(line)}."
        )

    def _accuracy_in_words(self, line):
        if self.accuracy is None:
            return ""
        before, after = self.accuracy[0], self.accuracy[line]
        if before == after:
            return f", and the accuracy stays {percent(before)}"
        verb = "falls" if after < before else "rises"
        return f", and the accuracy {verb} from {percent(before)} to {percent(after)}"

    def to_frame(self):
        """Return the numbers as a table with one row per line.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``transform``, ``strength``, and for each number its value
            and the ends of its interval, such as ``same``, ``same_low`` and
            ``same_high``.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", "InvarianceReport.to_frame")
        columns = {"transform": self.transforms, "strength": self.strengths}
        for name in MEASURES:
            if (values := getattr(self, name)) is not None:
                low, high = self.intervals[name].T
                columns |= {name: values, f"{name}_low": low, f"{name}_high": high}
        return pandas.DataFrame(columns)
