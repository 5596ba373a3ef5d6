"""The policy that comes with skbal."""

from functools import cache
from pathlib import Path

from sklearn.base import clone

from skbal.policy._linear import LinearPolicy

_FILE = Path(__file__).with_name("shipped.json")


def shipped_policy():
    """Return the policy that comes with skbal.

    It was found by `PolicySearch` on tables that are made at random and on three that
    come with scikit-learn, with a random forest and with logistic regression. The user
    guide says how it was made, and what it gains.

    Returns
    -------
    policy : LinearPolicy

    Examples
    --------
    >>> from skbal.policy import shipped_policy
    >>> sorted(shipped_policy().get_params())
    ['early', 'late', 'limits', 'n_late']
    """
    return clone(_loaded())


@cache
def _loaded():
    return LinearPolicy.load(_FILE)
