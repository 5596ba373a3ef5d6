"""Light that is a sum of round Gaussians, each galaxy's with random numbers of its own.

A Gaussian stays a Gaussian when it is blurred, so its light in each pixel is exact.
Curves, such as tidal tails or the trail of a satellite, are chains of overlapping
Gaussians.
"""

import numpy as np

from skbal.datasets._galaxies._camera import FIELD
from skbal.datasets._galaxies._light import arm_start, flux_of, turned

_WITHIN = 0.55  # companions lie within this share of the field from its middle
_TAIL = 40  # Gaussians of a tidal tail
_SPIKE = 60  # Gaussians of a diffraction spike
_TRAIL = 150  # Gaussians of the trail of a satellite
# Gauss-Hermite rule: a Gaussian as a sum of narrower ones.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(7)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


def blobs_of(galaxy, rng):
    """Return the Gaussians of one image.

    Parameters
    ----------
    galaxy : dict of str to float
        Parameters of the galaxy. ``magnitude`` is that of all its light.
    rng : numpy.random.Generator
        Draws the clumps and the companions.

    Returns
    -------
    blobs : ndarray of shape (n_blobs, 4)
        x and y in arcseconds from the middle of the image, the standard deviation in
        arcseconds before the blur, and the light in nanomaggies.
    """
    parts = [*companions(galaxy, rng)]
    if galaxy["clump_fraction"]:
        parts.append(clumps(galaxy, rng))
    if galaxy["tail_fraction"]:
        parts.append(tails(galaxy))
    if galaxy["has_bright_star"]:
        parts.append(bright_star(galaxy))
    if galaxy["has_trail"]:
        parts.append(trail(galaxy))
    return np.concatenate([np.empty((0, 4)), *parts])


def _blobs(x, y, width, flux):
    return np.stack(np.broadcast_arrays(x, y, width, flux), axis=1)


# The galaxy's own light


def clumps(galaxy, rng):
    """Return regions of young stars in the plane of a disc, on the arms if it has some.

    Parameters
    ----------
    galaxy, rng
        See `blobs_of`.

    Returns
    -------
    blobs : ndarray of shape (n_blobs, 4)
        Their light is ``clump_fraction`` of that of the galaxy.
    """
    irregular = not galaxy["arm_strength"]
    n = int(rng.integers(12, 30) if irregular else rng.integers(40, 90))
    scale = galaxy["disc_scale_length"]
    radius = np.minimum(rng.gamma(2.5, 0.6, n), 2.8) * scale
    heavy_side = np.radians((galaxy["lopsided_angle"] + 180) % 360 - 180)
    angle = np.where(
        rng.random(n) < galaxy["flocculence"] + irregular,
        rng.vonmises(heavy_side, 2 * galaxy["lopsidedness"], n),
        _on_an_arm(radius, galaxy, rng),
    )
    width = scale * (
        rng.uniform(0.08, 0.35, n) if irregular else rng.uniform(0.04, 0.12, n)
    )
    weight = rng.lognormal(0, 0.8, n)
    x, y = _on_the_sky(radius * np.cos(angle), radius * np.sin(angle), galaxy)
    total = flux_of(galaxy["magnitude"]) * galaxy["clump_fraction"]
    return _blobs(x, y, width, total * weight / weight.sum())


def _on_an_arm(radius, galaxy, rng):
    """Return the angles, in radians, of places near the ridges of arms."""
    winding = np.log(radius / arm_start(galaxy))
    winding = winding / np.tan(np.radians(galaxy["pitch_angle"]))
    n_arms = galaxy["n_arms"]
    which = rng.integers(n_arms, size=len(radius)) * 2 * np.pi / n_arms
    around = 0.5 / n_arms * rng.standard_normal(len(radius))
    return np.radians(galaxy["arm_phase"]) + winding + which + around


def _on_the_sky(along, across, galaxy):
    """Return where points in the plane of a disc are seen, in arcseconds."""
    angle = -np.radians(galaxy["position_angle"])
    x, y = turned(along, across * galaxy["disc_axis_ratio"], angle)
    return x + galaxy["x"], y + galaxy["y"]


