"""The exact solution of the infinite lattice, by Onsager and Yang."""

import numpy as np
from scipy.special import ellipkm1
from sklearn.utils import Bunch

from skbal.datasets._ising._temperatures import check_temperatures

_OWNER = "ising_exact"
_CRITICAL_TEMPERATURE = 2 / np.log1p(np.sqrt(2))


def ising_exact(temperatures):
    """Return energy and magnetisation of the Ising model on an infinite square lattice.

    Below the critical temperature most spins point the same way, above it the
    magnetisation is zero. Onsager found the energy [1]_, Yang the magnetisation [2]_.
    Finite lattices have smooth curves instead, which come close to these as they grow.

    Parameters
    ----------
    temperatures : float or array-like of shape (n_temperatures,)
        Temperatures larger than 0, in units of the coupling: J = 1 and k_B = 1.

    Returns
    -------
    exact : sklearn.utils.Bunch
        With the entries

        energy : ndarray of shape (n_temperatures,) or float
            Mean energy per spin, in [-2, 0].
        magnetisation : ndarray of shape (n_temperatures,) or float
            Spontaneous magnetisation per spin, in [0, 1].
        critical_temperature : float
            2 / ln(1 + sqrt(2)), about 2.269.

    Raises
    ------
    ValueError
        If a temperature is not a finite number larger than 0.

    See Also
    --------
    make_ising : Draw configurations of a finite lattice.

    Notes
    -----
    With K = 1 / T, the energy is ``-coth(2K) (1 + 2/pi q K_1)``, where ``q = 2
    tanh(2K)^2 - 1`` and K_1 is the complete elliptic integral of the first kind at the
    parameter ``1 - q^2`` [1]_. The magnetisation is ``(1 - sinh(2K)^-4)^(1/8)`` [2]_.

    References
    ----------
    .. [1] L. Onsager (1944), Crystal statistics. I. A two-dimensional model with an
       order-disorder transition, Physical Review 65, 117-149.
    .. [2] C. N. Yang (1952), The spontaneous magnetization of a two-dimensional Ising
       model, Physical Review 85, 808-816.

    Examples
    --------
    >>> from skbal.datasets import ising_exact
    >>> exact = ising_exact([1.5, 2.0, 2.5])
    >>> exact.magnetisation.round(2)
    array([0.99, 0.91, 0.  ])
    >>> round(exact.critical_temperature, 4)
    2.2692
    >>> round(ising_exact(exact.critical_temperature).energy, 6)  # minus the root of 2
    -1.414214
    """
    values = check_temperatures(temperatures, _OWNER)
    energy, magnetisation = _energy(values), _magnetisation(values)
    if not values.ndim:
        energy, magnetisation = float(energy), float(magnetisation)
    return Bunch(
        energy=energy,
        magnetisation=magnetisation,
        critical_temperature=float(_CRITICAL_TEMPERATURE),
    )


def _energy(temperatures):
    tanh = np.tanh(2 / temperatures)
    q = 2 * tanh**2 - 1
    # At the critical temperature q is 0 and K_1 infinite. Their product tends to 0.
    integral = ellipkm1(np.where(q == 0, 1, q**2))
    # Near zero temperature, rounding would give a little less than -2.
    return np.maximum(-(1 + 2 / np.pi * q * integral) / tanh, -2)


def _magnetisation(temperatures):
    # From 2K = 100 on, sinh(2K)^-4 is lost in rounding. Larger sines would overflow.
    inverse = 1 / np.sinh(np.minimum(2 / temperatures, 100.0))
    # Above the critical temperature the difference is negative.
    return np.maximum(1 - np.minimum(inverse, 1) ** 4, 0) ** 0.125
