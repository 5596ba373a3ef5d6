"""The choice of rows that make targets certain, against dense inverses."""

import tracemalloc

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_matrix
from scipy.stats import beta, betabinom, binom
from sklearn.base import clone
from sklearn.datasets import make_moons
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.exceptions import NotFittedError
from sklearn.gaussian_process import (
    GaussianProcessClassifier,
    GaussianProcessRegressor,
)
from sklearn.gaussian_process.kernels import RBF
from sklearn.linear_model import ARDRegression, BayesianRidge, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skbal import ActiveLearner, predict_samples
from skbal.exceptions import NoDrawsError
from skbal.features import PoolGraph
from skbal.models import (
    BayesianLinearRegression,
    BayesianVoteRegression,
    GraphClassifier,
    LaplaceRegressor,
    LastLayerClassifier,
    LastLayerRegressor,
    MCDropoutClassifier,
    MCDropoutRegressor,
    MeanFieldLinearRegression,
)
from skbal.query import ExpectedVarianceReduction, MaxEntropy, PredictiveVariance
from tests.information.arrays import random_draws
from tests.query.fakes import SeededSampler, TableSampler, numbered, random_pool
from tests.query.test_batch_variance import KnownFactor, random_factor, taught
from tests.query.test_reduction import dense_greedy


def greedy(factor, noise, targets, n_picks):
    n_rows = len(factor)
    noise = np.full((n_rows, 1, 1), noise)
    return dense_greedy(factor[:, np.newaxis], noise, targets[:, np.newaxis], n_picks)


class KnownProbabilities(TableSampler):
    """A classifier whose draws are looked up by the number of the row."""

    def __init__(self, table):
        super().__init__(table)
        self.classes_ = np.arange(self.table.shape[2])


# Scores


@pytest.mark.parametrize("with_targets", [False, True])
def test_the_score_is_the_formula_with_a_dense_covariance(with_targets):
    factor, targets = random_factor(), random_factor(20, seed=1)
    both = KnownFactor(np.concatenate([factor, targets]))
    covariance = both.factor @ both.factor.T
    rows = np.arange(60, 80) if with_targets else np.arange(60)
    expected = (covariance[rows] ** 2).mean(axis=0) / (0.5 + covariance.diagonal())
    X_target = rows[:, np.newaxis] if with_targets else None
    strategy = ExpectedVarianceReduction(X_target)
    assert_allclose(strategy.score_pool(both, numbered(60)), expected[:60], rtol=1e-10)


def test_the_pool_as_the_target_is_the_default():
    model, pool = taught(BayesianRidge()), random_pool(40, 4)
    default = ExpectedVarianceReduction(random_state=0)
    given = ExpectedVarianceReduction(pool, random_state=0)
    expected = default.score_pool(model, pool)
    assert_allclose(given.score_pool(model, pool), expected, rtol=1e-10)


@pytest.mark.parametrize("kind", [BayesianLinearRegression, MeanFieldLinearRegression])
def test_the_score_is_the_fall_of_the_predicted_variance(kind):
    # Second way: teach the model each row, and predict.
    model, pool = taught(kind(optimize=None, noise_variance=0.3)), random_pool(9, 4)
    targets = random_pool(25, 4)[9:]
    scores = ExpectedVarianceReduction(targets).score_pool(model, pool)
    X, y = random_pool(30, 4), np.zeros(30)
    if kind is MeanFieldLinearRegression:
        # Its covariance is diagonal, whatever is taught: only its own formula is left.
        factor, of_targets = map(model.covariance_factor, (pool, targets))
        covariance = of_targets @ factor.T
        expected = (covariance**2).mean(axis=0) / (0.3 + (factor**2).sum(axis=1))
        assert_allclose(scores, expected, rtol=1e-10)
        return
    model = clone(model).set_params(fit_intercept=False)
    scores = ExpectedVarianceReduction(targets).score_pool(model.fit(X, y), pool)
    before = model.predict(targets, return_std=True)[1] ** 2
    for row, score in zip(pool, scores):
        more = clone(model).fit(np.vstack([X, row]), np.zeros(31))
        after = more.predict(targets, return_std=True)[1] ** 2
        assert_allclose(score, (before - after).mean(), rtol=1e-8)


def test_an_outlier_is_no_good_question_for_a_mean_variance():
    # One row has the largest variance and tells nothing about the fifty others.
    pool = np.zeros((51, 2))
    pool[0, 0], pool[1:, 1] = 3.0, np.linspace(1, 1.5, 50)
    model = BayesianLinearRegression(optimize=None, fit_intercept=False)
    model.fit(np.eye(2), [0.0, 0.0])
    assert PredictiveVariance(random_state=0)(model, pool)[0] == 0
    assert ExpectedVarianceReduction(random_state=0)(model, pool)[0] == 50


# Weights of the targets


