"""The kinds of a survey, and the parameters that make a galaxy of each kind.

The parameters of the plain population are used wherever they can be: a barred spiral is
a disc with arms and a bar. What the plain population lacks has parameters of its own.
"""

import numpy as np
from scipy.special import ndtri
from scipy.stats import poisson

from skbal.datasets._galaxies._population import DRAWN, population

# Shares of all images. Edge-on discs are about a tenth of the discs, since cos i of
# random directions is uniform. Half of the spirals without a bar are flocculent.
SHARES = {
    "elliptical": 0.25,
    "lenticular": 0.17,
    "spiral": 0.14,
    "flocculent": 0.15,
    "barred": 0.12,
    "ring": 0.02,
    "edge-on": 0.06,
    "merger": 0.03,
    "irregular": 0.03,
    "satellite trail": 0.01,
    "bright star": 0.01,
    "frame edge": 0.01,
}
KINDS = np.array(list(SHARES))
ARTIFACTS = ("satellite trail", "bright star", "frame edge")

# Range of cos i of the kinds that are seen in a certain way; others are between 0.2
# and 1.
_COS_INCLINATION = {
    "lenticular": (0.25, 0.9),
    "ring": (0.45, 1.0),
    "edge-on": (0.0, 0.1),
    "merger": (0.5, 1.0),
    "irregular": (0.4, 1.0),
}
_ARMED = ("spiral", "flocculent", "barred", "ring", "merger")
_MEAN_STARS = 1.0  # in an image, brighter than magnitude 22
_MEAN_SMALL_GALAXIES = 2.0
_BARRED_SHARES = {"barred": 1.0, "lenticular": 0.3, "ring": 0.5}

# Names of the uniform numbers of the survey. Their order must not change.
_ADDED = (
    "host",
    "boxiness",
    "twist",
    "flocculence",
    "patch_phase_1",
    "patch_phase_2",
    "patch_phase_3",
    "lopsidedness",
    "lopsided_angle",
    "ring_fraction",
    "ring_radius",
    "ring_width",
    "dust_depth",
    "dust_offset",
    "second_fraction",
    "second_distance",
    "second_angle",
    "second_radius",
    "second_axis_ratio",
    "second_position_angle",
    "tail_fraction",
    "tail_length",
    "tail_hand",
    "clump_fraction",
    "artifact_angle",
    "artifact_distance",
    "artifact_brightness",
    "sky_slope_x",
    "sky_slope_y",
    "n_stars",
    "n_small_galaxies",
    "barred",
)
N_ADDED = len(_ADDED)


def kinds_of(uniform):
    """Return the kinds that uniform numbers stand for.

    Parameters
    ----------
    uniform : ndarray of shape (n,)
        Numbers in [0, 1).

    Returns
    -------
    kinds : ndarray of str of shape (n,)
    """
    edges = np.cumsum(list(SHARES.values()))[:-1]
    return KINDS[np.searchsorted(edges, uniform, side="right")]


def survey_population(uniform, added):
    """Return the kinds and the parameters of the images of a survey.

    Parameters
    ----------
    uniform : ndarray of shape (n, N_UNIFORM)
        Numbers in [0, 1), one row per galaxy, as for the plain population.
    added : ndarray of shape (n, N_ADDED)
        Further numbers in [0, 1).

    Returns
    -------
    kinds : ndarray of str of shape (n,)
        Keys of ``SHARES``.
    parameters : dict of str to ndarray of shape (n,)
        See `skbal.datasets.make_galaxies`.
    """
    u = dict(zip(DRAWN, uniform.T, strict=True))
    a = dict(zip(_ADDED, added.T, strict=True))
    kinds = kinds_of(u["kind"])
    # An artefact lies over a galaxy of some kind.
    shape = np.where(
        np.isin(kinds, ARTIFACTS),
        np.where(a["host"] < 0.4, "elliptical", "spiral"),
        kinds,
    )
    steered = {**u, **_steered(u, a, shape)}
    parameters = population(np.stack([steered[name] for name in DRAWN], axis=1))
    parameters["bulge_fraction"] = _bulge_fraction(parameters, u, shape)
    return kinds, {
        **parameters,
        **_ellipses(a, shape),
        **_patterns(a, shape),
        **_rings_and_dust(a, shape, parameters["disc_scale_length"]),
        **_mergers(a, shape, parameters["disc_scale_length"]),
        **_artifacts(a, kinds),
        "sky_slope_x": 0.05 * _normal(a["sky_slope_x"]),
        "sky_slope_y": 0.05 * _normal(a["sky_slope_y"]),
        "n_stars": poisson.ppf(a["n_stars"], _MEAN_STARS).astype(int),
        "n_small_galaxies": poisson.ppf(
            a["n_small_galaxies"], _MEAN_SMALL_GALAXIES
        ).astype(int),
    }


