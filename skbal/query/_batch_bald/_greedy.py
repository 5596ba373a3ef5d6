"""Search for the row with the largest gain without evaluating every row.

The gain of a row can only decrease when labels are added before it. So its earlier
gain, at first the BALD score, is an upper bound of its present gain [1]_. Rows are
evaluated in the order of their bounds, until no bound is above the best gain found. If
many rows are left, they are first compared with a few groups of configurations, which
give a smaller bound for a small part of the work.

A sampled gain may be a little larger than the earlier one, because another
label was sampled in between. Its bound is raised by `_MARGIN` standard errors.

References
----------
.. [1] M. Minoux (1978), Accelerated greedy algorithms for maximizing submodular set
   functions.
"""

import numpy as np

from skbal._utils.chunks import chunks

_FIRST = 16  # rows evaluated first
_BLOCK = 1024  # largest number of rows evaluated together
_BLOCK_BYTES = 2**25
_PRODUCT = 2**18  # numbers in a product before the best gain is updated
_LEVELS = (512, 64)  # numbers of groups of configurations
_MANY = 64  # from so many rows on, groups are formed
CLOSE = 1e-6  # nats; rows this close to the best are compared in float64
MOST_CLOSE = 64
TIED = 1e-6  # fraction of the largest BALD score
_MARGIN = 3  # standard errors
_NOTHING = 1e-5  # nats; the search is over when less information is left
_ROUGHLY = 0.1  # nats; error of the sum of sampled gains


def greedy_batch(draws, bounds, n_instances, configurations, priority, rng, ticks):
    """Return the rows that add most information about the draws, chosen greedily.

    Parameters
    ----------
    draws : HeldDraws
        The draws of the pool.
    bounds : ndarray of shape (n_rows,), dtype=float64
        BALD scores; overwritten.
    n_instances : int
        Number of rows to choose.
    configurations : Configurations
        Without labels; changed.
    priority : ndarray of shape (n_rows,)
        Among equal gains, the row with the smallest priority comes first.
    rng : numpy.random.Generator
        Forms groups of configurations. The choice does not depend on it.
    ticks : callable
        Takes an iterable and yields its items, such as a progress bar.

    Returns
    -------
    rows : ndarray of shape (n_instances,), dtype=intp
        In the order chosen, without repetition.
    gains : ndarray of shape (n_instances,)
        Information that each row adds to the rows before, in nats; 0 for rows chosen
        when no information was left.
    errors : ndarray of shape (n_instances,)
        Monte-Carlo standard errors of the gains.
    """
    tied = TIED * bounds.max()
    rows, gains, errors = [], np.zeros(n_instances), np.zeros(n_instances)
    for step in ticks(range(n_instances)):
        search = _Search(draws, bounds, configurations, priority, rng, tied)
        if search.is_over(gains.sum()):
            break
        row, gains[step], deviation = search.best()
        errors[step] = configurations.error(deviation)
        rows.append(row)
        bounds[row] = -np.inf
        if len(rows) < n_instances:
            chosen = draws.get(np.array([row]))[0]
            configurations.add(chosen.astype(np.float64))
    left = np.flatnonzero(bounds > -np.inf)
    rest = left[np.argsort(priority[left])][: n_instances - len(rows)]
    return np.concatenate((rows, rest)).astype(np.intp), gains, errors


class _Search:
    """One step: the search for the row with the largest gain."""

    def __init__(self, draws, bounds, configurations, priority, rng, tied):
        self._draws, self._bounds = draws, bounds
        self._posteriors = configurations.posteriors
        self._priority, self._rng, self._tied = priority, rng, tied
        # The standard deviation of a gain over configurations is about the gain itself.
        self._margin = 1 + configurations.error(_MARGIN)
        self._groups = []
        self._rows, self._gains, self._best = [], [], -np.inf

    def is_over(self, told):
        """Return whether no row adds information any longer.

        Parameters
        ----------
        told : float
            Approximate information of the labels so far about the draws, in nats.
        """
        if self._limits().max() <= self._tied:
            return True
        most = np.log(self._posteriors.rows.shape[1])
        return told > most - _ROUGHLY and self._posteriors.entropy() <= _NOTHING

    def best(self):
        """Return the row, its gain, and the standard deviation over configurations."""
        first = _largest(self._bounds, _FIRST)
        self._look_at(first)
        left = np.flatnonzero(self._limits() > self._floor())
        left = left[~np.isin(left, first)]
        if len(left) > _MANY:
            self._form_groups()
        left = left[np.argsort(-self._bounds[left], kind="stable")]
        for rows in chunks(len(left), self._rows_in_a_block()):
            block = left[rows]
            block = block[self._limits(block) > self._floor()]
            if len(block) == 0:
                break
            self._look_at(block)
        return self._decide()

    def _limits(self, rows=slice(None)):
        return self._margin * self._bounds[rows]

    def _floor(self):
        return self._best - CLOSE

    def _form_groups(self):
        finer = self._posteriors
        for n_groups in _LEVELS:
            if len(finer) > 2 * n_groups:
                finer = finer.merged(n_groups, self._rng)
                self._groups.insert(0, finer)

    def _rows_in_a_block(self):
        n_rows = min(_BLOCK, _BLOCK_BYTES // self._draws.bytes_per_row)
        return min(max(n_rows, 1), self._draws.n_held)

    def _look_at(self, rows):
        draws = self._draws.get(rows).astype(np.float32, copy=False)
        limits = self._limits(rows)
        for groups in self._groups:
            limits = groups.gains(draws)
            self._bounds[rows] = np.minimum(self._bounds[rows], limits)
            order = np.argsort(-limits)
            order = order[limits[order] > self._floor()]
            rows, draws, limits = rows[order], draws[order], limits[order]
        step = max(_PRODUCT // (len(self._posteriors) * draws.shape[1]), _FIRST)
        for part in chunks(len(rows), step):
            kept = limits[part] > self._floor()
            if kept.any():
                self._settle(rows[part][kept], draws[part][kept])

    def _settle(self, rows, draws):
        gains = self._posteriors.gains(draws)
        self._bounds[rows] = gains
        self._rows.append(rows)
        self._gains.append(gains)
        self._best = max(self._best, gains.max())

    def _decide(self):
        rows, gains = np.concatenate(self._rows), np.concatenate(self._gains)
        rows = rows[gains > self._floor()]
        rows = rows[np.argsort(self._priority[rows])][:MOST_CLOSE]
        exact = [self._posteriors.exact_gain(draws) for draws in self._draws.get(rows)]
        gains = np.array([gain for gain, _ in exact])
        first = np.argmax(gains >= gains.max() - self._tied)
        return int(rows[first]), *exact[first]


def _largest(bounds, n):
    n = min(n, np.count_nonzero(bounds > -np.inf))
    best = np.argpartition(-bounds, n - 1)[:n]
    return best[np.argsort(-bounds[best])]
