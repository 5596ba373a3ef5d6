"""The strategies of the study, each made anew for an episode.

A maker takes the number of the episode and the number of classes, and returns the
arguments ``strategy`` or ``choose`` of `_episodes.played`.
"""

from skbal.query import BALD, EPIG, Margin, MaxEntropy, Random


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


STRATEGIES = {
    "random": asking(Random),
    "margin": asking(Margin),
    "entropy": asking(MaxEntropy),
    "BALD": asking(BALD),
    "EPIG": asking(EPIG),
}
NEED_DRAWS = ("BALD", "EPIG")  # which a logistic regression does not make
