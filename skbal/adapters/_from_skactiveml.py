"""FromSkactiveml: a strategy of scikit-activeml as one of ours."""

import importlib
import inspect

import numpy as np
from sklearn.base import clone

from skbal._utils.labels import class_codes, label_column
from skbal._utils.parameters import own
from skbal._utils.pools import whole
from skbal._utils.tags import regresses
from skbal._utils.unwrap import unwrap
from skbal.base import QueryStrategy

_MODELS = ("clf", "reg", "ensemble", "estimator", "discriminator")


def _check_theirs(value, name, owner):
    if isinstance(value, type) or not callable(getattr(value, "query", None)):
        raise TypeError(
            f"{name} of {owner} must be {_THEIRS}, got {value!r:.80}. A strategy of "
            "skbal needs no adapter."
        )


def _check_dict(value, name, owner):
    if not isinstance(value, dict):
        raise TypeError(f"{name} of {owner} must be a dict or None, got {value!r:.80}.")


_THEIRS = "a pool strategy of scikit-activeml with a method query"


class FromSkactiveml(QueryStrategy):
    """A pool strategy of scikit-activeml, for the learners and loops of skbal.

    The strategy gets the labelled rows and the pool as one array, with missing labels
    for the pool, as its ``query`` expects. If it needs a model, it gets a clone of the
    learner's, which it fits.

    Parameters
    ----------
    strategy : skactiveml.base.SingleAnnotatorPoolQueryStrategy
        Has its own ``random_state``. Its missing label must be NaN, the default.
    query_params : dict, optional
        Further keyword arguments of its ``query``, such as ``{"ensemble": ...}`` for a
        committee of your own.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the random rows of ``pool_subsample``, and nothing else.
    pool_subsample : int, optional
        Number of random rows of the pool considered by a call. ``None`` considers all
        rows.

    See Also
    --------
    ToSkactiveml : A strategy of ours for loops of scikit-activeml.

    Notes
    -----
    Labels are passed as the numbers of their classes, since the choice does not depend
    on names. The pool is held in memory as one array, twice while it is put together.

    Examples
    --------
    With an object that has the same ``query``, and takes the first unlabelled rows:

    >>> import numpy as np
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal import ActiveLearner
    >>> from skbal.adapters import FromSkactiveml
    >>> class First:
    ...     def query(self, X, y, batch_size=1, return_utilities=False):
    ...         return np.flatnonzero(np.isnan(y))[:batch_size]
    >>> strategy = FromSkactiveml(First())
    >>> learner = ActiveLearner(LogisticRegression(), strategy, [[0], [1]], ["a", "b"])
    >>> learner.query([[3], [4], [5]], n_instances=2)[0]
    array([0, 1])

    .. code-block:: python

        from skactiveml.pool import UncertaintySampling

        strategy = FromSkactiveml(UncertaintySampling(method="entropy", random_state=0))
    """

    _parameter_rules = {
        "strategy": own(_check_theirs, _THEIRS, 3),
        "query_params": own(_check_dict, "a dict or None", 3, none=True),
    }

    def __init__(
        self, strategy, *, query_params=None, random_state=None, pool_subsample=None
    ):
        self.strategy = strategy
        self.query_params = query_params
        self.random_state = random_state
        self.pool_subsample = pool_subsample

    def score_pool(self, estimator, X_pool):
        """Return the utilities of the strategy for the first row of a batch.

        Parameters
        ----------
        estimator : learner
            It has ``X_training`` and ``y_training``, and an ``estimator``.
        X_pool : array-like of shape (n_pool, n_features)
            The unlabelled rows. All of them are read into memory.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            In the unit of the strategy.

        Raises
        ------
        TypeError, ValueError
            If the learner was taught no rows, the missing label of the strategy is not
            NaN, or the strategy refuses the data.
        ImportError
            If the strategy needs a model and scikit-activeml is not installed.
        """
        _, utilities = self._ask(estimator, X_pool, 1, return_utilities=True)
        return np.asarray(utilities, dtype=np.float64)[0, -_length(X_pool) :]

    def select_batch(self, learner, X_pool, n_instances, rng):
        chosen = self._ask(learner, X_pool, n_instances)
        n_labelled = len(learner.y_training)
        return np.asarray(chosen, dtype=np.intp) - n_labelled

    def _ask(self, learner, X_pool, n_instances, **options):
        owner = type(self).__name__
        if getattr(learner, "X_training", None) is None:
            raise TypeError(
                f"{owner} needs a learner that was taught rows, with X_training and "
                f"y_training, got {type(learner).__name__}."
            )
        missing = getattr(self.strategy, "missing_label", np.nan)
        if not (isinstance(missing, float) and np.isnan(missing)):
            raise ValueError(
                f"missing_label of the strategy of {owner} must be NaN, got "
                f"{missing!r}."
            )
        X = np.concatenate([np.asarray(learner.X_training), np.asarray(whole(X_pool))])
        labels = self._labels(learner)
        y = np.full(len(X), np.nan)
        y[: len(labels)] = labels
        given = {**self._model(learner, labels), **(self.query_params or {})}
        return self.strategy.query(X, y, batch_size=n_instances, **options, **given)

    def _labels(self, learner):
        labels = label_column(learner.y_training, "y_training of the learner")
        if regresses(unwrap(learner)[1]):
            return labels.astype(np.float64)
        return class_codes(labels, "y_training", "the learner")[1].astype(np.float64)

    def _model(self, learner, labels):
        """Return the model that ``query`` asks for, in a wrapper of scikit-activeml."""
        asked = inspect.signature(self.strategy.query).parameters
        names = [
            name
            for name in _MODELS
            if name in asked and name not in (self.query_params or {})
        ]
        if not names:
            return {}
        estimator = clone(getattr(learner, "estimator", learner))
        if regresses(unwrap(learner)[1]):
            kind = importlib.import_module("skactiveml.regressor").SklearnRegressor
            return {names[0]: kind(estimator)}
        kind = importlib.import_module("skactiveml.classifier").SklearnClassifier
        return {names[0]: kind(estimator, classes=np.unique(labels))}


def _length(X):
    return len(np.asarray(whole(X)))
