"""The probability that a volunteer says yes, from the features of a galaxy.

Each probability is a logistic function of a weighted sum of clues. A clue is a number
in [0, 1]. It is the strength of a feature, times how well it is visible above the
noise, times how well it is resolved. So a faint or small spiral looks smooth.
"""

import numpy as np
from scipy.special import expit

from skbal.datasets._galaxies._light import (
    bar_peak,
    bulge_brightness,
    disc_flux,
    flux_of,
    thinness,
)

QUESTIONS = ("smooth", "bar")

_LOWEST = 0.02  # lowest probability of each answer: some volunteers always disagree
_CLEAR = 5.0  # signal-to-noise ratio at which half of a feature is visible


def vote_fractions(galaxies, noise, psf):
    """Return the probability of a yes to "smooth?" and to "bar?".

    Parameters
    ----------
    galaxies : dict of str to ndarray of shape (n,)
        Parameters of the galaxies.
    noise : float
        Standard deviation of the sky in one square arcsecond, in nanomaggies.
    psf : float
        Full width at half maximum of the blur, in arcseconds.

    Returns
    -------
    rho : ndarray of shape (n, 2)
        Probabilities in (0.02, 0.98).
    """
    bulge, arms, edge, bar = (
        clue(galaxies, noise, psf)
        for clue in (bulge_clue, arms_clue, edge_clue, bar_clue)
    )
    smooth = 0.4 + 2.4 * bulge - 6.5 * arms - 3.2 * edge - 2 * bar
    barred = -1.6 - 2 * bulge + 9 * bar + arms - 2 * edge
    rho = expit(np.stack([smooth, barred], axis=1))
    return _LOWEST + (1 - 2 * _LOWEST) * rho


def bulge_clue(galaxies, noise, psf):
    """Return how well a round, concentrated bulge is visible, in [0, 1].

    Parameters
    ----------
    galaxies, noise, psf
        See `vote_fractions`.

    Returns
    -------
    clue : ndarray of shape (n,)
    """
    radius, tilt = galaxies["bulge_radius"], galaxies["bulge_axis_ratio"]
    flux = flux_of(galaxies["magnitude"]) * galaxies["bulge_fraction"]
    signal = flux / (2 * np.sqrt(np.pi * tilt) * radius)
    strength = galaxies["bulge_fraction"] * np.sqrt(galaxies["sersic_index"] / 6) * tilt
    return strength * seen(signal, 3 * noise) * resolved(radius, psf)


def arms_clue(galaxies, noise, psf):
    """Return how well spiral arms are visible, in [0, 1].

    Parameters
    ----------
    galaxies, noise, psf
        See `vote_fractions`.

    Returns
    -------
    clue : ndarray of shape (n,)
    """
    scale, tilt = galaxies["disc_scale_length"], galaxies["disc_axis_ratio"]
    strength = galaxies["arm_strength"] * _openness(galaxies)
    signal = strength * _disc_brightness(galaxies, 1.5 * scale) * scale * np.sqrt(tilt)
    share = 1 - galaxies["bulge_fraction"]
    return strength * share * seen(signal, noise) * resolved(scale, psf)


def edge_clue(galaxies, noise, psf):
    """Return how well a disc seen from the side is visible, in [0, 1].

    Parameters
    ----------
    galaxies, noise, psf
        See `vote_fractions`.

    Returns
    -------
    clue : ndarray of shape (n,)
    """
    scale, tilt = galaxies["disc_scale_length"], galaxies["disc_axis_ratio"]
    strength = galaxies["is_disc"] * (1 - galaxies["bulge_fraction"]) * (1 - tilt) ** 2
    signal = _disc_brightness(galaxies, scale) * scale * np.sqrt(tilt)
    return strength * seen(signal, noise) * resolved(scale, psf)


def bar_clue(galaxies, noise, psf):
    """Return how well a bar is visible, in [0, 1].

    Parameters
    ----------
    galaxies, noise, psf
        See `vote_fractions`.

    Returns
    -------
    clue : ndarray of shape (n,)
    """
    length = galaxies["bar_length"]
    width = length * galaxies["bar_axis_ratio"]
    tilt = galaxies["disc_axis_ratio"]
    peak = bar_peak(galaxies) * thinness(galaxies)
    openness = _openness(galaxies)
    around = _disc_brightness(galaxies, length / 2) + bulge_brightness(
        length / 2, galaxies
    )
    contrast = peak / (peak + around)
    signal = peak * np.sqrt(length * width * tilt)
    return openness * contrast * seen(signal, 3 * noise) * resolved(width, psf)


def _openness(galaxies):
    """Return how well the inclination lets a pattern in a disc be seen, in [0, 1]."""
    return thinness(galaxies) * galaxies["disc_axis_ratio"]


def _disc_brightness(galaxies, radius):
    scale, tilt = galaxies["disc_scale_length"], galaxies["disc_axis_ratio"]
    central = disc_flux(galaxies) / (2 * np.pi * scale**2 * tilt)
    return central * np.exp(-radius / scale)


def seen(signal, noise):
    """Return the share of a feature that is visible above the noise.

    Parameters
    ----------
    signal, noise : float or ndarray
        Light of the feature and standard deviation of the noise over its area, in the
        same unit.

    Returns
    -------
    share : float or ndarray
        In [0, 1]. It is one half at a signal-to-noise ratio of 5.
    """
    total = signal + _CLEAR * noise
    return np.divide(signal, total, out=np.zeros_like(total), where=total > 0)


def resolved(width, psf):
    """Return the share of a feature that the blur leaves.

    Parameters
    ----------
    width : float or ndarray
        Width of the feature, in arcseconds.
    psf : float
        Full width at half maximum of the blur, in arcseconds.

    Returns
    -------
    share : float or ndarray
        In [0, 1]. It is one half if the feature is as wide as the blur.
    """
    return width**2 / (width**2 + psf**2)
