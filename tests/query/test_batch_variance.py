"""Batches for regression, against dense log-determinants; see also test_greedy."""

import tracemalloc

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.exceptions import NotFittedError
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF
from sklearn.linear_model import ARDRegression, BayesianRidge, LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner, predict_samples
from skbal.exceptions import NoDrawsError
from skbal.models import (
    BayesianLinearRegression,
    LaplaceRegressor,
    LastLayerClassifier,
    LastLayerRegressor,
    MCDropoutClassifier,
    MCDropoutRegressor,
    MeanFieldLinearRegression,
)
from skbal.query import BatchVariance, PredictiveVariance
from tests.query.fakes import SeededSampler, TableSampler, numbered, random_pool
from tests.query.test_greedy import dense_greedy

LINEAR = [BayesianLinearRegression, MeanFieldLinearRegression]


class KnownFactor:
    """A covariance looked up by the number of the row, its only feature."""

    noise_variance_ = 0.5

    def __init__(self, factor, output_covariance=None):
        self.factor = np.asarray(factor)
        self.sizes = []
        if output_covariance is not None:
            self.output_covariance_ = output_covariance

    def covariance_factor(self, X):
        self.sizes.append(len(X))
        return self.factor[np.asarray(X)[:, 0].astype(int)]


def random_factor(n_rows=60, n_factors=5, seed=0):
    rng = np.random.default_rng(seed)
    return np.exp(rng.normal(size=(n_rows, 1))) * rng.normal(size=(n_rows, n_factors))


def taught(model, n_outputs=1, n_features=4):
    X = random_pool(30, n_features)
    rng = np.random.default_rng(1)
    y = X @ rng.normal(size=(n_features, n_outputs)) + rng.normal(size=(30, n_outputs))
    return model.fit(X, y[:, 0] if n_outputs == 1 else y)


def information_of(covariance):
    return np.linalg.slogdet(np.eye(len(covariance)) + covariance)[1] / 2


