"""The strategy that chooses the rows of a classification batch together."""

from functools import partial

import numpy as np
from tqdm.auto import tqdm

from skbal._utils.memory import as_text, check_memory
from skbal._utils.random import check_seed
from skbal._utils.validation import check_count
from skbal._utils.warn import warn
from skbal.exceptions import TooFewDrawsWarning
from skbal.information import mutual_information
from skbal.query._batch_bald._configurations import Configurations
from skbal.query._batch_bald._greedy import greedy_batch
from skbal.query._batch_bald._held import FEWEST_HELD, HeldDraws
from skbal.query._engine import draw_rows, score_and_keep
from skbal.query._strategy import DrawStrategy

_NEARLY = 0.99
# Posteriors of a configuration are held in float64 and float32, and twice while labels
# of one more row are added.
_BYTES_A_POSTERIOR = 24


class BatchBALD(DrawStrategy):
    """Ask for the batch whose labels together tell most about the weights, in nats.

    The score of a batch is what its labels and the weights share,
    I[y_1, ..., y_b; w | x_1, ..., x_b] [1]_. `BALD` adds up the scores of the rows, and
    counts double what two rows both tell: it asks for near-copies. Here the batch is
    built row by row, each the one that adds most to those before it. This reaches at
    least 1 - 1/e of the best batch [2]_, and in practice nearly all. The first row is
    that of `BALD`.

    While all configurations of the chosen rows' labels fit into ``n_joint_samples``,
    the gains are exact, but for configurations that have a ten-millionth of the
    probability together. After that so many are sampled, the same for all rows; the
    gains of any row are then right on average, and standard errors are given.

    Parameters
    ----------
    n_draws : int or None, default=100
        How many posterior draws; None takes the estimator's own number. A batch cannot
        tell more than log(n_draws) nats, so take more for large batches.
    n_joint_samples : int, default=10000
        The most configurations of labels looked at.
    max_memory : int or str, default="1GB"
        What the draws of the pool and the configurations may take, in bytes or as
        "500MB". A larger pool gives the same batch; draws of rows that come up again
        are then made a second time.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Of the draws, the sampled configurations and the order of equal gains. An
        integer gives the same choice for the same estimator and pool.
    pool_subsample : int, optional
        A call looks only at this many random rows of the pool; None looks at all.
    batch_size : int, optional
        How many rows are drawn for at once; None keeps memory to some 64 MB.
    n_jobs : int, optional
        How many pieces of the pool are worked on at once, by `joblib`; None asks
        `joblib.parallel_config`, and means 1 outside of it.
    verbose : int, default=0
        Whether to show progress bars: of the rows scored, and of the rows chosen.

    Attributes
    ----------
    gains_ : ndarray of shape (n_instances,)
        After a call, what each row's label adds to those before it, in nats. The sum is
        the information of the batch. Exact gains never grow.
    gain_errors_ : ndarray of shape (n_instances,)
        Their Monte-Carlo standard errors, in nats; 0 where they are exact.

    See Also
    --------
    BALD : Scores each row by itself.
    BatchVariance : The same for regressors.
    PowerBALD : Spreads a batch by chance, at the cost of BALD.

    Notes
    -----
    What a label adds shrinks as labels are added before it. So an earlier gain, first
    of all the BALD score, bounds the present one, and only rows whose bound is above
    the best row found are looked at [3]_. Where gains are exact the batch is that of
    the full search. Where they are sampled a row may by chance add more than before:
    its bound is taken three standard errors higher. In tests, no row passed over would
    have added one standard error more than the row chosen.

    Rows whose gains differ by less than a millionth of the largest score are taken as
    equal, and the order is set by ``random_state``. When the labels of the batch
    already tell which draw is right, to 1e-5 nats, the rest of the batch is random. A
    `skbal.exceptions.TooFewDrawsWarning` says from where on this is nearly so.

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
    The last two rows of the pool are the same; one of them is enough.

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

    def __init__(
        self,
        n_draws=100,
        n_joint_samples=10_000,
        max_memory="1GB",
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        super().__init__(
            n_draws, random_state, pool_subsample, batch_size, n_jobs, verbose
        )
        self.n_joint_samples = n_joint_samples
        self.max_memory = max_memory

    _score = staticmethod(mutual_information)

    def _select(self, learner, X_pool, n_instances, rng):
        self._check(learner, X_pool)
        owner = type(self).__name__
        n_joint_samples = check_count(self.n_joint_samples, "n_joint_samples", owner)
        made = {
            "n_draws": self.n_draws,
            "seed": check_seed(self.random_state, owner),
            "batch_size": self.batch_size,
            "n_jobs": self.n_jobs,
        }
        load = partial(draw_rows, learner, X_pool, **made)
        pattern = load(np.zeros(1, dtype=np.intp))
        scores, rows, draws = score_and_keep(
            self._score,
            learner,
            X_pool,
            self._n_held(pattern, n_joint_samples),
            verbose=self.verbose,
            **made,
        )
        # Apart, so that the samples do not depend on how the search goes.
        of_samples, of_groups = rng.spawn(2)
        chosen, self.gains_, self.gain_errors_ = greedy_batch(
            HeldDraws(load, rows, draws, scores),
            scores,
            n_instances,
            Configurations(pattern.shape[1], n_joint_samples, of_samples),
            priority=rng.random(len(scores)),
            rng=of_groups,
            ticks=partial(tqdm, unit="picks", disable=not self.verbose),
        )
        self._warn_of_few_draws(pattern.shape[1])
        return chosen

    def _warn_of_few_draws(self, n_draws):
        most = np.log(n_draws)
        n_told = 1 + np.count_nonzero(np.cumsum(self.gains_) < _NEARLY * most)
        if n_draws > 1 and n_told < len(self.gains_):
            warn(
                f"The first {n_told} of {len(self.gains_)} rows of "
                f"{type(self).__name__} tell {_NEARLY:.0%} of all that {n_draws} draws "
                f"can, log({n_draws}) = {most:.2f} nats, so the others are hardly "
                "better than random. Take more draws (n_draws) or smaller batches.",
                TooFewDrawsWarning,
            )

    def _n_held(self, pattern, n_joint_samples):
        owner = type(self).__name__
        max_memory = check_memory(self.max_memory, "max_memory", owner)
        taken = _BYTES_A_POSTERIOR * n_joint_samples * pattern.shape[1]
        n_held = (max_memory - taken) // pattern.nbytes
        if n_held < FEWEST_HELD:
            least = as_text(taken + FEWEST_HELD * pattern.nbytes)
            raise ValueError(
                f"max_memory of {owner} must be at least {least}, got "
                f"{self.max_memory!r}: {as_text(taken)} are for n_joint_samples="
                f"{n_joint_samples} configurations of {pattern.shape[1]} draws."
            )
        return n_held
