"""Draws made chunk by chunk: checked, seeded and filled once."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from skbal._utils.random import stream
from skbal.models._chunked_draws import ChunkedDrawsMixin


class Line(ChunkedDrawsMixin, BaseEstimator):
    """Draws slopes of a line through zero, three rows at once."""

    def __init__(self, n_draws=4):
        self.n_draws = n_draws

    def fit(self, X, y):
        self.is_fitted_ = True
        return self

    def _draw_chunks(self, X, n_draws, seed):
        slopes = stream(seed, "slopes").normal(size=n_draws)
        for start in range(0, len(X), 3):
            rows = slice(start, min(start + 3, len(X)))
            yield rows, (X[rows] * slopes)[:, :, np.newaxis].astype(X.dtype)


X = np.arange(8.0)[:, np.newaxis]
LINE = Line().fit(X, X)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_draws", [None, 7])
def test_chunks_fill_one_array_of_their_dtype(n_draws, dtype):
    draws = LINE.predict_samples(X.astype(dtype), n_draws, random_state=0)
    assert draws.shape == (8, n_draws or 4, 1)
    assert draws.dtype == dtype
    # One slope per draw, whatever the chunks are.
    slopes = draws[1]
    np.testing.assert_allclose(draws, X[:, :, np.newaxis] * slopes, rtol=1e-6)


def test_an_integer_repeats_the_draws_and_none_does_not():
    one, same, other = (LINE.predict_samples(X, random_state=s) for s in (3, 3, None))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_draws": 0}, ValueError, "n_draws of Line must be an integer >= 1, got 0"),
        ({"n_draws": 2.0}, TypeError, "n_draws of Line must be an integer"),
        ({"random_state": -1}, ValueError, "random_state of predict_samples of Line"),
    ],
)
def test_wrong_arguments_are_named(arguments, error, message):
    with pytest.raises(error, match=message):
        LINE.predict_samples(X, **arguments)


def test_before_fit_there_are_no_draws():
    with pytest.raises(NotFittedError):
        Line().predict_samples(X)
