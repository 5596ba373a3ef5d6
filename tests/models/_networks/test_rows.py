"""The shapes of rows: flat, images with channels first, and what else people give."""

import copy

import numpy as np
import pytest
from torch import nn

from skbal.models import DeepEnsembleClassifier, MCDropoutClassifier

LAST = np.random.default_rng(0).random((8, 16, 16, 3)).astype(np.float32)
FIRST = np.ascontiguousarray(LAST.transpose(0, 3, 1, 2))
Y = np.arange(8) % 2


class Spy(nn.Module):
    """Keeps what it was given."""

    seen = []

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Dropout(0.1), nn.Linear(768, 2))

    def forward(self, x):
        self.seen.append(x.clone())
        return self.layers(x)


@pytest.mark.parametrize("flat", [False, True])
def test_images_enter_as_they_are(flat):
    X = FIRST.reshape(8, -1) if flat else FIRST
    Spy.seen.clear()
    model = MCDropoutClassifier(Spy, image_shape=(3, 16, 16), max_epochs=1).fit(X, Y)
    for image in Spy.seen[-1].numpy():
        assert (image == FIRST).all(axis=(1, 2, 3)).any()
    assert model.predict(X).shape == (8,)


def test_grey_images_may_have_no_channel_axis():
    X = np.ascontiguousarray(LAST[..., 0])
    # A step of Adam is large, however small the rounding that decides its direction.
    model = MCDropoutClassifier(image_shape=(16, 16), max_epochs=1, lr=1e-9)
    model.set_params(random_state=0)
    without = model.fit(X, Y).predict_proba(X)
    with_axis = model.fit(X[:, None], Y).predict_proba(X[:, None])
    np.testing.assert_allclose(without, with_axis, rtol=1e-5)


@pytest.mark.parametrize(
    ("params", "X"),
    [
        ({}, LAST),
        ({}, (255 * LAST).astype(np.uint8)),
        ({}, list(LAST)),
        ({"image_shape": (3, 16, 16)}, LAST),
        ({"image_shape": (3, 16, 16), "module": Spy}, LAST),
        ({"image_shape": (16, 16, 3)}, LAST.reshape(8, -1)),
        ({"image_shape": (16, 16, 1)}, LAST[..., :1].reshape(8, -1)),
        ({"module": nn.Sequential(nn.Conv2d(3, 2, 3), nn.Dropout())}, LAST),
        ({}, np.ones((8, 16, 16, 8))),
        ({}, np.ones((8, 16, 20, 6))),
        ({"image_shape": (16, 16, 8)}, np.ones((8, 2048))),
    ],
)
def test_channels_last_are_refused_with_the_cure(params, X):
    with pytest.raises(ValueError, match=r"Channels come first.*transpose\(0, 3, 1, 2"):
        MCDropoutClassifier(**params).fit(X, Y)


def test_rows_of_another_shape_than_image_shape_are_refused():
    with pytest.raises(ValueError, match=r"image_shape of .* is \(3, 16, 16\), so"):
        MCDropoutClassifier(image_shape=(3, 16, 16)).fit(FIRST.reshape(8, 6, 8, 16), Y)


def test_a_module_that_does_not_take_the_rows_is_named():
    module = nn.Sequential(nn.Linear(5, 2), nn.Dropout())
    with pytest.raises(ValueError, match=r"Sequential, does not take rows of shape \("):
        MCDropoutClassifier(module).fit(np.ones((8, 4)), Y)


class Embeds(nn.Module):
    def __init__(self, n_words=9, integers=True):
        super().__init__()
        self.table, self.last = nn.Embedding(n_words, 2), nn.Linear(6, 2)
        self.drop, self.integers = nn.Dropout(), integers

    def forward(self, x):
        x = x.long() if self.integers else x
        return self.last(self.drop(self.table(x).flatten(1)))


DENSE = nn.Sequential(nn.Linear(3, 4), nn.Dropout(), nn.Linear(4, 2))


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (Embeds(integers=False), r"Rows come as float32: call X.long\(\) in forward"),
        (copy.deepcopy(DENSE).double(), "and keep the weights float32"),
        (Embeds(n_words=2), "Embeds, does not take rows of shape .*index out of range"),
        (DENSE[2:], "begin with nn.LazyLinear, or fit the steps before it once"),
    ],
)
def test_numbers_that_a_module_does_not_take_are_refused_with_the_cure(module, words):
    words_in_rows = np.arange(24).reshape(8, 3) % 9
    with pytest.raises(ValueError, match=words):
        DeepEnsembleClassifier(module, n_members=1).fit(words_in_rows, Y)
    DeepEnsembleClassifier(Embeds(), n_members=1, max_epochs=1).fit(words_in_rows, Y)


def test_a_lazy_layer_takes_the_columns_of_each_fit():
    module = nn.Sequential(nn.LazyLinear(4), nn.Dropout(), nn.Linear(4, 2))
    model = MCDropoutClassifier(module, max_epochs=1)
    for n_columns in (2, 5):
        X = np.ones((8, n_columns))
        assert model.fit(X, Y).predict(X).shape == (8,)
