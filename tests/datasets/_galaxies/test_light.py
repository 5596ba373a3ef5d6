"""The light of galaxies: profiles against their integrals, pictures against filters."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, ndimage
from scipy.special import gammainc, gammaincinv

from skbal.datasets._galaxies._camera import FIELD, Camera
from skbal.datasets._galaxies._light import (
    flux_of,
    galaxy_light,
    sersic,
)
from skbal.datasets._galaxies._population import (
    N_UNIFORM,
    apparent_axis_ratio,
    population,
)

RADII = np.array([0.01, 0.3, 1.0, 2.5, 7.0])


def galaxies(**changed):
    """Return a few galaxies, some of their parameters changed."""
    drawn = population(np.random.default_rng(1).random((12, N_UNIFORM)))
    return {
        name: np.full(12, changed[name]) if name in changed else values
        for name, values in drawn.items()
    }


def light_within(radius, *profile):
    """Return the light of a profile with axis ratio 0.7 in an ellipse."""

    def ring(log_radius):
        r = np.exp(log_radius)
        return 2 * np.pi * 0.7 * r**2 * sersic(np.array(r), *profile)

    breaks = np.log(np.geomspace(1e-12, radius, 40))
    return sum(integrate.quad(ring, a, b)[0] for a, b in pairwise(breaks))


@pytest.mark.parametrize("index", [0.5, 1.0, 2.3, 4.0, 6.0])
@pytest.mark.parametrize("core", [0.0, 0.5])
def test_a_sersic_profile_holds_its_light_and_half_of_it_in_its_radius(index, core):
    profile = (3.0, index, 2.0, 0.7, core)
    assert light_within(1e6, *profile) == pytest.approx(3, rel=1e-5)
    assert light_within(2.0, *profile) == pytest.approx(1.5, rel=1e-5)


def test_de_vaucouleurs_and_exponential_profiles_are_sersic_profiles():
    # With the constants that textbooks print, b_4 = 7.669 and b_1 = 1.678.
    ratio = sersic(RADII, 1.0, 4.0, 2.0, 1.0) / sersic(np.array(2.0), 1.0, 4.0, 2.0, 1)
    textbook = np.exp(-7.669 * ((RADII / 2) ** 0.25 - 1))
    np.testing.assert_allclose(ratio, textbook, rtol=1e-3)
    disc = np.exp(-RADII * 1.678 / 2) / (2 * np.pi * (2 / 1.678) ** 2 * 0.5)
    np.testing.assert_allclose(sersic(RADII, 1.0, 1.0, 2.0, 0.5), disc, rtol=1e-3)


def test_a_magnitude_of_22_5_is_one_nanomaggy_and_5_magnitudes_are_100():
    assert flux_of(22.5) == 1
    assert flux_of(17.5) == pytest.approx(100)


def test_a_spheroid_is_round_from_above_and_flat_from_the_side():
    assert apparent_axis_ratio(1.0, 0.2) == 1
    assert apparent_axis_ratio(0.0, 0.2) == pytest.approx(0.2)
    assert apparent_axis_ratio(0.3, 0.0) == pytest.approx(0.3)
    assert apparent_axis_ratio(0.6, 0.5) == pytest.approx(np.sqrt(0.36 + 0.25 * 0.64))


def grid(half, n):
    points = (np.arange(n) - (n - 1) / 2) * 2 * half / n
    return points, (2 * half / n) ** 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "parts",
    [
        {"arm_strength": 0.0, "bar_fraction": 0.0},
        {"arm_strength": 0.9, "bar_fraction": 0.0},
        {"arm_strength": 0.0, "bar_fraction": 1.0, "bar_length": 6.0},
        {"arm_strength": 0.9, "bar_fraction": 0.2, "bar_length": 3.0},
    ],
    ids=["disc", "arms", "bar", "all"],
)
def test_disc_arms_and_bar_hold_their_light(parts):
    drawn = galaxies(is_disc=True, bulge_fraction=0.0, disc_scale_length=2.0, **parts)
    points, area = grid(24, 400)
    light = galaxy_light(points, points[:, None], drawn, 0.1)
    np.testing.assert_allclose(
        light.sum(axis=(1, 2)) * area, flux_of(drawn["magnitude"]), rtol=0.01
    )
    assert light.min() >= 0


def test_arms_are_logarithmic_spirals():
    drawn = galaxies(
        is_disc=True, bulge_fraction=0.0, arm_strength=1.0, bar_fraction=0.0,
        inclination=0.0, disc_axis_ratio=1.0, position_angle=0.0, x=0.0, y=0.0,
        disc_scale_length=3.0, n_arms=2, pitch_angle=-20.0, arm_phase=0.0,
    )  # fmt: skip
    angles = np.radians(np.arange(-90, 90, 0.25))
    crests = []
    for radius in (4.0, 4.6):
        x, y = radius * np.cos(angles), radius * np.sin(angles)
        light = galaxy_light(x[None], y[None], drawn, 0.1)[0, 0]
        crests.append(angles[light.argmax()])
        # Crest to valley: the ridge is 8 / 3 high and 0 deep, where arms are grown.
        assert light.min() < 0.05 * light.max()
    turned = (crests[1] - crests[0] + np.pi / 2) % np.pi - np.pi / 2
    expected = np.log(4.6 / 4.0) / np.tan(np.radians(-20))
    assert turned == pytest.approx(expected, abs=np.radians(0.6))


def test_a_bar_lies_at_its_angle_and_ends_at_its_length():
    drawn = galaxies(
        is_disc=True, bulge_fraction=0.0, arm_strength=0.0, bar_fraction=1.0,
        inclination=0.0, disc_axis_ratio=1.0, position_angle=30.0, bar_angle=40.0,
        bar_length=5.0, bar_axis_ratio=0.2, x=0.0, y=0.0,
    )  # fmt: skip
    along = np.array([0.0, 4.9, 5.1])
    angle = np.radians(70)
    ends = galaxy_light(along * np.cos(angle), along * np.sin(angle), drawn, 0.1)[0, 0]
    across = np.array([0.0, 0.9, 1.1])
    sides = galaxy_light(-across * np.sin(angle), across * np.cos(angle), drawn, 0.1)
    for light in (ends, sides[0, 0]):
        assert light[0] > light[1] > 0
        assert light[2] == 0
    peak = 3 * flux_of(drawn["magnitude"][0]) / (np.pi * 5.0 * 1.0)
    assert ends[0] == pytest.approx(peak)


# The camera


def compact():
    drawn = galaxies(bar_length=1.5, disc_scale_length=1.0, bulge_radius=0.6)
    # Less light of large radii, which would leave the image.
    return {**drawn, "sersic_index": np.minimum(drawn["sersic_index"], 2.0)}


@pytest.mark.parametrize("image_size", [8, 31, 64, 100])
@pytest.mark.parametrize("psf", [0.0, 1.2, 4.0])
def test_the_blur_and_the_pixels_keep_the_light(image_size, psf):
    drawn = compact()
    flux = Camera(image_size, psf).expose(drawn).sum(axis=(1, 2))
    np.testing.assert_allclose(flux, flux_of(drawn["magnitude"]), rtol=0.02)


@pytest.mark.parametrize("index", [4.0, 6.0])
@pytest.mark.parametrize("image_size", [16, 64])
def test_the_light_of_a_cusp_is_kept_wherever_it_falls_between_pixels(
    index, image_size
):
    drawn = galaxies(
        is_disc=False, bulge_fraction=1.0, bar_fraction=0.0, sersic_index=index,
        bulge_radius=1.0, bulge_axis_ratio=1.0,
    )  # fmt: skip
    camera = Camera(image_size, 1.2)
    share = camera.expose(drawn).sum(axis=(1, 2)) / flux_of(drawn["magnitude"])
    # The image holds the circle in it, and is held by the circle round it.
    b = gammaincinv(2 * index, 0.5)
    radii = FIELD / 2 * np.array([1, np.sqrt(2)])
    least, most = gammainc(2 * index, b * radii ** (1 / index))
    assert share.min() > least - 0.02
    assert share.max() < most + 0.02


@pytest.mark.slow
def test_a_picture_is_the_filtered_light():
    drawn = galaxies(is_disc=True, bulge_fraction=0.0, disc_scale_length=3.0)
    picture = Camera(32, 2.0).expose(drawn)
    points, area = grid(FIELD / 2 + 4, 400)  # 10 points in a pixel of an arcsecond
    light = galaxy_light(points, points[:, None], drawn, 0.1) * area
    sigma = 10 * 2.0 / np.sqrt(8 * np.log(2))
    blurred = ndimage.gaussian_filter(light, (0, sigma, sigma), truncate=6)
    cut = blurred[:, 40:-40, 40:-40].reshape(12, 32, 10, 32, 10)
    expected = cut.sum(axis=(2, 4))
    assert np.abs(picture - expected).max() < 0.01 * expected.max()


def test_the_blur_is_as_wide_as_asked_for():
    drawn = galaxies(
        is_disc=False, bulge_fraction=1.0, bar_fraction=0.0, sersic_index=1.0,
        bulge_radius=0.01, x=0.0, y=0.0,
    )  # fmt: skip
    image = Camera(160, 3.0).expose(drawn)[0]
    points, _ = grid(FIELD / 2, 160)
    across = image.sum(axis=0) / image.sum()
    # The variance of a pixel's own width is its square over 12.
    variance = (across * points**2).sum() - 0.2**2 / 12
    assert np.sqrt(8 * np.log(2) * variance) == pytest.approx(3.0, rel=0.01)
