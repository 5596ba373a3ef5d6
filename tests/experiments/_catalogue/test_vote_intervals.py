"""The arms of "walmsley2020" with intervals of votes, and what they are read from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from skbal.audit import vote_coverage
from skbal.datasets import make_galaxies
from skbal.experiments import ExperimentUnit, load_experiment
from skbal.experiments._catalogue._galaxy_votes import (
    central_coverage,
    error_of_share,
    frequencies_within,
    turned,
)
from skbal.experiments._catalogue._vote_intervals import (
    AS_PUBLISHED,
    DRAWS,
    INTERVALS,
    LEVELS,
    OURS,
)
from skbal.models import MCDropoutVoteRegressor

WALMSLEY = load_experiment("walmsley2020")
SETTINGS = {**WALMSLEY.sized(quick=True), "n_galaxies": 60, "max_epochs": 1}


def measure(name):
    [found] = [m for m in WALMSLEY.measures if m.name == name]
    assert found.arms == tuple(INTERVALS)
    return found.of


def by_a_loop(distribution, k, largest):
    """Return the frequencies row by row, as the authors' code counts them."""
    predicted, observed = [], []
    for reach in range(largest + 1):
        inside = []
        for p, own in zip(distribution, k):
            expected = int(np.sum(p * np.arange(len(p))))
            low, high = max(expected - reach, 0), expected + reach
            inside.append((p[low : high + 1].sum(), low <= own <= high))
        predicted.append(np.mean([p for p, _ in inside]))
        observed.append(np.mean([o for _, o in inside]))
    return predicted, observed


@given(st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_frequencies_are_those_of_a_loop_over_galaxies(n_votes, seed):
    rng = np.random.default_rng(seed)
    distribution = rng.dirichlet(np.ones(n_votes + 1), size=7)
    k = rng.integers(0, n_votes, size=7, endpoint=True)
    found = frequencies_within(distribution, k, n_votes)
    np.testing.assert_allclose(found, by_a_loop(distribution, k, n_votes), atol=1e-12)
    assert (np.diff(found, axis=1) >= -1e-12).all()  # a wider range has no fewer
    assert found[0][-1] == pytest.approx(1)
    assert found[1][-1] == 1


def test_if_the_model_is_right_predicted_and_observed_agree():
    rng = np.random.default_rng(0)
    rho = rng.uniform(size=4000)
    k = rng.binomial(40, rho)
    distribution = stats.binom.pmf(np.arange(41), 40, rho[:, np.newaxis])
    predicted, observed = frequencies_within(distribution, k, 20)
    # the standard error of a share of 4,000 is at most 0.008
    np.testing.assert_allclose(predicted, observed, atol=0.03)


@given(st.integers(0, 2**32 - 1))
def test_central_coverage_is_that_of_the_audit(seed):
    rng = np.random.default_rng(seed)
    rho = rng.uniform(size=(6, 3, 1))
    votes = np.stack([rng.integers(0, 11, size=6), np.full(6, 10)], axis=1)
    each = stats.binom.pmf(np.arange(11), 10, rho)  # (n_samples, n_draws, 11)
    found = central_coverage(each.mean(axis=1), votes[:, 0], LEVELS)
    expected = vote_coverage(rho, votes, levels=LEVELS).coverage[0]
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_votes_that_the_model_rules_out_lie_outside():
    certain = np.array([[1.0, 0.0, 0.0]])
    assert central_coverage(certain, np.array([2]), [0.8]).tolist() == [0]


def test_the_error_of_a_share_by_hand():
    votes = np.array([[1, 2], [0, 4]])
    assert error_of_share(np.array([0.2, 0.4]), votes) == pytest.approx(
        np.sqrt((0.3**2 + 0.4**2) / 2), abs=1e-5
    )


@pytest.fixture(scope="module")
def results():
    units = (ExperimentUnit(a, p, 1, SETTINGS, None) for a, p in INTERVALS.items())
    return {unit.arm: WALMSLEY.run(unit) for unit in units}


def test_there_are_numbers_for_one_draw_to_all(results):
    held = results[AS_PUBLISHED]
    assert list(held) == [str(n) for n in DRAWS]
    assert list(held["5"]) == ["smooth", "bar"]


def test_the_numbers_are_those_of_the_first_draws_on_galaxies_never_seen(results):
    X, votes = make_galaxies(60, 32, random_state=11, n_votes=40, return_X_y=True)
    model = MCDropoutVoteRegressor(
        standardize=False, likelihood="beta-binomial", module__dropout=0.25,
        n_draws=30, max_epochs=1, lr=0.002, augment=turned, random_state=1,
    ).fit(X[:45], votes[:45])  # fmt: skip
    rho = model.predict_samples(X[45:], random_state=1)[:, :5].astype(float)
    c = model.predict_concentration(X[45:])
    votes, held = votes[45:], results[OURS]["5"]
    coverage = vote_coverage(rho, votes, levels=LEVELS, concentration=c).coverage
    np.testing.assert_allclose(held["bar"]["coverage"], coverage[1], atol=1e-4)
    error = np.sqrt(np.mean((rho[:, :, 1].mean(axis=1) - votes[:, 1, 0] / 40) ** 2))
    assert held["bar"]["rmse"] == pytest.approx(error, abs=1e-4)
    a = np.broadcast_to(c, (15, 2))[:, np.newaxis, 1] * rho[..., 1]
    b = np.broadcast_to(c, (15, 2))[:, np.newaxis, 1] * (1 - rho[..., 1])
    k = votes[:, 1, [0]]
    # the votes in the order in which they came
    each = stats.betabinom.pmf(k, 40, a, b) / special.comb(40, k)
    score = np.log(each.mean(axis=1)).sum() / (15 * 40)
    assert held["bar"]["score"] == pytest.approx(score, abs=1e-4)


def test_a_beta_binomial_predicts_more_widely(results):
    narrow, wide = (
        results[arm]["1"]["smooth"]["predicted"][3] for arm in (AS_PUBLISHED, OURS)
    )
    assert wide < narrow


def test_measures_read_what_their_names_say():
    held = {
        "predicted": [0.0] * 5 + [0.5, 0, 0, 0.9, 0, 0.95],
        "observed": [0.0] * 5 + [0.4, 0, 0, 0.75, 0, 1.0],
        "coverage": [level / 2 for level in LEVELS],
        "score": -0.5,
        "rmse": 0.1,
    }
    result = {"1": {"bar": held}, "5": {"bar": held}}
    error = "bar?: coverage error within"
    assert measure(f"{error} 5 votes, 1 draw, points")(result) == pytest.approx(10)
    # 0.2 of 40 votes
    fifth = measure(f"{error} 0.2 of the share, 5 draws, points")
    assert fifth(result) == pytest.approx(15)
    assert measure(f"{error} 10 votes, 1 draw, points")(result) == pytest.approx(-5)
    inside = measure("bar?: votes in intervals of 80%, draws: 5, %")
    assert inside(result) == pytest.approx(40)
    # the quick size has no more than it was told to draw
    assert np.isnan(measure(f"{error} 5 votes, 30 draws, points")(result))
    assert np.isnan(measure("bar?: votes in intervals of 80%, draws: 30, %")(result))
    assert np.isnan(measure("bar?: RMSE of the share")(result))
    score = measure("bar?: log-likelihood of a vote, 30 draws")
    assert score({"30": {"bar": held}}) == -0.5
