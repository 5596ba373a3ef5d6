"""A search for the one number at which a step that points there vanishes."""

import numpy as np

LONGEST_STEP = np.log(1e3)


class Bracket:
    """A search for the zero of a step: upward where it is positive, else downward.

    Parameters
    ----------
    low, high : float
        The limits of the search.
    position : float
        Where it begins.
    """

    def __init__(self, low, high, position):
        self._limits = min(low, position), max(high, position)
        self._low, self._high = self._limits
        self.position = position
        self._last = None

    def ends_at_limit(self, step):
        """Return whether the step points out of the limits from where they are."""
        low, high = self._limits
        return (step > 0 and self.position >= high) or (
            step < 0 and self.position <= low
        )

    def move(self, step):
        """Go on to where the step is hoped to vanish."""
        length = self._secant(step)
        self._last = self.position, step
        if step > 0:
            self._low = self.position
        else:
            self._high = self.position
        self.position = self._inside(self.position + length)

    def _secant(self, step):
        length = step
        if self._last is not None:
            slope = (step - self._last[1]) / (self.position - self._last[0])
            # The step falls as the position grows, or there is no zero ahead.
            length = -step / slope if slope < 0 else 2.0 * step
        return float(np.clip(length, -LONGEST_STEP, LONGEST_STEP))

    def _inside(self, position):
        if self._low < position < self._high:
            return position
        edge = self._high if position >= self._high else self._low
        if edge in self._limits and edge != self.position and not self._was_at(edge):
            return edge
        return 0.5 * (self._low + self._high)

    def _was_at(self, edge):
        return self._last is not None and self._last[0] == edge
