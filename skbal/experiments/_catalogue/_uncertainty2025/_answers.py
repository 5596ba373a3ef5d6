"""Wrong answers, filters, and how fast a run gets to 95%: Figures 4 to 6.

A seed decides the first labels, which answers are wrong, which rows of the pool are
scored, and the training. So the arms of a seed differ only in what they ask and what
they believe.
"""

import warnings

import numpy as np

from skbal import ActiveLearner
from skbal._utils.threads import one_thread
from skbal.exceptions import RejectedLabelsWarning
from skbal.experiments._catalogue._uncertainty2025._rows import rows_of, small_network
from skbal.filters import LabelLikelihoodFilter
from skbal.loop import ActiveLearningLoop
from skbal.oracles import NoisyOracle
from skbal.query import BALD, DiversityPenalised
from skbal.seeding import BalancedSeed, KMeansSeed
from skbal.stopping import TargetScore


def noisy(unit, strategy, noise, threshold):
    """Return the run of a strategy with wrong answers, and perhaps a filter.

    Parameters
    ----------
    unit : ExperimentUnit
        Its settings have the size of the run.
    strategy : type
        The class of the query strategy.
    noise : float
        Probability that an answer is wrong. It then names each other digit equally
        often. The first labels are right.
    threshold : float, "dynamic" or None
        The threshold of the filter. None is without one.

    Returns
    -------
    result : dict
        For each step, the labels paid for, the score, and how many answers were wrong,
        rejected, and both.
    """
    seed, settings = unit.seed, unit.settings
    query = strategy(pool_subsample=settings["pool_subsample"], random_state=seed)
    first = BalancedSeed(settings["n_per_class"], random_state=seed)
    label_filter = None
    if threshold is not None:
        label_filter = LabelLikelihoodFilter(threshold, random_state=seed)
    return _run(unit, query, first, settings["n_queries"], noise, label_filter)


def to_target(unit, representative, penalty):
    """Return the run of BALD until it reaches the target, without wrong answers.

    Parameters
    ----------
    unit : ExperimentUnit
        Its settings have the size of the run, and ``stop_at``.
    representative : bool
        Whether the first labels are those nearest the centres of k-means in each class.
        Otherwise they are random.
    penalty : float
        The penalty for a cosine similarity of 1 within a batch, on ranks.

    Returns
    -------
    result : dict
        As that of `noisy`.
    """
    seed, settings = unit.seed, unit.settings
    subsample = settings["pool_subsample"]
    query = BALD(pool_subsample=subsample, random_state=seed)
    if penalty:
        query = DiversityPenalised(
            BALD(random_state=seed),
            penalty=penalty,
            pool_subsample=subsample,
            random_state=seed,
        )
    seeding = KMeansSeed if representative else BalancedSeed
    first = seeding(settings["n_per_class"], random_state=seed)
    n_queries, stop = settings["n_queries_to_target"], settings["stop_at"]
    stopping = None if stop is None else TargetScore(stop)
    return _run(unit, query, first, n_queries, 0.0, None, stopping)


def _run(unit, query, first, n_queries, noise, label_filter, stopping=None):
    X, y, X_test, y_test = rows_of(unit)
    settings, seed = unit.settings, unit.seed
    net = small_network(unit, settings["max_steps"], settings["lr"], seed)
    learner = ActiveLearner(net, query, label_filter=label_filter)
    rows = first.select(X, y)
    oracle = NoisyOracle(y, noise, random_state=seed)
    with one_thread(learner.estimator, query), warnings.catch_warnings():
        # Rejected answers are what this experiment counts.
        warnings.simplefilter("ignore", RejectedLabelsWarning)
        learner.fit(X[rows], y[rows])
        loop = ActiveLearningLoop(
            learner,
            X,
            oracle,
            n_queries=n_queries,
            n_instances=settings["n_instances"],
            candidates=np.setdiff1d(np.arange(len(X)), rows),
            stopping=stopping,
            X_test=X_test,
            y_test=y_test,
        )
        steps = [_measured(record, oracle.wrong_, learner) for record in loop]
    return {name: [step[name] for step in steps] for name in steps[0]}


def _measured(record, wrong, learner):
    rejected = np.asarray(record.rejected, dtype=int)
    estimate = getattr(learner.label_filter, "noise_rate_", None)
    threshold = getattr(learner.label_filter, "threshold_", None)
    return {
        "n_labels": record.n_labels,
        "score": round(record.score, 4),
        "wrong": int(wrong[list(record.indices)].sum()),
        "rejected": len(rejected),
        "wrong_rejected": int(wrong[rejected].sum()),
        "noise_rate": None if estimate is None else round(float(estimate), 4),
        "threshold": None if threshold is None else round(float(threshold), 5),
    }


def score_at(step, scale=100):
    """Return the function that reads the score after so many queries.

    Parameters
    ----------
    step : int
        The number of queries, -1 for the last step.
    scale : float, default=100
        The score is multiplied by it: 100 for percent.

    Returns
    -------
    of : callable
        Takes the result of a unit. NaN if there is no such step.

    Examples
    --------
    >>> score_at(1)({"score": [0.5, 0.75]}), score_at(2)({"score": [0.5, 0.75]})
    (75.0, nan)
    """
    return lambda result: scale * _at(result["score"], step)


def _at(values, step):
    return values[step] if step < len(values) else float("nan")


def mean_score(first, last):
    """Return the function that reads the mean score over some queries, in percent.

    Parameters
    ----------
    first, last : int
        The first and the last of these queries.

    Returns
    -------
    of : callable
        Takes the result of a unit. NaN if it has fewer queries.

    Examples
    --------
    >>> mean_score(1, 2)({"score": [0.5, 0.75, 0.85]})
    80.0
    """
    return lambda result: 100 * _mean(result["score"], first, last)


def _mean(values, first, last):
    # Sums of hundredths of a percent are exact after rounding.
    part = values[first : last + 1]
    return round(sum(part) / len(part), 6) if len(values) > last else float("nan")


def per_query(name):
    """Return the function that reads a count of answers for one query.

    Parameters
    ----------
    name : str
        "rejected", "wrong" or "wrong_rejected".

    Returns
    -------
    of : callable
        Takes the result of a unit.

    Examples
    --------
    >>> per_query("rejected")({"rejected": [0, 2, 3]})
    2.5
    """
    return lambda result: sum(result[name][1:]) / max(len(result[name]) - 1, 1)


def excess(noise, n_instances):
    """Return the function that reads by how many percent too much is rejected.

    Parameters
    ----------
    noise : float
        Probability of a wrong answer.
    n_instances : int
        Answers to a query. "Too much" is more than noise times this, as in the report.

    Returns
    -------
    of : callable
        Takes the result of a unit.

    Examples
    --------
    >>> excess(0.25, 8)({"rejected": [0, 2, 4]})
    50.0
    """
    rejected = per_query("rejected")
    return lambda result: 100 * (rejected(result) / (noise * n_instances) - 1)


def share(part, whole):
    """Return the function that reads the share of some answers among others.

    Parameters
    ----------
    part, whole : str
        Names of counts.

    Returns
    -------
    of : callable
        Takes the result of a unit. NaN if there is none of the whole.

    Examples
    --------
    >>> counts = {"wrong_rejected": [0, 1], "rejected": [0, 4]}
    >>> share("wrong_rejected", "rejected")(counts)
    0.25
    """

    def of(result):
        total = sum(result[whole])
        return sum(result[part]) / total if total else float("nan")

    return of
