"""The strategies of the study, each made anew for an episode.

A maker takes the number of the episode and the number of classes, and returns the
arguments ``strategy`` or ``choose`` of `_episodes.played`.
"""

from functools import partial

from skbal.policy import BanditQuery
from skbal.query import BALD, EPIG, KCenterGreedy, Margin, Random

from ._episodes import N_QUERIES
from ._look_ahead import LookAhead


def asking(strategy):
    """Return the maker of a query strategy of a class.

    Parameters
    ----------
    strategy : callable
        Makes the strategy; takes ``random_state``.

    Returns
    -------
    maker : callable
    """

    def make(number, n_classes):
        return {"strategy": strategy(random_state=number)}

    return make


def bandit(method):
    """Return a maker of bandits that know how many labels there will be."""

    def make(random_state):
        return BanditQuery(
            [Random(), Margin(), KCenterGreedy(features="input")],
            method=method,
            n_queries=N_QUERIES,
            random_state=random_state,
        )

    return make


def looking_ahead(number, n_classes):
    """Make the oracle that knows the labels."""
    return {"choose": LookAhead(number)}


STRATEGIES = {
    "random": asking(Random),
    "margin": asking(Margin),
    "k-center": asking(partial(KCenterGreedy, features="input")),
    "BALD": asking(BALD),
    "EPIG": asking(EPIG),
    "ALBL": asking(bandit("albl")),
    "EXP4.P": asking(bandit("exp4p")),
    "look-ahead": looking_ahead,
}
NEED_DRAWS = ("BALD", "EPIG")  # which a logistic regression does not make
