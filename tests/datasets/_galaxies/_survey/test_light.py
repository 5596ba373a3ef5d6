"""The light of a survey: against the plain population, integrals and closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from skbal.datasets._galaxies._light import flux_of, galaxy_light
from skbal.datasets._galaxies._population import N_UNIFORM
from skbal.datasets._galaxies._survey._blobs import clumps, tails
from skbal.datasets._galaxies._survey._kinds import N_ADDED, survey_population
from skbal.datasets._galaxies._survey._light import (
    HEIGHT,
    dust,
    edge_on_disc,
    patch_factor,
    ring,
    spheroid,
    survey_light,
)

RNG = np.random.default_rng(0)
KINDS, MANY = survey_population(
    RNG.random((3000, N_UNIFORM)), RNG.random((3000, N_ADDED))
)
POINTS = (np.arange(440) - 219.5) * 0.4  # arcseconds
PATTERNS = (
    "boxiness", "twist", "flocculence", "lopsidedness", "ring_fraction",
    "clump_fraction", "second_fraction", "tail_fraction", "dust_depth", "is_edge_on",
)  # fmt: skip


def taken(rows, **changed):
    """Return the parameters of a few images, some of them changed."""
    rows = np.atleast_1d(rows)
    return {
        name: np.full(len(rows), changed[name]) if name in changed else values[rows]
        for name, values in MANY.items()
    }


def first(kind, n=1):
    return np.flatnonzero(kind == KINDS)[:n]


def of_one(**parameters):
    """Return parameters that broadcast against points."""
    return {name: np.full((1, 1, 1), value) for name, value in parameters.items()}


def test_without_what_is_new_the_light_is_that_of_the_plain_population():
    rows = [row for kind in ("elliptical", "lenticular", "spiral", "barred")
            for row in first(kind, 3)]  # fmt: skip
    plain = taken(rows, **{name: MANY[name].dtype.type(0) for name in PATTERNS})
    points = np.linspace(-9, 9, 31)
    np.testing.assert_allclose(
        survey_light(points, points[:, None], plain, 0.3),
        galaxy_light(points, points[:, None], plain, 0.3),
        rtol=1e-10,
    )


@pytest.mark.parametrize(
    "kind",
    ["elliptical", "spiral", "flocculent", "barred", "ring", "edge-on", "merger",
     "irregular"],
)  # fmt: skip
def test_all_parts_together_have_the_light_of_the_magnitude(kind):
    # Light of index 1 ends within the grid. No dust takes light away.
    galaxies = taken(first(kind, 2), sersic_index=1.0, dust_depth=0.0)
    light = survey_light(POINTS, POINTS[:, None], galaxies, 0.4)
    total = light.sum(axis=(1, 2)) * 0.4**2
    for i in range(2):
        galaxy = {name: values[i] for name, values in galaxies.items()}
        if galaxy["clump_fraction"]:
            total[i] += clumps(galaxy, np.random.default_rng(0))[:, 3].sum()
        if galaxy["tail_fraction"]:
            total[i] += tails(galaxy)[:, 3].sum()
    # The second galaxy of a merger has the index 2, whose centre the grid misses.
    np.testing.assert_allclose(total, flux_of(galaxies["magnitude"]), rtol=0.01)
    assert (light >= 0).all()


@given(boxiness=st.floats(-0.6, 0.9), twist=st.floats(-50, 50), ratio=st.floats(0.4, 1))
@settings(max_examples=15, deadline=None)
def test_boxy_and_twisted_isophotes_keep_the_light(boxiness, twist, ratio):
    galaxy = of_one(
        bulge_radius=3.0, bulge_axis_ratio=ratio, boxiness=boxiness, twist=twist,
        magnitude=22.5, bulge_fraction=1.0, sersic_index=1.0,
    )  # fmt: skip
    points = np.linspace(-32, 32, 257)
    light = spheroid(points[None, None, :], points[None, :, None], galaxy, 0.0)
    assert light.sum() * 0.25**2 == pytest.approx(1, rel=0.01)


def test_boxy_isophotes_have_corners_and_discy_ones_points():
    def at(boxiness, angle):
        galaxy = of_one(
            bulge_radius=3.0, bulge_axis_ratio=1.0, boxiness=boxiness, twist=0.0,
            magnitude=16.0, bulge_fraction=1.0, sersic_index=4.0,
        )  # fmt: skip
        x, y = 4 * np.cos(angle), 4 * np.sin(angle)
        return spheroid(
            np.full((1, 1, 1), x), np.full((1, 1, 1), y), galaxy, 0.0
        ).item()

    assert at(0.5, np.pi / 4) > at(0.5, 0)
    assert at(-0.5, np.pi / 4) < at(-0.5, 0)
    assert at(0, np.pi / 4) == pytest.approx(at(0, 0))


def test_a_twist_turns_the_major_axis_outwards():
    galaxy = of_one(
        bulge_radius=2.0, bulge_axis_ratio=0.6, boxiness=0.0, twist=40.0,
        magnitude=16.0, bulge_fraction=1.0, sersic_index=2.0,
    )  # fmt: skip
    angles = np.radians(np.arange(-90, 90, 0.5))
    for radius in (0.5, 2.0, 10.0):
        x, y = radius * np.cos(angles), radius * np.sin(angles)
        light = spheroid(x[None, None], y[None, None], galaxy, 0.0)[0, 0]
        expected = 40 * radius / (radius + 2)
        assert np.degrees(angles[light.argmax()]) == pytest.approx(expected, abs=0.5)


@given(row=st.integers(0, 40), radius=st.floats(0.05, 20))
@settings(max_examples=30, deadline=None)
def test_patches_of_arms_only_move_light_along_circles(row, radius):
    rows = first("flocculent", 41)
    galaxy = {name: v[:, None, None] for name, v in taken(rows[row]).items()}
    angle = np.linspace(0, 2 * np.pi, 720, endpoint=False)[None, None]
    factor = patch_factor(np.full_like(angle, radius), angle, galaxy)
    assert factor.mean() == pytest.approx(1, abs=1e-9)
    assert factor.min() >= -1e-12


def test_patches_show_on_flocculent_discs():
    rows = first("flocculent", 20)
    galaxy = {name: v[:, None, None] for name, v in taken(rows).items()}
    angle = np.linspace(0, 2 * np.pi, 360)[None, None]
    factor = patch_factor(2 * galaxy["disc_scale_length"] + 0 * angle, angle, galaxy)
    spread = factor.std(axis=(1, 2))
    assert np.corrcoef(spread, MANY["arm_strength"][rows])[0, 1] > 0.5
    assert spread.max() > 0.3


def test_a_disc_from_the_side_is_an_exponential_disc_summed_along_the_line_of_sight():
    galaxy = of_one(
        disc_scale_length=3.0, magnitude=22.5, bulge_fraction=0.0, bar_fraction=0.0
    )

    def column(x):
        """Return the integral of exp(-R / h) along a line at distance x."""
        return integrate.quad(lambda s: np.exp(-np.hypot(x, s) / 3.0), 0, 90)[0] * 2

    x = np.array([0.0, 0.7, 3.0, 8.0])
    z = np.array([0.0, 0.5, 2.0])
    light = edge_on_disc(x[None, None], z[None, :, None], galaxy)[0]
    # The light is 1 in all: 2 pi h^2 of the disc from above, 2 z0 of the sech^2.
    along = np.array([column(place) for place in x]) / (2 * np.pi * 9)
    across = 1 / np.cosh(z / (HEIGHT * 3)) ** 2 / (2 * HEIGHT * 3)
    np.testing.assert_allclose(light, across[:, None] * along, rtol=1e-6)


def test_dust_is_a_lane_in_the_plane():
    galaxy = of_one(disc_scale_length=4.0, dust_depth=2.0, dust_offset=0.1)
    above = np.linspace(-6, 6, 1201)[None, :, None]
    share = dust(np.zeros((1, 1, 1)), above, galaxy)[0, :, 0]
    assert share.min() == pytest.approx(np.exp(-2), rel=1e-3)
    assert above[0, share.argmin(), 0] == pytest.approx(0.1 * HEIGHT * 4, abs=0.01)
    assert share[[0, -1]].min() > 0.999
    assert (share <= 1).all()
    far = dust(np.full((1, 1, 1), 30.0), above, galaxy)
    assert far.min() > 0.99


@pytest.mark.parametrize(("radius", "width"), [(4.0, 0.4), (1.0, 1.5)])
def test_a_ring_has_its_share_of_the_light(radius, width):
    galaxy = of_one(
        disc_axis_ratio=0.6, ring_radius=radius, ring_width=width, flux=5.0,
        ring_fraction=0.3,
    )  # fmt: skip

    def at(r):
        place = np.full((1, 1, 1), r)
        return ring(place, 0 * place, galaxy).item() * 2 * np.pi * r * 0.6

    assert integrate.quad(at, 0, 30, points=[radius])[0] == pytest.approx(1.5)
    along = np.linspace(0, 9, 901)
    light = ring(along[None, None], np.zeros((1, 1, 901)), galaxy)[0, 0]
    assert along[light.argmax()] == pytest.approx(radius)


def light_beside(galaxy, turn):
    """Return the light at the distance of the second galaxy, in another direction."""
    angle, distance = np.radians(galaxy["second_angle"]), galaxy["second_distance"]
    x = galaxy["x"] + distance * np.cos(angle + turn)
    y = galaxy["y"] + distance * np.sin(angle + turn)
    return survey_light(x[:, None], y[:, None], galaxy, 0.2).item()


def test_the_second_galaxy_of_a_merger_is_at_its_distance_and_angle():
    for row in first("merger", 10):
        galaxy = taken(row)
        others = [
            light_beside(galaxy, turn) for turn in np.radians([60, 120, 180, 240])
        ]
        assert light_beside(galaxy, 0) > 1.5 * max(others)
