"""Galaxies: the images, the probabilities of a yes, and the votes."""

import tracemalloc

import numpy as np
import pytest
from scipy import stats
from sklearn.ensemble import RandomForestRegressor

from skbal._utils.votes import check_votes
from skbal.datasets import make_galaxies
from skbal.datasets._galaxies._fractions import (
    arms_clue,
    bar_clue,
    bulge_clue,
    edge_clue,
    vote_fractions,
)
from skbal.datasets._galaxies._population import N_UNIFORM, population

MANY = population(np.random.default_rng(0).random((20_000, N_UNIFORM)))
NOISE, PSF = 0.1, 1.2


@pytest.fixture(scope="module")
def galaxies():
    return make_galaxies(600, 32, random_state=0)


def brightness(images):
    """Return nanomaggies per square arcsecond, from images as they are documented."""
    return 0.5 * np.sinh(np.float64(images))


def same(first, second):
    for name in ("images", "rho", "votes"):
        np.testing.assert_array_equal(first[name], second[name])
    for name, values in first.parameters.items():
        np.testing.assert_array_equal(values, second.parameters[name])


@pytest.mark.slow
def test_the_bunch_holds_what_is_promised(galaxies):
    assert galaxies.images.shape == (600, 1, 32, 32)
    assert galaxies.images.dtype == np.float32
    assert np.isfinite(galaxies.images).all()
    assert galaxies.data.shape == (600, 1024)
    assert np.shares_memory(galaxies.data, galaxies.images)
    assert galaxies.rho.shape == (600, 2)
    assert galaxies.votes.shape == (600, 2, 2)
    assert galaxies.votes.dtype == np.int64
    assert galaxies.question_names == ["smooth", "bar"]
    assert {len(values) for values in galaxies.parameters.values()} == {600}
    assert "600 images of 32 x 32 pixels" in galaxies.DESCR


def test_images_and_votes_alone_are_those_of_the_bunch(galaxies):
    images, votes = make_galaxies(5, 32, random_state=0, return_X_y=True)
    np.testing.assert_array_equal(images, galaxies.images[:5])
    np.testing.assert_array_equal(votes, galaxies.votes[:5])


@pytest.mark.parametrize("n", [1, 15, 16, 17, 40])
def test_a_galaxy_does_not_depend_on_how_many_there_are(galaxies, n):
    few = make_galaxies(n, 32, random_state=0)
    assert len(few.images) == n
    for name in ("images", "rho", "votes"):
        np.testing.assert_array_equal(few[name], galaxies[name][:n])
    for name, values in few.parameters.items():
        np.testing.assert_array_equal(values, galaxies.parameters[name][:n])


def test_a_seed_repeats_and_another_seed_does_not():
    first, again, other = (make_galaxies(3, 8, random_state=seed) for seed in (1, 1, 2))
    same(first, again)
    assert not np.isclose(first.images, other.images).any()


def test_it_is_the_same_galaxy_in_larger_and_smaller_pixels():
    small, large = (make_galaxies(30, size, 3, noise=0) for size in (24, 72))
    for name in ("rho", "votes"):
        np.testing.assert_array_equal(small[name], large[name])
    binned = brightness(large.images).reshape(30, 24, 3, 24, 3).mean(axis=(2, 4))
    # The light is computed at other points.
    np.testing.assert_allclose(
        brightness(small.images[:, 0]), binned, rtol=0.03, atol=0.03
    )


@pytest.mark.slow
def test_the_noise_is_that_of_the_sky_and_of_the_photons():
    noisy, quiet = (make_galaxies(100, 16, 0, noise=noise) for noise in (0.3, 0))
    light, pixel = brightness(quiet.images), 32 / 16
    sky = 10 ** (0.4 * (22.5 - 20.9))
    level = 0.3 * np.sqrt(1 + light / sky) / pixel
    noise = (brightness(noisy.images) - light) / level
    assert stats.kstest(noise.ravel(), "norm").pvalue > 1e-4
    bright = light > sky
    assert noise[bright].std() == pytest.approx(1, abs=5 / np.sqrt(2 * bright.sum()))


# What volunteers say


def test_the_votes_are_binomial_with_the_probability_rho(galaxies):
    k, n = galaxies.votes[..., 0], galaxies.votes[..., 1]
    assert (n == 40).all()
    assert check_votes(galaxies.votes, "a model") is not None
    rho = galaxies.rho
    squares = (k - n * rho) ** 2 / (n * rho * (1 - rho))
    # Each has mean 1 and the variance 2 + (1 - 6 rho (1 - rho)) / (n rho (1 - rho)).
    variance = 2 + (1 - 6 * rho * (1 - rho)) / (n * rho * (1 - rho))
    assert abs(squares.sum() - squares.size) < 5 * np.sqrt(variance.sum())
    assert np.corrcoef((k / n)[:, 0], rho[:, 0])[0, 1] > 0.95


def test_the_number_of_volunteers_may_differ():
    n = make_galaxies(200, 8, 0, n_votes=(3, 6)).votes[..., 1]
    np.testing.assert_array_equal(n[:, 0], n[:, 1])
    assert set(n[:, 0].tolist()) == {3, 4, 5, 6}


def test_the_probabilities_are_spread_as_those_of_galaxy_zoo():
    smooth, bar = vote_fractions(MANY, NOISE, PSF).T
    # The mean of the real share of "smooth" is .52, its variance .073.
    assert smooth.mean() == pytest.approx(0.52, abs=0.03)
    assert smooth.var() == pytest.approx(0.073, abs=0.015)
    assert 0.2 < bar.mean() < 0.3
    for rho in (smooth, bar):
        assert rho.min() > 0.02
        assert rho.max() < 0.98
        assert rho.min() < 0.05
        assert rho.max() > 0.9


