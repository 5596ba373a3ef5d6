"""BAIT: the batch that leaves least uncertainty in the last layer's predictions."""

from functools import partial

import numpy as np
import scipy.sparse as sp

from skbal._utils.features import check_powers_finite
from skbal._utils.parameters import positive, real
from skbal._utils.pools import n_rows
from skbal._utils.random import check_seed
from skbal._utils.tags import classifies
from skbal._utils.unwrap import unwrap
from skbal._utils.walk import walk
from skbal.features import GradientFeatures
from skbal.query._feature_strategy import FeatureStrategy
from skbal.query._features import mean_probabilities
from skbal.query._fisher import FisherRows, class_roots
from skbal.query._shared import target_rows
from skbal.query._strategy import check_classes
from skbal.query._trace_greedy import Design, added, dropped

_MOST_WEIGHTS = 10_000  # a few matrices of this size fill 4 GB


class BAIT(FeatureStrategy):
    """Choose the batch that leaves least uncertainty in the last layer's predictions.

    The labels of the rows of a set S have the Fisher information

        M_S = prior_precision I + sum_(x in labelled rows and S) I(x)

    about the weights of the last layer. The batch is chosen to make tr(M_S^-1 F) small,
    where F is the mean of I(x) over the rows that will be predicted [1]_. For a
    regressor this is the mean variance of their predictions, as in V-optimal design.
    For a classifier it is twice the log loss that the uncertain weights cost on
    average, to second order.

    Rows are added one by one, each for the smallest trace, until they are twice as many
    as wanted. Then rows are dropped one by one, each for the smallest trace. A row that
    was good alone, but is not needed once later rows are in the batch, is dropped
    again.

    Parameters
    ----------
    oversampling : float, default=2
        How many rows are added, as a multiple of the batch, before the others are
        dropped; 1 or larger. With 1 no row is dropped.
    prior_precision : float, default=1
        Information about each weight without any label, larger than 0. For a regressor
        it is the variance of the label noise, divided by the variance of a weight in
        its prior: the ``alpha`` of scikit-learn's ``Ridge``.
    X_target : array-like of shape (n_targets, ...), optional
        Rows like those that will be predicted. All of them are used. ``None`` uses all
        rows of the pool that are considered.
    features : {"model", "input"}, GradientFeatures or callable, default="model"
        The features h. "model" uses the input of the last layer: the ``transform`` of
        the estimator, or the columns of a linear model. "input" uses the flattened
        input of the model, after the transformers of a ``Pipeline``. Both are given one
        more column of ones, for the bias. A `skbal.features.GradientFeatures` takes
        gradients of a network. A function takes rows and returns an array of shape
        (n_rows, n_features), which is used as it is.
    n_draws : int, optional
        Number of posterior draws whose mean gives the class probabilities. ``None``
        uses ``predict_proba``, or the estimator's own number of draws if it has none.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws and the breaking of ties. An integer makes the choice
        repeatable for the same estimator and pool.
    pool_subsample : int, optional
        Number of random rows of the pool considered by a call. ``None`` considers all
        rows.
    batch_size : int, optional
        Number of rows predicted at once. ``None`` chooses it so that temporaries stay
        near 64 MB. The features of the pool are held in addition.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context.
    verbose : int, default=0
        Whether to show a progress bar. It counts the rows whose features are computed.

    Attributes
    ----------
    objective_ : float
        After a call, tr(M_S^-1 F) with the chosen rows. For a regressor, the mean
        variance of predictions in units of the variance of the label noise.

    See Also
    --------
    ExpectedVarianceReduction : The same aim, by the covariance of any Bayesian model.
    BatchVariance : Labels with most information about the function at all rows.
    BADGE : Long gradients in different directions, for classifiers.

    Notes
    -----
    A regressor with noise of variance 1 has I(x) = h h', and a label of several
    outputs is chosen like one of a single output. A classifier with probabilities p has

        I(x) = (diag(p) - p p') kron h h',

    which is large if the classes are uncertain. The probabilities of labelled rows are
    those of the model, too.

    The authors' program weights the batch by its size and the labelled rows by one.
    Here every label counts once, as in a posterior, and the mean over the targets does
    not contain the labelled rows. To have it contain them, as in [2]_, pass both as
    ``X_target``.

    With d features and C classes there are D = d (C - 1) weights, for a regressor
    D = d, and matrices of shape (D, D) are held. D may be up to 10,000. In addition to
    its features, a row of the pool is held as 3 (C - 1)^2 numbers. Before the first row
    is chosen, all rows cost D^2 multiplications each. Every further row costs them
    2 d (C - 1)^2.

    With gradients of all weights as features it is the method of [2]_ for regressors:
    pass ``features=GradientFeatures()``.

    References
    ----------
    .. [1] J. T. Ash, S. Goel, A. Krishnamurthy and S. Kakade (2021), Gone Fishing:
       Neural Active Learning with Fisher Embeddings, algorithm 1.
    .. [2] D. Holzmüller, V. Zaverkin, J. Kästner and I. Steinwart (2023), A Framework
       and Benchmark for Deep Batch Active Learning for Regression, section 4.3.

    Examples
    --------
    A line is known best by both ends of the pool. The row at 2 is the best single one,
    but it is dropped once the ends are there.

    >>> import numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> from skbal.query import BAIT
    >>> pool = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> model = LinearRegression().fit([[0.0], [1.0]], [0.0, 2.0])
    >>> strategy = BAIT(prior_precision=0.1, random_state=0)
    >>> strategy.score_pool(model, pool).round(1)
    array([ 9.1, 35.7, 41.2, 41.1])
    >>> sorted(strategy(model, pool, n_instances=2).tolist())
    [0, 3]
    >>> sorted(strategy.set_params(oversampling=1)(model, pool, n_instances=2).tolist())
    [0, 2]
    """

    _parameter_rules = {
        "oversampling": real(1),
        "prior_precision": positive(),
        "X_target": target_rows(),
    }

    def __init__(
        self,
        oversampling=2,
        *,
        prior_precision=1,
        X_target=None,
        features="model",
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        super().__init__(
            features,
            n_draws=n_draws,
            random_state=random_state,
            pool_subsample=pool_subsample,
            batch_size=batch_size,
            n_jobs=n_jobs,
            verbose=verbose,
        )
        self.oversampling = oversampling
        self.prior_precision = prior_precision
        self.X_target = X_target

    def score_pool(self, estimator, X_pool):
        """Return how far the label of each row alone lowers tr(M^-1 F).

        Parameters
        ----------
        estimator : estimator or learner
            A learner with labelled rows ``X_training`` that holds a fitted regressor or
            classifier, or a fitted estimator, which counts as one without labels.
        X_pool : array-like of shape (n_pool, ...)
            The unlabelled rows. Data that are not in memory are read chunk by chunk.

        Returns
        -------
        scores : ndarray of shape (n_pool,), dtype=float64
            Non-negative: how far the label lowers the mean over the targets.

        Raises
        ------
        TypeError
            If the estimator is a model of votes or of several yes/no labels per row, or
            has no features (see ``features``).
        ValueError
            If the pool is empty, a classifier knows fewer than two classes, features
            are not finite, there are more than 10,000 weights, or a parameter has a
            wrong value.
        """
        return Design(*self._given(estimator, X_pool)).changes()

    def select_batch(self, learner, X_pool, n_instances, rng):
        rows, information, target, what = self._given(learner, X_pool)
        priority = rng.random(len(rows))
        n_added = min(round(self.oversampling * n_instances), len(rows))
        design = Design(rows, information, target, what)
        chosen = added(design, n_added, priority)
        if n_added > n_instances:
            part = rows.take(chosen)
            design = Design(part, information, target, what, drop=True)
            drops = dropped(design, n_added - n_instances, priority[chosen])
            chosen = np.delete(chosen, drops)
        self.objective_ = design.trace
        return chosen

    def _given(self, estimator, X_pool):
        """Return the rows of the pool, M without them, F, and the name of M."""
        self._check(X_pool)
        owner, embed = type(self).__name__, self._embedding(estimator)
        pool = FisherRows(*self._compute(embed, X_pool))
        self._check_size(pool)
        information = self.prior_precision * np.eye(pool.n_weights)
        labelled = getattr(estimator, "X_training", None)
        if labelled is not None and n_rows(labelled) > 0:
            known = self._information(embed, labelled, pool, "the labelled rows")
            information += known
        if self.X_target is None:
            target = pool.information() / len(pool)
        else:
            n_targets = n_rows(self.X_target)
            rows = f"X_target of {owner}"
            target = self._information(embed, self.X_target, pool, rows) / n_targets
        what = f"The information of the labelled rows given to {owner}"
        return pool, information, target, what

    def _embedding(self, estimator):
        """Return the function that computes features, and roots for a classifier."""
        owner, model = type(self).__name__, unwrap(estimator)[1]
        if hasattr(model, "predict_votes"):
            raise TypeError(
                f"{owner} needs a regressor or a classifier, but "
                f"{type(model).__name__} is a model of votes. Try VoteBALD."
            )
        probabilities = None
        if classifies(model) or hasattr(model, "predict_proba"):
            check_classes(model, owner)
            self._refuse_gradients(model)
            seed = check_seed(self.random_state, owner)
            probabilities = partial(
                mean_probabilities, estimator, model, self.n_draws, seed, owner
            )
        features = self._feature_function(estimator)
        with_bias = isinstance(self.features, str)
        return partial(_embed, features, with_bias, probabilities, owner)

    def _refuse_gradients(self, model):
        if isinstance(self.features, GradientFeatures):
            raise TypeError(
                f"{type(self).__name__} takes GradientFeatures for a regressor, got "
                f"the classifier {type(model).__name__}, whose information is that of "
                "its last layer. Use features='model'."
            )

    def _information(self, embed, X, pool, what):
        """Return the sum of the information of rows that are not held."""
        total, n_features = 0.0, pool.features.shape[1]
        chunks = walk(embed, X, batch_size=self.batch_size, n_jobs=self.n_jobs)
        for _, arrays in chunks:
            if arrays[0].shape[1] != n_features:
                raise ValueError(
                    f"X_pool given to {type(self).__name__} must have as many features "
                    f"as {what}, got {n_features} and {arrays[0].shape[1]}."
                )
            total = total + FisherRows(*arrays).information()
        return total

    def _check_size(self, pool):
        if pool.n_weights > _MOST_WEIGHTS:
            owner, n = type(self).__name__, pool.features.shape[1]
            raise ValueError(
                f"{owner} inverts a matrix with a row for each weight of the last "
                f"layer, at most {_MOST_WEIGHTS:,}, got {n:,} features times "
                f"{pool.n_outputs:,} free outputs. Give a function as features that "
                "returns fewer, such as the transform of a fitted TruncatedSVD."
            )


def _embed(features, with_bias, probabilities, owner, X):
    """Return features, (n_rows, n_features), and roots if there are classes."""
    (h,) = features(X)
    check_powers_finite(h, f"features of {owner}", power=4)
    if with_bias:
        ones = np.ones((h.shape[0], 1), dtype=h.dtype)
        h = (
            sp.hstack([h, ones], format="csr")
            if sp.issparse(h)
            else np.hstack([h, ones])
        )
    return (h,) if probabilities is None else (h, class_roots(probabilities(X)))