class KnownDoubt(KnownFactor):
    """A classifier that knows the probability that it is wrong at a row."""

    classes_ = np.arange(2)

    def __init__(self, factor, doubt):
        super().__init__(factor)
        self.doubt = np.asarray(doubt)

    def predict_proba(self, X):
        wrong = self.doubt[np.asarray(X)[:, 0].astype(int)]
        return np.stack([wrong, 1 - wrong], axis=1)


def uncertain(X_target=None, **parameters):
    parameters = {"target_weights": "uncertain", "random_state": 0, **parameters}
    return ExpectedVarianceReduction(X_target, **parameters)


@pytest.mark.parametrize("with_targets", [False, True])
def test_the_score_is_the_weighted_mean_with_a_dense_covariance(with_targets):
    factor, doubt = random_factor(80), np.random.default_rng(1).uniform(0, 0.5, 80)
    model, covariance = KnownDoubt(factor, doubt), factor @ factor.T
    rows = np.arange(60, 80) if with_targets else np.arange(60)
    of_targets = doubt[rows, np.newaxis] * covariance[rows] ** 2
    expected = of_targets.mean(axis=0) / (0.5 + covariance.diagonal())
    strategy = uncertain(rows[:, np.newaxis] if with_targets else None)
    scores = strategy.score_pool(model, numbered(60))
    assert_allclose(scores, expected[:60], rtol=1e-10)


@pytest.mark.parametrize("max_memory", [None, 500])
def test_the_weighted_batch_is_that_of_dense_inverses(max_memory):
    factor, doubt = random_factor(30), np.random.default_rng(1).uniform(0, 0.5, 30)
    strategy = uncertain(max_memory=max_memory)
    chosen = strategy(KnownDoubt(factor, doubt), numbered(30), 6)
    # A target of weight w is one whose function is larger by the root of w.
    targets = np.sqrt(doubt)[:, np.newaxis] * factor
    expected, falls = greedy(factor, 0.5, targets, 6)
    assert_array_equal(chosen, expected)
    assert_allclose(strategy.gains_, falls, rtol=1e-8)


def test_draws_of_a_classifier_are_weighted_by_its_mean():
    X = random_pool(60)
    model = RandomForestClassifier(30, random_state=0).fit(X, X[:, 0] + X[:, 1] > 0)
    pool, draws = random_pool(40), predict_samples(model, random_pool(40))
    weights = 1 - model.predict_proba(pool).max(axis=1)
    mean = draws.mean(axis=1)
    away = (draws - mean[:, np.newaxis]).reshape(40, -1, 2)
    # Two classes: p and 1 - p, and the label has the variance m (1 - m).
    across = np.einsum("tk,nk->tn", away[:, :, 0], away[:, :, 0]) / draws.shape[1]
    falls = 2 * across**2 / np.maximum(mean[:, 0] * mean[:, 1], 1e-9)
    expected = (weights[:, np.newaxis] * falls).mean(axis=0)
    assert_allclose(uncertain().score_pool(model, pool), expected, rtol=1e-5, atol=1e-7)


def test_a_gaussian_process_has_weights_of_its_targets():
    X = random_pool(30)
    process = GaussianProcessClassifier(RBF(1.0, "fixed")).fit(X, X[:, 0] > 0)
    pool, target = random_pool(12), random_pool(19)[12:]
    plain = ExpectedVarianceReduction(target[:1], n_draws=50, random_state=0)
    found = uncertain(target[:1], n_draws=50).score_pool(process, pool)
    doubt = 1 - process.predict_proba(target[:1]).max()
    assert_allclose(found, doubt * plain.score_pool(process, pool))


def test_what_is_certain_does_not_count():
    # Rows 0 and 1 tell of each other, and so do rows 2 and 3, with less variance.
    factor = np.array([[2.0, 0], [2, 0], [0, 1], [0, 1]])
    model = KnownDoubt(factor, [0, 0, 0.1, 0.1])
    assert ExpectedVarianceReduction(random_state=0)(model, numbered(4))[0] < 2
    assert uncertain()(model, numbered(4))[0] >= 2


def test_predictions_that_are_all_certain_have_equal_weights():
    model = KnownDoubt(random_factor(20), np.zeros(20))
    expected = ExpectedVarianceReduction(random_state=0)(model, numbered(20), 5)
    assert_array_equal(uncertain()(model, numbered(20), 5), expected)


def test_weights_are_of_the_rows_that_a_pipeline_transforms():
    X, y = make_moons(80, noise=0.1, random_state=0)
    graph = PoolGraph(n_components=20, random_state=0)
    pipeline = make_pipeline(StandardScaler(), GraphClassifier(graph, random_state=0))
    pipeline.fit(X, y)
    inner = uncertain()(pipeline[-1], pipeline[0].transform(X), 4)
    assert_array_equal(uncertain()(pipeline, X, 4), inner)


# Batches


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6), noise=st.floats(1e-3, 1e3))
def test_the_batch_is_that_of_dense_inverses(seed, noise):
    factor = random_factor(15, 4, seed)
    strategy = ExpectedVarianceReduction(noise_variance=noise, random_state=0)
    chosen = strategy(KnownFactor(factor), numbered(15), 6)
    expected, falls = greedy(factor, noise, factor, 6)
    assert_array_equal(chosen, expected)
    assert_allclose(strategy.gains_, falls, rtol=1e-7, atol=1e-9 * falls[0])


