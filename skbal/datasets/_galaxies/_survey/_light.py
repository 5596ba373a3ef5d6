"""The light of the galaxies of a survey that has no closed form after the blur.

Every pattern changes where the light is, not how much there is: its mean over a circle
in the plane of the disc is 1. Only dust takes light away.
"""

import numpy as np
from scipy.special import beta, erf, k1

from skbal.datasets._galaxies._light import (
    ARM_POWER_MEAN,
    arm_factor,
    arm_start,
    bar_light,
    disc_flux,
    flux_of,
    sersic,
    thinness,
    turned,
)

HEIGHT = 0.28  # z0 of an edge-on disc, in scale lengths
_LANE = 0.45  # standard deviation of the height of dust, in z0
_PATCH_ARMS = (3, 5, 7)  # arms of the three patterns of a flocculent spiral
_PATCH_WINDING = (1.0, 0.7, 1.2)  # how they are wound, relative to the pitch angle


def main_galaxy(galaxies):
    """Return the parameters with the magnitude of the main galaxy alone.

    Parameters
    ----------
    galaxies : dict of str to ndarray of shape (n,)
        Parameters of galaxies. ``magnitude`` is that of all light.

    Returns
    -------
    main : dict of str to ndarray of shape (n,)
        The same, but ``magnitude`` is without ring, clumps, second galaxy and tails.
        ``flux`` is all light, in nanomaggies.
    """
    apart = sum(
        galaxies[f"{part}_fraction"] for part in ("ring", "clump", "second", "tail")
    )
    magnitude = galaxies["magnitude"]
    return {
        **galaxies,
        "magnitude": magnitude - 2.5 * np.log10(1 - apart),
        "flux": flux_of(magnitude),
    }


def survey_light(x, y, galaxies, core):
    """Return the surface brightness of the galaxies of a survey.

    Parameters
    ----------
    x, y : ndarray of shape (n_points, 1) and (1, n_points), or (n_points, n_points)
        Coordinates of the points, in arcseconds from the middle of the image.
    galaxies : dict of str to ndarray of shape (n,)
        Parameters of the galaxies.
    core : float
        Core of the bulges, in arcseconds.

    Returns
    -------
    brightness : ndarray of shape (n, n_points, n_points)
        Nanomaggies per square arcsecond, without what `blobs_of` holds.
    """
    # (n,) -> (n, 1, 1), to broadcast against the points.
    galaxy = {name: v[:, None, None] for name, v in main_galaxy(galaxies).items()}
    dx, dy = x - galaxy["x"], y - galaxy["y"]
    along, across = turned(dx, dy, np.radians(galaxy["position_angle"]))
    light = spheroid(along, across, galaxy, core)
    parts = (
        (galaxies["is_disc"] & ~galaxies["is_edge_on"], patterned_disc),
        (galaxies["is_edge_on"], edge_on_disc),
        (galaxies["bar_fraction"] > 0, bar_light),
        (galaxies["ring_fraction"] > 0, ring),
    )
    for present, part in parts:
        rows = np.flatnonzero(present)
        if len(rows):
            light[rows] += part(along[rows], across[rows], _taken(galaxy, rows))
    dusty = np.flatnonzero(galaxies["dust_depth"])
    if len(dusty):
        light[dusty] *= dust(along[dusty], across[dusty], _taken(galaxy, dusty))
    pairs = np.flatnonzero(galaxies["second_fraction"])
    if len(pairs):
        light[pairs] += second(dx[pairs], dy[pairs], _taken(galaxy, pairs), core)
    return light


def _taken(galaxy, rows):
    return {name: value[rows] for name, value in galaxy.items()}


