"""BatchBALD: choose the rows of a classification batch jointly."""

from functools import partial

import numpy as np

from skbal._utils.memory import as_text, check_memory
from skbal._utils.parameters import count, memory
from skbal._utils.progress import progress_bar
from skbal._utils.random import check_seed
from skbal._utils.warn import warn
from skbal.exceptions import TooFewDrawsWarning
from skbal.information import mutual_information
from skbal.query._batch_bald._configurations import Configurations
from skbal.query._batch_bald._first import first_row
from skbal.query._batch_bald._greedy import greedy_batch
from skbal.query._batch_bald._held import FEWEST_HELD, HeldDraws
from skbal.query._engine import draw_rows, score_and_keep, score_rows
from skbal.query._strategy import DrawStrategy

_NEARLY = 0.99
# The posterior of a configuration is held in float64 and float32, and twice while the
# labels of one more row are added.
_BYTES_PER_POSTERIOR = 24


class BatchBALD(DrawStrategy):
    """Choose the batch whose labels have most information about the weights, in nats.

    The score of a batch is the mutual information of its labels and the weights,
    I[y_1, ..., y_b; w | x_1, ..., x_b] [1]_. `BALD` adds up the scores of single rows
    and counts shared information twice, so it chooses near-copies. Here the batch is
    built greedily: each next row is the one that adds most to the rows before it. The
    result has at least 1 - 1/e of the information of the best batch [2]_, in practice
    nearly all of it. The first row is that of `BALD`.

    The gains are exact while there are at most ``n_joint_samples`` configurations of
    the labels of the chosen rows, except for configurations whose total probability is
    less than 1e-7. After that, ``n_joint_samples`` configurations are sampled, the same
    for all rows. The gains are then unbiased, and their standard errors are given.

    Parameters
    ----------
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number. A batch
        cannot have more than log(n_draws) nats of information, so large batches need
        more draws than single rows.
    n_joint_samples : int, default=10000
        Largest number of label configurations considered.
    max_memory : int or str, default="1GB"
        Memory for the draws of the pool and the configurations, in bytes or as a string
        such as "500MB". The batch does not depend on it, but for a larger pool some
        draws are made more than once.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws and the breaking of ties. An integer makes the choice
        repeatable for the same estimator and pool. It also seeds the sampled
        configurations.
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
        Whether to show a progress bar. There is one for the rows scored and one for the
        rows chosen.

    Attributes
    ----------
    gains_ : ndarray of shape (n_instances,)
        After a call, the information that each row's label adds to the labels before
        it, in nats. The sum is the information of the batch. Exact gains are
        non-increasing.
    gain_errors_ : ndarray of shape (n_instances,)
        Monte-Carlo standard errors of the gains, in nats; 0 for exact gains.

    See Also
    --------
    BALD : Scores each row separately.
    BatchVariance : The same for regressors.
    PowerBALD : Makes batches diverse by random choice, as fast as BALD.

    Notes
    -----
    The gain of a row can only decrease as labels are added before it. So an earlier
    gain, at first the BALD score, is an upper bound, and only rows whose bound is above
    the best gain found are evaluated [3]_. With exact gains the batch is that of the
    full search. A sampled gain may be larger than an earlier one, so its
    bound is raised by three standard errors. In tests, no skipped row would have added
    more than one standard error more than the chosen row.

    Gains that differ by less than a millionth of the largest score count as equal, and
    ``random_state`` decides their order. Once the labels of the batch determine the
    draw, up to 1e-5 nats, the remaining rows are random. A
    `skbal.exceptions.TooFewDrawsWarning` says from which row on this is nearly the
    case.

    References
    ----------
    .. [1] A. Kirsch, J. van Amersfoort and Y. Gal (2019), BatchBALD: Efficient and
       Diverse Batch Acquisition for Deep Bayesian Active Learning, section 3.
    .. [2] G. L. Nemhauser, L. A. Wolsey and M. L. Fisher (1978), An analysis of
       approximations for maximizing submodular set functions I.
    .. [3] M. Minoux (1978), Accelerated greedy algorithms for maximizing submodular set
       functions.

    Examples
    --------
    The last two rows of the pool are equal; one of them is enough.

    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skbal.query import BatchBALD
    >>> X, y = [[0.0, 0.0], [1.0, 1.0], [2.0, 0.0], [3.0, 1.0]], ["a", "b", "c", "d"]
    >>> forest = RandomForestClassifier(random_state=0).fit(X, y)
    >>> pool = [[0.0, 0.0], [2.4, 0.5], [1.5, 0.5], [1.5, 0.5]]
    >>> strategy = BatchBALD(random_state=0)
    >>> sorted(strategy(forest, pool, n_instances=2).tolist()) == [2, 3]
    False
    >>> strategy.gain_errors_
    array([0., 0.])
    """

    _parameter_rules = {"n_joint_samples": count(1), "max_memory": memory()}

    def __init__(
        self,
        *,
        n_draws=None,
        n_joint_samples=10_000,
        max_memory="1GB",
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
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
        self.n_joint_samples = n_joint_samples
        self.max_memory = max_memory

    score_draws = staticmethod(mutual_information)

    def select_batch(self, learner, X_pool, n_instances, rng):
        self._check(learner, X_pool)
        made = {
            "n_draws": self.n_draws,
            "seed": check_seed(self.random_state, type(self).__name__),
            "batch_size": self.batch_size,
            "n_jobs": self.n_jobs,
        }
        load = partial(draw_rows, learner, X_pool, **made)
        pattern = load(np.zeros(1, dtype=np.intp))
        n_held = self._n_held(pattern)
        # Two streams, so that the samples do not depend on the course of the search.
        of_samples, of_groups = rng.spawn(2)
        configurations = Configurations(
            pattern.shape[1], int(self.n_joint_samples), of_samples
        )
        if n_instances == 1:
            scores = score_rows(
                self.score_draws, learner, X_pool, verbose=self.verbose, **made
            )
            return self._first(load, scores, configurations, rng)
        scores, rows, draws = score_and_keep(
            self.score_draws, learner, X_pool, n_held, verbose=self.verbose, **made
        )
        chosen, self.gains_, self.gain_errors_ = greedy_batch(
            HeldDraws(load, rows, draws, scores),
            scores,
            n_instances,
            configurations,
            priority=rng.random(len(scores)),
            rng=of_groups,
            ticks=partial(progress_bar, unit="picks", show=self.verbose),
        )
        self._warn_of_few_draws(pattern.shape[1])
        return chosen

    def _first(self, load, scores, configurations, rng):
        priority, before = rng.random(len(scores)), configurations.posteriors
        row, gain = first_row(load, scores, before, priority)
        self.gains_, self.gain_errors_ = np.array([gain]), np.zeros(1)
        return np.array([row], dtype=np.intp)

    def _warn_of_few_draws(self, n_draws):
        most = np.log(n_draws)
        n_told = 1 + np.count_nonzero(np.cumsum(self.gains_) < _NEARLY * most)
        if n_draws > 1 and n_told < len(self.gains_):
            warn(
                f"The first {n_told} of {len(self.gains_)} rows of "
                f"{type(self).__name__} have {_NEARLY:.0%} of the most information "
                f"that {n_draws} draws can give, log({n_draws}) = {most:.2f} nats, so "
                "the others are hardly better than random. Use more draws (n_draws) or "
                "smaller batches.",
                TooFewDrawsWarning,
            )

    def _n_held(self, pattern):
        """Return the number of rows whose draws fit into memory."""
        owner = type(self).__name__
        max_memory = check_memory(self.max_memory, "max_memory", owner)
        taken = _BYTES_PER_POSTERIOR * int(self.n_joint_samples) * pattern.shape[1]
        n_held = (max_memory - taken) // pattern.nbytes
        if n_held < FEWEST_HELD:
            least = as_text(taken + FEWEST_HELD * pattern.nbytes)
            raise ValueError(
                f"max_memory of {owner} must be at least {least}, got "
                f"{self.max_memory!r}: {as_text(taken)} are needed for n_joint_samples="
                f"{self.n_joint_samples} configurations of {pattern.shape[1]} draws."
            )
        return n_held
