"""The light of galaxies before it is blurred: bulge, disc, arms and bar.

Lengths are in arcseconds, light is in nanomaggies (one is a magnitude of 22.5). The
integral of each profile over the whole sky is exactly its flux.
"""

import numpy as np
from scipy.special import gamma, gammainc, gammaincinv

ARM_POWER_MEAN = 3 / 8  # mean of ((1 + cos) / 2)^2 over a circle


def flux_of(magnitude):
    """Return the light of a magnitude in nanomaggies.

    Parameters
    ----------
    magnitude : float or ndarray
        Magnitudes.

    Returns
    -------
    flux : float or ndarray

    Examples
    --------
    >>> flux_of(20.0)
    10.0
    """
    return 10 ** (0.4 * (22.5 - magnitude))


def sersic(radius, flux, index, effective_radius, axis_ratio, core=0.0):
    """Return the surface brightness of a Sersic profile.

    I(R) = I_e exp(-b ((R / R_e)^(1/n) - 1)), where half of the light lies within R_e.
    The flux is 2 pi n e^b b^(-2n) Gamma(2n) R_e^2 I_e q [1]_.

    Parameters
    ----------
    radius : ndarray
        Elliptical radius, measured along the major axis.
    flux, index, effective_radius, axis_ratio : float or ndarray
        All light, n, R_e and q. They broadcast against ``radius``.
    core : float, default=0.0
        Radius within which the light is spread evenly, because a grid cannot resolve
        the steep centre. It has the unit of ``radius``.

    Returns
    -------
    brightness : ndarray
        Flux per square of the unit of length.

    References
    ----------
    .. [1] A. W. Graham and S. P. Driver (2005), A Concise Reference to (Projected)
       Sersic R^(1/n) Quantities, Including Concentration, Profile Slopes, Petrosian
       Indices, and Kron Magnitudes, PASA 22, equations 1 to 4.

    Examples
    --------
    >>> exponential = sersic(np.array([0.0, 1.0]), 1.0, 1.0, 1.678, 1.0)
    >>> (exponential * 2 * np.pi).round(3)
    array([1.   , 0.368])
    """
    b = gammaincinv(2 * index, 0.5)
    whole = 2 * np.pi * index * np.exp(b) * b ** (-2 * index) * gamma(2 * index)
    at_effective = flux / (whole * effective_radius**2 * axis_ratio)
    scaled = np.maximum(radius, core) / effective_radius
    brightness = at_effective * np.exp(-b * (scaled ** (1 / index) - 1))
    if not core:
        return brightness
    inside = gammainc(2 * index, b * (core / effective_radius) ** (1 / index))
    level = flux * inside / (np.pi * core**2 * axis_ratio)
    return np.where(radius < core, level, brightness)


def galaxy_light(x, y, galaxies, core):
    """Return the surface brightness of galaxies at points of the sky.

    Parameters
    ----------
    x, y : ndarray of shape (n_points, 1) and (1, n_points), or (n_points, n_points)
        Coordinates of the points, in arcseconds from the middle of the image.
    galaxies : dict of str to ndarray of shape (n,)
        Parameters of the galaxies.
    core : float
        Core of the bulges, as in `sersic`.

    Returns
    -------
    brightness : ndarray of shape (n, n_points, n_points)
        Nanomaggies per square arcsecond.
    """
    # (n,) -> (n, 1, 1), to broadcast against the points.
    galaxy = {name: value[:, None, None] for name, value in galaxies.items()}
    along, across = turned(
        x - galaxy["x"], y - galaxy["y"], np.radians(galaxy["position_angle"])
    )
    radius = np.hypot(along, across / galaxy["bulge_axis_ratio"])
    light = bulge_brightness(radius, galaxy, core)
    discs = np.flatnonzero(galaxies["is_disc"])
    if len(discs):
        disc = {name: value[discs] for name, value in galaxy.items()}
        light[discs] += _disc_with_arms(along[discs], across[discs], disc)
    bars = np.flatnonzero(galaxies["bar_fraction"])
    if len(bars):
        bar = {name: value[bars] for name, value in galaxy.items()}
        light[bars] += bar_light(along[bars], across[bars], bar)
    return light


def turned(x, y, angle):
    """Return coordinates along and across a direction.

    Parameters
    ----------
    x, y : float or ndarray
        Coordinates.
    angle : float or ndarray
        Angle of the direction from the x axis, in radians.

    Returns
    -------
    along, across : float or ndarray
        They broadcast against ``angle``.
    """
    cos, sin = np.cos(angle), np.sin(angle)
    return x * cos + y * sin, y * cos - x * sin


def bulge_brightness(radius, galaxy, core=0.0):
    """Return the surface brightness of bulges.

    Parameters
    ----------
    radius : ndarray
        Elliptical radius in arcseconds, measured along the major axis.
    galaxy : dict of str to ndarray
        Parameters of galaxies, which broadcast against ``radius``.
    core : float, default=0.0
        See `sersic`.

    Returns
    -------
    brightness : ndarray
        Nanomaggies per square arcsecond.
    """
    flux = flux_of(galaxy["magnitude"]) * galaxy["bulge_fraction"]
    index, effective = galaxy["sersic_index"], galaxy["bulge_radius"]
    return sersic(radius, flux, index, effective, galaxy["bulge_axis_ratio"], core)


