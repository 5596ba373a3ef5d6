"""The comparison of query strategies on known labels."""

from sklearn.utils.validation import check_memory

from skbal._utils.arrays import as_array, refuse_sparse_column
from skbal._utils.labels import check_answers
from skbal._utils.multilabel import check_no_gaps
from skbal._utils.parameters import count, flag, jobs
from skbal._utils.pools import n_rows
from skbal._utils.progress import progress_bar
from skbal._utils.random import check_seed
from skbal._utils.tags import regresses
from skbal._utils.validation import check_fits, check_n_instances, check_real
from skbal._utils.votes import learns_votes
from skbal._utils.workers import call_all
from skbal.experiments._checks import check_confidence, check_range, check_targets
from skbal.experiments._comparison import Comparison
from skbal.experiments._provenance import with_provenance
from skbal.experiments._runs import (
    RunSettings,
    check_settings,
    observed_estimator,
    prepare,
    run,
)
from skbal.experiments._strategies import OWNER, check_strategies


def compare(
    strategies,
    estimator,
    X,
    y,
    *,
    n_repeats=5,
    n_queries=20,
    n_instances=10,
    initial=None,
    label_filter=None,
    oracle_noise=None,
    max_rejected=None,
    test_size=0.2,
    X_test=None,
    y_test=None,
    scoring=None,
    sample_weight=None,
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
    """Compare query strategies in paired runs on known labels.

    All strategies of a repeat have the same test rows, the same first labels, the same
    wrong answers (if there is noise) and models with the same seeds. The repeats show
    whether a difference between strategies is larger than what is due to randomness.

    Parameters
    ----------
    strategies : dict of str to QueryStrategy, or list of QueryStrategy
        The strategies. In a list, they are named by their classes.
        `skbal.query.Random` is added unless it is there or ``reference`` is given.
    estimator : estimator
        The model that learns. It is cloned.
    X : array-like of shape (n_samples, ...)
        The rows, of any kind that a loop takes.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Their true labels, hidden from the strategies.
    n_repeats : int, default=5
        Number of runs of each strategy. 10 runs show much smaller differences than 5.
        One run gives no interval.
    n_queries : int, default=20
        Number of queries.
    n_instances : int, default=10
        Number of rows per query.
    initial : array-like of int of shape (n_initial,) or object with select, optional
        First labels. An array of indices, or an object that selects rows, such as
        `skbal.seeding.BalancedSeed`. Rows that are given by their indices are never
        test rows. ``None`` is ``BalancedSeed(n_per_class=2)``. For a regressor it is
        ``RandomSeed(n_instances=20)``, or half of the pool if that is less.
    label_filter : filter, optional
        Decides which answers are trusted. ``None`` trusts all.
    oracle_noise : float or array-like of shape (n_classes, n_classes), optional
        Noise of the answers, as in `skbal.oracles.NoisyOracle`: the probability that a
        class is wrong, or a confusion matrix. For a regressor, the standard deviation
        of Gaussian noise.
    max_rejected : int, optional
        Largest number of answers per step that a label filter may reject and the run
        replaces by asking about other rows. ``None`` means ``n_instances``.
    test_size : float, default=0.2
        Share of the rows that are held out of the pool. Each step is scored on them.
        They are drawn again in each repeat, stratified by class.
    X_test : array-like of shape (n_test, ...), optional
        Rows to score on instead. All of X is then the pool.
    y_test : array-like of shape (n_test,) or (n_test, n_outputs), optional
        Their labels.
    scoring : str or callable, optional
        As in scikit-learn, higher is better. ``None`` is the estimator's ``score``.
    sample_weight : array-like of shape (n_samples,), optional
        A weight for each row of X, taught with its label. Scores have no weights.
    reference : str, optional
        Name of the strategy that the others are compared with. ``None`` is
        `skbal.query.Random`.
    label_range : tuple of int, optional
        Number of labels where the area begins and ends. ``None`` is the range that all
        runs share. See `Comparison`.
    target_score : float or list of float, optional
        Scores for which the summary gives the number of labels needed.
    confidence : float, default=0.95
        Confidence level of the intervals.
    simultaneous : bool, default=True
        Whether the intervals of all strategies hold together with this confidence. See
        `Comparison`.
    n_bootstrap : int, default=9999
        Number of bootstrap samples.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Decides test rows, first labels, noise, models and strategies. Every random
        state of the parts is set from it in each repeat, even if it is an integer:
        repeats with common random numbers would make the intervals too narrow.
    memory : str or joblib.Memory, optional
        A folder for finished runs. With it and an integer ``random_state``, an
        interrupted comparison continues, and one with more repeats or strategies makes
        only the new runs. (From one worker to several, all runs are made again.) The
        folder knows a strategy by its class and parameters: clear it when your code
        changes. Another version of skbal makes all runs again.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context. The results do not depend on it.
    verbose : int, default=0
        Whether to show a progress bar. It counts runs.

    Returns
    -------
    comparison : Comparison
        Areas under the learning curves, their paired differences with intervals, and a
        verdict in words for each strategy.

    Raises
    ------
    TypeError, ValueError
        If an argument is wrong. The message names it. Errors of a run pass through with
        a note that names the run.

    Notes
    -----
    With test rows that are drawn again, the verdicts hold for data of this kind. With
    ``X_test`` they hold for this very test set.

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
    check_fits(estimator, OWNER)
    _check(n_repeats=n_repeats, n_queries=n_queries, n_bootstrap=n_bootstrap)
    _check(max_rejected=max_rejected, simultaneous=simultaneous, n_jobs=n_jobs)
    settings = RunSettings(
        owner=OWNER,
        estimator=estimator,
        X=X,
        y=_check_rows(X, y, estimator),
        regression=regresses(estimator),
        new_states=True,
        n_queries=n_queries,
        n_instances=check_n_instances(n_instances, n_rows(X), OWNER, "X"),
        initial=initial,
        label_filter=label_filter,
        oracle_noise=oracle_noise,
        max_rejected=max_rejected,
        test_size=_check_test(test_size, X_test, y_test),
        X_test=X_test,
        y_test=y_test,
        scoring=scoring,
        sample_weight=sample_weight,
    )
    check_settings(settings)
    summary = {
        "label_range": check_range(label_range, OWNER),
        "target_score": check_targets(target_score, OWNER),
        "confidence": check_confidence(confidence, OWNER),
        "simultaneous": simultaneous,
        "n_bootstrap": n_bootstrap,
        "score_name": _score_name(settings),
        "random_state": check_seed(random_state, OWNER),
    }
    memory, seed = check_memory(memory), summary["random_state"]
    calls = _calls(settings, strategies, n_repeats, seed, memory)
    n_runs = n_repeats * len(strategies)
    histories = _in_order(call_all(_cached_run(memory), calls, n_jobs), n_runs, verbose)
    runs = {name: histories[i :: len(strategies)] for i, name in enumerate(strategies)}
    comparison = Comparison(runs, reference, **summary)
    return with_provenance(comparison, settings, strategies)


_RULES = {
    "n_repeats": count(1),
    "n_queries": count(1),
    "n_bootstrap": count(1),
    "max_rejected": count(0, none=True),
    "simultaneous": flag(),
    "n_jobs": jobs(),
}


def _check(**arguments):
    for name, value in arguments.items():
        _RULES[name](value, name, OWNER)


def _cached_run(memory):
    # The estimator follows from the settings and the start.
    return memory.cache(run, ignore=["estimator", "number", "name"])


def _calls(settings, strategies, n_repeats, seed, memory):
    observed = memory.cache(observed_estimator)
    for number in range(n_repeats):
        start = prepare(settings, number, seed)
        estimator = observed(settings, start)
        for name, strategy in strategies.items():
            yield settings, start, estimator, strategy, number, name


def _in_order(results, n_runs, verbose):
    found = [None] * n_runs
    options = {"total": n_runs, "desc": OWNER, "unit": "run"}
    for number, history in progress_bar(results, show=verbose, **options):
        found[number] = history
    return found


def _check_rows(X, y, estimator):
    n_samples, y = n_rows(X, f"X of {OWNER}"), as_array(y, f"y of {OWNER}")
    if y.shape == (n_samples, 1):
        y = y[:, 0]  # folds are stratified by the class of a row
    if y.ndim == 0 or len(y) != n_samples:
        raise ValueError(
            f"y of {OWNER} must hold the label of every row of X: X has {n_samples} "
            f"rows, but y has shape {y.shape}."
        )
    if not learns_votes(estimator):
        check_answers(y, OWNER, numbers=regresses(estimator))
        check_no_gaps(y, estimator, f"y of {OWNER}")
    return y


def _check_test(test_size, X_test, y_test):
    if (X_test is None) != (y_test is None):
        raise ValueError(f"X_test and y_test of {OWNER} belong together, got only one.")
    if X_test is not None:
        refuse_sparse_column(y_test, f"y_test of {OWNER}")
        n_test = n_rows(X_test, f"X_test of {OWNER}")
        n_labels = n_rows(y_test, f"y_test of {OWNER}")
        if n_test != n_labels:
            raise ValueError(
                f"X_test and y_test of {OWNER} must have the same number of rows, got "
                f"{n_test} and {n_labels}."
            )
        return None
    test_size = check_real(test_size, "test_size", OWNER, low=0, high=1)
    if test_size in (0.0, 1.0):
        raise ValueError(
            f"test_size of {OWNER} must lie inside (0, 1), got {test_size}."
        )
    return test_size


def _score_name(settings):
    if isinstance(settings.scoring, str):
        return settings.scoring.replace("_", " ").capitalize()
    if settings.scoring is not None:
        return "Score"
    if learns_votes(settings.estimator):
        return "Log-likelihood of a vote"
    return "R²" if settings.regression else "Accuracy"
