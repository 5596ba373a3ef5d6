"""What the study of uncertainty maps deletes, and how it computes its ratio."""

import numpy as np
import pytest

pytest.importorskip("benchmarks", reason="no benchmarks beside tests")

from benchmarks.studies.uncertainty_saliency import run
from skbal import predict_samples
from skbal.information import mutual_information
from tests.audit._saliency.networks import IMAGES, smooth_classifier

RNG = np.random.default_rng(0)


def test_the_largest_pixels_are_deleted():
    scores = np.array([[3.0, -1, 2, 0], [0, 0, 0, 5]])
    pixels = run.largest(scores, 2)
    # Of equal scores the first counts.
    expected = [[True, False, True, False], [True, False, False, True]]
    assert pixels.tolist() == expected
    images = np.arange(1.0, 9).reshape(2, 1, 2, 2)
    found = run.deleted(images, pixels, "background")
    assert found.reshape(2, 4).tolist() == [[0, 2, 0, 4], [0, 6, 7, 0]]
    blurred = run.deleted(images, pixels, "blur")
    assert (blurred.reshape(2, 4)[~pixels] == images.reshape(2, 4)[~pixels]).all()
    # A blurred image of one level would be that level: all pixels are near its mean.
    means = images.mean(axis=(1, 2, 3), keepdims=True)
    where = pixels.reshape(images.shape)
    assert (abs(blurred - means)[where] < abs(images - means)[where]).all()


def test_the_ratio_is_that_of_means_over_images():
    ours, random = RNG.normal(3, 0.1, 200), RNG.normal(1, 0.1, 200)
    ratio, (low, high) = run.ratio_and_interval(ours, random)
    assert ratio == ours.mean() / random.mean()
    # By the delta method for independent means
    error = (
        ratio
        * np.sqrt(ours.var() / ours.mean() ** 2 + random.var() / random.mean() ** 2)
        / np.sqrt(200)
    )
    np.testing.assert_allclose(
        [low, high], ratio + 1.96 * error * np.array([-1, 1]), atol=0.3 * error
    )


def test_no_fall_by_chance_makes_the_ratio_infinite():
    ratio, (_, high) = run.ratio_and_interval(np.ones(5), np.zeros(5))
    assert ratio == high == np.inf


def test_random_pixels_are_as_many_and_have_ink_if_asked(monkeypatch):
    chosen = []
    monkeypatch.setattr(run, "SHARE", 0.25)
    monkeypatch.setattr(
        run, "falls", lambda m, images, pixels, *_: chosen.append(pixels) or np.zeros(3)
    )
    images = np.zeros((3, 1, 4, 4))
    images[:, :, 1:3] = 1.0  # 8 of 16 pixels
    for ink in (False, True):
        run.by_chance(None, images, "background", 0, 5, ink=ink)
    assert all((pixels.sum(axis=1) == 4).all() for pixels in chosen)
    inside = images.reshape(3, 16) > 0
    assert all((pixels <= inside).all() for pixels in chosen[5:])
    assert not all((pixels <= inside).all() for pixels in chosen[:5])
    assert not np.array_equal(chosen[0], chosen[1])


def test_falls_are_differences_of_mutual_information(monkeypatch):
    monkeypatch.setattr(run, "N_DRAWS", 6)
    model = smooth_classifier(max_steps=2)
    pixels = np.zeros((2, 36), dtype=bool)
    pixels[:, :6] = True
    found = run.falls(model, IMAGES[:2], pixels, "background", 3)
    without = IMAGES[:2].copy()
    without[:, :, 0] = 0
    before, after = (
        mutual_information(predict_samples(model, x, 6, random_state=3))
        for x in (IMAGES[:2], without)
    )
    np.testing.assert_allclose(found, before - after)
