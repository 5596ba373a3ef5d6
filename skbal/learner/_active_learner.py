"""The pool-based active learner."""

from skbal._utils.tags import regresses
from skbal._utils.votes import learns_votes
from skbal.learner._base import LearnerMixin
from skbal.learner._filtering import FilteringMixin
from skbal.learner._modal import load_modal
from skbal.query import BALD, PredictiveVariance, VoteBALD

_modal = load_modal("models")
_DEFAULT_STRATEGY = BALD()


class ActiveLearner(FilteringMixin, LearnerMixin, _modal.ActiveLearner):
    """Pool-based active learner: asks a query strategy, and is taught the labels.

    Parameters
    ----------
    estimator : estimator
        A scikit-learn estimator. It is fitted in place, so ``learner.estimator`` is
        always the object that was given.
    query_strategy : callable, default=BALD()
        A strategy of `skbal.query` or of modAL, or any function of a learner and a
        pool that returns indices into the pool. The default for a regressor is
        `skbal.query.PredictiveVariance`, for a model of votes `skbal.query.VoteBALD`.
    X_training : array-like or sparse matrix of shape (n_samples, ...), optional
        The first labelled rows. The estimator is fitted to them at once.
    y_training : array-like of shape (n_samples,) or (n_samples, n_outputs), optional
        Their labels.
    label_filter : filter, optional
        Decides which of the labels taught later are trusted: an object with
        ``trust(estimator, X, y)`` that returns true or false for each label, such as
        `skbal.filters.LabelLikelihoodFilter`. ``None`` trusts all.
    bootstrap_init : bool, default=False
        Whether the first fit is to a bootstrap sample of these rows.
    on_transformed : bool, default=False
        Whether strategies of modAL that measure distances use the rows as transformed
        by the estimator's pipeline, without its last step.
    force_all_finite : bool, "allow-nan" or None, default=None
        Whether to raise an error if X has NaN or infinity. "allow-nan" allows NaN.
        ``None`` leaves it to the estimator if that is a pipeline or a search, or if X
        is a data frame. Otherwise NaN is allowed if the estimator's tags allow it.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the bootstrap samples.
    **fit_kwargs
        Passed to the estimator's first ``fit``, to ``X_training``.

    Attributes
    ----------
    X_training, y_training : array-like
        Copies of all rows and labels that were taught so far. None before the first.
    indices_training : ndarray of shape (n_samples,), dtype=intp
        Their indices in the pool of the loop that asked, -1 for others.
    rejected_ : Rejected
        Rows whose labels were set aside, in this order, with their ``X``, ``y`` and, if
        a loop asked, ``indices`` into its pool. `review` tells how likely these labels
        are now, `accept` teaches them after all.
    classes_ : ndarray of shape (n_classes,)
        The classes that the estimator knows.

    See Also
    --------
    skbal.loop.ActiveLearningLoop : Runs a learner against a pool and an oracle.

    Notes
    -----
    ``teach`` and ``fit`` either succeed or leave the learner and its estimator
    unchanged. `sklearn.base.clone` returns a learner with clones of the estimator and
    the query strategy that was taught nothing: ``X_training`` and ``y_training`` are
    not among the parameters of ``get_params``. ``copy.deepcopy`` also copies what was
    learned.

    ``fit`` starts again and also empties ``rejected_``. A committee of modAL teaches
    its members without asking their filters.

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
        force_all_finite=None,
        random_state=None,
        **fit_kwargs,
    ):
        self.label_filter = label_filter
        if query_strategy is _DEFAULT_STRATEGY:
            query_strategy = _default_strategy(estimator)
        super().__init__(
            estimator,
            query_strategy,
            X_training,
            y_training,
            bootstrap_init=bootstrap_init,
            on_transformed=on_transformed,
            force_all_finite=force_all_finite,
            random_state=random_state,
            **fit_kwargs,
        )


def _default_strategy(estimator):
    """Return the strategy of a learner that was given none, a new object each time."""
    if isinstance(estimator, type):
        return BALD()
    if learns_votes(estimator):
        return VoteBALD()
    return PredictiveVariance() if regresses(estimator) else BALD()
