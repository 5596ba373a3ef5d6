"""A survey as `make_galaxies` returns it."""

import tracemalloc

import numpy as np
import pytest
from scipy import stats

from skbal._utils.random import stream
from skbal._utils.votes import check_votes
from skbal.datasets import make_galaxies
from skbal.datasets._galaxies._camera import Camera, noise_level, stretched
from skbal.datasets._galaxies._fractions import vote_fractions
from skbal.datasets._galaxies._population import N_UNIFORM, population
from skbal.datasets._galaxies._survey._expose import SATURATION, beyond_the_edge

ENTRIES = ("images", "rho", "votes", "kinds", "answers", "answer_shares")


@pytest.fixture(scope="module")
def survey():
    return make_galaxies(160, 16, random_state=90, survey=True)


def brightness(images):
    return 0.5 * np.sinh(np.float64(images))


def same(first, second, names, n=None):
    for name in names:
        np.testing.assert_array_equal(first[name][:n], second[name][:n])
    for name, values in first.parameters.items():
        np.testing.assert_array_equal(values[:n], second.parameters[name][:n])


def test_the_bunch_holds_what_is_promised(survey):
    assert survey.images.shape == (160, 1, 16, 16)
    assert survey.images.dtype == np.float32
    assert np.isfinite(survey.images).all()
    assert survey.answers.shape == survey.answer_shares.shape == (160, 3)
    assert survey.answers.dtype == np.int64
    assert survey.answer_names == ["smooth", "featured", "artifact"]
    assert survey.question_names == ["smooth", "bar"]
    assert survey.kinds.shape == (160,)
    assert {len(values) for values in survey.parameters.values()} == {160}
    assert not set(survey.parameters) & {*ENTRIES}
    assert "survey of synthetic galaxies, 160 images of 16 x 16" in survey.DESCR


def test_without_a_survey_galaxies_are_drawn_as_ever():
    """One by one, in the order of the streams that every version has had."""
    galaxies = make_galaxies(3, 16, random_state=5, n_votes=(3, 9))
    assert sorted(galaxies) == sorted(
        ["DESCR", "data", "images", "parameters", "question_names", "rho", "votes"]
    )
    rngs = [stream(5, "make_galaxies", i) for i in range(16)]
    parameters = population(np.stack([rng.random(N_UNIFORM) for rng in rngs]))
    camera = Camera(16, 1.2)
    flux = camera.expose(parameters)
    rho = vote_fractions(parameters, 0.1, 1.2)
    for i, rng in enumerate(rngs[:3]):
        n = rng.integers(3, 9, endpoint=True)
        k = rng.binomial(n, rho[i])
        np.testing.assert_array_equal(galaxies.votes[i], np.c_[k, [n, n]])
        noise = noise_level(flux[i], 0.1, 2.0) * rng.standard_normal((16, 16))
        image = stretched((flux[i] + noise) / 4).astype(np.float32)
        np.testing.assert_array_equal(galaxies.images[i, 0], image)


@pytest.mark.parametrize("n", [1, 16, 17])
def test_a_galaxy_does_not_depend_on_how_many_there_are(survey, n):
    few = make_galaxies(n, 16, random_state=90, survey=True)
    assert len(few.images) == n
    same(few, survey, ENTRIES, n)


def test_a_seed_repeats_and_another_seed_does_not():
    first, again, other = (
        make_galaxies(3, 8, random_state=seed, survey=True) for seed in (1, 1, 2)
    )
    same(first, again, ENTRIES)
    assert not np.isclose(first.images, other.images).any()


def test_the_size_of_the_image_changes_nothing_but_pixels():
    small, large = (
        make_galaxies(40, size, random_state=4, noise=0, survey=True)
        for size in (16, 48)
    )
    same(small, large, [name for name in ENTRIES if name != "images"])
    # A pixel beyond the edge of a frame or saturated may be so in part.
    ordinary = ~np.isin(small.kinds, ["bright star", "frame edge"])
    assert ordinary.sum() > 30
    binned = brightness(large.images).reshape(40, 16, 3, 16, 3).mean(axis=(2, 4))
    whole = (brightness(large.images) < 150).all(axis=(1, 2, 3)) & ordinary
    np.testing.assert_allclose(
        brightness(small.images[whole, 0]), binned[whole], rtol=0.04, atol=0.04
    )


def test_the_answers_are_multinomial_with_the_shares(survey):
    counts, shares = survey.answers, survey.answer_shares
    assert (counts.sum(axis=1) == 40).all()
    pearson = ((counts - 40 * shares) ** 2 / (40 * shares)).sum()
    # A sum of 160 of chi-squares with 2 degrees of freedom, whose variance is that of
    # Pearson's statistic: 2 (d - 1) + (sum 1 / p - d^2 - 2 d + 2) / N for d answers.
    extra = ((1 / shares).sum(axis=1) - 9 - 6 + 2) / 40
    assert abs(pearson - 320) < 5 * np.sqrt((4 + extra).sum())


def test_bar_is_asked_of_those_who_said_featured(survey):
    (smooth, everyone), (bars, asked) = survey.votes.transpose(1, 2, 0)
    np.testing.assert_array_equal(smooth, survey.answers[:, 0])
    np.testing.assert_array_equal(asked, survey.answers[:, 1])
    assert (everyone == 40).all()
    np.testing.assert_array_equal(survey.rho[:, 0], survey.answer_shares[:, 0])
    assert (asked == 0).any()
    assert check_votes(survey.votes, "a model") is not None
    rho = survey.rho[:, 1]
    spread = np.sqrt((asked * rho * (1 - rho)).sum())
    assert abs((bars - asked * rho).sum()) < 5 * spread
    barred = survey.kinds == "barred"
    assert bars[barred].sum() / asked[barred].sum() > 0.4


