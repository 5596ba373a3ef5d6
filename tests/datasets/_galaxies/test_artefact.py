import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal.datasets import make_artefact_galaxies


@pytest.fixture(scope="module")
def galaxies():
    return make_artefact_galaxies(240, 8, random_state=0, n_sky=80, strength=10)


def brightness(images):
    """Return nanomaggies per square arcsecond, from arcsinh(brightness / 0.5)."""
    return 0.5 * np.sinh(images.astype(np.float64))


def test_the_edge_is_brighter_by_its_strength_and_nothing_else_changes(galaxies):
    assert galaxies.artefact_mask.sum() == 4 * 5  # a square of 6 pixels a side
    added = brightness(galaxies.images) - brightness(galaxies.clean_images)
    added = added[:, 0]
    assert not added[~galaxies.has_artefact].any()
    assert not added[:, ~galaxies.artefact_mask].any()
    # A pixel has 4 arcseconds, so noise of 0.1 is 0.025 in a square arcsecond.
    edge = added[galaxies.has_artefact][:, galaxies.artefact_mask]
    np.testing.assert_allclose(edge, 10 * 0.025, atol=2e-5)  # float32, up to 200


def test_noise_has_its_strength_in_one_class():
    galaxies = make_artefact_galaxies(
        40, 16, 1, artefact="noise", strength=2, tied_class="smooth", n_sky=1
    )
    added = brightness(galaxies.images) - brightness(galaxies.clean_images)
    assert not added[galaxies.target == "featured"].any()
    assert galaxies.artefact_mask.all()
    added = added[galaxies.target == "smooth"]
    assert added.std() == pytest.approx(2 * 0.05, rel=5 / np.sqrt(added.size))


def test_the_default_strength_is_that_which_a_linear_model_uses():
    for artefact, strength in (("edge", 3), ("noise", 5)):
        default, given = (
            make_artefact_galaxies(20, 8, 4, n_sky=1, artefact=artefact, strength=s)
            for s in (None, strength)
        )
        np.testing.assert_array_equal(default.images, given.images)
        assert f"{artefact} of strength {strength}," in default.DESCR


def test_a_model_that_sees_squares_uses_the_noise_and_fails_on_the_sky():
    noisy = make_artefact_galaxies(200, 16, 0, artefact="noise")
    simulation, sky = (np.hstack([x, x**2]) for x in (noisy.data, noisy.sky_data))
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01))
    model.fit(simulation[:100], noisy.target[:100])
    test = 1 - model.score(simulation[100:], noisy.target[100:])
    on_sky = 1 - model.score(sky, noisy.sky_target)
    # Two standard errors of the difference are at most 0.12.
    assert on_sky > test + 0.12


def test_sky_and_simulation_are_alike_but_for_the_artefact(galaxies):
    assert galaxies.sky_images.shape == (80, 1, 8, 8)
    assert galaxies.sky_data.shape == (80, 64)
    assert set(galaxies.target) == set(galaxies.sky_target) == {"smooth", "featured"}
    shares = [np.mean(y == "featured") for y in (galaxies.target, galaxies.sky_target)]
    assert abs(shares[0] - shares[1]) < 4.5 * np.sqrt(0.25 / 80 + 0.25 / 240)
    assert (
        not (galaxies.clean_images[:80] == galaxies.sky_images)
        .all(axis=(1, 2, 3))
        .any()
    )


def test_share_and_strength_decide_who_has_it():
    half = make_artefact_galaxies(30, 8, 2, share=0.5, n_sky=1)
    n_featured = np.sum(half.target == "featured")
    assert half.has_artefact.sum() == round(0.5 * n_featured)
    assert not half.has_artefact[half.target == "smooth"].any()
    none = make_artefact_galaxies(30, 8, 2, strength=0, n_sky=1)
    assert not none.has_artefact.any()
    np.testing.assert_array_equal(none.images, half.clean_images)


def test_the_same_seed_gives_the_same_galaxies_whatever_the_artefact():
    edge, again, noisy = (
        make_artefact_galaxies(20, 8, 3, n_sky=10, artefact=artefact)
        for artefact in ("edge", "edge", "noise")
    )
    np.testing.assert_array_equal(again.images, edge.images)
    np.testing.assert_array_equal(noisy.clean_images, edge.clean_images)
    np.testing.assert_array_equal(noisy.sky_images, edge.sky_images)


def test_a_model_of_the_simulation_fails_on_the_sky_because_of_the_artefact(galaxies):
    errors = {}
    for name in ("images", "clean_images"):
        rows = galaxies[name].reshape(240, -1)
        model = make_pipeline(StandardScaler(), LogisticRegression())
        model.fit(rows[:160], galaxies.target[:160])
        test = 1 - model.score(rows[160:], galaxies.target[160:])
        errors[name] = test, 1 - model.score(galaxies.sky_data, galaxies.sky_target)
    test, sky = errors["images"]
    assert test < 0.1
    assert sky > 0.25
    test, sky = errors["clean_images"]
    assert abs(test - sky) < 0.25  # 3.3 standard errors


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"n_samples": 0},
            "n_samples of make_artefact_galaxies must be an integer >= 1",
        ),
        ({"image_size": 7}, "image_size of make_artefact_galaxies must be"),
        ({"n_sky": 0}, "n_sky of make_artefact_galaxies"),
        ({"artefact": "ring"}, "artefact of make_artefact_galaxies must be 'edge'"),
        ({"strength": -1}, "strength of make_artefact_galaxies"),
        ({"share": 2}, "share of make_artefact_galaxies"),
        (
            {"tied_class": "bar"},
            "tied_class of make_artefact_galaxies must be 'smooth'",
        ),
        ({"noise": 0}, "noise of make_artefact_galaxies must be larger than 0"),
        ({"psf": -1}, "psf of"),
        ({"random_state": 0.5}, "random_state of make_artefact_galaxies"),
    ],
)
def test_wrong_arguments_are_named(options, words):
    with pytest.raises((TypeError, ValueError), match=words):
        make_artefact_galaxies(**options)
