"""Are the arms in the order in which a paper found them?"""

import numpy as np
from scipy import stats

_FEWEST_ARMS = 3


def orders_of(reproduction):
    """Return how well the order of our arms agrees with published orders.

    Counts of faithful reproductions differ by up to a factor of two, while orders are
    the same or nearly. So an order tells more than any single number.

    Parameters
    ----------
    reproduction : Reproduction
        What was run.

    Returns
    -------
    taus : list of (str, str, float)
        The source, the measure and Kendall's tau between our means and the published
        numbers: 1 for the same order, -1 for the opposite one, about 0 for orders that
        have nothing to do with each other. For measures of which a source has three
        arms or more. An arm of which a run never got there comes last.
    """
    experiment = reproduction.experiment
    found = []
    for source in experiment.sources():
        for measure in experiment.measures:
            theirs, ours = _pairs(reproduction, source, measure)
            if len(ours) < _FEWEST_ARMS:
                continue
            tau = stats.kendalltau(theirs, ours).statistic
            if not np.isnan(tau):  # if all of ours are equal
                found.append((source, measure.name, float(tau)))
    return found


def _pairs(reproduction, source, measure):
    theirs, ours = [], []
    for number in reproduction.experiment.published:
        if (number.source, number.measure) != (source, measure.name):
            continue
        values = reproduction.values(measure.name, number.arm)
        if len(values):
            theirs.append(number.value)
            ours.append(values.mean())
    return theirs, ours


def order_in_words(reproduction):
    """Return a sentence on the order of the arms, or None if no paper has three.

    Parameters
    ----------
    reproduction : Reproduction
        What was run.

    Returns
    -------
    sentence : str or None
    """
    orders = orders_of(reproduction)
    if not orders:
        return None
    words = [f"{tau:.2f} for {measure} of {source}" for source, measure, tau in orders]
    return (
        "Order of the arms, by Kendall's tau (1 is the same order, 0 is unrelated): "
        f"{'; '.join(words)}."
    )