def tails(galaxy):
    """Return the tidal tails of a merger, and the bridge between its two galaxies.

    Parameters
    ----------
    galaxy
        See `blobs_of`.

    Returns
    -------
    blobs : ndarray of shape (n_blobs, 4)
        Their light is ``tail_fraction`` of that of the two galaxies.
    """
    total = flux_of(galaxy["magnitude"]) * galaxy["tail_fraction"]
    towards, distance = np.radians(galaxy["second_angle"]), galaxy["second_distance"]
    share = np.linspace(0, 1, _TAIL)
    bend = galaxy["tail_hand"] * 1.7 * share
    # In units of the distance from each centre, away from the other galaxy.
    along = 1.5 + (galaxy["tail_length"] - 1.5) * share
    dx, dy = -along * np.cos(bend), -along * np.sin(bend)
    fading = (1.1 - share) / np.sum(1.1 - share)
    width = 0.5 + 0.7 * share
    parts = []
    for sign, start, part in ((1, 0.0, 0.5), (-1, distance, 0.35)):
        px, py = turned(start + sign * dx, sign * dy, -towards)
        parts.append(
            _blobs(px + galaxy["x"], py + galaxy["y"], width, part * total * fading)
        )
    bx, by = turned(distance * share, 0 * share, -towards)
    bridge = 0.15 * total / _TAIL
    parts.append(_blobs(bx + galaxy["x"], by + galaxy["y"], 0.7, bridge))
    return np.concatenate(parts)


# What is in front of it or behind it


def companions(galaxy, rng):
    """Yield the stars and the small galaxies in an image.

    Parameters
    ----------
    galaxy, rng
        See `blobs_of`.

    Yields
    ------
    blobs : ndarray of shape (n_blobs, 4)
        Stars are points. Small galaxies are elliptical, with a narrow and a wide part.
    """
    half = _WITHIN * FIELD
    n_stars, n_galaxies = int(galaxy["n_stars"]), int(galaxy["n_small_galaxies"])
    x, y = rng.uniform(-half, half, (2, n_stars))
    # Stars brighter by a magnitude are rarer by 10^0.2, between 15 and 22.
    magnitude = 15 + 5 * np.log10(1 + rng.random(n_stars) * (10**1.4 - 1))
    yield _blobs(x, y, 0.0, flux_of(magnitude))
    for _ in range(n_galaxies):
        yield _small_galaxy(*rng.uniform(-half, half, 2), rng)


def _small_galaxy(x, y, rng):
    """Return an elongated Gaussian with a wider one around it, as chains."""
    # Galaxies brighter by a magnitude are rarer by 10^0.5, between 18 and 22.
    magnitude = 18 + 2 * np.log10(1 + rng.random() * (10**2 - 1))
    size = 0.45 * 10 ** (-0.1 * (magnitude - 22)) * rng.uniform(0.8, 1.3)
    ratio, angle = rng.uniform(0.4, 1), rng.uniform(0, np.pi)
    chain = np.sqrt(1 - ratio**2) * _NODES
    parts = []
    for share, width in ((0.6, size), (0.4, 2 * size)):
        parts.append(
            _blobs(
                x + width * chain * np.cos(angle),
                y + width * chain * np.sin(angle),
                width * ratio,
                share * flux_of(magnitude) * _WEIGHTS,
            )
        )
    return np.concatenate(parts)


# What spoils an image


def bright_star(galaxy):
    """Return a bright star with a halo and four diffraction spikes.

    Parameters
    ----------
    galaxy
        See `blobs_of`.

    Returns
    -------
    blobs : ndarray of shape (n_blobs, 4)
        The core has 90 % of the light, the halo 7 %, and the spikes 3 %.
    """
    flux = flux_of(galaxy["artifact_magnitude"])
    angle, distance = np.radians(galaxy["artifact_angle"]), galaxy["artifact_distance"]
    x, y = distance * np.cos(angle), distance * np.sin(angle)
    parts = [
        _blobs(x, y, np.array([0.0, 1.5, 4.0]), flux * np.array([0.9, 0.05, 0.02]))
    ]
    out = np.linspace(0.5, 18, _SPIKE)
    fading = np.exp(-out / 4)
    fading *= 0.03 / 4 / fading.sum()
    for direction in np.radians([45, 135, 225, 315]):
        dx, dy = out * np.cos(direction), out * np.sin(direction)
        parts.append(_blobs(x + dx, y + dy, 0.2, flux * fading))
    return np.concatenate(parts)


def trail(galaxy):
    """Return the straight trail of a satellite across the image.

    Parameters
    ----------
    galaxy
        See `blobs_of`.

    Returns
    -------
    blobs : ndarray of shape (n_blobs, 4)
        The trail passes the middle of the image at ``artifact_distance``.
    """
    angle, distance = np.radians(galaxy["artifact_angle"]), galaxy["artifact_distance"]
    along = np.linspace(-FIELD, FIELD, _TRAIL)
    x, y = turned(along, distance, -angle)
    flux = flux_of(galaxy["artifact_magnitude"]) / _TRAIL
    return _blobs(x, y, 0.5, flux)
