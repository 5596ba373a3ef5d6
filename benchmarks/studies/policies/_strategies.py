"""The strategies of the study, each made anew for an episode.

A maker takes the number of the episode and the name of the table, and returns the
arguments ``strategy`` or ``choose`` of `_episodes.played`.

"left out" is a policy that was trained without the table: the one of the file
``left_out/TABLE.json`` beside the results, or, if there is none, the policy that comes
with skbal, which was not trained on that table then.
"""

from functools import partial
from pathlib import Path

from skbal.policy import BanditQuery, LearnedQuery, LinearPolicy
from skbal.query import BALD, EPIG, KCenterGreedy, Margin, Random

from ._episodes import N_QUERIES
from ._look_ahead import LookAhead

LEFT_OUT = Path(__file__).parent / "results" / "left_out"


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

    def make(number, table):
        return {"strategy": strategy(random_state=number)}

    return make


def bandit(random_state, **parameters):
    """Return a bandit over three strategies that knows how many labels there will be.

    With ``min_probability`` of a third it draws one of the three at random each time,
    and learns nothing.
    """
    return BanditQuery(
        [Random(), Margin(), KCenterGreedy(features="input")],
        n_queries=N_QUERIES,
        random_state=random_state,
        **parameters,
    )


def looking_ahead(number, table):
    """Make the oracle that knows the labels."""
    return {"choose": LookAhead(number)}


def left_out(number, table):
    """Make the query of a policy that was not trained on the table."""
    path = LEFT_OUT / f"{table.replace(' ', '_')}.json"
    policy = LinearPolicy.load(path) if path.exists() else "shipped"
    return {"strategy": LearnedQuery(policy, random_state=number)}


STRATEGIES = {
    "random": asking(Random),
    "margin": asking(Margin),
    "k-center": asking(partial(KCenterGreedy, features="input")),
    "BALD": asking(BALD),
    "EPIG": asking(EPIG),
    "ALBL": asking(partial(bandit, method="albl")),
    "EXP4.P": asking(partial(bandit, method="exp4p")),
    "any of three": asking(partial(bandit, min_probability=1 / 3)),
    "look-ahead": looking_ahead,
    "shipped": asking(LearnedQuery),
    "left out": left_out,
}
NEED_DRAWS = ("BALD", "EPIG")  # which a logistic regression does not make