def test_the_batch_for_targets_is_that_of_dense_inverses():
    factor = random_factor()
    strategy = ExpectedVarianceReduction(numbered(7), random_state=0)
    chosen = strategy(KnownFactor(factor), numbered(60), 8)
    expected, falls = greedy(factor, 0.5, factor[:7], 8)
    assert_array_equal(chosen, expected)
    assert_allclose(strategy.gains_, falls, rtol=1e-7, atol=1e-9 * falls[0])


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_the_gains_are_what_the_model_loses_when_it_is_taught(n_outputs):
    # Whatever the labels, the mean predictive variance falls by the sum of the gains.
    given = {"fit_intercept": False, "optimize": None, "noise_variance": 0.4}
    if n_outputs == 2:
        given["output_covariance"] = np.array([[2.0, 1.0], [1.0, 3.0]])
    model = taught(BayesianLinearRegression(**given), n_outputs)
    pool = 2 * random_pool(25, 4)
    strategy = ExpectedVarianceReduction(random_state=0)
    chosen = strategy(model, pool, 6)

    def mean_variance():
        std = model.predict(pool, return_std=True)[1].reshape(25, n_outputs)
        return (std**2).sum(axis=1).mean()

    before = mean_variance()
    labels = np.random.default_rng(2).normal(size=(6, n_outputs))
    model.partial_fit(pool[chosen], labels[:, 0] if n_outputs == 1 else labels)
    assert_allclose(strategy.gains_.sum(), before - mean_variance(), rtol=1e-8)


def test_batches_of_draws_are_those_of_their_covariance():
    X = random_pool(20, 3)
    strategy = ExpectedVarianceReduction(noise_variance=0.1, n_draws=12, random_state=5)
    chosen = strategy(SeededSampler(n_classes=2), X, 6)
    draws = predict_samples(SeededSampler(n_classes=2), X, 12, random_state=5)
    blocks = (draws - draws.mean(axis=1, keepdims=True)).swapaxes(1, 2) / np.sqrt(11)
    noise = np.broadcast_to(0.1 * np.eye(2), (20, 2, 2))
    expected, falls = dense_greedy(blocks, noise, blocks, 6)
    assert_array_equal(chosen, expected)
    assert_allclose(strategy.gains_, falls, rtol=1e-8)


def test_each_output_may_have_its_own_noise():
    table = np.random.default_rng(0).normal(size=(10, 8, 2))
    model = TableSampler(table)
    model.noise_variance_ = [0.1, 10.0]
    chosen = ExpectedVarianceReduction(random_state=0)(model, numbered(10), 4)
    blocks = (table - table.mean(axis=1, keepdims=True)).swapaxes(1, 2) / np.sqrt(7)
    noise = np.broadcast_to(np.diag([0.1, 10.0]), (10, 2, 2))
    assert_array_equal(chosen, dense_greedy(blocks, noise, blocks, 4)[0])


def test_exact_scores_are_those_of_many_draws():
    model, pool, n_draws = taught(BayesianLinearRegression()), random_pool(20, 4), 5000
    exact = ExpectedVarianceReduction().score_pool(model, pool)

    class Draws:
        noise_variance_ = model.noise_variance_

        def predict_samples(self, X, n_draws=None, *, random_state=None):
            return model.predict_samples(X, n_draws, random_state=random_state)

    strategy = ExpectedVarianceReduction(n_draws=n_draws, random_state=0)
    drawn = strategy.score_pool(Draws(), pool)
    # Squares of covariances, each with a relative standard error of at most
    # sqrt(2 / n_draws) of the variances.
    assert_allclose(drawn, exact, rtol=4.5 * 2 * np.sqrt(2 / n_draws))


def test_copies_are_passed_over_while_others_tell_more():
    model = BayesianLinearRegression(noise_variance=0.1).fit(np.eye(3, 8), [0, 1, 2])
    pool = random_pool(20, 8)
    pool[5:] = 3 * pool[4]  # fifteen copies of the row of largest variance
    chosen = ExpectedVarianceReduction(random_state=0)(model, pool, 5)
    assert (chosen >= 5).sum() == 1


# Classifiers


