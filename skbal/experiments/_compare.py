"""The comparison of query strategies on labels that are known."""

import numpy as np
from sklearn.utils.validation import check_memory
from tqdm.auto import tqdm

from skbal._utils._sklearn import num_samples
from skbal._utils.pools import n_rows
from skbal._utils.random import check_seed
from skbal._utils.validation import (
    check_count,
    check_fits,
    check_n_instances,
    check_real,
)
from skbal._utils.votes import check_votes, learns_votes
from skbal._utils.workers import call_all
from skbal.experiments._checks import check_confidence, check_range, check_targets
from skbal.experiments._comparison import Comparison
from skbal.experiments._runs import Setting, prepare, run
from skbal.experiments._strategies import OWNER, check_strategies
from skbal.loop._scoring import check_scorer
from skbal.simulation._parts import check_hidden_votes, check_selector


def compare(
    strategies,
    estimator,
    X,
    y,
    *,
    n_repeats=5,
    n_queries=20,
    n_instances=10,
    seed=None,
    label_filter=None,
    oracle_noise=None,
    max_rejected=None,
    test_size=0.2,
    X_test=None,
    y_test=None,
    scoring=None,
    reference=None,
    label_range=None,
    target_score=None,
    confidence=0.95,
    simultaneous=True,
    n_bootstrap=9999,
    random_state=None,
    memory=None,
    n_jobs=None,
    verbose=0,
):
    """Run query strategies in pairs, and return which differences can be believed.

    All strategies of a repeat have the same split, the same first labels, the same
    wrong answers if there are any, and models with the same random numbers. So what
    differs between them is what they asked for, and luck with it; repeats tell how
    much of that is luck.

    Parameters
    ----------
    strategies : dict of str to QueryStrategy, or list of QueryStrategy
        What to compare; a list gets the names of the classes. `skbal.query.Random` is
        added unless it is there or ``reference`` says otherwise.
    estimator : estimator
        The model that learns.
    X : array-like of shape (n_samples, ...)
        The rows, of any kind that a loop takes.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Their true labels, hidden from the strategies.
    n_repeats : int, default=5
        Runs of each strategy; 10 tell much more than 5, and 1 tells no scatter.
    n_queries : int, default=20
        How many times to query.
    n_instances : int, default=10
        Rows a query.
    seed : seed, optional
        Selects the first labels; None is ``BalancedSeed(n_per_class=2)``, or
        ``RandomSeed(20)`` for a regressor, or half of the pool if that is less.
    label_filter : filter, optional
        Which answers to trust; None trusts all.
    oracle_noise : float or array-like of shape (n_classes, n_classes), optional
        Of the answers, as `skbal.oracles.NoisyOracle` takes it: the chance that a class
        is wrong, or a confusion matrix; for a regressor, the standard deviation of
        Gaussian noise.
    max_rejected : int, optional
        As for `skbal.loop.ActiveLearningLoop`.
    test_size : float, default=0.2
        The fraction of the rows to score on, drawn anew in each repeat, in the shares
        of the classes.
    X_test : array-like of shape (n_test, ...), optional
        Rows to score on instead. All of X is then the pool.
    y_test : array-like of shape (n_test,) or (n_test, n_outputs), optional
        Their labels.
    scoring : str or callable, optional
        As in scikit-learn, higher is better; None is the estimator's ``score``.
    reference : str, optional
        The name of the strategy that the others are compared with; None is random.
    label_range : tuple of int, optional
        Where the area begins and ends; None is all labels that all runs share. See
        `Comparison`.
    target_score : float or list of float, optional
        Scores for which the summary says how many labels they took.
    confidence : float, default=0.95
        Of the intervals.
    simultaneous : bool, default=True
        Whether the intervals of all strategies hold together with this confidence; see
        `Comparison`.
    n_bootstrap : int, default=9999
        Resamples of the repeats.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Decides splits, first labels, noise, models and strategies. Each random state of
        the parts is set anew from it in each repeat, also where it is an integer:
        repeats that share their chance would make the intervals too narrow.
    memory : str or joblib.Memory, optional
        A folder to keep finished runs in. With it and an integer ``random_state``, a
        comparison that broke off goes on where it was, and one with more repeats or
        strategies makes only the new runs; between one worker and several, all are new.
        It knows a strategy by its class and parameters: clear it when you change code.
    n_jobs : int, optional
        How many runs are made at once, by `joblib`; the results do not depend on it.
    verbose : int, default=0
        Whether to show a progress bar over the runs.

    Returns
    -------
    comparison : Comparison
        Areas under the learning curves, their paired differences with intervals, and
        words. Print it, ``plot()`` it, keep its ``to_records()``.

    Raises
    ------
    TypeError, ValueError
        If an argument is wrong; the message names it. What a run raises passes through,
        with a note on which it was.

    Notes
    -----
    A split that is drawn anew tells about data like these. With ``X_test`` the words
    hold for that very test set.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.experiments import compare
    >>> from skbal.query import BALD
    >>> comparison = compare(
    ...     [BALD()],
    ...     RandomForestClassifier(n_estimators=10),
    ...     *load_iris(return_X_y=True),
    ...     n_repeats=3,
    ...     n_queries=2,
    ...     n_instances=5,
    ...     random_state=0,
    ... )
    >>> list(comparison.histories)
    ['BALD', 'Random']
    >>> comparison.label_range
    (6, 16)
    """
    strategies, reference = check_strategies(strategies, reference)
    n_repeats = check_count(n_repeats, "n_repeats", OWNER)
    setting = Setting(
        estimator=estimator,
        X=X,
        y=_check_rows(X, y),
        n_queries=check_count(n_queries, "n_queries", OWNER),
        n_instances=check_n_instances(n_instances, n_rows(X), OWNER),
        seed=seed,
        label_filter=label_filter,
        oracle_noise=oracle_noise,
        max_rejected=max_rejected,
        test_size=_check_test(test_size, X_test, y_test),
        X_test=X_test,
        y_test=y_test,
        scoring=scoring,
    )
    _check_parts(setting)
    settings = {
        "label_range": check_range(label_range, OWNER),
        "target_score": check_targets(target_score, OWNER),
        "confidence": check_confidence(confidence, OWNER),
        "simultaneous": simultaneous,
        "n_bootstrap": check_count(n_bootstrap, "n_bootstrap", OWNER),
        "score_name": _score_name(setting),
    }
    random_state = check_seed(random_state, OWNER)
    kept = check_memory(memory).cache(run, ignore=["name"])
    calls = _calls(setting, strategies, n_repeats, random_state)
    n_runs = n_repeats * len(strategies)
    found = _in_order(call_all(kept, calls, n_jobs), n_runs, verbose)
    runs = {name: found[i :: len(strategies)] for i, name in enumerate(strategies)}
    return Comparison(runs, reference, random_state=random_state, **settings)