def spheroid(along, across, galaxy, core):
    """Return a Sersic profile with boxy, discy or twisted isophotes.

    The isophotes are |a|^c + |b / q|^c = R^c with c = 2 + ``boxiness`` [1]_. The
    direction of the major axis turns by ``twist`` from the middle outwards.

    Parameters
    ----------
    along, across : ndarray of shape (n, n_points, n_points)
        Coordinates in the direction of the major axis and across it, in arcseconds.
    galaxy : dict of str to ndarray of shape (n, 1, 1)
        Parameters of the galaxies.
    core : float
        Core of the profile, in arcseconds.

    Returns
    -------
    brightness : ndarray of shape (n, n_points, n_points)
        Nanomaggies per square arcsecond.

    References
    ----------
    .. [1] C. Y. Peng, L. C. Ho, C. D. Impey and H.-W. Rix (2010), Detailed
       Decomposition of Galaxy Images. II. Beyond Axisymmetric Models, AJ 139.
    """
    effective, ratio = galaxy["bulge_radius"], galaxy["bulge_axis_ratio"]
    # Turning each circle by an angle of its own keeps areas, so it keeps the light.
    circle = np.hypot(along, across)
    angle = np.radians(galaxy["twist"]) * circle / (circle + effective)
    along, across = turned(along, across, angle)
    power = 2 + galaxy["boxiness"]
    radius = (np.abs(along) ** power + np.abs(across / ratio) ** power) ** (1 / power)
    # The area within R is that of an ellipse divided by this factor.
    area = np.pi * power / (4 * beta(1 / power, 1 + 1 / power))
    flux = flux_of(galaxy["magnitude"]) * galaxy["bulge_fraction"] * area
    return sersic(radius, flux, galaxy["sersic_index"], effective, ratio, core)


def patterned_disc(along, across, galaxy):
    """Return an exponential disc with arms, patches of arms, and a heavier side.

    Parameters
    ----------
    along, across, galaxy
        See `spheroid`.

    Returns
    -------
    brightness : ndarray of shape (n, n_points, n_points)
        Nanomaggies per square arcsecond.
    """
    across = across / galaxy["disc_axis_ratio"]
    radius, scale = np.hypot(along, across), galaxy["disc_scale_length"]
    angle = np.arctan2(across, along)
    central = disc_flux(galaxy) / (2 * np.pi * scale**2 * galaxy["disc_axis_ratio"])
    pattern = np.ones_like(radius)
    armed = np.flatnonzero(galaxy["arm_strength"])
    if len(armed):
        pattern[armed] = _pattern(radius[armed], angle[armed], _taken(galaxy, armed))
    # One side differs from arms in frequency, so the mean of the product is 1, too.
    heavier = np.cos(angle - np.radians(galaxy["lopsided_angle"]))
    outwards = 1 - np.exp(-((radius / scale) ** 2))
    pattern *= 1 + galaxy["lopsidedness"] * outwards * heavier
    return central * np.exp(-radius / scale) * pattern


def _pattern(radius, angle, galaxy):
    patchy = galaxy["flocculence"]
    whole = (1 - patchy) * arm_factor(radius, angle, galaxy)
    return whole + patchy * patch_factor(radius, angle, galaxy)


def patch_factor(radius, angle, galaxy):
    """Return the factor by which short pieces of arms change the light of a disc.

    Three patterns of arms fade in and out with the radius.

    Parameters
    ----------
    radius, angle : ndarray of shape (n, n_points, n_points)
        Polar coordinates in the plane of the disc, in arcseconds and radians.
    galaxy : dict of str to ndarray of shape (n, 1, 1)
        Parameters of the galaxies.

    Returns
    -------
    factor : ndarray of shape (n, n_points, n_points)
        0 or more. Its mean over a circle is 1.
    """
    start, third = arm_start(galaxy), 2 * np.pi / 3
    log_radius = np.log(np.maximum(radius, 1e-3 * start) / start)
    winding = log_radius / np.tan(np.radians(galaxy["pitch_angle"]))
    grown = 1 - np.exp(-((radius / start) ** 2))
    total = 0.0
    for k, (n_arms, wound) in enumerate(zip(_PATCH_ARMS, _PATCH_WINDING), 1):
        phase = np.radians(galaxy[f"patch_phase_{k}"])
        wave = (1 + np.cos(n_arms * (angle - wound * winding) - phase)) / 2
        # The three sum to 1 at any radius, so the total is -1 or more.
        fading = (1 + np.cos(6 * log_radius + k * third)) / 3
        total = total + fading * (wave**2 / ARM_POWER_MEAN - 1)
    strength = galaxy["arm_strength"] * thinness(galaxy) * grown
    return 1 + strength * total


