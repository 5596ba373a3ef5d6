"""What paired runs tell: areas, differences with intervals, and verdicts."""

from functools import cached_property

import numpy as np

from skbal._utils.names import KnowsItsParameters
from skbal._utils.optional import require
from skbal._utils.random import check_seed
from skbal._utils.result_files import check_provenance, reading, write_result
from skbal._utils.validation import check_count
from skbal.experiments._checks import (
    OWNER,
    check_confidence,
    check_histories,
    check_plain,
    check_range,
    check_reference,
    check_targets,
    set_runs,
)
from skbal.experiments._difference import paired_difference
from skbal.experiments._summary import summary_html, summary_table
from skbal.loop import History
from skbal.plotting import ComparisonDisplay


class Comparison(KnowsItsParameters):
    """Histories of paired runs, and the differences between strategies.

    Repeat r of each strategy must begin from the same labels, as in `compare`, because
    differences are taken repeat by repeat.

    Parameters
    ----------
    histories : dict of str to list of History
        The repeats of each strategy. Each strategy has the same number.
    reference : str, default="Random"
        Name of the strategy that the others are compared with.
    label_range : tuple of int, optional
        Number of labels where the area begins and ends, for instance ``(100, 200)``.
        Twice the same number gives the score there. ``None`` is the range that all runs
        share: from the last of their first steps to the first of their last steps.
        Choose it before looking at the results.
    target_score : float or list of float, optional
        Scores for which the summary gives the number of labels needed.
    confidence : float, default=0.95
        Confidence level of the intervals.
    simultaneous : bool, default=True
        Whether the intervals hold together with this confidence (by Bonferroni's
        inequality, each of m at ``1 - (1 - confidence) / m``). Then the probability of
        any false verdict does not grow with the number of strategies. With False, each
        interval holds for itself.
    n_bootstrap : int, default=9999
        Number of bootstrap samples.
    random_state : None, int, RandomState or Generator, default=0
        Seeds the bootstrap.
    score_name : str, default="Score"
        Name of the score in figures.

    Attributes
    ----------
    n_repeats : int
        Number of repeats of each strategy.
    label_range : tuple of int
        Number of labels where the area begins and ends.
    areas : dict of str to ndarray of shape (n_repeats,)
        Mean score over these labels, see `skbal.loop.History.area`.
    differences : dict of str to PairedDifference
        For each strategy but the reference, its area minus that of the reference.
    verdicts : dict of str to str
        The differences in words, see `PairedDifference.verdict`.
    provenance : dict or None
        How the comparison was made, as plain data: `compare` stores the ``estimator``
        and the ``strategies`` with all of their parameters, its other arguments, the
        ``random_state`` (the integer that seeds all runs) and the ``versions`` of
        skbal, Python, NumPy, scikit-learn and torch. Each history has its own
        provenance. You may add entries. None if it is not known.

    See Also
    --------
    compare : Makes the runs.

    Notes
    -----
    Each end of an interval is the wider one of two: Student's interval for paired
    differences and the expanded percentile bootstrap of Hesterberg (2015). The plain
    bootstrap is too narrow for few repeats. According to
    ``benchmarks/studies/coverage_of_intervals``, 95 % intervals of 3, 5, 10 and 20
    normal differences cover the truth in 95, 95, 96 and 95 percent of cases, and those
    of the plain bootstrap in 75, 84, 90 and 93. For very skewed (exponential)
    differences they cover it in 89, 89, 91 and 93 percent. With three strategies that
    are as good as random, at least one is called better or worse in 4 to 5 percent of
    comparisons, and in 12 to 14 if the intervals are not simultaneous.

    With few repeats, only large differences can be shown. If the differences of all
    repeats are equal, the repeats are probably copies of one run, and no interval is
    returned.

    Examples
    --------
    >>> from skbal.experiments import Comparison
    >>> from skbal.loop import History, Record
    >>> def run(first, last):
    ...     return History([Record(0, 20, first), Record(1, 30, last)])
    >>> comparison = Comparison({
    ...     "BALD": [run(0.5, 0.9), run(0.6, 0.8), run(0.4, 0.9)],
    ...     "Random": [run(0.5, 0.7), run(0.6, 0.7), run(0.4, 0.7)],
    ... })
    >>> comparison.differences["BALD"].values.round(2)
    array([0.1 , 0.05, 0.1 ])
    >>> comparison.verdicts
    {'BALD': 'better than random'}
    """

    provenance = None

    def __init__(
        self,
        histories,
        reference="Random",
        *,
        label_range=None,
        target_score=None,
        confidence=0.95,
        simultaneous=True,
        n_bootstrap=9999,
        random_state=0,
        score_name="Score",
    ):
        self.histories = check_histories(histories)
        self.reference = check_reference(reference, self.histories)
        self._label_range = check_range(label_range, OWNER)
        self.target_scores = check_targets(target_score, OWNER)
        self.confidence = check_confidence(confidence, OWNER)
        self.simultaneous = bool(simultaneous)
        self.n_bootstrap = check_count(n_bootstrap, "n_bootstrap", OWNER)
        self.random_state = check_seed(random_state, OWNER)
        self.score_name = score_name

    def __repr__(self):
        words = "; ".join(f"{name}: {word}" for name, word in self.verdicts.items())
        return f"{OWNER}({words})"

    def __str__(self):
        return self.summary()

    def _repr_html_(self):
        return summary_html(self)

    @property
    def n_repeats(self):
        """Number of repeats of each strategy."""
        return len(self.histories[self.reference])

    @cached_property
    def label_range(self):
        """Number of labels where the area begins and ends."""
        curves = [h.n_labels for repeats in self.histories.values() for h in repeats]
        first = max(int(labels[0]) for labels in curves)
        last = min(int(labels[-1]) for labels in curves)
        if first > last:
            raise ValueError(
                f"histories of {OWNER} must have numbers of labels in common, but one "
                f"begins with {first} and another ends with {last}."
            )
        low, high = self._label_range or (first, last)
        if not first <= low <= high <= last:
            raise ValueError(
                f"label_range of {OWNER} must lie in order where all runs have labels, "
                f"from {first} to {last}, got {low} to {high}."
            )
        return low, high

    @cached_property
    def areas(self):
        """Mean score of each run over the label range."""
        return {
            name: np.array([history.area(*self.label_range) for history in repeats])
            for name, repeats in self.histories.items()
        }

    @cached_property
    def differences(self):
        """Area minus the reference's area, for each strategy but the reference."""
        others = [name for name in self.histories if name != self.reference]
        together = len(others) if self.simultaneous else 1
        level = 1 - (1 - self.confidence) / together
        against = self.areas[self.reference]
        how = (level, self.n_bootstrap, self.random_state)
        return {
            name: paired_difference(self.areas[name], against, *how) for name in others
        }

    @property
    def verdicts(self):
        """The differences in words."""
        return {
            name: difference.verdict(self.reference_in_words)
            for name, difference in self.differences.items()
        }

    @property
    def reference_in_words(self):
        """Name of the reference inside a sentence."""
        return "random" if self.reference == "Random" else self.reference

    def labels_to_target(self, target_score):
        """Return the number of labels that each run needed to reach a score.

        Parameters
        ----------
        target_score : float
            The score to reach.

        Returns
        -------
        n_labels : dict of str to ndarray of shape (n_repeats,)
            Infinite if no step reached it, so that medians take it into account.
        """
        return {
            name: np.array([_or_infinite(h.labels_to(target_score)) for h in repeats])
            for name, repeats in self.histories.items()
        }

    def summary(self):
        """Return the comparison as a table in plain text.

        Returns
        -------
        text : str
            One line per strategy: its mean area and last score, the difference from the
            reference with its interval, the median number of labels to each target
            score, and the verdict.
        """
        return summary_table(self)

    def plot(self, ax=None, **kwargs):
        """Draw the learning curves and the differences.

        Parameters
        ----------
        ax : array-like of matplotlib.axes.Axes of shape (2,), optional
            The two axes to draw on. ``None`` makes a new figure.
        **kwargs
            Passed to `skbal.plotting.ComparisonDisplay.from_comparison`.

        Returns
        -------
        display : skbal.plotting.ComparisonDisplay
        """
        return ComparisonDisplay.from_comparison(self, ax=ax, **kwargs)

    def to_frame(self):
        """Return all runs as one table with one row per step.

        Returns
        -------
        frame : pandas.DataFrame
            The columns of `skbal.loop.History.to_frame` after ``strategy`` and
            ``repeat``.

        Raises
        ------
        ImportError
            If pandas is missing; ``pip install 'skbal[examples]'`` installs it.
        """
        pandas = require("pandas", "examples", f"{OWNER}.to_frame")
        frames = [
            history.to_frame().assign(strategy=name, repeat=repeat)
            for name, repeats in self.histories.items()
            for repeat, history in enumerate(repeats)
        ]
        frame = pandas.concat(frames, ignore_index=True)
        first = ["strategy", "repeat"]
        return frame[first + [name for name in frame.columns if name not in first]]

    def to_records(self):
        """Return the comparison as plain data that ``json.dumps`` takes.

        Returns
        -------
        records : dict
            The histories and the settings. Everything else follows from them.
        """
        return {
            "reference": self.reference,
            "label_range": self._label_range and list(self._label_range),
            "target_score": list(self.target_scores),
            "confidence": self.confidence,
            "simultaneous": self.simultaneous,
            "n_bootstrap": self.n_bootstrap,
            "random_state": self.random_state,
            "score_name": self.score_name,
            "histories": {
                name: [history.to_records() for history in repeats]
                for name, repeats in self.histories.items()
            },
        }

    @classmethod
    def from_records(cls, records):
        """Return the comparison that `to_records` wrote.

        Parameters
        ----------
        records : dict
            As `to_records` returns it, also after a round trip through JSON.

        Returns
        -------
        comparison : Comparison

        Raises
        ------
        TypeError, ValueError
            If the records are something else. The message says what.
        """
        histories = check_plain(records)
        settings = {key: value for key, value in records.items() if key != "histories"}
        histories = {
            name: [History.from_records(history) for history in repeats]
            for name, repeats in histories.items()
        }
        return cls(histories, **settings)

    def save(self, path):
        """Save the comparison and its provenance in a JSON file, without pickle.

        The file holds the histories and the settings, the ``provenance`` of the
        comparison and of each history, a format number and the version of skbal that
        wrote it.

        Parameters
        ----------
        path : str or os.PathLike
            The file. It appears whole or not at all. An existing file is replaced.

        Raises
        ------
        TypeError
            If an entry of a ``provenance`` is not plain data.

        See Also
        --------
        load : Read the file.
        """
        runs = {
            name: [history.provenance for history in repeats]
            for name, repeats in self.histories.items()
        }
        content = {"provenance": self.provenance, "runs": runs}
        write_result(path, OWNER, {**content, "records": self.to_records()})

    @classmethod
    def load(cls, path):
        """Return the comparison that `save` wrote.

        Loading a file never runs code from it.

        Parameters
        ----------
        path : str or os.PathLike
            The file.

        Returns
        -------
        comparison : Comparison

        Raises
        ------
        ValueError
            If the file is damaged, was not written by `save`, or has a format that only
            a newer skbal reads. The message names the file.
        OSError
            If it cannot be read.
        """
        with reading(path, OWNER) as content:
            comparison = cls.from_records(content.get("records"))
            comparison.provenance = check_provenance(content.get("provenance"))
            set_runs(comparison.histories, content.get("runs"))
        return comparison


def _or_infinite(n_labels):
    return np.inf if n_labels is None else float(n_labels)