def _calls(setting, strategies, n_repeats, seed):
    for number in range(n_repeats):
        repeat = prepare(setting, number, seed)
        for name, strategy in strategies.items():
            yield setting, repeat, name, strategy


def _in_order(results, n_runs, verbose):
    found = [None] * n_runs
    bar = tqdm(results, total=n_runs, desc=OWNER, unit="run", disable=not verbose)
    for number, history in bar:
        found[number] = history
    return found


def _check_rows(X, y):
    y = np.asarray(y)
    n_samples = n_rows(X)
    if y.ndim == 0 or len(y) != n_samples:
        raise ValueError(
            f"y of {OWNER} must hold the label of every row of X: X has {n_samples} "
            f"rows, y the shape {y.shape}."
        )
    return y


def _check_test(test_size, X_test, y_test):
    if (X_test is None) != (y_test is None):
        raise ValueError(f"X_test and y_test of {OWNER} belong together, got only one.")
    if X_test is not None:
        if num_samples(X_test) != num_samples(y_test):
            raise ValueError(
                f"X_test and y_test of {OWNER} must have as many rows, got "
                f"{num_samples(X_test)} and {num_samples(y_test)}."
            )
        return None
    test_size = check_real(test_size, "test_size", OWNER, low=0, high=1)
    if test_size in (0.0, 1.0):
        raise ValueError(
            f"test_size of {OWNER} must lie inside (0, 1), got {test_size}."
        )
    return test_size


def _check_parts(setting):
    estimator, seed = setting.estimator, setting.seed
    check_fits(estimator, OWNER)
    check_hidden_votes(estimator, setting.y, setting.oracle_noise, OWNER)
    if learns_votes(estimator) and setting.y_test is not None:
        check_votes(setting.y_test, OWNER, name="y_test")
    if seed is not None:
        check_selector(seed, "seed", OWNER)
    if setting.scoring is not None:
        check_scorer(estimator, setting.scoring, OWNER)


def _score_name(setting):
    if isinstance(setting.scoring, str):
        return setting.scoring.replace("_", " ").capitalize()
    if setting.scoring is not None:
        return "Score"
    if learns_votes(setting.estimator):
        return "Log-likelihood of a vote"
    return "R²" if setting.regression else "Accuracy"