def test_what_has_a_feature_shows_it():
    smooth, bar = vote_fractions(MANY, NOISE, PSF).T
    barred = MANY["bar_fraction"] > 0
    assert smooth[~MANY["is_disc"]].mean() > smooth[MANY["is_disc"]].mean() + 0.4
    assert bar[barred].mean() > bar[~barred].mean() + 0.3
    from_the_side = barred & (MANY["inclination"] > 80)
    assert bar[from_the_side].max() < 0.3


@pytest.mark.parametrize("clue", [arms_clue, bar_clue, bulge_clue, edge_clue])
def test_noise_and_blur_hide_every_feature(clue):
    clear = clue(MANY, 0, 0)
    assert clear.min() >= 0
    assert clear.max() <= 1
    for worse in (clue(MANY, NOISE, 0), clue(MANY, 0, PSF)):
        assert (worse <= clear).all()
        assert worse.sum() < clear.sum()
    assert clue(MANY, 1e6, PSF).max() < 1e-3
    assert clue(MANY, NOISE, 1e4).max() < 1e-3


def test_the_probabilities_can_be_learned_from_the_images(galaxies):
    features = shapes(brightness(galaxies.images[:, 0]))
    forest = RandomForestRegressor(n_estimators=50, random_state=0)
    forest.fit(features[:450], galaxies.votes[:450, :, 0] / 40)
    predicted = forest.predict(features[450:])
    smooth, bar = (
        np.corrcoef(predicted[:, question], galaxies.rho[450:, question])[0, 1]
        for question in (0, 1)
    )
    assert smooth > 0.7
    assert bar > 0.4


def shapes(light):
    """Return the light, size, elongation and twist in rings round the middle."""
    y, x = (np.indices(light.shape[1:]) - 15.5) * 1.0
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    columns = []
    for inner, outer in zip([0, 1.5, 3, 5, 8], [1.5, 3, 5, 8, 12]):
        ring = (radius >= inner) & (radius < outer)
        mean = light[:, ring].mean(axis=1)
        twofold = (light[:, ring] * np.exp(2j * angle[ring])).mean(axis=1)
        columns += [np.log(np.abs(mean) + 0.1), np.abs(twofold) / (np.abs(mean) + 0.1)]
        columns.append((twofold * np.conj(columns[1])).real)
    return np.stack(columns, axis=1)


# Which galaxies there are


def test_shares_and_inclinations_are_as_described():
    disc = MANY["is_disc"]
    barred, armed = MANY["bar_fraction"] > 0, MANY["arm_strength"] > 0
    # Standard deviations of shares of 20,000 and 12,000 are below .0046.
    assert disc.mean() == pytest.approx(0.6, abs=0.02)
    assert barred[disc].mean() == pytest.approx(0.5, abs=0.025)
    assert armed[disc].mean() == pytest.approx(0.8, abs=0.025)
    assert not (barred | armed)[~disc].any()
    assert (MANY["bulge_fraction"][~disc] == 1).all()
    assert (MANY["bulge_fraction"][disc] < 0.6).all()
    cos_i = np.cos(np.radians(MANY["inclination"]))
    assert stats.kstest(cos_i, "uniform").pvalue > 1e-4
    index = MANY["sersic_index"]
    assert 1 <= index.min() < 1.1
    assert 5.9 < index.max() <= 6


def test_fainter_galaxies_are_more_and_smaller():
    magnitude = MANY["magnitude"]
    counts = np.histogram(magnitude, [14, 15, 16, 17])[0]
    assert counts.sum() == len(magnitude)
    np.testing.assert_allclose(counts[1:] / counts[:-1], 10**0.25, rtol=0.1)
    slope = np.polyfit(magnitude, np.log10(MANY["disc_scale_length"]), 1)[0]
    assert slope == pytest.approx(-0.1, abs=0.02)


# What it costs, and what is refused


@pytest.mark.slow
@pytest.mark.parametrize("size", [16, 200])
def test_memory_is_bounded(size):
    make_galaxies(1, 8, random_state=0)
    tracemalloc.start()
    try:
        images = make_galaxies(20, size, random_state=0).images
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < images.nbytes + 64 * 2**20


def test_the_global_stream_is_left_alone():
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    make_galaxies(2, 8)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            {"n_samples": 0},
            ValueError,
            "n_samples of make_galaxies must be an integer >= 1",
        ),
        (
            {"n_samples": 2.0},
            TypeError,
            "n_samples of make_galaxies must be an integer >= 1",
        ),
        ({"image_size": 7}, ValueError, "image_size of make_galaxies .* >= 8, got 7"),
        ({"n_votes": 0}, ValueError, "n_votes of make_galaxies must be an integer"),
        ({"n_votes": (5, 3)}, ValueError, r"low <= high, got \(5, 3\)"),
        ({"n_votes": (5,)}, TypeError, r"a pair \(low, high\), got \(5,\)"),
        ({"n_votes": 3.5}, TypeError, r"a pair \(low, high\), got 3.5"),
        ({"noise": -0.1}, ValueError, "noise of make_galaxies must be a real number"),
        ({"psf": -1}, ValueError, "psf of make_galaxies must be a real number"),
        ({"psf": "wide"}, TypeError, "psf of make_galaxies must be a real number"),
        ({"random_state": -1}, ValueError, "random_state of make_galaxies"),
    ],
    ids=str,
)
def test_an_error_says_whose_argument_was_wrong(arguments, error, message):
    with pytest.raises(error, match=message):
        make_galaxies(**{"n_samples": 2, "image_size": 8, **arguments})
