"""`benchmark`: strategies on many tables, kept run by run."""

from skbal._utils.parameters import count, jobs
from skbal._utils.random import check_seed
from skbal._utils.scoring import check_scorer
from skbal.experiments._benchmark._arguments import (
    OWNER,
    check_model,
    check_strategies,
    check_tables,
)
from skbal.experiments._benchmark._declared import Parts, declared, marks_of
from skbal.experiments._benchmark._result import BenchmarkResult
from skbal.experiments._benchmark._tables import REGRESSION
from skbal.experiments._declared._running import reproduce

_RULES = {
    "n_repeats": count(1),
    "n_queries": count(1),
    "n_instances": count(1),
    "n_first": count(1, none=True),
    "most_rows": count(4),
    "n_jobs": jobs(),
    "verbose": count(0),
}
_N_FIRST = {False: 2, True: 10}  # of each class, or of all for numbers
_SCORING = {False: "accuracy", True: "neg_root_mean_squared_error"}


def benchmark(
    strategies=None,
    tables=None,
    *,
    model="forest",
    n_repeats=5,
    n_queries=5,
    n_instances=10,
    n_first=None,
    most_rows=2000,
    scoring=None,
    reference="Random",
    quick=False,
    data=None,
    output=None,
    random_state=0,
    n_jobs=None,
    verbose=0,
):
    """Run strategies on many tables, and return their ranks.

    Each run begins with a few labels of one half of a table, asks for more in the same
    half, and is scored on the other half after each query. In a repeat, all strategies
    have the same halves, the same first labels and models with the same random numbers.

    Parameters
    ----------
    strategies : dict of str to QueryStrategy or list, optional
        The strategies by name, or a list of strategies and of names of those in
        `skbal.query`. ``None`` takes all that fit the task. The reference is added.
    tables : dict of str to (X, y) or list of str, optional
        Tables of your own by name, each with rows of shape (n_samples, n_features) and
        labels of shape (n_samples,), or a list of names of the benchmark's tables.
        ``None`` takes all: those of scikit-learn, those that are made up, and with
        ``data`` those of the files.
    model : {"forest", "logistic", "fourier"} or estimator, default="forest"
        The model that learns: a random forest whose 50 trees are the draws, Bayesian
        logistic regression, or, for regression, Bayesian linear regression on random
        Fourier features. Or an estimator, which is cloned; columns have mean 0 and
        standard deviation 1 in the pool.
    n_repeats : int, default=5
        Number of runs of each strategy on each table.
    n_queries : int, default=5
        Number of queries of a run. There are fewer if the pool is too small.
    n_instances : int, default=10
        Number of rows per query.
    n_first : int, optional
        Number of first labels, of each class for a classifier. ``None`` is 2 of each
        class, or 10 in all for a regressor.
    most_rows : int, default=2000
        Number of rows of a table that a repeat uses. Of a larger table so many are
        drawn, with all classes in equal shares.
    scoring : str, optional
        Name of a score of scikit-learn, higher is better. ``None`` is the accuracy, or
        the negative root mean squared error for a regressor, in standard deviations of
        the labels.
    reference : str, default="Random"
        Name of the strategy that the others are compared with.
    quick : bool, default=False
        Whether to make three queries in two repeats only, to see that everything works.
    data : str or os.PathLike, optional
        A folder with ``lal_uci.npz`` and ``uci_regression.npz``, files with tables of
        the UCI repository. They are not part of skbal.
    output : str or os.PathLike, optional
        A folder for finished runs, in a file for each model. A benchmark that was
        stopped continues, and one with more repeats, tables or strategies makes only
        the new runs. Other strategies that the file has on all these tables are in the
        result, too.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Decides halves, first labels, models and strategies.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context. The results do not depend on it.
    verbose : int, default=0
        Whether to show a progress bar. It counts runs.

    Returns
    -------
    result : BenchmarkResult
        Ranks of the strategies, tests between them, and what a query costs.

    Raises
    ------
    TypeError, ValueError
        If an argument is wrong, or the file in ``output`` is of other settings, tables
        or strategies. The message names it. Errors of a run pass through with a note
        that names the run.
    FileNotFoundError
        If a table is named whose file is not in ``data``.

    See Also
    --------
    compare : Strategies on data of your own, with intervals.

    Examples
    --------
    >>> from skbal.experiments import benchmark
    >>> from skbal.query import Margin
    >>> own = [Margin(), "BALD"]
    >>> result = benchmark(own, ["iris"], model="logistic", quick=True)
    >>> result.strategies
    ['Margin', 'BALD', 'Random']
    >>> result.areas["iris"]["BALD"].shape  # one for each repeat
    (2,)
    """
    given = {"n_repeats": n_repeats, "n_queries": n_queries, "n_first": n_first}
    given |= {"n_instances": n_instances, "most_rows": most_rows}
    _check(**given, n_jobs=n_jobs, verbose=verbose)
    name, estimator, task, noted = check_model(model)
    numbers = task == REGRESSION
    size = {**given, "n_first": n_first or _N_FIRST[numbers]}
    size["scoring"] = _SCORING[numbers] if scoring is None else scoring
    _check_scoring(estimator, size["scoring"])
    size["random_state"] = check_seed(random_state, OWNER)
    del size["n_repeats"]
    named = check_strategies(strategies, task, reference)
    found = check_tables(tables, task, data)
    parts = Parts(found, named, estimator, marks_of(found, named))
    experiment = declared(name, task, noted, parts, size, n_repeats)
    done = reproduce(
        experiment, quick=quick, output=output, n_jobs=n_jobs, verbose=verbose
    )
    return BenchmarkResult.from_units(
        done.units,
        done.headers,
        reference=reference,
        tables=list(found),
        first=list(named),
        n_repeats=len(experiment.seeds(quick)),
        marks=parts.marks,
    )


def _check_scoring(estimator, scoring):
    if not isinstance(scoring, str):  # a file of runs notes its name
        raise TypeError(
            f"scoring of {OWNER} must be the name of a scorer or None, got {scoring!r}."
        )
    check_scorer(estimator, scoring, OWNER)


def _check(**arguments):
    for name, value in arguments.items():
        _RULES[name](value, name, OWNER)