def disc_flux(galaxy):
    """Return the light of discs without their bulges and bars, in nanomaggies.

    Parameters
    ----------
    galaxy : dict of str to ndarray
        Parameters of galaxies.

    Returns
    -------
    flux : ndarray
    """
    share = (1 - galaxy["bulge_fraction"]) * (1 - galaxy["bar_fraction"])
    return flux_of(galaxy["magnitude"]) * share


def bar_flux(galaxy):
    """Return the light of bars in nanomaggies.

    Parameters
    ----------
    galaxy : dict of str to ndarray
        Parameters of galaxies.

    Returns
    -------
    flux : ndarray
    """
    share = (1 - galaxy["bulge_fraction"]) * galaxy["bar_fraction"]
    return flux_of(galaxy["magnitude"]) * share


def thinness(galaxy):
    """Return the share of a pattern in a disc that its thickness does not hide.

    Parameters
    ----------
    galaxy : dict of str to ndarray
        Parameters of galaxies.

    Returns
    -------
    thinness : ndarray
        cos^2 i / q^2. It is 1 from above and 0 from the side.
    """
    cos_i = np.cos(np.radians(galaxy["inclination"]))
    return (cos_i / galaxy["disc_axis_ratio"]) ** 2


def _disc_with_arms(along, across, galaxy):
    across = across / galaxy["disc_axis_ratio"]
    radius, scale = np.hypot(along, across), galaxy["disc_scale_length"]
    central = disc_flux(galaxy) / (2 * np.pi * scale**2 * galaxy["disc_axis_ratio"])
    light = central * np.exp(-radius / scale)
    arms = np.flatnonzero(galaxy["arm_strength"])
    if len(arms):
        spiral = {name: value[arms] for name, value in galaxy.items()}
        light[arms] *= arm_factor(radius[arms], np.arctan2(across, along)[arms], spiral)
    return light


def arm_factor(radius, angle, galaxy):
    """Return the factor by which logarithmic arms change the light of a disc.

    Parameters
    ----------
    radius, angle : ndarray
        Polar coordinates in the plane of the disc, in arcseconds and radians.
    galaxy : dict of str to ndarray
        Parameters of galaxies, which broadcast against ``radius``.

    Returns
    -------
    factor : ndarray
        0 or more. Its mean over a circle of any radius is 1.
    """
    start = arm_start(galaxy)
    winding = np.log(np.maximum(radius, 1e-3 * start) / start)
    winding = winding / np.tan(np.radians(galaxy["pitch_angle"]))
    phase = angle - np.radians(galaxy["arm_phase"]) - winding
    ridge = ((1 + np.cos(galaxy["n_arms"] * phase)) / 2) ** 2 / ARM_POWER_MEAN - 1
    grown = 1 - np.exp(-((radius / start) ** 2))
    return 1 + galaxy["arm_strength"] * thinness(galaxy) * grown * ridge


def arm_start(galaxy):
    """Return the radius at which arms begin, in arcseconds.

    Parameters
    ----------
    galaxy : dict of str to ndarray
        Parameters of galaxies.

    Returns
    -------
    radius : ndarray
        Half of the bar's length, if there is a bar.
    """
    inner = 0.6 * galaxy["disc_scale_length"]
    return np.where(galaxy["bar_fraction"] > 0, galaxy["bar_length"], inner)


def bar_light(along, across, galaxy):
    """Return the light of a Ferrers bar, I0 (1 - m^2)^2 in the ellipse m < 1.

    Parameters
    ----------
    along, across : ndarray
        Coordinates in the direction of the major axis of the disc and across it, in
        arcseconds.
    galaxy : dict of str to ndarray
        Parameters of galaxies, which broadcast against ``along``.

    Returns
    -------
    brightness : ndarray
        Nanomaggies per square arcsecond.
    """
    tilt = galaxy["disc_axis_ratio"]
    along, across = turned(along, across / tilt, np.radians(galaxy["bar_angle"]))
    length = galaxy["bar_length"]
    width = length * galaxy["bar_axis_ratio"]
    inside = 1 - (along / length) ** 2 - (across / width) ** 2
    return bar_peak(galaxy) * np.maximum(inside, 0) ** 2


def bar_peak(galaxy):
    """Return the brightness at the centre of bars.

    Parameters
    ----------
    galaxy : dict of str to ndarray
        Parameters of galaxies.

    Returns
    -------
    brightness : ndarray
        Nanomaggies per square arcsecond.
    """
    area = np.pi * galaxy["bar_length"] ** 2 * galaxy["bar_axis_ratio"]
    return 3 * bar_flux(galaxy) / (area * galaxy["disc_axis_ratio"])
