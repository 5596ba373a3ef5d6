"""The learner of a model that should be right everywhere."""

from sklearn.base import clone

from skbal.learner._base import LearnerMixin
from skbal.learner._filtering import FilteringMixin
from skbal.learner._modal import load_modal
from skbal.query import BALD

_modal = load_modal("models")
_DEFAULT_STRATEGY = BALD()


class ActiveLearner(FilteringMixin, LearnerMixin, _modal.ActiveLearner):
    """Asks a query strategy what to label next, and is taught the labels.

    Parameters
    ----------
    estimator : estimator
        A scikit-learn estimator. It is fitted in place, so ``learner.estimator`` stays
        the object that was given.
    query_strategy : callable, default=BALD()
        A strategy of `skbal.query`, one of modAL, or any function of a learner and a
        pool that returns indices into the pool.
    X_training : array-like or sparse matrix of shape (n_samples, ...), optional
        The first labelled rows; the estimator is fitted to them at once.
    y_training : array-like of shape (n_samples,) or (n_samples, n_outputs), optional
        Their labels.
    label_filter : filter, optional
        Which of the labels that come later to trust, for instance
        `skbal.filters.LabelLikelihoodFilter`: an object with ``trust(estimator, X, y)``
        that answers true or false for each label. None trusts all.
    bootstrap_init : bool, default=False
        Whether this first fit is to a bootstrap sample of them.
    on_transformed : bool, default=False
        Whether those of modAL's strategies that measure distances do so between rows as
        the last step of the estimator's pipeline sees them.
    force_all_finite : bool or "allow-nan", default=True
        Whether NaN and infinity in X are refused before the estimator sees them.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Draws the bootstrap samples.
    **fit_kwargs
        Go on to the estimator's first ``fit``, that to ``X_training``.

    Attributes
    ----------
    X_training, y_training : array-like
        All that was taught so far; None before.
    rejected_ : Rejected
        Rows whose labels were set aside, in the order in which that was done, with
        their ``X``, ``y`` and, where a loop asked, ``indices`` into its pool. `review`
        says how likely these labels are now, `accept` teaches them after all.
    classes_ : ndarray of shape (n_classes,)
        The classes that the estimator knows.

    See Also
    --------
    skbal.loop.ActiveLearningLoop : Runs a learner against a pool and an oracle.

    Notes
    -----
    ``teach`` and ``fit`` either succeed or leave the learner and its estimator as they
    were. `sklearn.base.clone` gives a learner with the same estimator and query
    strategy that was taught nothing; ``X_training`` and ``y_training`` are no
    parameters to ``get_params``. To copy what was learned as well, use
    ``copy.deepcopy``.

    ``fit`` starts anew and forgets ``rejected_``, too. A committee of modAL teaches its
    members without asking their filters.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal import ActiveLearner
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(
    ...     RandomForestClassifier(n_estimators=10, random_state=0),
    ...     X_training=X[::50],
    ...     y_training=y[::50],
    ... )
    >>> indices, rows = learner.query(X, n_instances=3)
    >>> rows.shape
    (3, 4)
    >>> learner.teach(rows, y[indices])
    >>> len(learner.y_training)
    6
    """

    def __init__(
        self,
        estimator,
        query_strategy=_DEFAULT_STRATEGY,
        X_training=None,
        y_training=None,
        label_filter=None,
        *,
        bootstrap_init=False,
        on_transformed=False,
        force_all_finite=True,
        random_state=None,
        **fit_kwargs,
    ):
        self.label_filter = label_filter
        # Each learner has a default strategy of its own, whose parameters may be set.
        default = query_strategy is _DEFAULT_STRATEGY
        super().__init__(
            estimator,
            clone(query_strategy) if default else query_strategy,
            X_training,
            y_training,
            bootstrap_init=bootstrap_init,
            on_transformed=on_transformed,
            force_all_finite=force_all_finite,
            random_state=random_state,
            **fit_kwargs,
        )
