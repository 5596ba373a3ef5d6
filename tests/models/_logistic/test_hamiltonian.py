import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, stats
from scipy.special import expit, log_softmax, logit, softmax
from sklearn.exceptions import ConvergenceWarning

from skbal.models import BayesianLogisticRegression
from skbal.models._logistic import _hamiltonian
from skbal.models._logistic._hamiltonian import HamiltonianChains
from skbal.models._logistic._posterior import Gaussian, Labelled

N_DRAWS = 2000
# Four standard errors of a mean of the draws, whose standard deviation is one.
FOUR_ERRORS = 4 / np.sqrt(N_DRAWS)


def sampled(**parameters):
    given = {"optimize": None, "posterior": "hmc", "random_state": 0}
    return BayesianLogisticRegression(**{**given, **parameters})


def chains_of(labelled, mean=None, root=lambda place: place):
    """Chains of a Laplace approximation that is given, and not found."""
    size = labelled.design.shape[1], labelled.n_classes
    mean = np.zeros(size) if mean is None else mean
    posterior = Gaussian(np.ones(size[0]), mean, np.eye(mean.size), 0.0)
    return HamiltonianChains(labelled, posterior, root)


@pytest.fixture
def labelled():
    rng = np.random.default_rng(0)
    codes = np.array([0, 1, 2, 0, 1, 2])
    return Labelled(rng.normal(size=(6, 2)), codes, rng.uniform(size=6), 3, "It")


def test_states_have_the_log_density_of_the_model_and_its_gradient(labelled):
    rng = np.random.default_rng(0)
    root = rng.normal(size=(6, 6))
    root += root.T
    mean = rng.normal(size=(2, 3))
    chains = chains_of(labelled, mean, root=lambda place: place @ root)

    def log_p(place):
        flat = mean.T.ravel() + place @ root
        logs = log_softmax(labelled.design @ flat.reshape(3, 2).T, axis=1)
        likelihood = labelled.row_weights @ logs[np.arange(6), labelled.codes]
        return likelihood - 0.5 * flat @ flat

    places = rng.normal(size=(4, 6))
    state = chains._state(places)
    assert_allclose(state.log_p, [log_p(place) for place in places])
    slopes = [optimize.approx_fprime(place, log_p, 1e-6) for place in places]
    assert_allclose(state.slope, slopes, atol=1e-4)


def test_a_trajectory_is_reversible_and_nearly_keeps_the_energy(labelled):
    rng = np.random.default_rng(0)
    chains = chains_of(labelled)
    start = chains._state(rng.normal(size=(4, 6)))
    momentum = rng.normal(size=(4, 6))
    steps = np.full((4, 1), 0.1)
    end, turned = chains._trajectory(start, momentum, steps, 0.1)
    assert np.all(np.abs(end.place - start.place).max(axis=1) > 0.1)
    energies = [
        state.log_p - 0.5 * np.sum(speed**2, axis=1)
        for state, speed in ((start, momentum), (end, turned))
    ]
    assert_allclose(*energies, atol=0.01)
    back, _ = chains._trajectory(end, -turned, steps, 0.1)
    assert_allclose(back.place, start.place, atol=1e-10)


def test_a_rejected_trajectory_changes_nothing(labelled):
    rng = np.random.default_rng(0)
    chains = chains_of(labelled)
    start = chains._state(rng.normal(size=(50, 6)))
    # With steps as long as this, the energy is lost.
    uniform = np.tile([1.0, 0.5], (50, 1))
    end, accepted = chains._moved(start, rng.normal(size=(50, 6)), uniform, 1.7)
    assert 0 < accepted.sum() < 50
    moved = np.any(end.place != start.place, axis=1)
    assert np.array_equal(moved, accepted)
    again = chains._state(end.place)
    assert_allclose(again.log_p, end.log_p)
    assert_allclose(again.slope, end.slope)


