"""Do intervals of votes contain as many of the observed votes as they claim?"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from skbal._utils.optional import require
from skbal._utils.questions import check_names
from skbal._utils.unwrap import unwrap
from skbal._utils.vote_models import column_names_of
from skbal.audit._checks import check_asked, check_model_and_votes
from skbal.audit._coverage import coverage_of
from skbal.audit._coverage_display import VoteCoverageDisplay
from skbal.audit._pit import pit_of_model
from skbal.audit._report._check import Check, Picture
from skbal.audit._report._words import percent
from skbal.audit._result import AuditResult

_NAME = "vote_coverage"
_LEVELS = np.array([0.5, 0.8, 0.95])
_FALSE_ALARMS = 0.05  # of all questions and levels together


@dataclass(frozen=True, eq=False, repr=False)
class IntervalsOfVotes(AuditResult):
    """Coverage of the intervals of a model of votes.

    Parameters
    ----------
    names : tuple of str
        The questions, or the answers.
    levels : ndarray of shape (n_levels,)
        What the intervals claim.
    coverage, standard_error : ndarray of shape (n_questions, n_levels)
        Share of the votes inside, and its standard error over rows.
    n_rows : ndarray of int of shape (n_questions,)
        Rows with votes.
    """

    names: tuple
    levels: np.ndarray
    coverage: np.ndarray
    standard_error: np.ndarray
    n_rows: np.ndarray

    @property
    def is_off(self):
        """Whether each coverage is further from its level than chance explains."""
        # If a model is right, each row varies by at most that of a coin of this level.
        chance = np.sqrt(self.levels * (1 - self.levels) / self.n_rows[:, np.newaxis])
        error = np.fmax(self.standard_error, chance)
        most = stats.norm.isf(_FALSE_ALARMS / 2 / self.coverage.size)
        return np.abs(self.coverage - self.levels) > most * error

    @property
    def verdict(self):
        """The coverage that is furthest from its level."""
        off = np.abs(self.coverage - self.levels)
        question, place = np.unravel_index(off.argmax(), off.shape)
        words = (
            f"Its {self.levels[place]:.0%} intervals contain "
            f"{percent(self.coverage[question, place])} of the observed votes on "
            f"“{self.names[question]}” ({self.n_rows[question]:,} rows), "
        )
        if self.coverage.size > 1:
            words = "At worst: " + words[0].lower() + words[1:]
        if not self.is_off.any():
            return words + "which chance alone explains."
        is_low = self.coverage[question, place] < self.levels[place]
        return words + (
            "too few: the model is too sure." if is_low else "more than they claim."
        )

    @property
    def concern(self):
        """True if a coverage is off by more than chance explains."""
        return bool(self.is_off.any())

    def to_frame(self):
        """Return a table with one row per question and level.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``question``, ``claimed``, ``inside``, ``standard_error``,
            ``rows`` and ``off``.
        """
        pandas = require("pandas", "examples", "IntervalsOfVotes.to_frame")
        n_levels = len(self.levels)
        return pandas.DataFrame(
            {
                "question": np.repeat(self.names, n_levels),
                "claimed": np.tile(self.levels, len(self.names)),
                "inside": self.coverage.ravel(),
                "standard_error": self.standard_error.ravel(),
                "rows": np.repeat(self.n_rows, n_levels),
                "off": self.is_off.ravel(),
            }
        )


def run(source):
    """Count the observed votes inside of the intervals."""
    source.for_task("votes", "counts")
    X, y = source.test_rows()
    model = source.fitted()
    votes = check_model_and_votes(model, X, y, _NAME)
    names = check_names(column_names_of(unwrap(model)[1]), votes.shape[1], _NAME)
    n_rows = check_asked(votes, names, _NAME)
    pit, *_ = pit_of_model(model, X, votes, _NAME, random_state=source.random_state)
    return IntervalsOfVotes(names, _LEVELS, *coverage_of(pit, _LEVELS), n_rows)


def pictures(result, source):
    """Return the curve of coverage."""

    def draw(figure):
        VoteCoverageDisplay.from_estimator(
            source.estimator,
            source.X_test,
            source.y_test,
            random_state=source.random_state,
            ax=figure.subplots(),
        )

    alt = (
        "Curves: the share of observed votes inside of intervals against the share "
        "that they claim. A model that is right is on the diagonal."
    )
    return [Picture("Coverage of the intervals", alt, draw, size=(4.5, 4.5))]


CHECK = Check(
    name="vote_coverage",
    title="coverage of intervals",
    section="calibration",
    question="Do its intervals contain as many votes as they claim?",
    run=run,
    meaning=(
        "Do not read its intervals as they are. Its predictions may be good all the "
        "same."
    ),
    pictures=pictures,
)
