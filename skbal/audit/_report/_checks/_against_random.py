"""Did choosing help? The learning curve beside that of random choice."""

from dataclasses import dataclass

import numpy as np

from skbal._utils.lazy import lazy_module
from skbal._utils.optional import require
from skbal.audit._report._check import Check, Picture
from skbal.audit._report._random_runs import random_runs
from skbal.audit._report._source import NotChecked
from skbal.audit._report._words import counted
from skbal.audit._result import AuditResult
from skbal.plotting import AcquisitionCurveDisplay

_experiments = lazy_module("skbal.experiments")  # it loads modAL


@dataclass(frozen=True, eq=False, repr=False)
class AgainstRandom(AuditResult):
    """The mean score of a run over labels, and that of runs of random choice.

    Parameters
    ----------
    low, high : int
        Number of labels from which and to which scores are averaged.
    area : float
        Mean score of the run.
    random_areas : ndarray of shape (n_runs,)
        Mean score of each run of random choice.
    last, random_last : float
        Score at ``high`` labels, and the mean score of random choice there.
    """

    low: int
    high: int
    area: float
    random_areas: np.ndarray
    last: float
    random_last: float

    @property
    def n_as_good(self):
        """Number of runs of random choice that are as good as the run, or better."""
        return int((self.random_areas >= self.area).sum())

    @property
    def verdict(self):
        """The mean scores, and what the number of runs can tell."""
        n = len(self.random_areas)
        words = (
            f"Averaged from {self.low:,} to {self.high:,} labels, its score is "
            f"{self.area:.4f}, and that of random choice "
            f"{self.random_areas.mean():.4f} ({counted(n, 'run')}, of which "
            f"{self.n_as_good:,} as good or better)"
        )
        if self.concern is None:
            return f"{words}. So few runs cannot tell whether choosing helps."
        return f"{words}: choosing {'did not help' if self.concern else 'helped'}."

    @property
    def concern(self):
        """Whether choosing did not help, by rank. None if chance explains the rank.

        One run among 19 others is the best of them by chance in one of twenty cases,
        and the worst in as many.
        """
        n = len(self.random_areas)
        if 20 * (1 + self.n_as_good) <= 1 + n:
            return False
        n_worse = int((self.random_areas <= self.area).sum())
        return True if 20 * (1 + n_worse) <= 1 + n else None

    def to_frame(self):
        """Return a table with one row per run.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``run`` and ``mean_score``.
        """
        pandas = require("pandas", "examples", "AgainstRandom.to_frame")
        names = [f"random choice {n + 1}" for n in range(len(self.random_areas))]
        return pandas.DataFrame(
            {"run": ["this run", *names], "mean_score": [self.area, *self.random_areas]}
        )


@dataclass(frozen=True, eq=False, repr=False)
class ComparedRuns(AuditResult):
    """The difference from random choice in pairs of runs.

    Parameters
    ----------
    strategy, reference : str
        The strategies.
    n_repeats : int
        Pairs of runs.
    mean, low, high : float
        Mean difference of the score averaged over labels, and its interval, which is
        NaN for a single pair and for pairs that do not differ.
    confidence : float
        Confidence of the interval.
    values : ndarray of shape (n_repeats,)
        The difference of each pair.
    """

    strategy: str
    reference: str
    n_repeats: int
    mean: float
    low: float
    high: float
    confidence: float
    values: np.ndarray

    @property
    def verdict(self):
        """The difference with its interval."""
        words = (
            f"In {counted(self.n_repeats, 'pair')} of runs, {self.strategy} scored "
            f"{self.mean:+.4f} against {self.reference}, averaged over the labels"
        )
        if np.isnan(self.low):
            return (
                f"{words}. These runs do not show how much pairs differ by chance, so "
                "it cannot be told whether choosing helps."
            )
        words += (
            f" (between {self.low:+.4f} and {self.high:+.4f} with "
            f"{self.confidence:.0%} confidence)"
        )
        if self.concern is False:
            return f"{words}: choosing helped."
        return words + (
            ": choosing did not help." if self.concern else ": this may be luck."
        )

    @property
    def concern(self):
        """True if it is worse, False if it is better, None if neither is shown."""
        if self.high <= 0:
            return True
        return False if self.low > 0 else None

    def to_frame(self):
        """Return a table with one row per pair of runs.

        Returns
        -------
        frame : pandas.DataFrame
            With the columns ``repeat`` and ``difference``.
        """
        pandas = require("pandas", "examples", "ComparedRuns.to_frame")
        return pandas.DataFrame(
            {"repeat": np.arange(self.n_repeats), "difference": self.values}
        )


