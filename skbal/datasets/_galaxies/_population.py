"""The physical parameters of galaxies, drawn from distributions.

Magnitudes, sizes, shapes and the shares of discs, bars and arms are roughly those that
surveys of bright galaxies find. Each parameter has uniform random numbers of its own,
so a parameter added later changes none of the others.
"""

import numpy as np
from scipy.special import ndtri

_ELLIPTICAL_SHARE = 0.4
_BARRED_SHARE = 0.5  # of the discs
_ARMLESS_SHARE = 0.2  # of the discs: lenticulars
DISC_THICKNESS = 0.2  # axis ratio of a disc seen from the side

# Names of the uniform numbers. Their order must not change.
DRAWN = (
    "kind",
    "magnitude",
    "size",
    "sersic_index",
    "bulge_fraction",
    "bulge_size",
    "bulge_flattening",
    "inclination",
    "position_angle",
    "has_arms",
    "arm_strength",
    "n_arms",
    "pitch",
    "arm_phase",
    "has_bar",
    "bar_fraction",
    "bar_length",
    "bar_axis_ratio",
    "bar_angle",
    "handedness",
    "x",
    "y",
)
N_UNIFORM = len(DRAWN)


def population(uniform):
    """Return the parameters of galaxies.

    Parameters
    ----------
    uniform : ndarray of shape (n, N_UNIFORM)
        Numbers in [0, 1), one row per galaxy.

    Returns
    -------
    parameters : dict of str to ndarray of shape (n,)
        See `skbal.datasets.make_galaxies`.
    """
    u = dict(zip(DRAWN, uniform.T, strict=True))
    is_disc = u["kind"] >= _ELLIPTICAL_SHARE
    sizes = _sizes(u, is_disc)
    bar = _bar(u, is_disc, sizes["disc_scale_length"])
    return {
        "is_disc": is_disc,
        **sizes,
        **_orientation(u, is_disc),
        **_arms(u, is_disc, bar),
        **bar,
    }


def _sizes(u, is_disc):
    # Magnitudes lie between 14 and 17, the limit of Galaxy Zoo 2. The number of
    # galaxies grows tenfold in 4 magnitudes.
    magnitude = 14 + 4 * np.log10(1 + u["magnitude"] * (10 ** (3 / 4) - 1))
    # Fainter galaxies are smaller, with a scatter of 0.13 dex at one magnitude.
    radius = 10 ** (0.72 - 0.1 * (magnitude - 17) + 0.13 * _normal(u["size"]))
    radius = np.clip(radius, 1.0, 12.0)
    scale_length = radius / 1.678  # of an exponential disc with this half-light radius
    elliptical_index = np.clip(4 + _normal(u["sersic_index"]), 1.5, 6)
    bulge_index = np.clip(1.8 * np.exp(0.4 * _normal(u["sersic_index"])), 1, 4)
    return {
        "magnitude": magnitude,
        "bulge_fraction": np.where(is_disc, 0.02 + 0.5 * u["bulge_fraction"] ** 1.7, 1),
        "bulge_radius": np.where(
            is_disc, scale_length * (0.2 + 0.3 * u["bulge_size"]), radius
        ),
        "sersic_index": np.where(is_disc, bulge_index, elliptical_index),
        "disc_scale_length": scale_length,
    }


def _orientation(u, is_disc):
    cos_i = u["inclination"]
    flattening = 0.5 + 0.5 * u["bulge_flattening"]
    return {
        "inclination": np.degrees(np.arccos(cos_i)),
        "position_angle": 180 * u["position_angle"],
        "bulge_axis_ratio": apparent_axis_ratio(cos_i, flattening),
        "disc_axis_ratio": apparent_axis_ratio(cos_i, DISC_THICKNESS),
        "x": 2 * u["x"] - 1,
        "y": 2 * u["y"] - 1,
    }


def apparent_axis_ratio(cos_i, thickness):
    """Return the axis ratio of an inclined spheroid, q^2 = cos^2 i + q0^2 sin^2 i.

    Parameters
    ----------
    cos_i : float or ndarray
        Cosine of the inclination i. It is 1 from above.
    thickness : float or ndarray
        Axis ratio q0, seen from the side.

    Returns
    -------
    axis_ratio : float or ndarray
        Axis ratio q in [q0, 1].
    """
    return np.sqrt(cos_i**2 + thickness**2 * (1 - cos_i**2))


def _bar(u, is_disc, scale_length):
    barred = is_disc & (u["has_bar"] < _BARRED_SHARE)
    return {
        "bar_fraction": np.where(barred, 0.12 + 0.2 * u["bar_fraction"], 0),
        "bar_length": scale_length * (1 + 0.9 * u["bar_length"]),
        "bar_axis_ratio": 0.2 + 0.2 * u["bar_axis_ratio"],
        "bar_angle": 180 * u["bar_angle"],
    }


def _arms(u, is_disc, bar):
    has_arms = is_disc & (u["has_arms"] >= _ARMLESS_SHARE)
    hand = np.where(u["handedness"] < 0.5, -1, 1)
    n_arms = np.select([u["n_arms"] < 0.7, u["n_arms"] < 0.9], [2, 3], 4)
    free_phase = 360 * u["arm_phase"]
    return {
        "arm_strength": np.where(has_arms, 0.25 + 0.75 * u["arm_strength"], 0),
        "n_arms": n_arms,
        "pitch_angle": hand * (10 + 22 * u["pitch"]),
        # If there is a bar, arms begin at its ends.
        "arm_phase": np.where(bar["bar_fraction"] > 0, bar["bar_angle"], free_phase),
    }


def _normal(uniform):
    return ndtri(np.clip(uniform, 1e-12, 1 - 1e-12))
