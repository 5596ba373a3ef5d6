"""Sums of Gaussians: what a camera collects of them, and where they lie."""

import numpy as np
import pytest
from scipy import integrate

from skbal.datasets._galaxies._camera import FIELD, Camera
from skbal.datasets._galaxies._light import flux_of
from skbal.datasets._galaxies._survey import _blobs
from tests.datasets._galaxies._survey.test_light import first, taken


def one(kind, which=0, **changed):
    galaxies = taken(first(kind, which + 1)[which], **changed)
    return {name: values[0] for name, values in galaxies.items()}


def rng():
    return np.random.default_rng(0)


def test_a_pixel_collects_the_integral_of_a_blurred_gaussian():
    camera = Camera(16, 2.0)  # pixels of 2 arcseconds
    x, y, width, flux = 1.3, -2.9, 0.8, 3.0
    image = camera.expose_blobs(np.array([[x, y, width, flux]]))
    spread = width**2 + 4 / (8 * np.log(2))

    def light(v, u):
        distance = (u - x) ** 2 + (v - y) ** 2
        return flux * np.exp(-distance / (2 * spread)) / (2 * np.pi * spread)

    # The column of x from 0 to 2 is the ninth, the row of y from -4 to -2 the seventh.
    expected = integrate.dblquad(light, 0, 2, -4, -2)[0]
    assert image[6, 8] == pytest.approx(expected, rel=1e-8)
    assert image.argmax() == 6 * 16 + 8
    assert image.sum() == pytest.approx(flux)


def test_a_star_without_blur_lies_in_one_pixel():
    image = Camera(16, 0).expose_blobs(np.array([[0.5, 0.5, 0.0, 2.0]]))
    assert image[8, 8] == 2
    assert image.sum() == 2


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("elliptical", []),
        ("spiral", ["clump"]),
        ("irregular", ["clump"]),
        ("merger", ["clump", "tail"]),
    ],
)
def test_the_blobs_of_a_galaxy_are_all_its_parts(kind, parts):
    alone = one(kind, n_stars=0, n_small_galaxies=0)
    share = _blobs.blobs_of(alone, rng())[:, 3].sum() / flux_of(alone["magnitude"])
    assert share == pytest.approx(sum(alone[f"{part}_fraction"] for part in parts))


def test_companions_are_among_the_blobs_of_every_galaxy():
    numbers = {"n_stars": 2, "n_small_galaxies": 3}
    alone = _blobs.blobs_of(one("elliptical", **numbers), rng())
    assert len(alone) == 2 + 3 * 14
    among = _blobs.blobs_of(one("merger", **numbers), rng())
    # They are drawn before the clumps, so they are the same.
    np.testing.assert_array_equal(among[: len(alone)], alone)


def test_artefacts_are_blobs():
    for kind, part in (("satellite trail", "trail"), ("bright star", "bright_star")):
        galaxy = one(kind, n_stars=0, n_small_galaxies=0, clump_fraction=0.0)
        np.testing.assert_array_equal(
            _blobs.blobs_of(galaxy, rng()), getattr(_blobs, part)(galaxy)
        )


def test_no_blobs_are_no_light():
    assert not Camera(8, 1.0).expose_blobs(np.empty((0, 4))).any()


