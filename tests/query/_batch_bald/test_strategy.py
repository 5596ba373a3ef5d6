"""BatchBALD as users have it: pools, models, parameters, memory."""

import tracemalloc

import joblib
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner, predict_samples
from skbal.exceptions import NoDrawsError, TooFewDrawsWarning
from skbal.information import joint_mutual_information, mutual_information
from skbal.models import MCDropoutClassifier
from skbal.query import BALD, BatchBALD
from tests.query._batch_bald.arrays import alike_draws, full_greedy, random_draws
from tests.query.fakes import SeededSampler, TableSampler, numbered, random_pool


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return (X / 16).astype(np.float32), y


@pytest.fixture(scope="module")
def network(digits):
    X, y = digits
    return MCDropoutClassifier(
        image_shape=(8, 8), n_draws=20, max_epochs=10, random_state=0
    ).fit(X[:100], y[:100])


def choose(draws, n_instances, **parameters):
    strategy = BatchBALD(**{"n_draws": None, "random_state": 0, **parameters})
    chosen = strategy(TableSampler(draws), numbered(len(draws)), n_instances)
    return chosen, strategy


def test_one_row_is_that_of_bald():
    draws = random_draws(50, 10, 3)
    chosen, strategy = choose(draws, 1)
    scores = mutual_information(draws)
    assert_array_equal(chosen, [scores.argmax()])
    assert_allclose(strategy.gains_, scores.max())
    assert_array_equal(strategy.gain_errors_, [0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_copies", [1, 30])
def test_one_row_is_the_first_of_two(n_copies, dtype):
    for seed in range(5):
        draws = alike_draws(20, 30, 4, seed).astype(dtype)
        draws = np.repeat(draws, n_copies, axis=0)
        one, of_one = choose(draws, 1, random_state=seed)
        two, of_two = choose(draws, 2, random_state=seed)
        assert_array_equal(one, two[:1])
        assert_array_equal(of_one.gains_, of_two.gains_[:1])
        assert one.dtype == two.dtype


def test_of_rows_without_information_any_one_is_chosen():
    draws = np.full((50, 10, 2), 0.5)
    chosen = [choose(draws, 1, random_state=seed) for seed in range(20)]
    assert len({rows[0] for rows, _ in chosen}) > 5
    assert {strategy.gains_[0] for _, strategy in chosen} == {0.0}


def test_one_row_takes_no_more_draws_than_bald_but_for_a_few():
    draws, n_drawn = random_draws(500, 10, 3), {}
    for kind in (BALD, BatchBALD):
        sampler = TableSampler(draws)
        kind(n_draws=None, random_state=0)(sampler, numbered(500), 1)
        n_drawn[kind] = sum(n_rows for n_rows, _, _ in sampler.calls)
    assert n_drawn[BALD] <= n_drawn[BatchBALD] <= n_drawn[BALD] + 10


def test_the_score_of_a_row_alone_is_bald():
    draws = random_draws(50, 10, 3)
    scores = BatchBALD(n_draws=None).score_pool(TableSampler(draws), numbered(50))
    assert_allclose(scores, mutual_information(draws))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("n_classes", "n_instances"), [(2, 8), (3, 6), (10, 4)])
def test_the_batch_is_that_of_greedy_enumeration(n_classes, n_instances, dtype):
    draws = random_draws(30, 40, n_classes).astype(dtype)
    chosen, strategy = choose(draws, n_instances)
    expected, gains = full_greedy(draws, n_instances)
    assert_array_equal(chosen, expected)
    assert_allclose(strategy.gains_, gains, atol=2e-6)
    total = joint_mutual_information(draws[chosen])
    assert_allclose(strategy.gains_.sum(), total, atol=2e-6)


@pytest.mark.parametrize("make", [random_draws, alike_draws])
def test_the_batch_tells_more_than_the_top_of_bald(make):
    for seed in range(10):
        draws = make(200, 30, 3, seed)
        top = BALD(random_state=0)(TableSampler(draws), numbered(200), 6)
        ours = joint_mutual_information(draws[choose(draws, 6)[0]])
        assert ours >= joint_mutual_information(draws[top]) - 1e-9


def test_exact_gains_never_grow():
    _, strategy = choose(alike_draws(100, 30, 3), 8)
    assert (np.diff(strategy.gains_) <= 1e-9).all()


def test_copies_are_passed_over_where_bald_asks_for_all_of_them():
    draws = np.repeat(alike_draws(100, 30, 4, n_features=8), 5, axis=0)
    top = BALD(random_state=0)(TableSampler(draws), numbered(500), 5)
    chosen, _ = choose(draws, 5)
    assert len(set(top // 5)) == 1
    assert len(set(chosen // 5)) == 5


def test_equal_rows_are_chosen_between_by_the_seed():
    draws = np.repeat(alike_draws(3, 30, 4), 10, axis=0)
    first = [choose(draws, 1, random_state=seed)[0][0] for seed in range(30)]
    assert len({row // 10 for row in first}) == 1
    assert len(set(first)) > 5
    assert_array_equal(choose(draws, 9)[0], choose(draws, 9)[0])


@pytest.mark.slow
def test_no_row_comes_twice_even_when_all_are_asked_for():
    chosen, strategy = choose(alike_draws(40, 50, 3), 40)
    assert sorted(chosen) == list(range(40))
    assert np.isfinite(strategy.gains_).all()
    assert strategy.gains_.sum() <= np.log(50) + 5 * strategy.gain_errors_.max()


def test_a_batch_that_the_draws_cannot_fill_is_warned_of():
    draws = alike_draws(200, 4, 10, n_features=20)
    with pytest.warns(
        TooFewDrawsWarning,
        match="of 30 rows of BatchBALD have 99% of the most",
    ):
        chosen, strategy = choose(draws, 30)
    assert len(set(chosen)) == 30
    assert_allclose(strategy.gains_.sum(), np.log(4), atol=1e-3)


def test_the_seed_sets_the_samples():
    draws = alike_draws(300, 50, 4)
    few = {"n_joint_samples": 100}
    chosen, strategy = choose(draws, 8, **few)
    again, same = choose(draws, 8, **few)
    assert_array_equal(chosen, again)
    assert_array_equal(strategy.gains_, same.gains_)
    _, other = choose(draws, 8, random_state=1, **few)
    assert (strategy.gains_ != other.gains_).any()
    assert (strategy.gain_errors_[5:] > 0).all()


# Each row by itself, as dropout with fresh masks for every batch of rows would draw.
def mixed(draws, seed=0):
    rng = np.random.default_rng(seed)
    return np.array([row[rng.permutation(len(row))] for row in draws])


def test_draws_that_are_not_joint_would_give_another_batch():
    draws = np.repeat(alike_draws(100, 30, 4, n_features=8), 3, axis=0)
    inconsistent = mixed(draws)
    # Row by row nothing changes ...
    assert_allclose(mutual_information(inconsistent), mutual_information(draws))
    # ... but copies of a row no longer agree, and seem to tell new things.
    chosen, strategy = choose(draws, 6)
    misled, misleading = choose(inconsistent, 6)
    assert len(set(chosen // 3)) == 6 > len(set(misled // 3))
    assert misleading.gains_.sum() > strategy.gains_.sum() + 0.1
    told = joint_mutual_information(draws[misled])
    assert told < joint_mutual_information(draws[chosen]) - 0.1


@pytest.mark.slow
def test_the_draws_of_a_network_are_joint_across_chunks_and_workers(network, digits):
    X = digits[0][:400]
    expected = BatchBALD(n_draws=20, random_state=0)(network, X, 8)
    for parameters in ({"batch_size": 37}, {"n_jobs": 2}, {"max_memory": "6MB"}):
        ask = BatchBALD(n_draws=20, random_state=0, **parameters)
        with joblib.parallel_config(backend="threading"):
            assert_array_equal(ask(network, X, 8), expected)
    draws = predict_samples(network, X, 20, random_state=0).astype(np.float64)
    draws /= draws.sum(axis=2, keepdims=True)
    assert_array_equal(expected[:4], full_greedy(draws, 4)[0])


@pytest.mark.slow
def test_a_small_memory_gives_the_same_batch():
    model, X = SeededSampler(n_classes=4), random_pool(3000)
    few = {"n_draws": 20, "n_joint_samples": 500, "random_state": 0}
    expected = BatchBALD(**few)(model, X, 10)
    less = BatchBALD(**few, max_memory=300_000)
    assert_array_equal(less(model, X, 10), expected)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_pool():
    class Linear:
        def predict_samples(self, X, n_draws=None, *, random_state=None):
            rng = np.random.default_rng(random_state)
            weights = rng.normal(size=(2, 20, 10)).astype(np.float32)
            scores = np.exp(np.einsum("nf,fkc->nkc", X.astype(np.float32), weights))
            return scores / scores.sum(axis=2, keepdims=True)

    def peak(n_rows):
        X = random_pool(n_rows).astype(np.float32)
        ask = BatchBALD(
            n_draws=20,
            n_joint_samples=1000,
            max_memory="4MB",
            batch_size=1000,
            random_state=0,
        )
        tracemalloc.start()
        try:
            ask(Linear(), X, 4)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1000)
    # All draws of 100,000 rows would take 80 MB; what is kept of a row is its bound,
    # its priority and its place.
    assert peak(100_000) < 30e6


def test_it_works_in_a_learner_a_pipeline_and_after_clone(digits):
    X, y = digits
    forest = make_pipeline(
        StandardScaler(),
        RandomForestClassifier(100, min_samples_leaf=3, random_state=0),
    )
    strategy = clone(BatchBALD(random_state=0, pool_subsample=300))
    learner = ActiveLearner(forest, strategy, X[:60], y[:60])
    rows, asked = learner.query(X[60:], n_instances=3)
    assert len(set(rows)) == 3
    assert_array_equal(asked, X[60:][rows])
    assert strategy.get_params()["n_joint_samples"] == 10_000


def test_a_progress_bar_shows_rows_and_picks(capsys):
    choose(random_draws(20, 5, 3), 3, verbose=1)
    shown = capsys.readouterr().err
    assert "rows" in shown
    assert "picks" in shown


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"n_joint_samples": 0}, ValueError, "n_joint_samples of BatchBALD .* got 0"),
        ({"n_joint_samples": 1.5}, TypeError, "n_joint_samples of BatchBALD"),
        ({"max_memory": "much"}, ValueError, "max_memory of BatchBALD .* got 'much'"),
        ({"max_memory": 1.5}, TypeError, "max_memory of BatchBALD .* got 1.5"),
        (
            {"max_memory": "1MB"},
            ValueError,
            "max_memory of BatchBALD must be at least 1.21MB, got '1MB': 1.2MB are "
            "needed for n_joint_samples=10000 configurations of 5 draws",
        ),
        ({"n_draws": 0}, ValueError, "n_draws of BatchBALD"),
    ],
)
def test_wrong_parameters_are_named(parameters, error, message):
    with pytest.raises(error, match=message):
        choose(random_draws(20, 5, 3), 2, **parameters)


def test_an_ensemble_smaller_than_n_draws_says_so(digits):
    X, y = digits
    forest = RandomForestClassifier(10, random_state=0).fit(X[:60], y[:60])
    with pytest.raises(ValueError, match="n_draws is 100, but this RandomForest"):
        BatchBALD(n_draws=100)(forest, X[60:80], 2)
    assert len(BatchBALD()(forest, X[60:80], 2)) == 2  # all ten trees


def test_models_that_cannot_be_asked_say_so(digits):
    X, y = digits
    with pytest.raises(NotFittedError):
        BatchBALD()(RandomForestClassifier(), X, 2)
    with pytest.raises(TypeError, match="is a regressor"):
        BatchBALD()(RandomForestRegressor(10).fit(X[:50], y[:50]), X, 2)
    with pytest.raises(NoDrawsError):
        BatchBALD()(StandardScaler().fit(X), X, 2)