def test_the_score_of_a_classifier_is_the_expected_fall_of_the_variance():
    # By Bayes' rule: each label weights the draws by their probability of it.
    table = random_draws(12, 9, 3)
    weights = table / table.sum(axis=1, keepdims=True)  # (rows, draws, labels)
    means = np.einsum("kwl,twc->klct", weights, table)
    squares = np.einsum("kwl,twc->klct", weights, table**2)
    after = (squares - means**2).sum(axis=2).mean(axis=2)  # (rows, labels)
    before = table.var(axis=1).sum(axis=1).mean()
    expected = before - (table.mean(axis=1) * after).sum(axis=1)
    model = KnownProbabilities(table)
    scores = ExpectedVarianceReduction().score_pool(model, numbered(12))
    assert_allclose(scores, expected, rtol=1e-6)
    # Of a model that knows the truth of a target, the Brier score falls as much.
    brier = (1 - (table.mean(axis=1) ** 2).sum(axis=1)).mean()
    left = (1 - (means**2).sum(axis=2)).mean(axis=2)
    falls = brier - (table.mean(axis=1) * left).sum(axis=1)
    assert_allclose(scores, falls, rtol=1e-6)


def test_a_batch_of_a_classifier_is_that_of_the_best_linear_predictions():
    table = random_draws(12, 30, 3)
    strategy = ExpectedVarianceReduction(random_state=0)
    chosen = strategy(KnownProbabilities(table), numbered(12), 4)
    deviations = (table - table.mean(axis=1, keepdims=True)).swapaxes(1, 2)
    covariance = np.einsum("icw,jdw->icjd", deviations, deviations) / 30
    among = covariance[np.ix_(chosen, range(3), chosen, range(3))].copy()
    for place, row in enumerate(chosen):
        mean = table[row].mean(axis=0)
        among[place, :, place] = np.diag(mean) - np.outer(mean, mean)
    cross = covariance[chosen].reshape(12, 36)
    fall = np.trace(cross.T @ np.linalg.pinv(among.reshape(12, 12), 1e-9) @ cross) / 12
    assert_allclose(strategy.gains_.sum(), fall, rtol=1e-6)
    scores = strategy.score_pool(KnownProbabilities(table), numbered(12))
    assert_allclose(strategy.gains_[0], scores.max(), rtol=1e-9)


def test_rows_on_which_draws_agree_or_that_are_known_tell_nothing():
    table = np.full((6, 8, 2), 0.5)  # unsure, and nothing to learn
    table[0, :4], table[0, 4:] = [1, 0], [0, 1]
    table[1] = [1, 0]
    model = KnownProbabilities(table)
    assert MaxEntropy(random_state=0)(model, numbered(6))[0] != 1
    scores = ExpectedVarianceReduction().score_pool(model, numbered(6))
    # The label of row 0 tells which half of the draws is right.
    assert_allclose(scores, [0.5 / 6, 0, 0, 0, 0, 0], atol=1e-8)


def test_labels_that_are_certain_given_the_draw_leave_no_endless_gain():
    table = np.eye(3)[np.random.default_rng(0).integers(3, size=(10, 6))]
    strategy = ExpectedVarianceReduction(random_state=0)
    strategy(KnownProbabilities(table), numbered(10), 10)
    total = table.var(axis=1).sum(axis=1).mean()
    assert_allclose(strategy.gains_.sum(), total, rtol=1e-6)


# Votes


class Votes(TableSampler):
    """A model of votes whose draws are looked up by the number of the row."""

    def predict_votes(self, X, n_votes):
        raise AssertionError("a strategy sees draws")


class SpreadVotes(Votes):
    """The same with beta-binomial votes."""

    def predict_concentration(self, X):
        return np.full((len(X), self.table.shape[2]), 3.0)


def fall_by_bayes(table, row, n, concentration=np.inf):
    """The fall of the mean variance of all rows by n votes, for each k."""
    rho, k = table[row], np.arange(n + 1)[:, np.newaxis]
    joint = binom.pmf(k, n, rho)
    if np.isfinite(concentration):
        joint = betabinom.pmf(k, n, concentration * rho, concentration * (1 - rho))
    joint /= len(rho)  # (n + 1, n_draws)
    total = joint.sum(axis=1)
    means = joint @ table.T / total[:, np.newaxis]
    return (total @ (means - table.mean(axis=1)) ** 2).mean()


RHO = np.random.default_rng(0).beta(1.5, 2, (8, 10))


@pytest.mark.parametrize("kind", [Votes, SpreadVotes])
@pytest.mark.parametrize("n", [1, 2, 7, 40])
def test_votes_lower_the_variance_by_what_a_share_tells_linearly(n, kind):
    model = kind(RHO[:, :, np.newaxis])
    strategy = ExpectedVarianceReduction(n_votes=n)
    scores = strategy.score_pool(model, numbered(8))
    covariance = np.cov(RHO, bias=True)
    noise = (RHO * (1 - RHO)).mean(axis=1) / n
    if kind is SpreadVotes:
        noise *= 1 + (n - 1) / 4
    expected = (covariance**2).mean(axis=1) / (covariance.diagonal() + noise)
    assert_allclose(scores, expected, rtol=1e-6)
    c = 3.0 if kind is SpreadVotes else np.inf
    exact = [fall_by_bayes(RHO, row, n, c) for row in range(8)]
    if n == 1:
        assert_allclose(scores, exact, rtol=1e-6)
    else:
        assert (scores < exact).all()


