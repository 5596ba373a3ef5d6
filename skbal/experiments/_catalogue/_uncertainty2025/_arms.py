"""The arms, by what each figure and table is about."""

from functools import partial

from skbal.experiments._catalogue._uncertainty2025._answers import noisy, to_target
from skbal.experiments._catalogue._uncertainty2025._last_layers import (
    POSTERIORS,
    regressed,
)
from skbal.experiments._catalogue._uncertainty2025._penalties import penalised
from skbal.query import BALD, Random

NOISES = (0.0, 0.1, 0.2, 0.3)
BALD_, RANDOM, DYNAMIC = "BALD", "Random", "BALD, dynamic filter"
FIXED = {"BALD, filter 0.1": 0.1, "BALD, filter 0.25": 0.25}
# The strategy and the threshold.
KINDS = {
    BALD_: (BALD, None),
    RANDOM: (Random, None),
    DYNAMIC: (BALD, "dynamic"),
    **{name: (BALD, threshold) for name, threshold in FIXED.items()},
}
FIXED_NOISE = 0.2  # of Figure 6 and Table 2

PENALTIES = (-0.3, -0.1, 0, 0.1, 0.3, 1)
SMALL, LARGE = 0.1, 1
COPIES = 3
POOLS = {"": 1, ", copies": COPIES}  # the end of a name, and the copies of an image
OTHERS = {
    "penalty 0.3 on features": {"penalty": 0.3, "features": "model"},
    "penalty 0.1 nats": {"penalty": 0.1, "normalize": None},
    "PowerBALD": "PowerBALD",
    "Random rows": "Random",
}

BALANCED, PENALTY, MEANS, BOTH = (
    "to 95%: random first labels",
    "to 95%: random first labels, penalty",
    "to 95%: k-means first labels",
    "to 95%: k-means first labels, penalty",
)
TO_TARGET = {BALANCED: (0, 0), PENALTY: (0, SMALL), MEANS: (1, 0), BOTH: (1, SMALL)}


def noisy_arm(kind, noise):
    """Return the name of an arm with wrong answers.

    Parameters
    ----------
    kind : str
        One of ``KINDS``.
    noise : float
        Probability of a wrong answer.

    Returns
    -------
    arm : str
    """
    return f"{kind}, {noise:.0%} wrong"


def penalty_arm(penalty, pool=""):
    """Return the name of an arm with a penalty.

    Parameters
    ----------
    penalty : float
        The penalty.
    pool : str, default=""
        One of ``POOLS``.

    Returns
    -------
    arm : str
    """
    return f"penalty {penalty:g}{pool}"


def layer_arm(posterior):
    """Return the name of an arm of the last layer.

    Parameters
    ----------
    posterior : {"exact", "mean field"}
        The posterior that asks.

    Returns
    -------
    arm : str
    """
    return f"last layer, {posterior}"


NOISY = {
    noisy_arm(kind, noise): (kind, noise)
    for noise in NOISES
    for kind in KINDS
    if kind not in FIXED or noise == FIXED_NOISE
}
FILTERED = tuple(arm for arm, (kind, _) in NOISY.items() if KINDS[kind][1] is not None)


def _penalised_arms():
    for pool, n_repeats in POOLS.items():
        for penalty in PENALTIES:
            strategy = {"penalty": penalty}
            yield penalty_arm(penalty, pool), (strategy, n_repeats)
        for name, strategy in OTHERS.items():
            yield f"{name}{pool}", (strategy, n_repeats)


PENALISED = dict(_penalised_arms())


def _arms():
    for arm, (kind, noise) in NOISY.items():
        strategy, threshold = KINDS[kind]
        yield (
            arm,
            partial(noisy, strategy=strategy, noise=noise, threshold=threshold),
        )
    for arm, (strategy, n_repeats) in PENALISED.items():
        yield arm, partial(penalised, strategy=strategy, n_repeats=n_repeats)
    for arm, (representative, penalty) in TO_TARGET.items():
        yield (
            arm,
            partial(to_target, representative=bool(representative), penalty=penalty),
        )
    for posterior in POSTERIORS:
        yield layer_arm(posterior), partial(regressed, posterior=posterior)


ARMS = dict(_arms())
