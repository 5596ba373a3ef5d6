"""CoreLog and CoreMSE: batches whose labels improve predictions in different places."""

import copy
from functools import partial

from sklearn.cluster import KMeans
from sklearn.preprocessing import normalize

from skbal._utils.clusters import EQUALLY_NEAR, fit_clusters, nearest_rows
from skbal._utils.parameters import real
from skbal._utils.random import check_seed, next_seed
from skbal.base import best_first
from skbal.information import expected_loss_reduction
from skbal.query._engine import draw_rows
from skbal.query._target_strategy import TargetStrategy

_MOST_ROWS = 20_000  # that are clustered, whose falls are in memory


class BEMPS(TargetStrategy):
    """Base class of the two strategies with a Bayesian estimate of mean proper scores.

    Parameters
    ----------
    top_fraction, X_target, n_target, n_draws, random_state, pool_subsample, \
batch_size, n_jobs, verbose
        As `CoreMSE` describes them.
    """

    _loss = None
    _parameter_rules = {"top_fraction": real(0, 1)}

    def __init__(
        self,
        *,
        top_fraction=0.5,
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
        self.top_fraction = top_fraction

    def score_draws(self, draws, draws_target):
        """Return the expected fall of the mean loss of the targets.

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
        return expected_loss_reduction(draws, draws_target, self._loss)

    def select_batch(self, learner, X_pool, n_instances, rng):
        if n_instances == 1:
            return super().select_batch(learner, X_pool, n_instances, rng)
        seeded = copy.copy(self)  # so that all draws are joint
        seeded.random_state = check_seed(self.random_state, type(self).__name__)
        scores = seeded.score_pool(learner, X_pool)
        n_top = min(round(self.top_fraction * len(scores)), _MOST_ROWS)
        # In random order, so that none of several equal rows is favoured.
        rows = best_first(scores, max(n_top, n_instances), rng)
        rows = rng.permutation(rows)
        falls = seeded._falls(learner, X_pool, rows)
        clusterer = KMeans(n_instances, n_init=1, random_state=next_seed(rng))
        fit_clusters(clusterer, falls)
        chosen = nearest_rows(clusterer.cluster_centers_, falls, EQUALLY_NEAR)
        chosen = rows[chosen]
        return chosen[best_first(scores[chosen], n_instances, rng)]

    def _falls(self, learner, X_pool, rows):
        """Return where the label of each row helps, unit vectors (n_rows, n_targets).

        A row that helps nowhere has zeros.
        """
        inputs = self.extra_inputs(learner, X_pool, self.random_state)
        falls = draw_rows(
            learner,
            X_pool,
            rows,
            n_draws=self.n_draws,
            seed=self.random_state,
            batch_size=self.batch_size,
            n_jobs=self.n_jobs,
            then=partial(_falls_at, inputs["draws_target"], self._loss),
        )
        return normalize(falls, copy=False)


def _falls_at(draws_target, loss, draws):
    return expected_loss_reduction(draws, draws_target, loss, per_target=True)


class CoreMSE(BEMPS):
    """Choose rows whose labels improve predictions most, measured by the Brier score.

    The score is how far the label of a row is expected to lower the mean Brier score of
    target rows. It equals the expected squared change of their probabilities [1]_. In a
    batch, rows help in different places: each row has a vector with its decrease at
    every target, scaled to length one. The vectors of the best rows are clustered by
    k-means, and the row nearest to each centre is chosen.

    Parameters
    ----------
    top_fraction : float, default=0.5
        Fraction of the rows that are clustered, those with the highest scores, in [0,
        1]. They are at least ``n_instances`` and at most 20,000 rows. 0 chooses the
        rows with the highest scores.
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
        repeatable for the same estimator and pool. It also seeds the clustering.
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
    CoreLog : The same for the log loss.
    ExpectedErrorReduction : Single rows, and other losses.

    Notes
    -----
    A batch of one row is the best row of `ExpectedErrorReduction` with
    ``loss="brier"``. The rows of a batch are in the order of their scores.

    References
    ----------
    .. [1] W. Tan, L. Du and W. Buntine (2021), Diversity Enhanced Active Learning with
       Strictly Proper Scoring Rules, sections 3 and 4. The fraction of one half is that
       of the authors' program.

    Examples
    --------
    Rows 0 to 2 are near-copies of each other, between the first two classes:

    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.query import CoreMSE
    >>> X = [[0.0], [1.0], [4.0], [5.0], [8.0], [9.0]]
    >>> forest = RandomForestClassifier(random_state=0)
    >>> forest = forest.fit(X, ["a", "a", "b", "b", "c", "c"])
    >>> pool = [[2.48], [2.49], [2.47], [6.5]]
    >>> strategy = CoreMSE(top_fraction=1, random_state=0)
    >>> strategy.score_pool(forest, pool).round(2)
    array([0.28, 0.28, 0.28, 0.08])
    >>> 3 in strategy(forest, pool, n_instances=2)
    True
    """

    _loss = "brier"


class CoreLog(BEMPS):
    """Choose rows whose labels improve predictions most, measured by the log loss.

    The score is how far the label of a row is expected to lower the mean log loss of
    target rows, in nats [1]_. It equals that of `EPIG`. In a batch, rows help in
    different places, as in `CoreMSE`.

    Parameters
    ----------
    top_fraction : float, default=0.5
        Fraction of the rows that are clustered, those with the highest scores, in [0,
        1]. They are at least ``n_instances`` and at most 20,000 rows. 0 chooses the
        rows with the highest scores.
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
        repeatable for the same estimator and pool. It also seeds the clustering.
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
    CoreMSE : The same for the Brier score, with the way a batch is chosen.
    EPIG : The same score without clusters.

    References
    ----------
    .. [1] W. Tan, L. Du and W. Buntine (2021), Diversity Enhanced Active Learning with
       Strictly Proper Scoring Rules, sections 3 and 4. The fraction of one half is that
       of the authors' program.

    Examples
    --------
    Rows 0 to 2 are near-copies of each other, between the first two classes:

    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.query import CoreLog
    >>> X = [[0.0], [1.0], [4.0], [5.0], [8.0], [9.0]]
    >>> forest = RandomForestClassifier(random_state=0)
    >>> forest = forest.fit(X, ["a", "a", "b", "b", "c", "c"])
    >>> pool = [[2.48], [2.49], [2.47], [6.5]]
    >>> strategy = CoreLog(top_fraction=1, random_state=0)
    >>> 3 in strategy(forest, pool, n_instances=2)
    True
    """

    _loss = "log"