def test_votes_on_a_share_of_a_beta_distribution_tell_what_conjugacy_says():
    # Beta(a, b) becomes Beta(a + k, b + n - k), whose mean is linear in k.
    a, b, n = 3.0, 5.0, 12
    rho = beta.ppf((np.arange(400) + 0.5) / 400, a, b)
    model = Votes(rho.reshape(1, -1, 1))
    score = ExpectedVarianceReduction(n_votes=n).score_pool(model, [[0]])
    expected = beta.var(a, b) * n / (n + a + b)
    assert_allclose(score, expected, rtol=3e-3)


def test_votes_on_normal_shares_tell_what_a_simulation_says():
    rng = np.random.default_rng(0)
    draws = 0.5 + 0.03 * rng.normal(size=(2, 300))
    draws[1] = 0.1 + 0.8 * draws[1] + 0.7 * (draws[0] - 0.5)
    truth = np.tile(draws, 1000)
    shares = rng.binomial(400, truth[0]) / 400
    # What a regression of the target on the observed share explains of its variance.
    expected = np.cov(truth[1], shares)[0, 1] ** 2 / shares.var()
    model = Votes(draws[:, :, np.newaxis])
    strategy = ExpectedVarianceReduction(np.array([[1]]), n_votes=400)
    score = strategy.score_pool(model, np.array([[0]]))
    assert_allclose(score, expected, rtol=0.02)


def test_a_batch_of_votes_is_that_of_the_best_linear_predictions():
    table = np.random.default_rng(1).beta(2, 2, (9, 30, 2))
    strategy = ExpectedVarianceReduction(n_votes=5, random_state=0)
    chosen = strategy(Votes(table), numbered(9), 3)
    values = table.swapaxes(1, 2).reshape(18, 30)  # row by row, both questions
    covariance = np.cov(values, bias=True)
    labels = np.concatenate([2 * chosen, 2 * chosen + 1])
    noise = (values * (1 - values)).mean(axis=1)[labels] / 5
    among = covariance[np.ix_(labels, labels)] + np.diag(noise)
    cross = covariance[labels]
    fall = np.trace(cross.T @ np.linalg.solve(among, cross)) / 9
    assert_allclose(strategy.gains_.sum(), fall, rtol=1e-6)


def test_models_of_votes_are_asked_also_in_pipelines_and_with_a_noise_of_your_own():
    X = random_pool(30)
    votes = np.column_stack([np.arange(30) % 9, np.full(30, 9)])
    head = BayesianVoteRegression("beta-binomial", optimize=None, random_state=0)
    model = head.fit(X, votes)
    draws = predict_samples(model, X, random_state=0)[:, :, 0]
    c = model.concentration_[0]
    noise = (draws * (1 - draws)).mean(axis=1) / 10 * (1 + 9 / (c + 1))
    covariance = np.cov(draws, bias=True)
    expected = (covariance**2).mean(axis=1) / (covariance.diagonal() + noise)
    strategy = ExpectedVarianceReduction(n_votes=10, random_state=0)
    for estimator in (model, make_pipeline(FunctionTransformer(), model)):
        scores = strategy.score_pool(estimator, X)
        assert_allclose(scores, expected, rtol=1e-6)
    given = strategy.set_params(noise_variance=0.02).score_pool(model, X)
    covariance = np.cov(draws)
    expected = (covariance**2).mean(axis=1) / (covariance.diagonal() + 0.02)
    assert_allclose(given, expected, rtol=1e-6)


def test_the_questions_of_a_regression_of_one_hot_labels_need_no_answers():
    X, pool = random_pool(12, 3), random_pool(52, 3)[12:]
    rng, batches = np.random.default_rng(0), []
    for _ in range(3):
        model = BayesianLinearRegression(optimize=None, noise_variance=0.1)
        model.fit(X, np.eye(4)[rng.permutation(12) % 4])
        batches.append(ExpectedVarianceReduction(random_state=0)(model, pool, 9))
    assert_array_equal(batches[1], batches[0])
    assert_array_equal(batches[2], batches[0])


def test_forests_are_taken():
    X, pool = random_pool(60, 4), random_pool(100, 4)[60:]
    forest = RandomForestClassifier(20, random_state=0).fit(X, X[:, 0] > 0)
    chosen = ExpectedVarianceReduction(random_state=0)(forest, pool, 8)
    assert len(set(chosen.tolist())) == 8
    regressor = RandomForestRegressor(20, random_state=0).fit(X, X[:, 0])
    strategy = ExpectedVarianceReduction(noise_variance=0.5, random_state=0)
    assert len(set(strategy(regressor, pool, 8).tolist())) == 8


# Memory, pieces, workers, order