@pytest.mark.parametrize("y", [[1, 1, 0], [0, 0, 1]])
def test_draws_of_one_weight_have_the_moments_of_the_integral(y):
    # The difference of the logits is x d, and d has the prior variance 2 * 4.
    x = np.array([1.0, 2.0, -1.0])
    fitted = sampled(prior_variance=4.0, fit_intercept=False).fit(x[:, None], y)
    d = logit(fitted.predict_samples([[1.0]], N_DRAWS, random_state=0)[0, :, 1])
    grid = np.linspace(-30, 40, 20_001)
    signs = np.where(np.array(y) == 1, 1, -1) * x
    weights = np.exp(-(grid**2) / 16) * expit(np.outer(grid, signs)).prod(axis=1)
    weights /= weights.sum()
    mean = weights @ grid
    deviation = np.sqrt(weights @ (grid - mean) ** 2)
    assert abs(d.mean() - mean) < FOUR_ERRORS * deviation
    assert_allclose(d.std(), deviation, rtol=0.08)
    below = np.interp(np.sort(d), grid, weights.cumsum())
    assert stats.kstest(below, "uniform").pvalue > 1e-3
    # Laplace's approximation of so few labels is another distribution.
    laplace = sampled(posterior="laplace", prior_variance=4.0, fit_intercept=False)
    of_mode = laplace.fit(x[:, None], y).predict_samples([[1.0]], N_DRAWS)[0, :, 1]
    below = np.interp(np.sort(logit(of_mode)), grid, weights.cumsum())
    assert stats.kstest(below, "uniform").pvalue < 1e-6


def test_draws_of_three_classes_have_the_mean_of_weighted_draws_of_the_prior():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(5, 2)), np.array([0, 1, 2, 1, 0])
    row_weights = np.array([1, 1, 2, 1, 1])
    fitted = sampled(prior_variance=2.0, intercept_variance=3.0)
    draws = fitted.fit(X, y, row_weights).predict_samples(X, N_DRAWS, random_state=0)
    # Importance sampling: weights and the level at the mean row from the prior.
    n = 100_000
    W = np.sqrt(2.0) * rng.normal(size=(n, 2, 3))
    level = np.sqrt(3.0) * rng.normal(size=(n, 1, 3))
    logits = (X - np.average(X, axis=0, weights=row_weights)) @ W + level
    log_p = log_softmax(logits, axis=2)[:, np.arange(5), y] @ row_weights
    weights = softmax(log_p)
    p = softmax(logits, axis=2)
    mean = np.tensordot(weights, p, axes=1)
    second = np.tensordot(weights, p**2, axes=1)
    assert 1 / np.sum(weights**2) > N_DRAWS  # so its own error is smaller
    assert_allclose(draws.mean(axis=1), mean, atol=1.2 * FOUR_ERRORS * 0.3)
    assert_allclose((draws**2).mean(axis=1), second, atol=1.2 * FOUR_ERRORS * 0.3)


def test_more_steps_change_nothing_but_the_numbers():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(12, 3))
    y = X[:, 0] > 0
    model = sampled(n_draws=500).fit(X, y)
    few, many = (model.set_params(n_trajectories=n).predict_proba(X) for n in (8, 30))
    assert_allclose(few, many, atol=0.08)
    one = model.set_params(n_trajectories=1).predict_proba(X)
    assert not np.array_equal(one, few)


def test_draws_depend_on_the_rows_alone_and_not_on_their_columns():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(8, 12))  # more columns than rows
    y = np.arange(8) % 3
    fitted = sampled().fit(X, y)
    whole = fitted.predict_samples(X, 20, random_state=3)
    assert_allclose(fitted.predict_samples(X[5:], 20, random_state=3), whole[5:])
    assert_allclose(fitted.predict_samples(X, 9, random_state=3), whole[:, :9])
    order = rng.permutation(8)
    moved = sampled().fit(X[order], y[order]).predict_samples(X, 20, random_state=3)
    assert_allclose(moved, whole, atol=1e-6)


def test_one_class_and_no_columns_that_differ_are_no_error():
    X = np.ones((4, 2))
    one = sampled().fit(X, ["cat"] * 4).predict_samples(X, 5, random_state=0)
    assert_allclose(one, 1)
    two = sampled().fit(X, [0, 0, 0, 1]).predict_samples(X, 200, random_state=0)
    assert 0.5 < two[0, :, 0].mean() < 0.9


def test_steps_are_shorter_where_laplace_is_too_wide(labelled):
    wide = chains_of(labelled, root=lambda place: 8 * place)
    assert wide._step < chains_of(labelled)._step


def test_few_accepted_trajectories_are_said(labelled, monkeypatch):
    monkeypatch.setattr(_hamiltonian, "_SHORTEST_STEP", 0.25)
    with pytest.warns(ConvergenceWarning, match="^The chains of It accept few"):
        chains_of(labelled, root=lambda place: 100 * place)


def test_many_rows_are_computed_for_some_chains_at_a_time(monkeypatch):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(9, 2))
    fitted = sampled().fit(X, np.arange(9) % 3)
    whole = fitted.predict_samples(X, 8, random_state=0)
    monkeypatch.setattr(_hamiltonian, "rows_within", lambda n_bytes: 3)
    assert_allclose(fitted.predict_samples(X, 8, random_state=0), whole)
