"""Rows are held out once each, whatever the classes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import ShuffleSplit
from sklearn.naive_bayes import GaussianNB

from skbal.exceptions import NoDrawsError
from skbal.models._temperature._held_out import (
    held_out_draws,
    mean_draw,
    own_draws,
    splits_of,
)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=25), st.integers(2, 6))
def test_folds_hold_out_each_row_once_and_are_stratified(labels, cv):
    codes = np.unique(labels, return_inverse=True)[1]
    splits = splits_of(cv, codes)
    if np.bincount(codes).max() < 2:
        assert splits == []
        return
    held_out = np.concatenate([rows for _, rows in splits])
    np.testing.assert_array_equal(np.sort(held_out), np.arange(len(codes)))
    for fitted_on, rows in splits:
        assert not np.intersect1d(fitted_on, rows).size
        assert len(fitted_on) + len(rows) == len(codes)
    shares = [np.bincount(codes[rows], minlength=4) for _, rows in splits]
    assert np.ptp(shares, axis=0).max() <= 1


def test_generators_and_lists_of_splits_are_taken():
    codes = np.array([0, 1] * 5)
    ((fitted_on, rows),) = splits_of(
        ShuffleSplit(1, test_size=3, random_state=0), codes
    )
    assert (len(fitted_on), len(rows)) == (7, 3)
    given = [(np.arange(5), np.arange(5, 10))]
    ((fitted_on, rows),) = splits_of(given, codes)
    assert (fitted_on.tolist(), rows.tolist()) == ([0, 1, 2, 3, 4], [5, 6, 7, 8, 9])


@pytest.mark.parametrize(
    ("cv", "error", "message"),
    [
        ([1, 2], TypeError, "cv of TemperatureScaling must give pairs of rows"),
        (
            [([0, 1], [99])],
            ValueError,
            r"cv of TemperatureScaling must lie in \[0, 10\)",
        ),
        ([([0, 1], [-1])], ValueError, "cv of TemperatureScaling must lie in"),
        ([([0.0, 1.0], [2])], TypeError, "cv of TemperatureScaling must be integers"),
        ([([True] * 10, [2])], TypeError, "np.flatnonzero"),
    ],
)
def test_splits_that_are_none_are_refused(cv, error, message):
    with pytest.raises(error, match=message):
        splits_of(cv, np.array([0, 1] * 5))


def test_predictions_are_of_models_that_did_not_see_the_row():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 2)), np.array(list("abc") * 10)
    splits = splits_of(3, np.array([0, 1, 2] * 10))
    rows, draws, _ = held_out_draws(GaussianNB(), X, y, splits, None, mean_draw)
    for fitted_on, held_out in splits:
        expected = (
            GaussianNB().fit(X[fitted_on], y[fitted_on]).predict_proba(X[held_out])
        )
        places = [np.flatnonzero(rows == row)[0] for row in held_out]
        np.testing.assert_allclose(draws[places, 0], expected)


def test_a_class_that_the_model_does_not_know_is_left_out():
    X, y = np.arange(7.0)[:, None], np.array([0, 0, 0, 1, 1, 1, 2])
    splits = splits_of(2, y)
    rows, draws, classes = held_out_draws(GaussianNB(), X, y, splits, None, mean_draw)
    assert 6 not in rows  # the only row of class 2
    assert classes.tolist() == [0, 1, 2]
    assert draws.shape == (6, 1, 3)
    one_class = [(np.array([0, 1]), np.array([2, 3]))]
    rows, draws, _ = held_out_draws(GaussianNB(), X, y, one_class, None, mean_draw)
    assert len(rows) == 0
    assert draws is None


def test_a_model_without_draws_gives_its_probabilities():
    X, y = np.arange(6.0)[:, None], [0, 1] * 3
    model = GaussianNB().fit(X, y)
    np.testing.assert_array_equal(
        own_draws(model, X, random_state=0)[:, 0], model.predict_proba(X)
    )


@pytest.mark.parametrize(("probabilities", "error", "message"), [
    ([[2.0, -2.0], [1.0, -1.0]], NoDrawsError, "whose rows sum to one"),
    ([0.5, 0.5], NoDrawsError, "an array of shape"),
    ([[1.2, -0.2], [0.5, 0.5]], ValueError, "got the negative -0.2"),
    ([[0.5, 0.5], [np.nan, 0.5]], ValueError, "must be finite, got NaN"),
])  # fmt: skip
def test_what_are_no_probabilities_has_no_temperature(probabilities, error, message):
    class Wrong:
        def predict_proba(self, X):
            return np.array(probabilities)

    with pytest.raises(error, match=f"predict_proba of Wrong .*{message}"):
        mean_draw(Wrong(), np.zeros((2, 1)))
