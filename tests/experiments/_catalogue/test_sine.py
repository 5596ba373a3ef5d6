"""The arms of the experiment "laplace" that are about a sine."""

import numpy as np
import pytest

from skbal.experiments import ExperimentUnit, load_experiment
from skbal.experiments._catalogue._noise import laplace_at_network
from skbal.experiments._catalogue._sine import (
    ALL,
    DROPOUT,
    EXACT,
    FIELD,
    LAST,
    SINES,
    function_band,
    grid,
    rows_of,
    summary,
)
from skbal.models import MCDropoutRegressor

LAPLACE = load_experiment("laplace")
ONE, TWO = SINES
SETTINGS = {**LAPLACE.sized(quick=True), "sine_steps": 60, "n_draws": 20}


def test_rows_lie_in_their_pieces_around_the_truth():
    x, y = rows_of(SINES[TWO], seed=3)
    assert x.shape == (80, 1)
    assert ((np.abs(x) >= 1) & (np.abs(x) <= 3)).all()
    assert [(x < 0).sum(), (x > 0).sum()] == [40, 40]
    residual = y - np.sin(1.5 * x[:, 0])
    assert residual.std() == pytest.approx(0.1, rel=0.3)
    assert not np.array_equal(rows_of(SINES[TWO], seed=4)[0], x)


@pytest.fixture(scope="module")
def result():
    unit = ExperimentUnit(ONE, SINES[ONE], 0, SETTINGS, None)
    return LAPLACE.run(unit)


def test_all_posteriors_of_the_last_layer_are_of_one_network(result):
    # Laplace keeps the network; the two heads have the same mean, though not its bands.
    np.testing.assert_allclose(result[LAST]["mean"], result[ALL]["mean"], atol=2e-4)
    np.testing.assert_allclose(result[EXACT]["mean"], result[FIELD]["mean"], atol=2e-4)
    assert result[EXACT]["std"] != result[FIELD]["std"]


def test_more_weights_that_may_move_widen_the_band_everywhere(result):
    # The last layer's weights are among all weights, and the variances are the same.
    wider = np.array(result[ALL]["std"]) - result[LAST]["std"]
    assert wider.min() > -1e-3
    assert wider.max() > 0.01


def test_a_band_is_that_of_the_function_without_noise():
    x, y = rows_of(SINES[ONE], seed=0)
    net = MCDropoutRegressor(max_steps=20, random_state=0).fit(x, y)
    model = laplace_at_network(net).fit(x, y)
    at = np.array([-3.0, 0.0, 4.0])
    features = np.column_stack([model.transform(x).astype(float), np.ones(len(x))])
    there = np.column_stack(
        [model.transform(at[:, np.newaxis]).astype(float), np.ones(len(at))]
    )
    # g' A^-1 g, with A = alpha I + beta sum of g g' over the rows
    A = features.T @ features / model.noise_variance_
    A += np.eye(len(A)) / model.prior_variance_
    expected = np.sqrt(np.einsum("ni,ij,nj->n", there, np.linalg.inv(A), there))
    _, std = function_band(model, at)
    np.testing.assert_allclose(std, expected, rtol=1e-3)


def measure(name):
    [found] = [m for m in LAPLACE.measures if m.name == name]
    assert found.arms == tuple(SINES)
    return found.of


def test_bands_are_looked_at_among_the_rows_and_without():
    x, sine = grid(), SINES[ONE]
    std = np.where(np.abs(x) < 2.01, 0.1, 0.3)
    mean = np.sin(2 * x) + 0.5
    found = {DROPOUT: summary(sine, mean, std)}
    assert found[DROPOUT]["mean"] == mean.tolist()
    assert found[DROPOUT]["std at x"] == 0.3  # at x = 4
    assert measure(f"{DROPOUT}: std, among the rows")(found) == pytest.approx(0.1)
    # x = -2 and x = 2 are an end of both
    n_far = (np.abs(x) > 2.01).sum()
    expected = (0.3 * n_far + 0.1 * 2) / (n_far + 2)
    width = measure(f"{DROPOUT}: std, without rows")(found)
    assert width == pytest.approx(expected, abs=1e-4)
    # 0.5 is within two standard deviations where they are 0.3
    share = "truth within 2 std, %"
    assert measure(f"{DROPOUT}: {share}, among the rows")(found) == 0
    inside = measure(f"{DROPOUT}: {share}, without rows")(found)
    assert inside == pytest.approx(100 * n_far / (n_far + 2), abs=0.01)


def test_the_gap_is_what_two_pieces_leave_out():
    x, sine = grid(), SINES[TWO]
    std = np.where(np.abs(x) < 1.01, 0.3, 0.1)
    mean = np.sin(1.5 * x)
    found = {LAST: summary(sine, mean, std), ALL: summary(sine, mean, 2 * std)}
    assert measure(f"{LAST}: std, without rows")(found) == pytest.approx(0.3)
    times = measure(f"{ALL}: std far from rows, as a multiple of {LAST}")
    assert times(found) == pytest.approx(2)
    outside = summary(sine, mean, np.where(np.abs(x) > 3.01, 9.0, 0.1))
    assert outside["among the rows"]["std"] == outside["without rows"]["std"] == 0.1
