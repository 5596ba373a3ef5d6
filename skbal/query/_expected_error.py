"""Strategies that ask how far a label lowers the loss of predictions."""

import numpy as np

from skbal._utils.costs import check_costs, check_loss, costs, loss_or_costs
from skbal._utils.named_axes import check_order
from skbal._utils.unwrap import unwrap
from skbal.base import best_first
from skbal.information import expected_loss, expected_loss_reduction
from skbal.query._target_strategy import TargetStrategy


class ExpectedErrorReduction(TargetStrategy):
    """Choose the rows whose labels are expected to leave the least loss at targets.

    The score is minus the expected loss of the best predictions for target rows, once
    the label of the row is known [1]_. The model is not fitted again: the label gives
    each joint posterior draw a new weight, by Bayes' rule, which is what retraining
    does in the mean over draws. A thousand rows take less time than one fit of most
    models.

    Parameters
    ----------
    loss : {"log", "brier", "zero-one"} or array-like of shape \
(n_classes, n_decisions), default="log"
        "log" is minus the logarithm of the probability of the label, in nats. "brier"
        is the squared distance between the probabilities and the one-hot label.
        "zero-one" is 1 if another class is predicted. A matrix holds the cost of each
        decision in its columns, for each class in its rows, in the order of
        ``classes_``.
    X_target : array-like of shape (n_targets, ...), optional
        Rows like those that will be predicted. All of them are used. ``None`` uses
        random rows of the pool.
    n_target : int, default=100
        Number of random rows of the pool that are the targets if ``X_target`` is
        ``None``. A smaller pool is used as a whole.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws and the breaking of ties. An integer makes the choice
        repeatable for the same estimator and pool.
    pool_subsample : int, optional
        Number of random rows of the pool considered by a call. ``None`` considers all
        rows.
    batch_size : int, optional
        Number of rows predicted at once. ``None`` chooses it so that temporaries stay
        near 64 MB.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context.
    verbose : int, default=0
        Whether to show a progress bar.

    See Also
    --------
    ValueOfInformation : The fall of the cost, which can be held against a price.
    CoreMSE : Batches for the Brier score.
    EPIG : The same order of rows as the log loss.

    Notes
    -----
    With "log" the order of rows is that of `EPIG`, with "brier" that of
    `ExpectedVarianceReduction` with draws. With "zero-one" or a matrix, only a label
    that would change a decision has a value. Late in a run, no single label of most
    rows would do so, and the choice among these rows is random. The log loss and the
    Brier score also count labels that bring a decision nearer to its change.

    References
    ----------
    .. [1] N. Roy and A. McCallum (2001), Toward Optimal Active Learning through
       Sampling Estimation of Error Reduction, equations (2) and (4).

    Examples
    --------
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.query import ExpectedErrorReduction
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> pool = [[0.0], [1.5], [3.0]]
    >>> strategy = ExpectedErrorReduction("zero-one", random_state=0)
    >>> strategy(forest, pool)
    array([1])
    >>> bool((strategy.score_pool(forest, pool) <= 0).all())
    True
    """

    _parameter_rules = {"loss": loss_or_costs()}

    def __init__(
        self,
        loss="log",
        *,
        X_target=None,
        n_target=100,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        super().__init__(
            X_target=X_target,
            n_target=n_target,
            n_draws=n_draws,
            random_state=random_state,
            pool_subsample=pool_subsample,
            batch_size=batch_size,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self.loss = loss

    @property
    def compares_rows(self):
        """Whether the loss is that at rows of the pool, another in each pool."""
        return self.X_target is None

    def extra_inputs(self, estimator, X_pool, random_state):
        """Return the draws of the target rows, and their mean loss now.

        Parameters
        ----------
        estimator : estimator or learner
            As it was passed to `score_pool`.
        X_pool : array-like of shape (n_pool, ...)
            The whole pool.
        random_state : int
            The seed of the draws of the pool. The same seed makes the draws of the
            target rows, so that the draws of both are joint.

        Returns
        -------
        inputs : dict
            ``draws_target``, an ndarray of shape (n_targets, n_draws, n_classes), and
            ``now``, a float.
        """
        inputs = super().extra_inputs(estimator, X_pool, random_state)
        target = inputs["draws_target"]
        _check_rows(self.loss, "loss", type(self).__name__, estimator, target.shape[2])
        check_loss(self.loss, "loss", type(self).__name__, target.shape[2])
        return inputs | {"now": float(expected_loss(target, self.loss).mean())}

    def score_draws(self, draws, draws_target, now):
        """Return minus the expected loss after the label of each row.

        Parameters
        ----------
        draws : ndarray of shape (n_rows, n_draws, n_classes)
            Class probabilities.
        draws_target : ndarray of shape (n_targets, n_draws, n_classes)
            Class probabilities of the targets.
        now : float
            Mean expected loss of the targets before the label.

        Returns
        -------
        scores : ndarray of shape (n_rows,)
        """
        return expected_loss_reduction(draws, draws_target, self.loss) - now

    def select_batch(self, learner, X_pool, n_instances, rng):
        scores = self._checked_scores(learner, X_pool)
        # Scores are equal if their differences are, not if these are small beside the
        # loss that no label of the pool takes away.
        return best_first(scores - scores.min(), n_instances, rng)


class ValueOfInformation(TargetStrategy):
    """Choose the rows whose labels lower the cost of decisions most.

    The score is how far the cost of a decision about a target row is expected to
    decrease, once the label of the row is known [1]_. It has the unit of the costs:
    multiplied by the number of decisions that will be made, it can be compared with the
    price of a label. It is never negative, and 0 if no label of the row would change a
    decision.

    Parameters
    ----------
    cost : array-like of shape (n_classes, n_decisions), optional
        Cost of each decision in the columns, for each class in the rows, in the order
        of ``classes_``. ``None`` is the zero-one loss: the score is then the fall of
        the share of wrong predictions.
    X_target : array-like of shape (n_targets, ...), optional
        Rows like those that will be predicted. All of them are used. ``None`` uses
        random rows of the pool.
    n_target : int, default=100
        Number of random rows of the pool that are the targets if ``X_target`` is
        ``None``. A smaller pool is used as a whole.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws and the breaking of ties. An integer makes the choice
        repeatable for the same estimator and pool.
    pool_subsample : int, optional
        Number of random rows of the pool considered by a call. ``None`` considers all
        rows.
    batch_size : int, optional
        Number of rows predicted at once. ``None`` chooses it so that temporaries stay
        near 64 MB.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context.
    verbose : int, default=0
        Whether to show a progress bar.

    See Also
    --------
    ExpectedErrorReduction : The same order of rows, and other losses.

    References
    ----------
    .. [1] A. Kapoor, E. Horvitz and S. Basu (2007), Selective Supervision: Guiding
       Supervised Learning with Decision-Theoretic Active Learning, section 3.

    Examples
    --------
    To overlook a "yes" costs ten times as much as a false alarm:

    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.query import ValueOfInformation
    >>> X, y = [[0.0], [1.0], [2.0], [3.0]], ["no", "no", "yes", "yes"]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> strategy = ValueOfInformation([[0, 1], [10, 0]], random_state=0)
    >>> value = strategy.score_pool(forest, [[0.0], [1.5], [3.0]])
    >>> int(value.argmax())
    1
    >>> price, n_decisions = 5.0, 1000
    >>> bool(value.max() * n_decisions > price)  # the label is worth its price
    True
    """

    _parameter_rules = {"cost": costs()}

    def __init__(
        self,
        cost=None,
        *,
        X_target=None,
        n_target=100,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        super().__init__(
            X_target=X_target,
            n_target=n_target,
            n_draws=n_draws,
            random_state=random_state,
            pool_subsample=pool_subsample,
            batch_size=batch_size,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self.cost = cost

    def extra_inputs(self, estimator, X_pool, random_state):
        """Return the draws of the target rows.

        Parameters
        ----------
        estimator : estimator or learner
            As it was passed to `score_pool`.
        X_pool : array-like of shape (n_pool, ...)
            The whole pool.
        random_state : int
            The seed of the draws of the pool. The same seed makes the draws of the
            target rows, so that the draws of both are joint.

        Returns
        -------
        inputs : dict
            ``draws_target``, an ndarray of shape (n_targets, n_draws, n_classes).
        """
        inputs = super().extra_inputs(estimator, X_pool, random_state)
        if self.cost is not None:
            n_classes = inputs["draws_target"].shape[2]
            _check_rows(self.cost, "cost", type(self).__name__, estimator, n_classes)
            check_costs(self.cost, "cost", type(self).__name__, n_classes)
        return inputs

    def score_draws(self, draws, draws_target):
        """Return the expected fall of the cost by the label of each row.

        Parameters
        ----------
        draws : ndarray of shape (n_rows, n_draws, n_classes)
            Class probabilities.
        draws_target : ndarray of shape (n_targets, n_draws, n_classes)
            Class probabilities of the targets.

        Returns
        -------
        scores : ndarray of shape (n_rows,)
        """
        loss = "zero-one" if self.cost is None else self.cost
        return expected_loss_reduction(draws, draws_target, loss)


def _check_rows(matrix, name, owner, estimator, n_classes):
    """Raise a ValueError with the classes if a matrix has rows for others.

    A class that has no label yet is unknown to the model, and then its costs cannot be
    told from those of another one. A data frame may tell by its index that its rows
    have another order.
    """
    n_rows = len(matrix) if np.ndim(matrix) == 2 else n_classes
    classes = getattr(unwrap(estimator)[1], "classes_", None)
    if n_rows != n_classes and np.shape(classes) == (n_classes,):
        known = ", ".join(map(str, classes))
        raise ValueError(
            f"{name} of {owner} must have a row for each of {n_classes} classes that "
            f"the model knows ({known}), got {n_rows} rows. It knows the classes of "
            "its labels, so begin with a label of each."
        )
    if np.shape(classes) == (n_classes,):
        check_order(matrix, classes, f"{name} of {owner}")