@pytest.mark.parametrize("n_held", [1, 3, 20, 59])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_little_memory_gives_the_same_batch(n_held, dtype):
    factor = random_factor().astype(dtype)
    factor[10:30] = factor[7]
    bytes_per_row = factor[0].nbytes + 24
    strategy = ExpectedVarianceReduction(random_state=0)
    expected = strategy(KnownFactor(factor), numbered(60), 12)
    gains, model = strategy.gains_, KnownFactor(factor)
    scores = strategy.score_pool(model, numbered(60))
    model.sizes.clear()
    strategy.set_params(max_memory=n_held * bytes_per_row, batch_size=n_held)
    assert_array_equal(strategy(model, numbered(60), 12), expected)
    assert_allclose(strategy.gains_, gains, rtol=1e-10)
    assert_allclose(strategy.score_pool(model, numbered(60)), scores, rtol=1e-10)
    assert max(model.sizes) <= max(n_held, 8)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_pool():
    class Wide:
        noise_variance_ = 1.0

        def covariance_factor(self, X):
            n_factors = np.arange(1.0, 101.0)
            return np.sin(X * n_factors) / n_factors

    X = np.linspace(0, 3, 50_000, dtype=np.float32)[:, np.newaxis]  # factors: 40 MB
    strategy = ExpectedVarianceReduction(
        max_memory=2**20, batch_size=1000, random_state=0
    )
    for ask in (lambda: strategy(Wide(), X, 3), lambda: strategy.score_pool(Wide(), X)):
        tracemalloc.start()
        try:
            ask()
            extra = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert extra < 12e6


@pytest.mark.parametrize("max_memory", [None, 2000])
@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_pieces_and_workers_change_nothing(backend, max_memory):
    model, pool = taught(BayesianRidge()), random_pool(60, 4)
    strategy = ExpectedVarianceReduction(random_state=0, max_memory=max_memory)
    expected = strategy(model, pool, 8)
    assert_array_equal(
        clone(strategy).set_params(batch_size=7)(model, pool, 8), expected
    )
    with joblib.parallel_config(backend=backend, n_jobs=2):
        assert_array_equal(strategy(model, pool, 8), expected)


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6), n_instances=st.integers(1, 9))
def test_a_permuted_pool_gives_the_same_rows(seed, n_instances):
    factor = random_factor(25, 4, seed)
    order = np.random.default_rng(seed).permutation(25)
    strategy = ExpectedVarianceReduction(random_state=0)
    chosen = strategy(KnownFactor(factor), numbered(25), n_instances)
    again = strategy(KnownFactor(factor), numbered(25)[order], n_instances)
    assert_array_equal(order[again], chosen)