# The batch


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), noise=st.floats(1e-3, 1e3))
def test_the_batch_is_that_of_dense_log_determinants(seed, noise):
    factor = random_factor(15, 4, seed)
    strategy = BatchVariance(noise_variance=noise, random_state=0)
    chosen = strategy(KnownFactor(factor), numbered(15), 6)
    expected, gains = dense_greedy(factor[:, np.newaxis] / np.sqrt(noise), 6)
    assert_array_equal(chosen, expected)
    assert_allclose(strategy.gains_, gains, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("kind", LINEAR)
def test_gains_are_those_of_the_joint_posterior_of_all_outputs(kind):
    # Second way: the function at all rows and outputs, with the noise between outputs.
    output = np.array([[2.0, 1.0], [1.0, 3.0]])
    given = {"output_covariance": output} if kind is BayesianLinearRegression else {}
    model, pool = taught(kind(noise_variance=0.3, **given), 2), random_pool(25, 4)
    output = model.output_covariance_
    strategy = BatchVariance(random_state=0)
    chosen = strategy(model, pool, 5)
    deviations = model.covariance_factor(pool[chosen])
    covariance = np.kron(deviations @ deviations.T, output)
    noise = 0.3 * np.kron(np.eye(5), output)
    both, alone = (np.linalg.slogdet(m)[1] for m in (covariance + noise, noise))
    assert_allclose(strategy.gains_.sum(), (both - alone) / 2, rtol=1e-10)


def test_the_batch_lowers_the_entropy_of_the_weights_by_its_gains():
    # Taught the batch, whatever the labels, the weights lose what was promised.
    model, pool = (
        taught(BayesianLinearRegression(fit_intercept=False)),
        2 * random_pool(25, 4),
    )
    strategy = BatchVariance(random_state=0)
    chosen = strategy(model, pool, 6)
    before = np.linalg.slogdet(model.row_covariance_)[1]
    model.partial_fit(pool[chosen], np.zeros(6))
    after = np.linalg.slogdet(model.row_covariance_)[1]
    assert_allclose(strategy.gains_.sum(), (before - after) / 2, rtol=1e-8)


def test_batches_of_draws_are_those_of_their_covariance():
    # Two outputs, each with the same noise, from the draws as they are.
    X = random_pool(20, 3)
    strategy = BatchVariance(noise_variance=0.1, n_draws=12, random_state=5)
    chosen = strategy(SeededSampler(n_classes=2), X, 6)
    draws = predict_samples(SeededSampler(n_classes=2), X, 12, random_state=5)
    deviations = (draws - draws.mean(axis=1, keepdims=True)).swapaxes(1, 2)
    expected, gains = dense_greedy(deviations / np.sqrt(11 * 0.1), 6)
    # Two classes: equal gains are likely, equal rows are not.
    assert_allclose(strategy.gains_, gains, rtol=1e-8)
    assert_array_equal(chosen, expected)


def test_each_output_may_have_its_own_noise():
    table = np.random.default_rng(0).normal(size=(10, 8, 2))
    model = TableSampler(table)
    model.noise_variance_ = [0.1, 10.0]
    strategy = BatchVariance(random_state=0)
    chosen = strategy(model, numbered(10), 4)
    deviations = table - table.mean(axis=1, keepdims=True)
    blocks = deviations.swapaxes(1, 2) / np.sqrt(7 * np.array([[0.1], [10.0]]))
    assert_array_equal(chosen, dense_greedy(blocks, 4)[0])


def test_each_row_may_have_its_own_noise():
    factor, noise = random_factor(12, 4), np.exp(random_pool(12, 1)[:, 0])

    class NoisyRows(KnownFactor):
        def label_variance(self, X):
            return noise[np.asarray(X)[:, 0].astype(int)]

    strategy = BatchVariance(random_state=0)
    chosen = strategy(NoisyRows(factor), numbered(12), 5)
    blocks = factor[:, np.newaxis] / np.sqrt(noise)[:, np.newaxis, np.newaxis]
    expected, gains = dense_greedy(blocks, 5)
    assert_array_equal(chosen, expected)
    assert_allclose(strategy.gains_, gains, rtol=1e-8)


def test_exact_gains_are_those_of_many_draws():
    model, pool, n_draws = taught(BayesianLinearRegression()), random_pool(20, 4), 5000
    exact = BatchVariance(random_state=0).score_pool(model, pool)

    class Draws:
        noise_variance_ = model.noise_variance_

        def predict_samples(self, X, n_draws=None, *, random_state=None):
            return model.predict_samples(X, n_draws, random_state=random_state)

    drawn = BatchVariance(n_draws=n_draws, random_state=0).score_pool(Draws(), pool)
    # d gain / d variance is at most 1 / 2 for noise 1; the variance of the draws has
    # the relative standard error sqrt(2 / n_draws).
    variance = np.expm1(2 * exact)
    assert (np.abs(drawn - exact) < 4.5 * variance * np.sqrt(2 / n_draws) / 2).all()


def test_gains_never_grow_and_sum_to_the_joint_information():
    factor = random_factor(40)
    strategy = BatchVariance(random_state=0)
    strategy(KnownFactor(factor), numbered(40), 40)
    total = information_of(factor @ factor.T / 0.5)
    assert_allclose(strategy.gains_.sum(), total, rtol=1e-10)
    assert (np.diff(strategy.gains_) <= 1e-12).all()


def test_the_score_of_a_row_is_what_its_label_alone_tells():
    factor = random_factor()
    scores = BatchVariance().score_pool(KnownFactor(factor), numbered(60))
    assert_allclose(scores, np.log1p((factor**2).sum(axis=1) / 0.5) / 2, rtol=1e-12)
    two = KnownFactor(factor, np.eye(2))
    assert_allclose(BatchVariance().score_pool(two, numbered(60)), 2 * scores)


# Against PredictiveVariance


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("kind", LINEAR)
def test_one_row_is_the_one_of_predictive_variance(kind, seed):
    model, pool = taught(kind()), random_pool(50, 4)
    chosen = [
        strategy(random_state=seed)(model, pool)
        for strategy in (BatchVariance, PredictiveVariance)
    ]
    assert_array_equal(*chosen)


def test_copies_are_passed_over_while_others_tell_more():
    model = BayesianLinearRegression(noise_variance=0.1).fit(np.eye(3, 8), [0, 1, 2])
    pool = random_pool(20, 8)
    pool[5:] = 3 * pool[4]  # fifteen copies of the row of largest variance
    by_row = PredictiveVariance(random_state=0)(model, pool, 5)
    together = BatchVariance(random_state=0)(model, pool, 5)
    assert (by_row >= 5).all()
    assert (together >= 5).sum() == 1
    covariance = model.covariance_factor(pool)
    covariance = covariance @ covariance.T / 0.1
    joint = [information_of(covariance[np.ix_(b, b)]) for b in (together, by_row)]
    assert joint[0] > 1.5 * joint[1]


def test_copies_come_when_nothing_else_is_left():
    factor = np.zeros((6, 2))
    factor[[1, 4]] = 1
    chosen = BatchVariance(random_state=0)(KnownFactor(factor), numbered(6), 3)
    assert set(chosen[:2].tolist()) == {1, 4}


# Memory, pieces, workers


@pytest.mark.parametrize("n_held", [1, 3, 20, 59])
def test_little_memory_gives_the_same_batch(n_held):
    factor, bytes_per_row = random_factor(), 8 * (5 + 1)
    factor[10:30] = factor[7]
    strategy = BatchVariance(random_state=0)
    expected = strategy(KnownFactor(factor), numbered(60), 12)
    gains = strategy.gains_
    model = KnownFactor(factor)
    strategy.set_params(max_memory=n_held * bytes_per_row, batch_size=n_held)
    assert_array_equal(strategy(model, numbered(60), 12), expected)
    assert_allclose(strategy.gains_, gains, rtol=1e-10)
    assert max(model.sizes) <= max(n_held, 8)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_pool():
    class Wide:
        noise_variance_ = 1.0

        def covariance_factor(self, X):
            n_factors = np.arange(1.0, 101.0)
            return np.sin(X * n_factors) / n_factors

    X = np.linspace(0, 3, 50_000, dtype=np.float32)[:, np.newaxis]  # factors: 40 MB
    strategy = BatchVariance(max_memory=2**20, batch_size=1000, random_state=0)
    tracemalloc.start()
    try:
        strategy(Wide(), X, 5)
        extra = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert extra < 12e6


@pytest.mark.parametrize("max_memory", [None, 2000])
@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_pieces_and_workers_change_nothing(backend, max_memory):
    model, pool = taught(BayesianRidge()), random_pool(60, 4)
    strategy = BatchVariance(random_state=0, max_memory=max_memory)
    expected = strategy(model, pool, 8)
    assert_array_equal(
        clone(strategy).set_params(batch_size=7)(model, pool, 8), expected
    )
    with joblib.parallel_config(backend=backend, n_jobs=2):
        assert_array_equal(strategy(model, pool, 8), expected)


def test_a_memory_map_is_handed_on_in_pieces_of_itself(tmp_path):
    np.save(tmp_path / "X.npy", random_factor())
    pool = np.load(tmp_path / "X.npy", mmap_mode="r")
    pieces = []

    class Model:
        noise_variance_ = 0.5

        def covariance_factor(self, X):
            pieces.append(X)
            return np.asarray(X)

    chosen = BatchVariance(random_state=0, batch_size=13)(Model(), pool, 5)
    assert all(np.shares_memory(piece, pool) for piece in pieces)
    expected = BatchVariance(random_state=0)(KnownFactor(pool), numbered(60), 5)
    assert_array_equal(chosen, expected)


def test_the_models_own_array_is_left_as_it_was():
    factor = random_factor()
    factor.flags.writeable = False

    class Model:
        noise_variance_ = 0.5

        def covariance_factor(self, X):
            return factor[: len(X)]

    BatchVariance()(Model(), numbered(60), 5)


def test_sparse_pools_are_taken():
    pool = random_pool(40, 4)
    pool[pool < 0] = 0
    model = taught(BayesianRidge())
    expected = BatchVariance(random_state=0)(model, pool, 6)
    for kind in ("csr", "coo"):
        sparse = csr_matrix(pool).asformat(kind)
        assert_array_equal(BatchVariance(random_state=0)(model, sparse, 6), expected)


@settings(max_examples=20)
@given(data=st.data())
def test_indices_are_distinct_positions_in_the_pool(data):
    n_pool = data.draw(st.integers(1, 12))
    n_instances = data.draw(st.integers(1, n_pool))
    seed = data.draw(st.integers(0, 2**32 - 1))
    factor = data.draw(st.sampled_from([0, 1])) * random_factor(n_pool)
    max_memory = data.draw(st.sampled_from([None, 100]))
    strategy = BatchVariance(random_state=seed, max_memory=max_memory)
    chosen = strategy(KnownFactor(factor), numbered(n_pool), n_instances)
    assert chosen.shape == (n_instances,)
    assert len(set(chosen.tolist())) == n_instances
    assert set(chosen.tolist()) <= set(range(n_pool))


def test_only_a_random_part_of_the_pool_is_looked_at_if_so_wished():
    model = KnownFactor(random_factor())
    strategy = BatchVariance(random_state=0, pool_subsample=9)
    chosen = strategy(model, numbered(60), 9)
    assert len(set(chosen.tolist())) == 9
    assert sum(model.sizes) <= 9 + 8


def test_ties_are_broken_by_random_state():
    model = KnownFactor(np.ones((50, 1)))
    chosen = [BatchVariance(random_state=s)(model, numbered(50))[0] for s in range(40)]
    assert len(set(chosen)) > 20
    again = [BatchVariance(random_state=3)(model, numbered(50), 9) for _ in range(2)]
    assert_array_equal(*again)


# Estimators


@pytest.mark.parametrize("kind", [BayesianRidge, ARDRegression])
def test_the_noise_of_scikit_learns_linear_models_is_found(kind):
    model, pool = taught(kind()), random_pool(40, 4)
    given = BatchVariance(noise_variance=1 / model.alpha_, random_state=0)
    found = BatchVariance(random_state=0)
    assert_array_equal(found(model, pool, 6), given(model, pool, 6))
    assert_array_equal(found.gains_, given.gains_)


def test_a_gaussian_process_draws_for_the_whole_pool_at_once():
    # In pieces its draws would not be joint, and copies would not look alike.
    model = taught(GaussianProcessRegressor(RBF(2.0, "fixed"), alpha=0.1))
    pool = np.repeat(4 * random_pool(10, 4), 4, axis=0)
    strategy = BatchVariance(0.1, n_draws=2000, random_state=0, batch_size=3)
    chosen = strategy(model, pool, 6)
    assert len(set((chosen // 4).tolist())) == 6
    scores = strategy.score_pool(model, pool)
    variance = model.predict(pool, return_std=True)[1] ** 2
    assert_allclose(scores, np.log1p(variance / 0.1) / 2, rtol=0.1)


def test_forests_are_taken_with_noise_given():
    pool = random_pool(40, 4)
    forest = taught(RandomForestRegressor(20, random_state=0))
    chosen = BatchVariance(noise_variance=0.5, random_state=0)(forest, pool, 8)
    assert len(set(chosen.tolist())) == 8


@pytest.mark.parametrize("kind", [LaplaceRegressor, LastLayerRegressor])
def test_the_last_layer_of_a_network_is_exact(kind):
    X = random_pool(40, 4).astype(np.float32)
    y = np.column_stack([X[:, 0], X[:, 1]])
    network = MCDropoutRegressor(module__hidden_units=(10,), max_epochs=3)
    model = kind(network, random_state=0).fit(X, y)
    pool = random_pool(30, 4).astype(np.float32)
    strategy = BatchVariance(random_state=0, n_draws=1)
    chosen = strategy(model, pool, 5)
    factor = model.covariance_factor(pool[chosen]).astype(np.float64)
    total = information_of(factor @ factor.T / model.noise_variance_)
    assert_allclose(strategy.gains_.sum(), 2 * total, rtol=1e-4)


def test_a_classifier_with_a_regression_behind_it_is_taken():
    X = random_pool(40, 4).astype(np.float32)
    network = MCDropoutClassifier(max_epochs=3)
    model = LastLayerClassifier(network, random_state=0).fit(X, X[:, 0] > 0)
    strategy = BatchVariance(random_state=0)
    chosen = strategy(model, X, 5)
    factor = model.covariance_factor(X[chosen]).astype(np.float64)
    total = information_of(factor @ factor.T / model.noise_variance_)
    n_copies = len(model.output_covariance_)
    assert_allclose(strategy.gains_.sum(), n_copies * total, rtol=1e-4)


def test_a_classifier_without_one_is_told_of_another_strategy():
    forest = RandomForestClassifier(5).fit([[0.0], [1.0]], ["a", "b"])
    with pytest.raises(ValueError, match="For class probabilities, try BatchBALD"):
        BatchVariance()(forest, [[0.0], [1.0]])


def test_pipelines_and_learners_are_looked_into():
    X, pool = random_pool(30, 4), random_pool(50, 4)
    y = X @ [1.0, 2, 3, 4]
    pipeline = make_pipeline(StandardScaler(), BayesianLinearRegression()).fit(X, y)
    learner = ActiveLearner(clone(pipeline), BatchVariance(random_state=0), X, y)
    rows, _ = learner.query(pool, n_instances=6)
    # The learner's strategy knows how many rows were taught; gains do not depend on it.
    expected = BatchVariance(random_state=0)
    inner = expected(pipeline[-1], pipeline[0].transform(pool), 6)
    assert_array_equal(rows, inner)
    assert_array_equal(expected(pipeline, pool, 6), inner)


def test_large_and_small_units_give_the_same_batch():
    model, pool = taught(BayesianLinearRegression()), random_pool(40, 4)
    factor = model.covariance_factor(pool)
    expected = BatchVariance(1.0, random_state=0)(KnownFactor(factor), numbered(40), 8)
    for unit in (1e-8, 1e8):
        strategy = BatchVariance(noise_variance=unit**2, random_state=0)
        chosen = strategy(KnownFactor(unit * factor), numbered(40), 8)
        assert_array_equal(chosen, expected)


# Parameters and errors


def test_it_is_a_parameter_object_of_scikit_learn():
    strategy = BatchVariance(noise_variance=2, n_draws=5, max_memory=9, random_state=1)
    copy = clone(strategy).set_params(n_draws=7)
    assert copy.get_params() == {**strategy.get_params(), "n_draws": 7}
    BatchVariance(noise_variance="much", max_memory=-1, n_draws=0)


def sampler(table, noise=None):
    model = TableSampler(table)
    if noise is not None:
        model.noise_variance_ = noise
    return model


PROCESS = taught(GaussianProcessRegressor(RBF(1.0, "fixed")), 1, 1)
DRAWS = np.random.default_rng(0).normal(size=(10, 6, 2))


@pytest.mark.parametrize(
    ("strategy", "model", "error", "message"),
    [
        ({"noise_variance": 0}, sampler(DRAWS), ValueError, "must be larger than 0"),
        ({"noise_variance": -1}, sampler(DRAWS), ValueError, "noise_variance of Batch"),
        ({"noise_variance": "1"}, sampler(DRAWS), TypeError, "noise_variance of Batch"),
        ({}, sampler(DRAWS), ValueError, "no noise_variance_. Give BatchVariance a n"),
        ({}, sampler(DRAWS, 0.0), ValueError, "in TableSampler must be larger than 0"),
        ({}, sampler(DRAWS, np.nan), ValueError, "Give BatchVariance a noise_variance"),
        ({}, sampler(DRAWS, [1, 1, 1]), ValueError, "one number or 2, one per output"),
        ({}, sampler(DRAWS[:, :1], 1), ValueError, "needs at least 2 draws .* gave 1"),
        ({}, sampler(DRAWS + np.nan, 1), ValueError, "Draws of TableSampler must be f"),
        ({}, KnownFactor([[np.inf]] * 10), ValueError, "must be finite"),
        ({}, KnownFactor([1.0] * 10), ValueError, r"shape \(n_samples, n_factors\)"),
        ({"max_memory": 0}, sampler(DRAWS, 1), ValueError, "max_memory of BatchVar"),
        ({"max_memory": 1e6}, sampler(DRAWS, 1), TypeError, "max_memory of BatchVar"),
        ({"batch_size": 0}, sampler(DRAWS, 1), ValueError, "batch_size of BatchVar"),
        ({"n_draws": 0}, sampler(DRAWS, 1), ValueError, "n_draws of BatchVariance"),
        ({"random_state": -1}, sampler(DRAWS, 1), ValueError, "random_state of Batch"),
        ({"pool_subsample": 2}, sampler(DRAWS, 1), ValueError, "allows only 2 rows"),
        ({}, BayesianRidge(), NotFittedError, "BayesianRidge"),
        ({}, BayesianLinearRegression(), NotFittedError, "BayesianLinearRegression"),
        ({}, LinearRegression(), NoDrawsError, "LinearRegression makes no posterior"),
        ({}, PROCESS, ValueError, "noise_variance"),
    ],
)
def test_what_is_wrong_is_said(strategy, model, error, message):
    with pytest.raises(error, match=message):
        BatchVariance(**strategy)(model, numbered(10), 3)