def run(source):
    """Compare the learning curve with that of random choice."""
    given = source.options.get("compare_random", False)
    if isinstance(given, _experiments.Comparison):
        return _of_comparison(given, source)
    history = scored_history(source)
    others = random_runs(source)
    low = max(run.n_labels[0] for run in (history, *others))
    high = min(run.n_labels[-1] for run in (history, *others))
    if low > high:
        raise NotChecked(
            "The run and random choice have no number of labels in common.",
            "Give compare_random runs over the same numbers of labels.",
        )
    low, high = int(low), int(high)
    return AgainstRandom(
        low,
        high,
        history.area(low, high),
        np.array([run.area(low, high) for run in others]),
        history.area(high, high),
        float(np.mean([run.area(high, high) for run in others])),
    )


def scored_history(source):
    """Return the history of a source, if it has a score at each step.

    Raises
    ------
    NotChecked
        If it has none.
    """
    if source.history is None:
        raise NotChecked(
            "A learner keeps no learning curve.",
            "Run it in an ActiveLearningLoop with X_test and y_test, and give the "
            "loop.",
        )
    if source.campaign is not None:
        raise NotChecked(
            "The score of a campaign's models is about the answers that came next, and "
            "there is no second campaign that chose at random.",
            "Repeat the choice on the collected answers with "
            "skbal.experiments.compare.",
        )
    if not np.isfinite(source.history.scores).all():
        raise NotChecked(
            "The steps have no scores.",
            "Give the loop X_test and y_test before it runs.",
        )
    return source.history


def _of_comparison(comparison, source):
    names = list(comparison.differences)
    own = type(source.strategy).__name__
    if own == comparison.reference or "Random" in names:
        raise NotChecked(
            f"compare_random compares {', '.join(names)} with {comparison.reference}, "
            f"which does not say what {own} gains over random choice.",
            f"Give a Comparison of {own!r} with random choice as its reference.",
        )
    if len(names) > 1 and own not in names:
        raise NotChecked(
            f"compare_random holds the strategies {', '.join(names)}, and which of "
            "them this is cannot be told.",
            f"Give a Comparison in which one is called {own!r}.",
        )
    name = own if own in names else names[0]
    found = comparison.differences[name]
    return ComparedRuns(
        name,
        comparison.reference,
        comparison.n_repeats,
        float(found.mean),
        float(found.low),
        float(found.high),
        float(comparison.confidence),
        np.asarray(found.values),
    )


def pictures(result, source):
    """Return the learning curves."""
    runs = source.options.get("compare_random", False)
    if isinstance(runs, _experiments.Comparison):
        histories = dict(runs.histories)
    else:
        own = type(source.strategy).__name__
        name = "This run" if own == "Random" else own
        histories = {name: source.history, "Random choice": random_runs(source)}
    alt = (
        "Learning curves: the score on test rows against the number of labels, of "
        + " and ".join(histories)
        + "."
    )

    def draw(figure):
        AcquisitionCurveDisplay.from_histories(
            histories, ax=figure.subplots(), score_name="Score on test rows"
        )

    return [Picture("Learning curves", alt, draw)]


CHECK = Check(
    name="against random",
    title="gain over random choice",
    section="curve",
    question="Did choosing help?",
    run=run,
    meaning=("Random labels would have been as good, and they also describe the pool."),
    pictures=pictures,
)