def _steered(u, a, shape):
    """Return uniform numbers for which the plain population draws these shapes."""
    low, high = np.transpose([_COS_INCLINATION.get(s, (0.2, 1.0)) for s in shape])
    barred_share = np.array([_BARRED_SHARES.get(s, 0.0) for s in shape])
    barred = a["barred"] < barred_share
    # Edge-on discs are large and irregular galaxies faint and small.
    edge_on, irregular = shape == "edge-on", shape == "irregular"
    return {
        "kind": np.where(shape == "elliptical", 0.0, 0.9),
        "has_arms": np.where(np.isin(shape, _ARMED), 0.9, 0.0),
        "has_bar": np.where(barred, 0.0, 0.9),
        "bulge_flattening": np.where(
            shape == "elliptical", 0.8 * u["bulge_flattening"], u["bulge_flattening"]
        ),
        "inclination": low + (high - low) * u["inclination"],
        "size": np.where(edge_on, 0.35 + 0.6 * u["size"], u["size"]),
        "magnitude": np.where(irregular, 0.5 + 0.5 * u["magnitude"], u["magnitude"]),
    }


def _bulge_fraction(parameters, u, shape):
    """Return bulges that are larger in lenticulars and nearly absent in irregulars."""
    drawn = parameters["bulge_fraction"]
    return np.select(
        [np.isin(shape, ["lenticular", "merger"]), shape == "irregular"],
        [0.25 + 0.4 * u["bulge_fraction"], 0.02],
        drawn,
    )


def _ellipses(a, shape):
    """Return how the isophotes of ellipticals differ from ellipses of one direction."""
    elliptical = shape == "elliptical"
    boxiness = np.clip(0.3 * _normal(a["boxiness"]), -0.6, 0.9)
    twist = np.clip(20 * _normal(a["twist"]), -50, 50)
    return {
        "boxiness": np.where(elliptical, boxiness, 0.0),
        "twist": np.where(elliptical, twist, 0.0),
    }


def _patterns(a, shape):
    """Return the parameters of patchy arms, lopsided discs and clumps."""
    flocculence = np.select(
        [shape == "flocculent", np.isin(shape, _ARMED)],
        [0.8 + 0.2 * a["flocculence"], 0.35 * a["flocculence"]],
        0.0,
    )
    lopsidedness = np.select(
        [shape == "irregular", shape == "merger", flocculence > 0],
        [0.5 + 0.5 * a["lopsidedness"], 0.3 + 0.3 * a["lopsidedness"],
         0.3 * a["lopsidedness"]],
        0.0,
    )  # fmt: skip
    clump_fraction = np.select(
        [shape == "irregular", shape == "flocculent", flocculence > 0],
        [0.3 + 0.35 * a["clump_fraction"], 0.05 + 0.1 * a["clump_fraction"],
         0.02 + 0.06 * a["clump_fraction"]],
        0.0,
    )  # fmt: skip
    return {
        "flocculence": flocculence,
        **{f"patch_phase_{k}": 360 * a[f"patch_phase_{k}"] for k in (1, 2, 3)},
        "lopsidedness": lopsidedness,
        "lopsided_angle": 360 * a["lopsided_angle"],
        "clump_fraction": clump_fraction,
    }


def _rings_and_dust(a, shape, scale):
    ring, edge_on = shape == "ring", shape == "edge-on"
    radius = scale * (1.7 + 0.9 * a["ring_radius"])
    return {
        "ring_fraction": np.where(ring, 0.35 + 0.25 * a["ring_fraction"], 0.0),
        "ring_radius": radius,
        "ring_width": radius * (0.08 + 0.08 * a["ring_width"]),
        "is_edge_on": edge_on,
        "dust_depth": np.where(edge_on, 3.2 * a["dust_depth"], 0.0),
        "dust_offset": 0.3 * (a["dust_offset"] - 0.5),
    }


def _mergers(a, shape, scale):
    merger = shape == "merger"
    return {
        "second_fraction": np.where(merger, 0.2 + 0.25 * a["second_fraction"], 0.0),
        "second_distance": 3.5 + 5 * a["second_distance"],
        "second_angle": 360 * a["second_angle"],
        "second_radius": scale * (0.4 + 0.5 * a["second_radius"]),
        "second_axis_ratio": 0.45 + 0.55 * a["second_axis_ratio"],
        "second_position_angle": 180 * a["second_position_angle"],
        "tail_fraction": np.where(merger, 0.03 + 0.11 * a["tail_fraction"], 0.0),
        "tail_length": 8 + 8 * a["tail_length"],
        "tail_hand": np.where(a["tail_hand"] < 0.5, -1, 1),
    }


def _artifacts(a, kinds):
    """Return where an artefact lies, and how bright it is."""
    trail, star, edge = (kinds == kind for kind in ARTIFACTS)
    u = a["artifact_distance"]
    return {
        "has_trail": trail,
        "has_bright_star": star,
        "has_frame_edge": edge,
        "artifact_angle": 360 * a["artifact_angle"],
        "artifact_distance": np.select(
            [star, edge], [4 + 9 * u, 7 * u - 2], 10 * u - 5
        ),
        "artifact_magnitude": np.where(
            star, 11 + 2.5 * a["artifact_brightness"], 15 + 2 * a["artifact_brightness"]
        ),
    }


def _normal(uniform):
    return ndtri(np.clip(uniform, 1e-12, 1 - 1e-12))
