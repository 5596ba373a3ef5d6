"""When an item has votes enough: limits as plain numbers."""

from dataclasses import dataclass

import numpy as np

from skbal._utils.validation import check_count, check_real

_CHECKS = {
    "min_votes": lambda value, name, owner: check_count(value, name, owner, smallest=0),
    "max_votes": lambda value, name, owner: check_count(value, name, owner),
    "chance_wrong": lambda value, name, owner: check_real(
        value, name, owner, low=0, high=1
    ),
}
_REASONS = {
    "max_votes": "{value:.0f} votes, and the limit is {limit:g}",
    "chance_wrong": (
        "the leading answer is wrong with probability {value:.3g}, and the limit is "
        "{limit:g}"
    ),
}


def check_retire(value, name, owner):
    """Raise an error unless limits are a dict of known names and valid numbers."""
    if not isinstance(value, dict):
        raise TypeError(
            f"{name} of {owner} must be a dict of limits such as "
            f"{{'max_votes': 40, 'chance_wrong': 0.01}} or None, got {value!r}."
        )
    unknown = sorted(set(map(str, value)) - set(_CHECKS))
    if unknown:
        raise ValueError(
            f"{name} of {owner} must have keys among {', '.join(map(repr, _CHECKS))}, "
            f"got {unknown[0]!r}."
        )
    for key, limit in value.items():
        _CHECKS[key](limit, f"{key} in {name}", owner)


@dataclass(frozen=True)
class Retirement:
    """Why an item gets no more votes.

    Attributes
    ----------
    item : int
        Index of the item.
    rule : str
        "max_votes" or "chance_wrong".
    value, limit : float
        The number of the item, and the limit that it has reached.
    """

    item: int
    rule: str
    value: float
    limit: float

    @property
    def reason(self):
        """The rule in words."""
        return _REASONS[self.rule].format(value=self.value, limit=self.limit)


def reached(limits, n_votes, chance_wrong):
    """Return which rule, if any, retires each item.

    Parameters
    ----------
    limits : dict of str to float
        As checked by `check_retire`.
    n_votes : ndarray of shape (n_items,)
    chance_wrong : ndarray of shape (n_items,)

    Returns
    -------
    rules : ndarray of str of shape (n_items,)
        "" for an item that may get more votes.
    """
    rules = np.full(len(n_votes), "", dtype="<U12")
    if "chance_wrong" in limits:
        sure = chance_wrong <= limits["chance_wrong"]
        rules[sure & (n_votes >= limits.get("min_votes", 1))] = "chance_wrong"
    if "max_votes" in limits:
        rules[n_votes >= limits["max_votes"]] = "max_votes"
    return rules