def test_of_equal_rows_each_is_chosen_at_some_time():
    factor = np.repeat(random_factor(5, 3), 10, axis=0).astype(np.float32)
    model = KnownFactor(factor)
    chosen = [
        ExpectedVarianceReduction(random_state=seed)(model, numbered(50))[0]
        for seed in range(60)
    ]
    assert len(set(np.array(chosen) // 10)) == 1
    assert len(set(chosen)) == 10


def test_a_memory_map_and_a_sparse_pool_are_taken(tmp_path):
    pool = random_pool(40, 4)
    pool[pool < 0] = 0
    np.save(tmp_path / "X.npy", pool)
    model = taught(BayesianRidge())
    strategy = ExpectedVarianceReduction(random_state=0, batch_size=9)
    expected = strategy(model, pool, 6)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    assert_array_equal(strategy(model, mapped, 6), expected)
    for kind in ("csr", "coo"):
        sparse = csr_matrix(pool).asformat(kind)
        assert_array_equal(strategy(model, sparse, 6), expected)
        aimed = ExpectedVarianceReduction(sparse, random_state=0)
        assert_array_equal(aimed(model, sparse, 6), expected)


def test_the_models_own_array_is_left_as_it_was():
    factor = random_factor()
    factor.flags.writeable = False

    class Model:
        noise_variance_ = 0.5

        def covariance_factor(self, X):
            return factor[: len(X)]

    ExpectedVarianceReduction()(Model(), numbered(60), 5)


def test_a_subsample_is_its_own_target():
    model = KnownFactor(random_factor())
    strategy = ExpectedVarianceReduction(random_state=0, pool_subsample=9)
    chosen = strategy(model, numbered(60), 9)
    assert len(set(chosen.tolist())) == 9
    assert sum(model.sizes) <= 9 + 2 * 8
    rows = numbered(60)[np.sort(chosen)]
    whole = ExpectedVarianceReduction(random_state=0)
    whole(model, rows, 9)
    assert_allclose(strategy.gains_, whole.gains_)


# Estimators


@pytest.mark.parametrize("kind", [BayesianRidge, ARDRegression])
def test_the_noise_of_scikit_learns_linear_models_is_found(kind):
    model, pool = taught(kind()), random_pool(40, 4)
    given = ExpectedVarianceReduction(noise_variance=1 / model.alpha_, random_state=0)
    found = ExpectedVarianceReduction(random_state=0)
    assert_array_equal(found(model, pool, 6), given(model, pool, 6))
    assert_array_equal(found.gains_, given.gains_)


class NoisyRows(KnownFactor):
    """Each row has a noise of its own, which is told by its number."""

    def __init__(self, factor, noise):
        super().__init__(factor)
        self.noise = np.asarray(noise)

    def label_variance(self, X):
        return self.noise[np.asarray(X)[:, 0].astype(int)]


@pytest.mark.parametrize("max_memory", [None, 500])
def test_each_row_may_have_its_own_noise(max_memory):
    factor, noise = random_factor(30), np.exp(random_pool(30, 1)[:, 0])
    strategy = ExpectedVarianceReduction(random_state=0, max_memory=max_memory)
    chosen = strategy(NoisyRows(factor, noise), numbered(30), 6)
    blocks = factor[:, np.newaxis]
    expected, falls = dense_greedy(blocks, noise[:, np.newaxis, np.newaxis], blocks, 6)
    assert_array_equal(chosen, expected)
    assert_allclose(strategy.gains_, falls, rtol=1e-8)
    given = ExpectedVarianceReduction(noise_variance=0.5, random_state=0)
    same = ExpectedVarianceReduction(random_state=0)
    scores = same.score_pool(KnownFactor(factor), numbered(30))
    found = given.score_pool(NoisyRows(factor, noise), numbered(30))
    assert_allclose(found, scores)


def test_a_field_on_a_graph_loses_the_variance_that_was_promised():
    X, y = make_moons(150, noise=0.1, random_state=0)
    model = GraphClassifier(PoolGraph(n_components=20, random_state=0).fit(X))
    model.fit(X[:2], y[:2])
    strategy, unit = ExpectedVarianceReduction(random_state=0), 0.5

    def mean_variance():
        factor = model.covariance_factor(X).astype(np.float64)
        return unit * (factor**2).sum(axis=1).mean()

    before, chosen = mean_variance(), strategy(model, X, 5)
    model.partial_fit(X[chosen], y[chosen])
    assert_allclose(strategy.gains_.sum(), before - mean_variance(), rtol=1e-5)


def gaussian_process(X, **parameters):
    """Return a process taught on X, and a strategy."""
    process = GaussianProcessRegressor(RBF(1.5, "fixed"), alpha=0.1)
    strategy = ExpectedVarianceReduction(noise_variance=0.1, random_state=0)
    return process.fit(X, np.asarray(X)[:, 0]), strategy.set_params(**parameters)


def test_a_gaussian_process_draws_for_pool_and_targets_at_once():
    X, rows = random_pool(30), 2 * random_pool(19)
    process, strategy = gaussian_process(X, X_target=rows[12:], n_draws=4000)
    scores = strategy.score_pool(process, rows[:12])
    covariance = process.predict(rows, return_cov=True)[1]
    cross = covariance[12:, :12]
    expected = (cross**2).mean(axis=0) / (0.1 + covariance.diagonal()[:12])
    assert_allclose(scores, expected, rtol=0.2, atol=0.02 * expected.max())
    assert strategy(process, rows[:12])[0] == scores.argmax()


def test_a_gaussian_process_sees_rows_of_the_kind_that_it_was_taught():
    found = []
    for convert in (np.asarray, pd.DataFrame, np.ndarray.tolist):
        target = convert(2 * random_pool(19)[12:])
        process, strategy = gaussian_process(
            convert(random_pool(30)), X_target=target, n_draws=20
        )
        found.append(strategy.score_pool(process, convert(random_pool(12))))
    assert_allclose(found[1:], [found[0]] * 2, rtol=1e-9)


@pytest.mark.parametrize("kind", [LaplaceRegressor, LastLayerRegressor])
def test_the_last_layer_of_a_network_is_exact(kind):
    X = random_pool(40, 4).astype(np.float32)
    y = np.column_stack([X[:, 0], X[:, 1]])
    network = MCDropoutRegressor(module__hidden_units=(10,), max_epochs=3)
    model = kind(network, random_state=0).fit(X, y)
    pool = random_pool(30, 4).astype(np.float32)
    strategy = ExpectedVarianceReduction(random_state=0, n_draws=1)
    chosen = strategy(model, pool, 5)
    factor = model.covariance_factor(pool).astype(np.float64)
    expected, falls = greedy(factor, model.noise_variance_, factor, 5)
    assert_array_equal(chosen, expected)
    unit = np.trace(model.output_covariance_)
    assert_allclose(strategy.gains_, unit * falls, rtol=1e-6)


def test_a_classifier_with_a_regression_behind_it_is_exact():
    X = random_pool(40, 4).astype(np.float32)
    model = LastLayerClassifier(MCDropoutClassifier(max_epochs=3), random_state=0)
    model.fit(X, X[:, 0] > 0)
    strategy = ExpectedVarianceReduction(random_state=0)
    chosen = strategy(model, X, 5)
    factor = model.covariance_factor(X).astype(np.float64)
    assert_array_equal(chosen, greedy(factor, model.noise_variance_, factor, 5)[0])


def test_pipelines_and_learners_are_looked_into():
    X, pool, targets = random_pool(30, 4), random_pool(50, 4), random_pool(57, 4)[50:]
    y = X @ [1.0, 2, 3, 4]
    pipeline = make_pipeline(StandardScaler(), BayesianLinearRegression()).fit(X, y)
    strategy = ExpectedVarianceReduction(targets, random_state=0)
    learner = ActiveLearner(clone(pipeline), clone(strategy), X, y)
    rows, _ = learner.query(pool, n_instances=6)
    scaled = pipeline[0].transform(targets)
    expected = ExpectedVarianceReduction(scaled, random_state=0)
    inner = expected(pipeline[-1], pipeline[0].transform(pool), 6)
    assert_array_equal(rows, inner)
    assert_array_equal(strategy(pipeline, pool, 6), inner)


def test_large_and_small_units_give_the_same_batch():
    model, pool = taught(BayesianLinearRegression()), random_pool(40, 4)
    factor, rows = model.covariance_factor(pool), numbered(40)
    strategy = ExpectedVarianceReduction(noise_variance=1.0, random_state=0)
    expected = strategy(KnownFactor(factor), rows, 8)
    gains = strategy.gains_
    for unit in (1e-8, 1e8):
        strategy.set_params(noise_variance=unit**2)
        assert_array_equal(strategy(KnownFactor(unit * factor), rows, 8), expected)
        assert_allclose(strategy.gains_, unit**2 * gains)


# Parameters and errors


def sampler(table, noise=None, kind=TableSampler):
    model = kind(table)
    if noise is not None:
        model.noise_variance_ = noise
    return model


DRAWS = np.random.default_rng(0).normal(size=(10, 6, 2))
ONE_CLASS = RandomForestClassifier(5).fit(numbered(10), np.zeros(10))
VOTES = np.column_stack([np.arange(10), np.full(10, 10)])
VOTE_MODEL = BayesianVoteRegression().fit(numbered(10), VOTES)


@pytest.mark.parametrize(
    ("strategy", "model", "error", "message"),
    [
        ({"noise_variance": 0}, sampler(DRAWS), ValueError, "must be larger than 0"),
        ({"noise_variance": "1"}, sampler(DRAWS), TypeError, "noise_variance of Exp"),
        ({}, sampler(DRAWS), ValueError, "Give ExpectedVarianceReduction a noise_var"),
        ({}, sampler(DRAWS, [1, 1, 1]), ValueError, "one number or 2, one per output"),
        ({}, sampler(DRAWS[:, :1], 1), ValueError, "needs at least 2 draws .* gave 1"),
        ({}, sampler(DRAWS + np.nan, 1), ValueError, "Draws of TableSampler must be f"),
        ({}, KnownProbabilities(DRAWS), ValueError, "ExpectedVarianceReduction"),
        ({}, KnownProbabilities(np.abs(DRAWS)), ValueError, "sum to one"),
        ({}, ONE_CLASS, ValueError, "knows at least two classes"),
        ({"n_votes": 0}, VOTE_MODEL, ValueError, "n_votes of .* integer >= 1, got 0"),
        ({}, Votes(DRAWS), ValueError, "Draws given to ExpectedVariance.* in .0, 1."),
        ({}, KnownFactor([[np.inf]] * 10), ValueError, "must be finite"),
        ({}, KnownFactor([1.0] * 10), ValueError, r"shape \(n_samples, n_factors\)"),
        ({}, NoisyRows(DRAWS[:, :, 0], [0.0] * 10), ValueError, "smallest value 0"),
        ({}, NoisyRows(DRAWS[:, :, 0], [[1.0]] * 10), ValueError, r"shape \(\d, 1\)"),
        ({"X_target": []}, sampler(DRAWS, 1), ValueError, "X_target of .* is empty"),
        ({"X_target": 3}, sampler(DRAWS, 1), TypeError, "X_target of Expected"),
        ({"max_memory": 0}, sampler(DRAWS, 1), ValueError, "max_memory of Expected"),
        ({"target_weights": "all"}, sampler(DRAWS, 1), ValueError, "target_weights of"),
        (
            {"target_weights": "uncertain"},
            sampler(DRAWS, 1),
            TypeError,
            "needs a classifier with predict_proba, and TableSampler has none",
        ),
        (
            {"target_weights": "uncertain"},
            KnownDoubt(np.ones((10, 1)), np.ones((10, 2))),
            NoDrawsError,
            "predict_proba of KnownDoubt must return",
        ),
        ({"pool_subsample": 2}, sampler(DRAWS, 1), ValueError, "allows only 2 rows"),
        ({}, BayesianRidge(), NotFittedError, "BayesianRidge"),
        ({}, RandomForestClassifier(), NotFittedError, "RandomForestClassifier"),
        ({}, BayesianLinearRegression(), NotFittedError, "BayesianLinearRegression"),
        ({}, LogisticRegression().fit(numbered(4), [0, 0, 1, 1]), NoDrawsError, "Logi"),
    ],
)
def test_what_is_wrong_is_said(strategy, model, error, message):
    with pytest.raises(error, match=message):
        ExpectedVarianceReduction(**strategy)(model, numbered(10), 3)
