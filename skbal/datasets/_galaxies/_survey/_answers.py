"""The shares of the answers smooth, featured and artifact, from the parameters.

The clues are those of the plain population and some more. A share is a softmax of
weighted sums of clues. The weights are chosen so that the shares are spread as those of
a table of Galaxy Zoo DECaLS.
"""

import numpy as np
from scipy.special import softmax

from skbal.datasets._galaxies._fractions import (
    arms_clue,
    bar_clue,
    edge_clue,
    resolved,
    seen,
)
from skbal.datasets._galaxies._light import flux_of
from skbal.datasets._galaxies._survey._light import main_galaxy

ANSWERS = ("smooth", "featured", "artifact")

_LOWEST = 0.01  # lowest share of each answer: some volunteers always disagree
_LIMIT = 17.0  # magnitude of the faintest galaxies


def answer_shares(galaxies, noise, psf):
    """Return the probability of each answer to the first question.

    Parameters
    ----------
    galaxies : dict of str to ndarray of shape (n,)
        Parameters of the images of a survey.
    noise : float
        Standard deviation of the sky in one square arcsecond, in nanomaggies.
    psf : float
        Full width at half maximum of the blur, in arcseconds.

    Returns
    -------
    shares : ndarray of shape (n, 3)
        Of smooth, featured and artifact, above 0.01. Each row sums to 1.
    """
    main = main_galaxy(galaxies)
    arms, bar, edge = (
        clue(main, noise, psf) for clue in (arms_clue, bar_clue, edge_clue)
    )
    more = sum(
        clue(galaxies, noise, psf) for clue in (ring_clue, clumps_clue, merger_clue)
    )
    featured = 8.3 * arms + 3.5 * bar + 8.5 * edge + 6 * more - 2.78
    odd = artifact_clue(galaxies)
    # More volunteers take a faint galaxy for no galaxy.
    artifact = 6 * odd - 1.42 + 0.41 * (galaxies["magnitude"] - _LIMIT)
    smooth = -1.5 * odd
    shares = softmax(np.stack([smooth, featured, artifact], axis=1), axis=1)
    return _LOWEST + (1 - len(ANSWERS) * _LOWEST) * shares


def ring_clue(galaxies, noise, psf):
    """Return how well a ring is visible, in [0, 1].

    Parameters
    ----------
    galaxies, noise, psf
        See `answer_shares`.

    Returns
    -------
    clue : ndarray of shape (n,)
    """
    radius, width = galaxies["ring_radius"], galaxies["ring_width"]
    return _visible(galaxies, "ring_fraction", np.sqrt(radius * width), noise) * (
        galaxies["disc_axis_ratio"] * resolved(radius - width, psf)
    )


def clumps_clue(galaxies, noise, psf):
    """Return how well clumps and a heavier side are visible, in [0, 1].

    Parameters
    ----------
    galaxies, noise, psf
        See `answer_shares`.

    Returns
    -------
    clue : ndarray of shape (n,)
    """
    scale = galaxies["disc_scale_length"]
    clumpy = _visible(galaxies, "clump_fraction", scale, noise)
    uneven = galaxies["lopsidedness"] * galaxies["disc_axis_ratio"] / 2
    return (clumpy + uneven * clumpy) / 1.5 * resolved(scale, psf)


def merger_clue(galaxies, noise, psf):
    """Return how well a second galaxy and tails are visible, in [0, 1].

    Parameters
    ----------
    galaxies, noise, psf
        See `answer_shares`.

    Returns
    -------
    clue : ndarray of shape (n,)
    """
    distance = galaxies["second_distance"]
    pair = _visible(galaxies, "second_fraction", galaxies["second_radius"], noise)
    tail = _visible(galaxies, "tail_fraction", galaxies["tail_length"] / 3, noise)
    return (pair + tail) / 2 * resolved(distance, psf)


def artifact_clue(galaxies):
    """Return how much an artefact spoils an image, in [0, 1].

    Neither noise nor blur hides an artefact.

    Parameters
    ----------
    galaxies : dict of str to ndarray of shape (n,)
        Parameters of the images of a survey.

    Returns
    -------
    clue : ndarray of shape (n,)
    """
    spoiled = galaxies["has_trail"] | galaxies["has_bright_star"]
    spoiled = spoiled | galaxies["has_frame_edge"]
    # An artefact far from the galaxy leaves it to be seen.
    distance = np.abs(galaxies["artifact_distance"])
    return spoiled * (1 - distance / 30)


def _visible(galaxies, fraction, size, noise):
    """Return how strong a part of the light is, times how well it is seen."""
    share = galaxies[fraction]
    signal = flux_of(galaxies["magnitude"]) * share / (2 * np.sqrt(np.pi) * size)
    return np.minimum(2 * share, 1) * seen(signal, 3 * noise)