def test_the_number_of_volunteers_may_differ():
    few = make_galaxies(100, 8, 0, n_votes=(3, 6), survey=True)
    assert set(few.answers.sum(axis=1).tolist()) == {3, 4, 5, 6}
    np.testing.assert_array_equal(few.votes[:, 0, 1], few.answers.sum(axis=1))


def test_noise_and_blur_do_not_change_which_galaxies_there_are():
    clear = make_galaxies(40, 8, 0, noise=0, psf=0, survey=True)
    poor = make_galaxies(40, 8, 0, noise=1, psf=3, survey=True)
    np.testing.assert_array_equal(clear.kinds, poor.kinds)
    for name, values in clear.parameters.items():
        np.testing.assert_array_equal(values, poor.parameters[name])
    assert poor.answer_shares[:, 1].mean() < clear.answer_shares[:, 1].mean() - 0.1


def test_the_number_of_volunteers_does_not_change_the_images():
    few, many = (make_galaxies(3, 8, 0, n_votes=n, survey=True) for n in (2, 90))
    np.testing.assert_array_equal(few.images, many.images)
    np.testing.assert_array_equal(few.answer_shares, many.answer_shares)


def test_the_noise_is_that_of_the_sky_and_of_the_photons():
    noisy, quiet = (
        make_galaxies(32, 16, 0, noise=noise, survey=True) for noise in (0.3, 0)
    )
    assert np.isin(quiet.kinds, ["elliptical", "spiral", "barred", "ring"]).any()
    light, pixel = brightness(quiet.images[:, 0]), 32 / 16
    # The gradient of the sky is not of photons.
    place = Camera(16, 1.2).centres() / 16
    slope_x, slope_y = (quiet.parameters[f"sky_slope_{c}"][:, None, None] for c in "xy")
    photons = light - slope_x * place - slope_y * place[:, None]
    level = 0.3 * np.sqrt(1 + photons / 10 ** (0.4 * (22.5 - 20.9))) / pixel
    noise = (brightness(noisy.images[:, 0]) - light) / level
    measured = (quiet.images[:, 0] != 0) & (light < 150)
    assert stats.kstest(noise[measured], "norm").pvalue > 1e-4


# What spoils images


def test_beyond_the_edge_of_a_frame_there_is_nothing(survey):
    cut = survey.kinds == "frame edge"
    assert cut.any()
    nothing = (survey.images == 0).sum(axis=(1, 2, 3))
    assert not nothing[~cut].any()
    assert (nothing[cut] > 40).all()
    lost = beyond_the_edge(Camera(16, 1.2), survey.parameters)
    np.testing.assert_array_equal(nothing, lost.sum(axis=(1, 2)))
    # The edge lies nearly along rows or columns, at its distance from the middle.
    angle, distance = (
        survey.parameters[f"artifact_{name}"][cut] for name in ("angle", "distance")
    )
    assert ((angle >= 0) & (angle < 360)).all()
    expected = 16 * (16 - distance) / 2  # of 256 pixels of 2 arcseconds
    np.testing.assert_allclose(nothing[cut], expected, atol=17)


def test_bright_stars_saturate_and_nothing_is_brighter(survey):
    light = brightness(survey.images).max(axis=(1, 2, 3))
    assert light.max() == pytest.approx(SATURATION, rel=1e-5)
    star = survey.kinds == "bright star"
    inside = survey.parameters["artifact_distance"] < 12
    assert star.any()
    np.testing.assert_allclose(light[star & inside], SATURATION, rtol=1e-5)
    assert np.median(light[~star]) < 50


def test_a_trail_brightens_its_line():
    many = make_galaxies(16, 32, random_state=49, noise=0, survey=True)
    rows = np.flatnonzero(many.kinds == "satellite trail")
    assert len(rows) == 2
    place = Camera(32, 1.2).centres()
    for row in rows:
        angle = np.radians(many.parameters["artifact_angle"][row])
        across = place[:, None] * np.cos(angle) - place * np.sin(angle)
        away = np.abs(across - many.parameters["artifact_distance"][row])
        light = brightness(many.images[row, 0])
        assert np.median(light[away < 0.7]) > 2 * np.median(light[away > 3])


def test_the_sky_has_the_gradient_of_the_parameters():
    many = make_galaxies(100, 16, random_state=0, noise=0, survey=True)
    # A median over corners is hardly touched by galaxies.
    corner = brightness(many.images[:, 0])[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    slope_x = (corner[:, 1] + corner[:, 3] - corner[:, 0] - corner[:, 2]) / 4
    faint = np.abs(corner).max(axis=1) < 0.2
    true = many.parameters["sky_slope_x"][faint] * 15 / 16
    assert faint.sum() > 20
    assert np.median(np.abs(slope_x[faint] - true)) < 0.01
    assert stats.spearmanr(slope_x[faint], true).statistic > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("size", [16, 200])
def test_memory_is_bounded(size):
    make_galaxies(1, 8, random_state=0, survey=True)
    tracemalloc.start()
    try:
        images = make_galaxies(20, size, random_state=0, survey=True).images
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < images.nbytes + 64 * 2**20


@pytest.mark.parametrize("survey", [1, "yes", None])
def test_survey_is_true_or_false(survey):
    with pytest.raises(TypeError, match="survey of make_galaxies must be True or Fal"):
        make_galaxies(2, 8, survey=survey)
