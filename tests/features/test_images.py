"""What the transformers share: kinds of pools, shapes of images, and errors."""

import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from skbal.features import Deslant, GradientHistograms, PatchFeatures
from tests._utils.pools import INDEXED, READ, InFile, make

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, size=(20, 6, 8), dtype=np.uint8)
COLOUR = RNG.integers(0, 256, size=(20, 3, 6, 8), dtype=np.uint8)
FLAT = GREY.reshape(20, -1)


def patch_features(**params):
    """Return patch features that are small enough for these images."""
    small = {"n_words": 3, "patch_size": 3, "n_patches": 60, "random_state": 0}
    return PatchFeatures(**{**small, **params})


patch_features.__name__ = "PatchFeatures"  # in messages
ALL = pytest.mark.parametrize("cls", [GradientHistograms, Deslant, patch_features])


@ALL
@pytest.mark.parametrize("kind", [*READ, "array", "list"])
@pytest.mark.parametrize("X", [GREY, COLOUR], ids=["grey", "colour"])
def test_images_may_be_in_any_kind_of_pool(cls, kind, X):
    expected = cls().fit_transform(X)
    model = cls(batch_size=7).fit(make(kind, X))
    np.testing.assert_array_equal(model.transform(make(kind, X)), expected)
    np.testing.assert_array_equal(model.fit_transform(make(kind, X)), expected)


@ALL
@pytest.mark.parametrize("kind", [*READ, *(k for k in INDEXED if "csr" not in k)])
def test_flat_rows_are_images_by_image_shape(cls, kind):
    expected = cls().fit_transform(GREY).reshape(20, -1)
    model = cls(image_shape=(6, 8), batch_size=7).fit(make(kind, FLAT))
    np.testing.assert_array_equal(model.transform(make(kind, FLAT)), expected)


@ALL
@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint16, np.int64, np.float16,
                                   np.float32, np.float64, np.longdouble])  # fmt: skip
def test_any_kind_of_number_is_taken_and_float32_returned(cls, dtype):
    X = (GREY % 2).astype(dtype)
    found = cls().fit_transform(X)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, cls().fit_transform(GREY % 2), atol=1e-6)


@ALL
def test_the_callers_array_stays_as_it_is(cls):
    X = RNG.random((20, 6, 8)).astype(np.float32)
    before = X.copy()
    X.flags.writeable = False
    found = cls().fit_transform(X)
    np.testing.assert_array_equal(X, before)
    assert not np.shares_memory(found, X)


@ALL
def test_a_pool_in_a_file_is_read_in_small_parts(cls):
    X = InFile(np.zeros((300, 100, 100), dtype=np.uint8))
    cls().fit_transform(X)
    assert max(X.read) * 100 * 100 * 4 < 4 * 2**20
    learns = cls is patch_features  # reads all images, before they are transformed
    assert sum(X.read) <= 302 * (1 + learns)


@ALL
def test_a_grey_image_may_have_a_channel_axis(cls):
    expected = cls().fit_transform(GREY)
    found = cls().fit_transform(GREY[:, None])
    np.testing.assert_array_equal(found.reshape(expected.shape), expected)


@ALL
def test_pickle_and_clone(cls):
    model = cls(image_shape=(6, 8)).fit(FLAT)
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.transform(FLAT), model.transform(FLAT))
    assert clone(model).get_params() == model.get_params()
    assert not hasattr(clone(model), "row_shape_")


def test_deslanted_images_go_into_histograms():
    both = make_pipeline(Deslant(), GradientHistograms()).fit(GREY)
    expected = GradientHistograms().fit_transform(Deslant().fit_transform(GREY))
    np.testing.assert_array_equal(both.transform(GREY), expected)
    flat = make_pipeline(
        Deslant(image_shape=(6, 8)), GradientHistograms(image_shape=(6, 8))
    )
    np.testing.assert_array_equal(flat.fit_transform(FLAT), expected)
    assert both.get_feature_names_out().shape == (392,)


def test_names_of_columns_are_learned_and_checked():
    frame = pd.DataFrame(FLAT).rename(columns=str)
    model = GradientHistograms(image_shape=(6, 8)).fit(frame)
    assert model.feature_names_in_.tolist() == frame.columns.tolist()
    with pytest.raises(ValueError, match="feature names should match"):
        model.transform(frame.iloc[:, ::-1])


