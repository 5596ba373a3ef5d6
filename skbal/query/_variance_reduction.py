"""ExpectedVarianceReduction: choose rows that make predictions of targets certain."""

import numpy as np
import scipy.sparse as sp

from skbal._utils.chunks import MAX_MEMORY
from skbal._utils.lazy import lazy_module
from skbal._utils.memory import check_memory
from skbal._utils.parameters import count, memory, option, real
from skbal._utils.pools import n_rows, whole
from skbal._utils.random import check_seed
from skbal._utils.unwrap import transform, unwrap
from skbal.query._doubt import Doubt
from skbal.query._factors import noise_maker
from skbal.query._labels import PoolLabels, sum_of_outputs, weighted_moment
from skbal.query._reduction import falls_given, greedy_reduction, second_moment
from skbal.query._shared import SharedParameters, target_rows
from skbal.query._weight_space import falls_of, row_of_largest_fall

pandas = lazy_module("pandas")


class ExpectedVarianceReduction(SharedParameters):
    """Choose rows whose labels lower the predictive variance of target rows most.

    The score of row k is how far its label lowers the variance of the noise-free
    function at the target rows t, on average,

        mean_t C_tk^2 / (noise_variance + C_kk),

    where C is the posterior covariance of the function. This is V-optimality, known
    from graphs [1]_, or the reduction of the integrated variance [2]_. Unlike
    `PredictiveVariance` it is low for outliers, whose labels say little about other
    rows, and unlike `MaxEntropy` it is low for rows that remain uncertain whatever is
    labelled.

    The batch is built greedily: each next row is the one whose label lowers the mean
    variance most, given the labels of the rows before it. No labels are needed between
    the rows, because the covariance of a Gaussian does not depend on them.

    C is exact if the estimator has a method ``covariance_factor(X)``, such as skbal's
    Bayesian linear models. Otherwise it is the covariance over posterior draws: of the
    values of a regressor, of the probabilities of a classifier, whose label is then a
    one-hot vector, or of the probabilities of yes of a model of votes, whose label is
    the share of yes votes (see the notes).

    Parameters
    ----------
    X_target : array-like of shape (n_targets, ...), optional
        Rows like those that will be predicted. All of them are used. ``None`` uses all
        rows of the pool that are considered.
    noise_variance : float, optional
        Variance of the label noise in squared units of y, larger than 0. For a model
        with an ``output_covariance_`` it is the factor of that matrix. ``None`` uses
        the estimator's ``label_variance(X)`` of each row, its ``noise_variance_``, or
        1 / ``alpha_`` for ``BayesianRidge`` and ``ARDRegression``. For draws of a
        classifier ``None`` is the noise of a one-hot label, and for a model of votes
        that of the share of ``n_votes`` votes.
    n_votes : int, default=40
        Number of volunteers who would be asked, for a model of votes. Other models do
        not use it.
    target_weights : {"uncertain"} or None, default=None
        Weights of the targets in the mean. ``None`` gives all the same weight.
        "uncertain" is for classifiers with ``predict_proba``: the weight of a target is
        the probability that its prediction is wrong. See the notes.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number. Not used
        with ``covariance_factor``.
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
    max_memory : int or str, optional
        Memory for the factors of the covariance, in bytes or as a string such as
        "500MB". ``None`` is 128 MB, enough for 60,000 rows of 200 factors in float64.
        The batch does not depend on it, but a larger pool is predicted once more for
        each row of the batch.
    verbose : int, default=0
        Whether to show a progress bar.

    Attributes
    ----------
    gains_ : ndarray of shape (n_instances,)
        After a call, how far each row's label lowers the mean variance of the targets,
        given the labels of the rows before it, in squared units of y; non-negative. The
        sum is the fall by the whole batch. A gain may be larger than the one before.

    See Also
    --------
    BatchVariance : Labels with most information about the function at all rows.
    EPIG : The information about the labels of targets, for classifiers.
    VoteEPIG : The information about the votes on targets.

    Notes
    -----
    With several outputs, variances are summed over the outputs, and labelling a row
    gives all of them. With ``covariance_factor`` all outputs share one factor, and the
    score is that of one output times the trace of ``output_covariance_``.

    A classifier that regresses one-hot labels, such as ``GraphClassifier``, has a
    covariance that depends on which rows are labelled, but not on their labels. So the
    whole order of questions is known before the first answer. Such a choice covers the
    pool; it does not look for the boundary between classes.

    With ``target_weights="uncertain"`` it does: the mean over the targets t becomes the
    mean of ``(1 - max_c P(c | t))`` times the fall. At first this covers the pool, too,
    because all targets are about equally uncertain. Later it turns to where classes
    meet, but still asks for rows that tell about many others, in contrast to `Margin`.
    The weights are those before the batch. So a batch is not the same as single rows,
    which is one reason to prefer equal weights.

    For draws of class probabilities p, the label of row k is the one-hot vector of its
    class. Its covariance is diag(m) - mm', where m is the mean of p_k, and its noise
    the mean of diag(p) - pp'. The score of a row is then exactly the expected fall of
    the variance of the probabilities of a target, summed over classes, where each draw
    is weighted by the likelihood of the label. It is also the expected fall of the
    Brier score. For the further rows of a batch, the best predictions that are linear
    in the labels are used.

    For draws of the probability rho of a yes, the label of row k is the share of yes
    votes of n volunteers. Its noise is the mean over draws of rho (1 - rho) / n, times
    1 + (n - 1) / (concentration + 1) if the model has ``predict_concentration``. The
    score is the fall of the variance of rho at the targets, summed over questions, by
    the best prediction that is linear in the shares. With one question it is exact for
    one vote, and for one row if its rho has a beta distribution. Otherwise the exact
    expected fall, by Bayes' rule, is at least as large. Unlike information, a variance
    is mostly that of rows with rho near 1/2.

    The gains of the rows sum to the gain of the batch. In Gaussian fields on graphs,
    the variance that a label removes can only become smaller by other labels. Then the
    gains are non-increasing, and the batch has at least 1 - 1/e of the gain of the best
    one [3]_. In general, two labels together may lower the variance by more than the
    sum of what each does alone.

    With r factors, the targets are summarised in an r x r matrix, so no matrix of rows
    times targets is built and the time is linear in both. The rows of a batch after the
    first cost one product of the factors with two vectors each. The exceptions are
    Gaussian processes, whose draws need the covariance of all rows: use
    ``pool_subsample`` and give ``noise_variance``.

    A single row is chosen in the precision of the factors, and those near the best are
    compared in float64. The scores and batches are computed in float64.

    A model with a method ``weight_space(X)``, such as ``GraphClassifier``, gives one
    row of an array, and scores, by a single product of all rows, unless targets have
    weights. ``batch_size`` and ``n_jobs`` are then not used, and the memory does not
    grow with the factors.

    References
    ----------
    .. [1] M. Ji and J. Han (2012), A Variance Minimization Criterion to Active Learning
       on Graphs, section 3.
    .. [2] D. A. Cohn, Z. Ghahramani and M. I. Jordan (1996), Active Learning with
       Statistical Models.
    .. [3] Y. Ma, R. Garnett and J. Schneider (2012), Submodularity in Batch Active
       Learning and Survey Problems on Gaussian Random Fields.

    Examples
    --------
    The first row of the pool has the largest variance, but it is alone. The label of
    one of the others lowers the variance of all three.

    >>> from skbal.models import BayesianLinearRegression
    >>> from skbal.query import ExpectedVarianceReduction, PredictiveVariance
    >>> X, y = [[1.0, 0.0], [0.0, 1.0]], [1.0, 2.0]
    >>> model = BayesianLinearRegression(optimize=None, fit_intercept=False).fit(X, y)
    >>> pool = [[3.0, 0.0], [0.0, 2.5], [0.0, 2.6], [0.0, 2.7]]
    >>> PredictiveVariance(random_state=0)(model, pool)
    array([0])
    >>> strategy = ExpectedVarianceReduction(random_state=0)
    >>> strategy(model, pool, n_instances=2)
    array([3, 0])
    >>> strategy.score_pool(model, pool).round(2)
    array([0.92, 1.92, 1.96, 1.99])
    >>> strategy.gains_.round(2)
    array([1.99, 0.92])
    """

    _parameter_rules = {
        "X_target": target_rows(),
        "noise_variance": real(0, none=True),
        "n_votes": count(1),
        "target_weights": option("uncertain", None),
        "max_memory": memory(none=True),
    }

    def __init__(
        self,
        X_target=None,
        *,
        noise_variance=None,
        n_votes=40,
        target_weights=None,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        max_memory=None,
        verbose=0,
    ):
        super().__init__(
            n_draws=n_draws,
            random_state=random_state,
            pool_subsample=pool_subsample,
            batch_size=batch_size,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self.X_target = X_target
        self.noise_variance = noise_variance
        self.n_votes = n_votes
        self.target_weights = target_weights
        self.max_memory = max_memory

    def score_pool(self, estimator, X_pool):
        """Return how far the label of each row lowers the variance of the targets.

        Parameters
        ----------
        estimator : estimator or learner
            Fitted, with ``covariance_factor`` or posterior draws, or a learner that
            holds such an estimator.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            Non-negative, in squared units of y; the gain of each row as the first of a
            batch. For draws of a classifier or of a model of votes, in squares of a
            probability.

        Raises
        ------
        TypeError
            If the estimator makes no posterior draws (`NoDrawsError`), or has no
            ``predict_proba`` for weights that need it.
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If the pool or the target is empty, the noise variance is unknown, there are
            fewer than two draws, a classifier knows fewer than two classes, or a
            parameter has a wrong value.
        """
        given = self._in_weight_space(estimator, X_pool)
        if given is not None:
            unit, *given = given
            return unit * falls_of(*given)
        labels, held, moment = self._given(estimator, X_pool, np.float64, partly=False)
        if held is None:
            found = labels.falls(np.eye(len(moment)), moment)
        else:
            found = falls_given(*held, None, moment)
        return labels.unit * found

    def select_batch(self, learner, X_pool, n_instances, rng):
        priority = rng.random(n_rows(X_pool))
        given = self._in_weight_space(learner, X_pool) if n_instances == 1 else None
        if given is not None:
            unit, *given = given
            row, fall = row_of_largest_fall(*given, priority)
            self.gains_ = np.array([unit * fall])
            return np.array([row])
        # One row is chosen in the precision of the factors.
        dtype = None if n_instances == 1 else np.float64
        labels, held, moment = self._given(learner, X_pool, dtype)
        n_held = len(held[0])
        rows, gains = greedy_reduction(
            held,
            moment,
            n_instances,
            priority=priority,
            load=labels.load,
            falls_of_rest=lambda *state: labels.falls(*state, start=n_held),
        )
        self.gains_ = labels.unit * gains
        return rows

    def _in_weight_space(self, estimator, X_pool):
        """Return the unit of the falls, the pool, its noise and M, or None.

        They are known without factors of each row, if the model has them and can find
        all rows at once. Weights of targets need the rows in chunks.
        """
        if self.target_weights is not None:
            return None
        transformers, model = unwrap(estimator)
        sets = [X for X in (X_pool, self.X_target) if X is not None]
        is_known = hasattr(model, "weight_space") and not transformers
        if not is_known or not all(isinstance(X, np.ndarray) for X in sets):
            return None
        self._check(X_pool)
        space, *target = map(model.weight_space, sets)
        noise = space.noise
        if self.noise_variance is not None:
            noise = noise_maker([], model, self.noise_variance, 1, type(self).__name__)
            noise = noise(X_pool)[:, 0]
        target = target[0] if target else space
        return sum_of_outputs(model), space, noise, target.gram() / len(target)

    def _given(self, estimator, X_pool, dtype, partly=True):
        """Return the labels of the pool, those of the rows held, and M of the targets.

        M is computed in ``dtype``, or in the precision of the factors if it is None.
        Unless ``partly``, no rows are held where memory is too small for all.
        """
        self._check(X_pool)
        weigh = self._weigh(estimator)
        seed = check_seed(self.random_state, type(self).__name__)
        labels = self._labels(estimator, X_pool, seed)
        if self.X_target is not None and not labels.splits:
            return self._drawn_together(estimator, X_pool, seed, weigh)
        n_held, targets = self._n_held(labels), labels
        holds_all = n_held == labels.n_rows
        held = labels.load(np.arange(n_held)) if partly or holds_all else None
        if self.X_target is not None:
            targets = self._labels(estimator, self.X_target, seed)
        if targets is labels and holds_all and weigh is None:
            moment = second_moment(held[0], dtype or held[0].dtype)
        else:
            moment = targets.second_moment(weigh)
        return labels, held, moment / targets.n_rows

    def _weigh(self, estimator):
        if self.target_weights is None:
            return None
        return Doubt(estimator, type(self).__name__)

    def _drawn_together(self, estimator, X_pool, seed, weigh):
        # The draws of a Gaussian process are joint only for the rows of one call.
        transformers, model = unwrap(estimator)
        parts = [transform(transformers, whole(X)) for X in (X_pool, self.X_target)]
        labels = self._labels(model, _stacked(*parts), seed)
        blocks, noise = labels.load(np.arange(labels.n_rows))
        n_pool = n_rows(X_pool)
        targets = blocks[n_pool:]
        weights = None if weigh is None else weigh(whole(self.X_target))
        held = blocks[:n_pool], noise[:n_pool]
        return labels, held, weighted_moment(targets, weights) / len(targets)

    def _labels(self, estimator, X, seed):
        return PoolLabels(
            estimator,
            X,
            type(self).__name__,
            noise_variance=self.noise_variance,
            n_votes=self.n_votes,
            n_draws=self.n_draws,
            seed=seed,
            batch_size=self.batch_size,
            n_jobs=self.n_jobs,
            verbose=self.verbose,
        )

    def _n_held(self, labels):
        if not labels.splits:
            return labels.n_rows
        max_memory = 2 * MAX_MEMORY
        if self.max_memory is not None:
            owner = type(self).__name__
            max_memory = check_memory(self.max_memory, "max_memory", owner)
        return min(max(max_memory // labels.bytes_per_row, 1), labels.n_rows)


def _stacked(above, below):
    if hasattr(above, "iloc") and hasattr(below, "iloc"):
        return pandas.concat([above, below])
    if sp.issparse(above) or sp.issparse(below):
        return sp.vstack([above, below], format="csr")
    return np.concatenate([np.asarray(above), np.asarray(below)])
