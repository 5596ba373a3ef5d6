"""The zero of a decreasing function, by Brent's method."""

import numpy as np
from scipy.optimize import brentq

LONGEST_STEP = np.log(1e3)
_SAME_POSITION = 1e-10


def find_zero(step, start, limits, *, max_iter, tol):
    """Return the position at which a step vanishes, or the limit that it points to.

    The position moves in the direction of the step until the sign changes. Brent's
    method then finds the zero between the last two positions. It also stops if no
    zero can be found because of rounding.

    Parameters
    ----------
    step : callable
        Called with a position, returns the step from there to where the zero is
        expected: positive below the zero, negative above it. It may be called again
        with a position of before, so it should remember what was costly.
    start : float
        The first position.
    limits : tuple of float, (low, high)
        Where the search ends. A start outside of them moves them.
    max_iter : int
        The largest number of different positions.
    tol : float
        A shorter step counts as none.

    Returns
    -------
    position : float
        A position at which ``step`` was called.

    Examples
    --------
    >>> options = {"max_iter": 100, "tol": 1e-8}
    >>> round(find_zero(lambda x: 2.0 - x, 0.0, (-5.0, 5.0), **options), 6)
    2.0
    >>> find_zero(lambda x: -1.0, 0.0, (-5.0, 5.0), **options)
    -5.0
    """

    def long_step(position):
        found = step(position)
        return 0.0 if abs(found) < tol else found

    position, left = start, long_step(start)
    direction = np.sign(left)
    limit = max(limits[1], start) if left > 0 else min(limits[0], start)
    length = 0.0
    for n_tried in range(2, max_iter + 1):
        if left == 0.0 or position == limit:
            break
        length = min(max(abs(left), 2.0 * length), LONGEST_STEP)
        # By comparison of lengths: the limit itself is then reached to the last bit.
        distance = abs(limit - position)
        following = limit if length >= distance else position + direction * length
        left = long_step(following)
        if direction * left < 0.0:
            return _brent(long_step, position, following, max_iter - n_tried)
        position = following
    return float(position)


def _brent(function, first, second, max_iter):
    position, _ = brentq(
        function,
        first,
        second,
        xtol=_SAME_POSITION,
        maxiter=max_iter,
        full_output=True,
        disp=False,
    )
    return position
