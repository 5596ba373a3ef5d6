"""Deslanting: against SciPy's shear, hand-made strokes, and what must not change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import affine_transform, gaussian_filter
from sklearn import config_context
from sklearn.pipeline import make_pipeline

from skbal.features import Deslant, GradientHistograms

RNG = np.random.default_rng(0)
INTERPOLATION = 1 / 32 + 1e-5  # an eighth of the second derivative of `stroke`
IMAGES = arrays(np.uint8, (3, 6, 7), elements=st.integers(0, 100))


def slant_of(image):
    """Return cov(x, y) / var(y) and the mean of y, by NumPy's weighted covariance."""
    mass = image - image.min()
    y, x = np.indices(image.shape)
    covariance = np.cov(x.ravel(), y.ravel(), aweights=mass.ravel(), ddof=0)
    return covariance[0, 1] / covariance[1, 1], np.average(y, weights=mass)


def sheared(image, slant, centre):
    """Return the image with row y moved by slant * (y - centre) to the left."""
    return affine_transform(
        image,
        [[1, 0], [slant, 1]],
        offset=[0, -slant * centre],
        order=1,
        mode="grid-constant",
        cval=image.min(),
    )


def stroke(slant, height=41, width=41):
    """Return a blurred vertical bar, sheared to the right by ``slant`` each row."""
    y, x = np.indices((height, width))
    across = x - width // 2 - slant * (y - height // 2)
    return np.exp(-0.5 * (across / 2) ** 2) * (abs(y - height // 2) < height / 4)


@pytest.mark.parametrize("shape", [(9, 8), (6, 13), (28, 28)])
def test_the_shear_is_that_of_scipy_by_the_slant_of_numpy(shape):
    X = RNG.random((5, *shape)) ** 4 + 3
    expected = [sheared(image, *slant_of(image)) for image in X]
    np.testing.assert_allclose(Deslant().fit_transform(X), expected, rtol=1e-5)


@pytest.mark.parametrize("slant", [-0.9, -0.3, 0.2, 0.5, 1.0])
def test_a_slanted_stroke_becomes_the_upright_one(slant):
    upright = Deslant().fit_transform(stroke(slant)[None])[0]
    np.testing.assert_allclose(upright, stroke(0), atol=INTERPOLATION)


@settings(max_examples=20)
@given(st.integers(0, 10_000))
def test_afterwards_rows_and_columns_are_not_correlated(seed):
    dots = np.random.default_rng(seed).random((8, 8))
    image = np.pad(gaussian_filter(np.pad(dots, 4), 1), ((0, 0), (30, 30)))
    slant, _ = slant_of(Deslant().fit_transform(image[None])[0])
    assert abs(slant) < 1e-5


def test_a_row_moves_to_its_place():
    diagonal = np.eye(5)
    np.testing.assert_array_equal(
        Deslant().fit_transform(np.stack([diagonal, diagonal[::-1]])),
        np.broadcast_to(np.arange(5) == 2, (2, 5, 5)),
    )


def test_what_is_upright_stays():
    image = RNG.random((9, 4))
    symmetric = np.hstack([image, image[:, ::-1]]).astype(np.float32)
    np.testing.assert_allclose(
        Deslant().fit_transform(symmetric[None])[0], symmetric, atol=1e-5
    )


@pytest.mark.parametrize("image", [
    np.zeros((5, 6)),
    np.full((5, 6), 0.3),
    np.full((5, 6), -7),
    np.where(np.arange(5)[:, None] == 3, RNG.random(6), 0),
    RNG.random((1, 6)),
    RNG.random((6, 1)),
])  # fmt: skip
def test_without_contrast_or_height_an_image_stays_as_it_is(image):
    image = image.astype(np.float32)
    np.testing.assert_array_equal(Deslant().fit_transform(image[None])[0], image)


def test_rows_that_leave_the_image_leave_the_ground():
    image = np.full((21, 4), 2.0)
    image[10] = 3
    image[9, 0], image[11, 3] = 2.1, 2.1  # a dash that is a little oblique
    found = Deslant().fit_transform(image[None])[0]
    assert found.min() == np.float32(2)
    assert found.max() == np.float32(3)


@settings(max_examples=30)
@given(IMAGES, st.integers(0, 100), st.sampled_from(["light", "dark"]))
def test_a_brighter_image_is_as_much_brighter_afterwards(X, brighter, ink):
    model = Deslant(ink=ink).fit(X)
    found = model.transform(X + np.uint8(brighter))
    np.testing.assert_allclose(found, model.transform(X) + brighter, rtol=1e-5)


@settings(max_examples=30)
@given(IMAGES, st.floats(1e-6, 1e6))
def test_contrast_has_no_slant(X, factor):
    model = Deslant().fit(X)
    found = model.transform(factor * X.astype(float))
    expected = factor * model.transform(X)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-3 * factor)


@settings(max_examples=30)
@given(IMAGES)
def test_dark_ink_is_light_ink_in_the_negative(X):
    X = X.astype(np.float32)
    dark = Deslant(ink="dark").fit_transform(-X)
    np.testing.assert_array_equal(dark, -Deslant().fit_transform(X))


def test_dark_strokes_need_to_be_called_so():
    paper = 1 - stroke(0.5)[None]
    expected = 1 - stroke(0)
    dark = Deslant(ink="dark").fit_transform(paper)[0]
    np.testing.assert_allclose(dark, expected, atol=INTERPOLATION)
    assert abs(Deslant().fit_transform(paper)[0] - expected).max() > 0.5


def test_channels_are_moved_alike_by_the_slant_of_their_sum():
    first, second = RNG.random((2, 9, 8))
    first[0, 0] = second[0, 0] = 0  # so that the sum has its minimum there, too
    slant, centre = slant_of(first + second)
    found = Deslant().fit_transform(np.stack([first, second])[None])[0]
    expected = [sheared(channel, slant, centre) for channel in (first, second)]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@settings(max_examples=20)
@given(st.integers(1, 40))
def test_images_do_not_depend_on_the_chunks(batch_size):
    X = np.random.default_rng(1).random((35, 2, 10, 9)).astype(np.float32)
    whole = Deslant().fit_transform(X)
    np.testing.assert_array_equal(
        Deslant(batch_size=batch_size).fit_transform(X), whole
    )


@pytest.mark.parametrize("shape", [(12, 5, 7), (12, 3, 5, 7), (12, 35)])
def test_shape_and_names_are_those_of_the_rows(shape):
    X = RNG.random(shape)
    model = Deslant(image_shape=(5, 7) if len(shape) == 2 else None)
    assert model.fit_transform(X).shape == shape
    n_values = X[0].size
    assert model.n_features_in_ == n_values
    names = model.get_feature_names_out().tolist()
    assert names == [f"x{j}" for j in range(n_values)]


@pytest.mark.parametrize("shape", [(12, 5, 7), (12, 3, 5, 7)])
def test_images_stay_arrays_where_frames_are_asked_for(shape):
    X, histograms = RNG.random(shape), GradientHistograms(n_cells=2)
    expected = make_pipeline(Deslant(), histograms).fit_transform(X)
    asked = make_pipeline(Deslant(), histograms).set_output(transform="pandas")
    np.testing.assert_array_equal(asked.fit_transform(X), expected)
    with config_context(transform_output="pandas"):
        found = make_pipeline(Deslant(), histograms).fit(X).transform(X)
        flat = Deslant(image_shape=shape[1:]).fit_transform(X.reshape(12, -1))
    assert found.columns[0] == "orientation0_row0_column0"
    np.testing.assert_array_equal(found, expected)
    assert flat.columns[0] == "x0"


def test_flat_rows_are_sheared_as_images():
    X = RNG.random((12, 5, 7))
    found = Deslant(image_shape=(5, 7)).fit_transform(X.reshape(12, 35))
    np.testing.assert_array_equal(found.reshape(X.shape), Deslant().fit_transform(X))
