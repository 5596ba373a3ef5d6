"""In which tasks a policy was trained."""

from numbers import Integral

from skbal._utils.pickled_version import KnowsItsVersion


class Seen(KnowsItsVersion):
    """The ranges of what a policy met in training.

    Parameters
    ----------
    ranges : dict of str to list of int, optional
        The smallest and the largest value of each name.

    Examples
    --------
    >>> seen = Seen()
    >>> seen.look({"n_classes": 3, "n_labels": 6})
    >>> seen.look({"n_classes": 3, "n_labels": 20})
    >>> seen.outside(3, 10) is None
    True
    >>> seen.outside(3, 50)
    'the policy was trained with 6 to 20 labels, and there are 50'
    """

    names = ("n_classes", "n_labels")

    def __init__(self, ranges=None):
        self.ranges = {} if ranges is None else ranges

    def look(self, info):
        """Note the numbers of classes and labels, if the environment gives them."""
        for name in self.names:
            value = info.get(name)
            if isinstance(value, Integral):
                value = int(value)
                low, high = self.ranges.get(name, (value, value))
                self.ranges[name] = [min(low, value), max(high, value)]

    def outside(self, n_classes, n_labels):
        """Return why a task is not like those of the training, or None."""
        for name, value in zip(self.names, (n_classes, n_labels)):
            low, high = self.ranges.get(name, (value, value))
            if not low <= value <= high:
                word = name.removeprefix("n_")
                how_many = f"{low} to {high}" if low < high else low
                return (
                    f"the policy was trained with {how_many} {word}, and there are "
                    f"{value}"
                )
        return None