def test_larger_pixels_collect_what_the_smaller_ones_did():
    galaxy = one("merger")
    blobs = _blobs.blobs_of(galaxy, rng())
    small, large = (Camera(size, 1.2).expose_blobs(blobs) for size in (48, 16))
    binned = small.reshape(16, 3, 16, 3).sum(axis=(1, 3))
    np.testing.assert_allclose(large, binned, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", ["spiral", "flocculent", "irregular"])
def test_clumps_have_their_share_and_lie_in_the_disc(kind):
    galaxy = one(kind)
    x, y, width, flux = _blobs.clumps(galaxy, rng()).T
    share = flux.sum() / flux_of(galaxy["magnitude"])
    assert share == pytest.approx(galaxy["clump_fraction"])
    assert (width > 0).all()
    # Turned back to the plane of the disc
    angle = np.radians(galaxy["position_angle"])
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    along, across = turn @ [x - galaxy["x"], y - galaxy["y"]]
    radius = np.hypot(along, across / galaxy["disc_axis_ratio"])
    assert radius.max() <= 2.8 * galaxy["disc_scale_length"] * (1 + 1e-9)


def test_clumps_of_a_spiral_lie_on_the_ridges_of_its_arms():
    galaxy = one(
        "spiral", inclination=0.0, disc_axis_ratio=1.0, position_angle=0.0, x=0.0,
        y=0.0, flocculence=0.0, n_arms=2, bar_fraction=0.0,
    )  # fmt: skip
    x, y = _blobs.clumps(galaxy, rng())[:, :2].T
    start = 0.6 * galaxy["disc_scale_length"]
    winding = np.log(np.hypot(x, y) / start) / np.tan(np.radians(galaxy["pitch_angle"]))
    phase = np.arctan2(y, x) - np.radians(galaxy["arm_phase"]) - winding
    # The ridges are where the cosine is 1. Its mean is exp(-0.5) for a scatter of half
    # a radian of 2 phase, and 0 without arms.
    cosine = np.cos(2 * phase)
    assert cosine.mean() == pytest.approx(np.exp(-0.125), abs=4 / np.sqrt(len(x)) * 0.3)


def test_tails_have_their_share_and_are_unbroken():
    galaxy = one("merger")
    blobs = _blobs.tails(galaxy)
    share = blobs[:, 3].sum() / flux_of(galaxy["magnitude"])
    assert share == pytest.approx(galaxy["tail_fraction"])
    for chain in np.split(blobs, 3):
        steps = np.hypot(*np.diff(chain[:, :2], axis=0).T)
        assert (steps < 1.5 * chain[:-1, 2]).all()
    bridge = blobs[-len(blobs) // 3 :]
    ends = bridge[[0, -1], :2] - [galaxy["x"], galaxy["y"]]
    angle, distance = np.radians(galaxy["second_angle"]), galaxy["second_distance"]
    np.testing.assert_allclose(ends[0], 0, atol=1e-12)
    np.testing.assert_allclose(
        ends[1], [distance * np.cos(angle), distance * np.sin(angle)]
    )


def test_a_trail_is_straight_even_and_at_its_distance():
    galaxy = one("satellite trail")
    x, y, width, flux = _blobs.trail(galaxy).T
    angle = np.radians(galaxy["artifact_angle"])
    across = y * np.cos(angle) - x * np.sin(angle)
    np.testing.assert_allclose(across, galaxy["artifact_distance"])
    assert np.ptp(flux) == 0
    assert (np.hypot(np.diff(x), np.diff(y)) < 1.1 * width[0]).all()
    assert np.hypot(x, y).max() > FIELD / np.sqrt(2)  # beyond every corner


def test_a_bright_star_has_four_equal_spikes():
    galaxy = one("bright star")
    blobs = _blobs.bright_star(galaxy)
    flux = flux_of(galaxy["artifact_magnitude"])
    assert blobs[:, 3].sum() == pytest.approx(flux)
    x, y = blobs[0, :2]
    assert np.hypot(x, y) == pytest.approx(galaxy["artifact_distance"])
    spikes = blobs[3:].reshape(4, -1, 4)
    np.testing.assert_allclose(spikes[:, :, 3].sum(axis=1), 0.03 / 4 * flux)
    np.testing.assert_allclose(spikes[:, :, :2].mean(axis=0), [[x, y]] * 60)


def test_the_companions_are_as_many_as_the_parameters_say():
    galaxy = one("elliptical", n_stars=3, n_small_galaxies=2)
    stars, *small = _blobs.companions(galaxy, rng())
    assert len(stars) == 3
    assert len(small) == 2
    assert (stars[:, 2] == 0).all()  # points
    assert (stars[:, 3] >= 1).all()
    assert (stars[:, 3] <= flux_of(15)).all()


def test_a_small_galaxy_is_an_elongated_gaussian():
    blobs = _blobs._small_galaxy(1.0, 2.0, rng())
    for part, share in zip(np.split(blobs, 2), (0.6, 0.4)):
        x, y, width, flux = part.T
        assert flux.sum() == pytest.approx(share * blobs[:, 3].sum())
        weight = flux / flux.sum()
        spread = np.cov(x, y, aweights=weight, ddof=0) + width[0] ** 2 * np.eye(2)
        low, high = np.sqrt(np.linalg.eigvalsh(spread))
        assert low == pytest.approx(width[0])
        assert 0.4 <= low / high <= 1
        np.testing.assert_allclose([weight @ x, weight @ y], [1, 2])


def test_stars_brighter_by_a_magnitude_are_rarer():
    galaxy = one("elliptical", n_stars=20_000, n_small_galaxies=0)
    (stars,) = _blobs.companions(galaxy, rng())
    magnitude = 22.5 - 2.5 * np.log10(stars[:, 3])
    counts = np.histogram(magnitude, np.arange(15, 23))[0]
    assert counts.sum() == 20_000
    np.testing.assert_allclose(counts[1:] / counts[:-1], 10**0.2, rtol=0.2)
