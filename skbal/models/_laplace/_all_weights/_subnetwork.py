"""Which weights of a network have a distribution; the others are constants.

Daxberger et al. (2021), "Bayesian deep learning via subnetwork inference": the full
Hessian of a few weights, those of largest variance under the diagonal form.
"""

import difflib
from numbers import Integral
from typing import NamedTuple

import numpy as np


class Subnetwork(NamedTuple):
    """Some weights of a network.

    Attributes
    ----------
    names : list of str
        The parameters that have at least one of them.
    chosen : ndarray of shape (n_chosen,), dtype=int, or None
        Their positions among all weights of these parameters. None for all of them.
    mask : ndarray of shape (n_weights,), dtype=bool
        Their places among all weights that are trained.
    """

    names: list
    chosen: np.ndarray | None
    mask: np.ndarray


def check_subnetwork(value, name, owner):
    """Raise an error unless ``value`` can choose weights."""
    if isinstance(value, Integral) and not isinstance(value, bool):
        if value < 1:
            raise ValueError(f"{name} of {owner} must be {WORDS}, got {value}.")
        return
    is_names = isinstance(value, (list, tuple)) and value
    if is_names and all(isinstance(each, str) for each in value):
        return
    mask = None if isinstance(value, (str, bytes)) else np.asarray(value)
    if mask is None or mask.dtype != bool or mask.ndim != 1:
        raise TypeError(f"{name} of {owner} must be {WORDS}, got {value!r}.")


WORDS = (
    "an integer >= 1, a list of names of parameters or layers, a boolean mask with an "
    "entry for each weight, or None"
)


def subnetwork_of(sizes, given, owner):
    """Return the weights that are named or masked, or all of them.

    Parameters
    ----------
    sizes : dict of str to int
        The number of weights of each parameter.
    given : None, int, list of str or array-like of bool
        The parameter ``subnetwork``. A number takes all: `largest_variances` comes
        later.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    subnetwork : Subnetwork

    Raises
    ------
    ValueError
        If no weight is chosen, a name is unknown, or the mask has another length.
    """
    n_weights = sum(sizes.values())
    if not n_weights:
        raise ValueError(
            f"The network of {owner} has no weights that are trained. Set "
            "requires_grad of those that have a distribution."
        )
    if given is None or isinstance(given, Integral):
        mask = np.ones(n_weights, dtype=bool)
    elif isinstance(given[0], str):
        mask = _named(sizes, given, owner)
    else:
        mask = np.array(given)
    if len(mask) != n_weights or not mask.any():
        raise ValueError(
            f"subnetwork of {owner} must choose at least one of the {n_weights} "
            f"weights that are trained, got a mask of length {len(mask)} with "
            f"{mask.sum()} True."
        )
    return _masked(sizes, mask)


def largest_variances(sizes, values, n_chosen, owner):
    """Return the weights of largest variance under the diagonal form.

    Parameters
    ----------
    sizes : dict of str to int
        The number of weights of each parameter.
    values : ndarray of shape (n_weights,)
        The diagonal of the Hessian. Where it is small the variance is large, for any
        prior and noise. Of equal ones the first are taken.
    n_chosen : int
        How many.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    subnetwork : Subnetwork

    Raises
    ------
    ValueError
        If there are fewer weights.
    """
    if n_chosen > len(values):
        raise ValueError(
            f"subnetwork of {owner} must be at most the number of weights that are "
            f"trained, {len(values)}, got {n_chosen}."
        )
    mask = np.zeros(len(values), dtype=bool)
    mask[np.argsort(values, kind="stable")[:n_chosen]] = True
    return _masked(sizes, mask)


def _masked(sizes, mask):
    names, kept, start = [], [], 0
    for name, size in sizes.items():
        part = mask[start : start + size]
        if part.any():
            names.append(name)
            kept.append(part)
        start += size
    inside = np.concatenate(kept)
    return Subnetwork(names, None if inside.all() else np.flatnonzero(inside), mask)


def _named(sizes, given, owner):
    taken = {name: [n for n in sizes if _belongs(n, name)] for name in given}
    for name, found in taken.items():
        if not found:
            near = difflib.get_close_matches(name, list(sizes), n=3) or list(sizes)[:10]
            raise ValueError(
                f"subnetwork of {owner} must name parameters or layers of its network "
                f"that are trained, such as {', '.join(map(repr, near))}, got {name!r}."
            )
    names = {n for found in taken.values() for n in found}
    return np.concatenate([np.full(size, n in names) for n, size in sizes.items()])


def _belongs(parameter, name):
    return parameter == name or parameter.startswith(f"{name}.")