def edge_on_disc(along, across, galaxy):
    """Return a disc seen from the side, I0 (R / h) K1(R / h) sech^2(z / z0) [1]_.

    Its light is 2 pi h z0 I0, and z0 = 0.28 h.

    Parameters
    ----------
    along, across, galaxy
        See `spheroid`.

    Returns
    -------
    brightness : ndarray of shape (n, n_points, n_points)
        Nanomaggies per square arcsecond.

    References
    ----------
    .. [1] P. C. van der Kruit and L. Searle (1981), Surface Photometry of Edge-On
       Spiral Galaxies. I. A Model for the Three-Dimensional Distribution of Light in
       Galactic Disks, A&A 95, equation 5.
    """
    scale = galaxy["disc_scale_length"]
    height = HEIGHT * scale
    out = np.maximum(np.abs(along) / scale, 1e-9)  # R K1(R) is 1 at 0
    central = disc_flux(galaxy) / (2 * np.pi * scale * height)
    # sech^2, without overflow far from the plane
    fall = np.exp(-2 * np.abs(across) / height)
    return central * out * k1(out) * 4 * fall / (1 + fall) ** 2


def dust(along, across, galaxy):
    """Return the share of light that passes the dust of a disc seen from the side.

    Parameters
    ----------
    along, across, galaxy
        See `spheroid`.

    Returns
    -------
    share : ndarray of shape (n, n_points, n_points)
        exp(-tau). tau is ``dust_depth`` in the middle of the lane, and it falls with
        the distance from the centre over two scale lengths.
    """
    scale = galaxy["disc_scale_length"]
    height = HEIGHT * scale
    above = across / height - galaxy["dust_offset"]
    lane = np.exp(-0.5 * (above / _LANE) ** 2 - 0.5 * (along / (2 * scale)) ** 2)
    return np.exp(-galaxy["dust_depth"] * lane)


def ring(along, across, galaxy):
    """Return a ring in the plane of a disc, exp(-(R - R0)^2 / (2 w^2)).

    Parameters
    ----------
    along, across, galaxy
        See `spheroid`.

    Returns
    -------
    brightness : ndarray of shape (n, n_points, n_points)
        Nanomaggies per square arcsecond.
    """
    ratio = galaxy["disc_axis_ratio"]
    middle, width = galaxy["ring_radius"], galaxy["ring_width"]
    ratio_of_radii = middle / width
    # The integral of 2 pi R exp(-(R - R0)^2 / (2 w^2)) over all R.
    whole = np.exp(-0.5 * ratio_of_radii**2) + ratio_of_radii * np.sqrt(np.pi / 2) * (
        1 + erf(ratio_of_radii / np.sqrt(2))
    )
    central = galaxy["flux"] * galaxy["ring_fraction"]
    central = central / (2 * np.pi * width**2 * whole * ratio)
    radius = np.hypot(along, across / ratio)
    return central * np.exp(-0.5 * ((radius - middle) / width) ** 2)


def second(dx, dy, galaxy, core):
    """Return the second galaxy of a merger, a Sersic profile with n = 2.

    Parameters
    ----------
    dx, dy : ndarray of shape (n, n_points, n_points)
        Coordinates from the centre of the main galaxy, in arcseconds.
    galaxy : dict of str to ndarray of shape (n, 1, 1)
        Parameters of the galaxies.
    core : float
        Core of the profile, in arcseconds.

    Returns
    -------
    brightness : ndarray of shape (n, n_points, n_points)
        Nanomaggies per square arcsecond.
    """
    angle, distance = np.radians(galaxy["second_angle"]), galaxy["second_distance"]
    along, across = turned(
        dx - distance * np.cos(angle),
        dy - distance * np.sin(angle),
        np.radians(galaxy["second_position_angle"]),
    )
    ratio = galaxy["second_axis_ratio"]
    flux = galaxy["flux"] * galaxy["second_fraction"]
    radius = np.hypot(along, across / ratio)
    return sersic(radius, flux, 2.0, galaxy["second_radius"], ratio, core)