def with_a(value, row=13):
    X = GREY.astype(np.float64)
    X[row, 2, 3] = value
    return X


def jagged(row=17):
    X = GREY.tolist()
    X[row] = X[row][:4]
    return X


LAST = COLOUR.transpose(0, 2, 3, 1)
MASKED = np.ma.masked_array(GREY, GREY > 250)
MISTAKES = {
    "flat rows": ({}, np.zeros((5, 784)), r"given to {} .*, such as \(28, 28\)"),
    "flat rows, no square": ({}, FLAT, "given to {} must have shape .*image_shape"),
    "one axis": ({}, np.zeros(5), "1D array"),
    "five axes": ({}, COLOUR[None], r"X given to {} must have shape \(n_samples, hei"),
    "channels last": ({}, LAST, "X given to {} must have .*Channels come first"),
    "channels last by shape": (
        {"image_shape": (6, 8, 3)},
        LAST,
        "image_shape of {} .*Channels come first",
    ),
    "another shape": ({"image_shape": (7, 8)}, FLAT, r"image_shape of {} is \(1, 7, 8"),
    "NaN": ({}, with_a(np.nan), "X given to {} must hold .*, got NaN in row 13"),
    "infinity": ({}, with_a(-np.inf), "X given to {} must hold .*, got -inf in row 13"),
    "huge": ({}, with_a(1e300), r"X given to {} must hold .*, got 1e\+300 in row 13"),
    "mask": ({}, MASKED, "X given to {} has .* masked entr"),
    "sparse": ({"image_shape": (6, 8)}, sp.csr_matrix(FLAT), "must be dense, got"),
    "text": ({}, np.full((5, 6, 8), "a"), "numeric|convert"),
    "dates": (
        {},
        GREY.astype("M8[D]"),
        r"X given to {} must hold numbers, got .*64\[D",
    ),
    "complex": ({}, GREY + 1j, "Complex data not supported"),
    "no rows": ({}, GREY[:0], "0 sample"),
    "no pixels": ({}, GREY[:, :0], "X given to {} must have shape"),
    "rows of several lengths": ({}, jagged(), "X given to {} must be an array: its r"),
    "a number": ({}, 3, "X given to {} must be indexable by row"),
    "chunks of no rows": ({"batch_size": 0}, GREY, "batch_size of {} must be an int"),
    "shape of one side": ({"image_shape": 28}, GREY, r"image_shape of {} must be \(ch"),
}


@ALL
@pytest.mark.parametrize("method", ["fit", "fit_transform"])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named(cls, mistake, method):
    params, X, words = MISTAKES[mistake]
    model = cls(**{"batch_size": 6, **params})
    with pytest.raises((TypeError, ValueError), match=words.format(cls.__name__)):
        getattr(model, method)(X)


@ALL
@pytest.mark.parametrize("X", [with_a(np.nan), with_a(np.inf)])
def test_transform_names_the_row_that_is_not_finite(cls, X):
    model = cls(batch_size=6).fit(GREY)
    with pytest.raises(ValueError, match=f"X given to {cls.__name__} must .* row 13"):
        model.transform(X)


@ALL
def test_images_of_another_size_than_in_fit_are_refused(cls):
    with pytest.raises(ValueError, match=r"rows of shape \(6, 7\), .* \(6, 8\)"):
        cls().fit(GREY).transform(GREY[:, :, :7])


@ALL
def test_transform_needs_fit(cls):
    with pytest.raises(NotFittedError):
        cls().transform(GREY)


@pytest.mark.parametrize(("params", "words"), [
    ({"n_orientations": 3}, "n_orientations of GradientHistograms must be .* >= 4"),
    ({"n_cells": 0}, "n_cells of GradientHistograms must be an integer >= 1, got 0"),
    ({"n_cells": 2.5}, "n_cells of GradientHistograms must be an integer >= 1"),
    ({"sigma": 0}, "sigma of GradientHistograms must be larger than 0"),
])  # fmt: skip
def test_a_wrong_parameter_is_named(params, words):
    with pytest.raises((TypeError, ValueError), match=words):
        GradientHistograms(**params).fit(GREY)


def test_ink_is_light_or_dark():
    with pytest.raises(ValueError, match="ink of Deslant must be 'light' or 'dark'"):
        Deslant(ink="black").fit(GREY)
