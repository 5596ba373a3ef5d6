"""Patch features: against plain loops, SciPy, invariances, and images made for them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import inv, sqrtm
from sklearn.neighbors import KNeighborsClassifier

from skbal.features import PatchFeatures, _patches
from skbal.features._words import spherical_words

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, size=(20, 9, 8), dtype=np.uint8)
COLOUR = RNG.integers(0, 256, size=(20, 3, 8, 9), dtype=np.uint8)
ROUGH = {"grey": GREY, "colour": COLOUR}


def small(**params):
    """Return patch features with few words."""
    few = {"n_words": 5, "patch_size": 3, "n_patches": 400, "random_state": 0}
    return PatchFeatures(**{**few, **params})


def by_loops(image, model):
    """Return the features of an image (channels, height, width), place by place."""
    size, t = model.patch_size, model.threshold
    n_rows, n_columns = (side - size + 1 for side in image.shape[1:])
    floor = model.contrast_floor * model.contrast_
    total = np.zeros((2, model.n_words, model.grid, model.grid))
    for i, rows in enumerate(np.array_split(range(n_rows), model.grid)):
        for j, columns in enumerate(np.array_split(range(n_columns), model.grid)):
            for place in np.ndindex(len(rows), len(columns)):
                top, left = rows[place[0]], columns[place[1]]
                p = image[:, top : top + size, left : left + size].ravel()
                x = (p - p.mean()) / np.sqrt(p.var() + floor**2)
                answers = model.words_ @ (model.whitening_ @ x)
                both = [np.maximum(answers - t, 0), np.maximum(-answers - t, 0)]
                total[:, :, i, j] += np.array(both) / (len(rows) * len(columns))
    return np.sqrt(total / total.sum()).ravel()


@pytest.mark.parametrize("images", ROUGH)
@pytest.mark.parametrize("params", [
    {},
    {"grid": 1, "patch_size": 2, "threshold": 0},
    {"grid": 3, "threshold": 1.5, "contrast_floor": 0},
    {"patch_size": 5, "contrast_floor": 2, "whitening_floor": 3},
    {"patch_size": 8, "grid": 1},
])  # fmt: skip
def test_features_are_those_of_a_loop_over_places(images, params):
    X = ROUGH[images]
    model = small(**params).fit(X)
    expected = [by_loops(x.reshape(-1, *x.shape[-2:]).astype(float), model) for x in X]
    # Shares, since a root makes the rounding of float32 near zero large.
    found = model.transform(X)
    np.testing.assert_allclose(found**2, np.square(expected), atol=1e-5)


@pytest.mark.parametrize("floor", [0.01, 1.0])
def test_whitening_is_the_inverse_root_of_the_covariance(floor):
    patches = RNG.normal(size=(300, 6)) @ RNG.normal(size=(6, 6))
    covariance = patches.T @ patches / 300
    ridge = floor * np.trace(covariance) / 6 * np.eye(6)
    found = _patches.whitening_matrix(patches, floor)
    np.testing.assert_allclose(found, sqrtm(inv(covariance + ridge)), rtol=1e-4)


def test_whitened_patches_are_uncorrelated_with_variance_one():
    model = small(whitening_floor=1e-3, n_patches=4000).fit(GREY)
    views = np.lib.stride_tricks.sliding_window_view(GREY.astype(float), (3, 3), (1, 2))
    p = views.reshape(-1, 9)
    p -= p.mean(axis=1, keepdims=True)
    x = p / np.sqrt((p**2).mean(axis=1) + (0.5 * model.contrast_) ** 2)[:, None]
    z = x @ model.whitening_
    spread = np.linalg.eigvalsh(z.T @ z / len(z))
    # Each patch has mean 0, so that one of nine directions is empty.
    np.testing.assert_allclose(spread, [0, *[1] * 8], atol=0.2)


def test_contrast_is_the_root_of_the_mean_variance_of_patches():
    views = np.lib.stride_tricks.sliding_window_view(GREY.astype(float), (3, 3), (1, 2))
    expected = np.sqrt(views.var(axis=(3, 4)).mean())
    found = small(n_patches=4000).fit(GREY).contrast_
    np.testing.assert_allclose(found, expected, rtol=0.05)


def test_a_round_of_spherical_k_means_is_that_of_a_loop():
    points = RNG.normal(size=(50, 4)).astype(np.float32)
    before = spherical_words(points, 3, np.random.default_rng(1), n_rounds=0)
    expected = before.astype(float)
    for point in points:
        along = before @ point
        nearest = np.abs(along).argmax()
        expected[nearest] += along[nearest] * point
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    found = spherical_words(points, 3, np.random.default_rng(1), n_rounds=1)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_words_find_the_lines_on_which_points_lie():
    lines = np.eye(6)
    points = lines[RNG.integers(6, size=600)] * RNG.normal(size=(600, 1))
    points = (points + 0.01 * RNG.normal(size=(600, 6))).astype(np.float32)
    words = spherical_words(points, 40, np.random.default_rng(0))
    nearest = np.abs(words @ lines).max(axis=0)
    np.testing.assert_allclose(nearest, 1, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(words, axis=1), 1, rtol=1e-6)


def test_filters_are_whitened_words():
    model = small().fit(COLOUR)
    expected = model.words_ @ model.whitening_
    np.testing.assert_allclose(model.filters_.reshape(5, -1), expected, rtol=1e-6)
    assert model.filters_.shape == (5, 3, 3, 3)


@pytest.mark.parametrize("images", ROUGH)
def test_an_image_has_its_features_whatever_the_other_images(images):
    X, order = ROUGH[images], RNG.permutation(20)
    model = small().fit(X)
    whole = model.transform(X)
    np.testing.assert_array_equal(model.transform(X[order]), whole[order])
    np.testing.assert_array_equal(model.transform(X[3:4]), whole[3:4])


@settings(max_examples=5)
@given(st.integers(1, 25))
def test_nothing_depends_on_the_chunks(batch_size):
    expected = small().fit_transform(COLOUR)
    found = small(batch_size=batch_size).fit_transform(COLOUR)
    np.testing.assert_array_equal(found, expected)


def test_large_images_are_worked_on_in_strips(monkeypatch):
    model = small().fit(COLOUR)
    expected = model.transform(COLOUR)
    monkeypatch.setattr(_patches, "_MAX_MEMORY", 1)  # a row of places at once
    np.testing.assert_allclose(model.transform(COLOUR), expected, atol=1e-4)


@settings(max_examples=10)
@given(st.floats(-1e4, 1e4), st.floats(1e-25, 1e25))
def test_brightness_and_unit_change_nothing(offset, factor):
    expected = small().fit_transform(GREY)
    found = small().fit_transform((GREY + offset) * factor)
    np.testing.assert_allclose(found**2, expected**2, atol=1e-4)


def test_a_negative_image_exchanges_the_answers_upwards_and_downwards():
    model = small().fit(GREY)
    found = model.transform(255 - GREY).reshape(20, 2, -1)
    expected = model.transform(GREY).reshape(20, 2, -1)[:, ::-1]
    np.testing.assert_allclose(found**2, expected**2, atol=1e-5)


def test_contrast_counts_less_below_the_floor():
    X = np.concatenate([GREY, 128 + (GREY - 128.0) / 1000])
    mixed = X[:20].copy()
    mixed[:, :, 4:] = X[20:, :, 4:]  # faint on the right
    model = small(grid=1, n_words=20, n_patches=2000).fit(X[:20])
    # The faint half adds nothing, so only places on the left and at the edge count.
    left = model.transform(X[:20, :, :])
    assert (np.einsum("ij,ij->i", left, model.transform(mixed)) < 1 - 1e-4).all()
    blank = mixed.copy()
    blank[:, :, 4:] = 128
    found = model.transform(mixed)
    np.testing.assert_allclose(found**2, model.transform(blank) ** 2, atol=2e-3)


@pytest.mark.parametrize("value", [0, 0.1, 7, -1e30, 255])
@pytest.mark.parametrize("shape", [(8, 8), (3, 8, 8)])
def test_an_image_without_contrast_has_zeros(value, shape):
    images = np.full((4, *shape), value)
    assert (small().fit_transform(images) == 0).all()
    rough = RNG.random((4, *shape))
    assert (small().fit(rough).transform(images) == 0).all()


def test_a_pool_without_contrast_still_gives_features_to_other_images():
    features = small().fit(np.zeros((4, 8, 8))).transform(GREY[:, :8])
    np.testing.assert_allclose(np.linalg.norm(features, axis=1), 1, rtol=1e-6)


@pytest.mark.parametrize("factor", [1e-300, 1e-30, 1e30])
def test_images_of_another_magnitude_than_the_pool_give_numbers(factor):
    features = small().fit(GREY).transform(GREY * factor)
    assert np.isfinite(features).all()


def test_features_have_length_one():
    features = small().fit_transform(COLOUR)
    np.testing.assert_allclose(np.linalg.norm(features, axis=1), 1, rtol=1e-6)
    assert (features >= 0).all()


def test_with_mirror_an_image_and_its_mirror_image_are_alike():
    model = small(mirror=True, n_words=7).fit(COLOUR)
    found, turned = model.transform(COLOUR), model.transform(COLOUR[..., ::-1])
    np.testing.assert_allclose(found**2, turned**2, atol=1e-6)
    plain = small(n_words=7).fit(COLOUR)
    one, other = plain.transform(COLOUR), plain.transform(COLOUR[..., ::-1])
    assert np.abs(one - other).max() > 0.05
    # Means before shares: the sums of both are known to within a factor.
    mean = (by_means(plain, COLOUR) + by_means(plain, COLOUR[..., ::-1])) / 2
    expected = mean / mean.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found**2, expected, atol=1e-5)


def by_means(model, X):
    """Return mean answers, before their shares are taken, by whole arrays."""
    size = model.patch_size
    p = np.lib.stride_tricks.sliding_window_view(X.astype(float), (size, size), (2, 3))
    p = p.transpose(0, 2, 3, 1, 4, 5).reshape(len(X), *p.shape[2:4], -1)
    p = p - p.mean(axis=-1, keepdims=True)
    floor = model.contrast_floor * model.contrast_
    x = p / np.sqrt((p**2).mean(axis=-1, keepdims=True) + floor**2)
    answers = x @ model.filters_.reshape(model.n_words, -1).T
    both = [np.maximum(sign * answers - model.threshold, 0) for sign in (1, -1)]
    means = [part.mean(axis=(1, 2)) for one in both for part in quarters(one)]
    return (
        np.stack(means, axis=1)
        .reshape(len(X), 2, 4, -1)
        .transpose(0, 1, 3, 2)
        .reshape(len(X), -1)
    )


def quarters(answers):
    for rows in np.array_split(answers, 2, axis=1):
        yield from np.array_split(rows, 2, axis=2)


def test_colours_are_seen():
    texture = RNG.normal(size=(60, 1, 8, 8))
    colour = np.repeat(np.eye(3)[:2], 30, axis=0)[:, :, None, None]
    y = np.repeat([0, 1], 30)
    features = small(n_words=20).fit_transform(texture * colour)
    nearest = KNeighborsClassifier(1).fit(features[::2], y[::2])
    assert nearest.score(features[1::2], y[1::2]) == 1


def test_names_say_word_sign_and_cell():
    model = small(grid=2).fit(GREY)
    names = model.get_feature_names_out()
    assert names[:3].tolist() == [
        "word0_plus_row0_column0",
        "word0_plus_row0_column1",
        "word0_plus_row1_column0",
    ]
    features = model.transform(GREY)
    assert names.shape == features.shape[1:] == (40,)
    frame = model.set_output(transform="pandas").transform(GREY)
    np.testing.assert_array_equal(frame["word4_minus_row1_column1"], features[:, 39])
    shaped = features.reshape(-1, 2, 5, 2, 2)
    np.testing.assert_array_equal(
        frame["word3_minus_row0_column1"], shaped[:, 1, 3, 0, 1]
    )


def test_the_seed_decides():
    same = [small(random_state=3).fit(GREY).words_ for _ in range(2)]
    np.testing.assert_array_equal(*same)
    fresh = [small(random_state=None).fit(GREY).words_ for _ in range(2)]
    assert np.abs(fresh[0] - fresh[1]).max() > 0.01


@pytest.mark.parametrize(("params", "words"), [
    ({"patch_size": 9}, "patch_size of PatchFeatures must be at most 8 for images of "
                        "9 x 8 pixels, got 9"),
    ({"grid": 7}, "grid of PatchFeatures must be at most 6, .* 7 x 6 places .* got 7"),
    ({"n_patches": 4}, "n_patches of PatchFeatures must be at least n_words, .* 5, "
                       "got 4"),
    ({"n_words": 0}, "n_words of PatchFeatures must be an integer >= 1, got 0"),
    ({"threshold": -1}, "threshold of PatchFeatures must be .* >= 0"),
    ({"contrast_floor": -1}, "contrast_floor of PatchFeatures must be .* >= 0"),
    ({"whitening_floor": 0}, "whitening_floor of PatchFeatures must be larger than 0"),
    ({"mirror": "no"}, "mirror of PatchFeatures must be True or False"),
    ({"random_state": -1}, "random_state of PatchFeatures must be"),
])  # fmt: skip
def test_a_wrong_parameter_is_named(params, words):
    with pytest.raises((TypeError, ValueError), match=words):
        small(**params).fit(GREY)


def test_the_grid_may_change_after_fit_and_the_patch_size_may_not():
    model = small().fit(GREY)
    with pytest.raises(ValueError, match="patch_size of PatchFeatures is 4, but"):
        model.set_params(patch_size=4).transform(GREY)
    with pytest.raises(ValueError, match="grid of PatchFeatures must be at most 6"):
        model.set_params(patch_size=3, grid=7).transform(GREY)
    np.testing.assert_array_equal(
        model.set_params(grid=3).transform(GREY), small(grid=3).fit_transform(GREY)
    )
