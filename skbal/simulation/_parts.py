"""What a simulated run is made of: which rows it may ask about, and who answers."""

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import train_test_split

from skbal._utils.random import SMALL_SEEDS, stream
from skbal._utils.seeds_of import fill_random_states
from skbal._utils.validation import check_real
from skbal._utils.votes import check_votes, learns_votes
from skbal.oracles import LabelOracle, NoisyOracle

_PARTS = ("estimator", "query_strategy", "seed", "label_filter", "oracle", "split")


def part_seeds(seed):
    """Return an integer for each part of a run, by its name."""
    numbers = stream(seed, "simulation").integers(SMALL_SEEDS, size=len(_PARTS))
    return dict(zip(_PARTS, numbers.tolist()))


def seeded_clone(part, seed):
    """Return a copy of a part that has integers where its random states were None."""
    return None if part is None else fill_random_states(clone(part, safe=False), seed)


def make_oracle(y, noise, kind, seed):
    """Return who answers: the labels themselves, or labels with noise.

    Parameters
    ----------
    y : ndarray of shape (n_samples, ...)
        The labels that are hidden.
    noise : float, array-like of shape (n_classes, n_classes) or None
        As `skbal.oracles.NoisyOracle` takes it; None and 0 are no noise.
    kind : {"uniform", "gaussian"}
        What a number means.
    seed : int
        Of the noise.

    Returns
    -------
    oracle : LabelOracle or NoisyOracle
    """
    if _is_none(noise):
        return LabelOracle(y)
    return NoisyOracle(y, noise=noise, kind=kind, random_state=seed)


def check_hidden_votes(estimator, y, noise, owner):
    """Refuse what are no votes, if the estimator learns from votes.

    Parameters
    ----------
    estimator : estimator
        Any.
    y : array-like of shape (n_samples, 2) or (n_samples, n_questions, 2)
        The votes that are hidden.
    noise : float, array-like or None
        As `make_oracle` takes it; there is none for votes.
    owner : str
        Who was given them, for messages.

    Raises
    ------
    ValueError
        If y is no votes, the message names the row and both numbers, or there is noise.
    """
    if not learns_votes(estimator):
        return
    check_votes(y, owner)
    if not _is_none(noise):
        raise ValueError(
            f"oracle_noise of {owner} must be None for a model of votes, got {noise!r}:"
            " votes in y are noisy already."
        )


def _is_none(noise):
    return noise is None or (np.ndim(noise) == 0 and noise == 0)


def check_selector(seed, name, owner):
    """Raise a TypeError unless ``seed`` is an object that selects rows."""
    if isinstance(seed, type) or not hasattr(seed, "select"):
        raise TypeError(
            f"{name} of {owner} must have the method select, as "
            f"skbal.seeding.BalancedSeed() has, got {seed!r}. An integer that decides "
            "chance is random_state."
        )


def hold_out(y, fraction, name, owner, *, stratify, seed, hint=""):
    """Return the rows that may be asked about, and those kept to score on.

    Parameters
    ----------
    y : ndarray of shape (n_samples, ...)
        The labels.
    fraction : float or None
        How much of the rows to keep; None keeps none.
    name, owner : str
        The parameter's name and whose it is, for the message.
    stratify : bool
        Whether each class is to be kept in its share, if there are rows enough.
    seed : int
        Of the split.
    hint : str, default=""
        What to try instead, for the message.

    Returns
    -------
    candidates, held_out : ndarray of int
        Rising.

    Raises
    ------
    TypeError, ValueError
        If ``fraction`` does not lie inside (0, 1), or nothing would be left.
    """
    rows = np.arange(len(y))
    if fraction is None:
        return rows, rows[:0]
    fraction = check_real(fraction, name, owner, low=0, high=1)
    n_held_out = int(np.ceil(fraction * len(y)))
    if not 0 < n_held_out < len(y):
        raise ValueError(
            f"{name} of {owner} must leave rows on either side, got {fraction} of "
            f"n_samples = {len(y)}.{hint}"
        )
    parts = train_test_split(
        rows,
        test_size=n_held_out,
        random_state=seed,
        stratify=y if stratify and _in_shares(y, n_held_out) else None,
    )
    return tuple(np.sort(part) for part in parts)


def _in_shares(y, n_held_out):
    # What train_test_split asks for, and raises otherwise.
    if y.ndim != 1:
        return False
    counts = np.unique(y, return_counts=True)[1]
    smallest = min(n_held_out, len(y) - n_held_out)
    return counts.min() >= 2 and smallest >= len(counts)
