"""The energy of configurations."""

import numpy as np

from skbal._utils.validation import as_numbers

_OWNER = "ising_energy"


def ising_energy(configurations):
    """Return the energy per spin of Ising configurations, with coupling J = 1.

    Every spin has a bond with its neighbour on the right and with the one below. At
    the edge the neighbours are those on the other side. A bond has the energy -1
    between equal spins and +1 between opposite ones.

    Parameters
    ----------
    configurations : array-like of shape (n_samples, size, size) or (size, size)
        Spins, -1 or 1, on square lattices with two rows or more.

    Returns
    -------
    energy : ndarray of shape (n_samples,) or float
        From -2 (all spins are equal) to 2, in units of J per spin.

    Raises
    ------
    ValueError
        If the shape is another one, or a value is neither -1 nor 1.

    See Also
    --------
    make_ising : Draw configurations.
    ising_exact : The mean energy of an infinite lattice.

    Notes
    -----
    On a lattice of two rows, the neighbour on the right is also that on the left, and
    the bond between the two counts twice.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.datasets import ising_energy
    >>> spins = np.ones((4, 4))
    >>> ising_energy(spins)
    -2.0
    >>> spins[0, 0] = -1  # four bonds of 32 change their sign
    >>> ising_energy(spins)
    -1.5
    """
    spins = _check_configurations(configurations)
    right, below = np.roll(spins, -1, axis=-1), np.roll(spins, -1, axis=-2)
    energy = -(spins * right + spins * below).mean(axis=(-2, -1), dtype=np.float64)
    return energy if spins.ndim == 3 else float(energy)


def _check_configurations(configurations):
    """Return configurations as an array of int8."""
    words = (
        f"configurations of {_OWNER} must be spins, -1 or 1, of shape (n_samples, "
        "size, size) or (size, size) with size >= 2"
    )
    spins = as_numbers(configurations, words)
    if spins.ndim not in (2, 3) or spins.shape[-1] != spins.shape[-2]:
        raise ValueError(f"{words}, got shape {spins.shape}.")
    if spins.shape[-1] < 2:
        raise ValueError(f"{words}, got shape {spins.shape}.")
    wrong = spins[(spins != 1) & (spins != -1)]
    if wrong.size:
        raise ValueError(f"{words}, got the value {wrong[0]}.")
    return spins.astype(np.int8)
