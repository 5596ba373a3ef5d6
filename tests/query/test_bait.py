from itertools import combinations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.linalg import helmert
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression

from skbal import ActiveLearner
from skbal.models import BayesianLinearRegression, BayesianVoteRegression
from skbal.query import BAIT, ExpectedVarianceReduction
from tests.information.arrays import random_draws
from tests.query.fakes import TableSampler, numbered, random_pool


class Labelled:
    """A learner without a model."""

    def __init__(self, X_training):
        self.X_training = X_training


def rows_of(X):
    return X


def with_ones(X):
    return np.column_stack([X, np.ones(len(X))])


def information(X, probabilities=None):
    """Return the information of each row in all C directions, built row by row."""
    if probabilities is None:
        return np.array([np.outer(h, h) for h in X])
    covariances = [np.diag(p) - np.outer(p, p) for p in probabilities]
    return np.array([np.kron(G, np.outer(h, h)) for G, h in zip(covariances, X)])


def objective(chosen, pool, known, target, precision):
    M = precision * np.eye(len(target)) + known + pool[list(chosen)].sum(axis=0)
    return np.trace(np.linalg.inv(M) @ target)


def plain(pool, known, target, precision, n, oversampling):
    """Choose by the definition: a matrix is inverted for each candidate."""
    chosen = []

    def left_by(rows):
        return objective(rows, pool, known, target, precision)

    for _ in range(min(round(oversampling * n), len(pool))):
        others = [i for i in range(len(pool)) if i not in chosen]
        chosen.append(min(others, key=lambda i: left_by([*chosen, i])))
    while len(chosen) > n:
        drop = min(chosen, key=lambda i: left_by([j for j in chosen if j != i]))
        chosen.remove(drop)
    return chosen


def of_classes(n_classes):
    """Return a learner of some rows, and a pool."""
    X = random_pool(75, 3)
    y = np.digitize(X[:, 0] + X[:, 1], np.linspace(-0.5, 0.5, n_classes - 1))
    model = LogisticRegression(C=3)
    return ActiveLearner(model, X_training=X[:15], y_training=y[:15]), X[15:]


@pytest.mark.parametrize("oversampling", [1, 1.5, 2])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_regression_batches_are_those_of_the_definition(dtype, oversampling):
    X = random_pool(50, 3).astype(dtype)
    pool, known = information(with_ones(X[5:])), information(with_ones(X[:5]))
    strategy = BAIT(oversampling, prior_precision=0.1, random_state=0)
    learner = ActiveLearner(LinearRegression(), X_training=X[:5], y_training=X[:5, 0])
    chosen = strategy(learner, X[5:], 8)
    known, target = known.sum(axis=0), pool.mean(axis=0)
    assert_array_equal(chosen, plain(pool, known, target, 0.1, 8, oversampling))
    left = objective(chosen, pool, known, target, 0.1)
    assert_allclose(strategy.objective_, left, rtol=1e-6)


@pytest.mark.parametrize("convert", [np.asarray, sp.csr_matrix])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_class_batches_are_those_of_the_definition(n_classes, convert):
    # The definition in all C directions, in one of which no label says anything.
    learner, X = of_classes(n_classes)
    labelled = learner.X_training
    pool = information(with_ones(X), learner.predict_proba(X))
    known = information(with_ones(labelled), learner.predict_proba(labelled))
    known, target = known.sum(axis=0), pool.mean(axis=0)
    strategy = BAIT(prior_precision=0.5, random_state=0)
    chosen = strategy(learner, convert(X), 5)
    assert_array_equal(chosen, plain(pool, known, target, 0.5, 5, 2))
    left = objective(chosen, pool, known, target, 0.5)
    assert_allclose(strategy.objective_, left)
    now = objective([], pool, known, target, 0.5)
    falls = [now - objective([i], pool, known, target, 0.5) for i in range(len(X))]
    assert_allclose(strategy.score_pool(learner, convert(X)), falls)


@given(st.integers(0, 10**6), st.sampled_from([0.01, 1, 100]), st.integers(1, 4))
@settings(max_examples=25, deadline=None)
def test_one_row_is_the_best_and_a_batch_no_worse_than_its_rows(seed, precision, n):
    X = np.random.default_rng(seed).normal(size=(9, 2))
    rows, nothing = information(X), np.zeros((2, 2))
    target = rows.mean(axis=0)

    def left_by(batch):
        return objective(batch, rows, nothing, target, precision)

    strategy = BAIT(features=rows_of, prior_precision=precision, random_state=0)
    best = min(range(9), key=lambda i: left_by([i]))
    assert strategy(None, X, 1).tolist() == [best]
    assert strategy.score_pool(None, X).argmax() == best
    batch = strategy(None, X, n)
    lowest = min(left_by(c) for c in combinations(range(9), n))
    assert lowest * (1 - 1e-9) <= strategy.objective_ <= left_by([best]) * (1 + 1e-9)
    assert_allclose(strategy.objective_, left_by(batch))


def test_rows_along_the_axes_by_hand():
    # M starts at 1, F is the mean of h h': diag(16, 1) / 2 and diag(1, 4) / 2 on two
    # axes. A row of length a lowers its own entry of M^-1 from 1 to 1 / (1 + a^2).
    X = np.array([[4.0, 0.0], [1.0, 0.0], [0.0, 2.0], [0.0, 1.0]])
    F = np.array([17.0, 5.0]) / 4
    strategy = BAIT(features=rows_of, random_state=0)
    falls = [F[0] * 16 / 17, F[0] / 2, F[1] * 4 / 5, F[1] / 2]
    assert_allclose(strategy.score_pool(None, X), falls)
    assert_array_equal(strategy(None, X, 2), [0, 2])
    assert_allclose(strategy.objective_, F[0] / 17 + F[1] / 5)


def test_targets_along_the_axes_make_the_batch_a_optimal():
    # Then F is I / 3, and what is small is the trace of the inverse information.
    X = random_pool(12, 3)
    strategy = BAIT(features=rows_of, X_target=np.eye(3), random_state=0)
    strategy.set_params(prior_precision=0.2)(None, X, 3)
    traces = {
        batch: np.trace(
            np.linalg.inv(0.2 * np.eye(3) + X[list(batch)].T @ X[list(batch)])
        )
        for batch in combinations(range(12), 3)
    }
    chosen = tuple(sorted(strategy(None, X, 3).tolist()))
    assert_allclose(3 * strategy.objective_, traces[chosen])
    assert traces[chosen] <= np.quantile(list(traces.values()), 0.02)


def test_the_objective_is_the_variance_of_a_bayesian_regression():
    X, noise = random_pool(40, 3), 0.7
    strategy = BAIT(features=rows_of, prior_precision=noise / 2.0, random_state=0)
    chosen = strategy(Labelled(X[:4]), X[4:], 6)
    model = BayesianLinearRegression(
        prior_variance=2.0, noise_variance=noise, fit_intercept=False, optimize=None
    )
    known = np.concatenate([X[:4], X[4:][chosen]])
    model.fit(known, known[:, 0])  # the labels do not matter
    variances = (model.covariance_factor(X[4:]) ** 2).sum(axis=-1)
    assert_allclose(strategy.objective_ * noise, variances.mean())


def test_forward_rows_are_those_of_expected_variance_reduction():
    X = random_pool(70, 4)
    model = BayesianLinearRegression(
        prior_variance=3.0, noise_variance=0.6, fit_intercept=False, optimize=None
    ).fit(X[:9], X[:9, 0])
    expected = ExpectedVarianceReduction(random_state=0)
    rows = expected(model, X[9:], 10)
    strategy = BAIT(1, prior_precision=0.6 / 3.0, features=rows_of, random_state=0)
    assert_array_equal(strategy(Labelled(X[:9]), X[9:], 10), rows)
    scores = strategy.score_pool(Labelled(X[:9]), X[9:])
    assert_allclose(0.6 * scores, expected.score_pool(model, X[9:]))


def test_the_trace_is_twice_the_log_loss_that_uncertain_weights_cost():
    # Weights around those of the model, with variance 1 / precision, in all directions.
    rng, precision = np.random.default_rng(0), 3e3
    learner, X = of_classes(3)
    model = learner.estimator
    logits, p = model.decision_function(X), model.predict_proba(X)
    steps = rng.normal(0, precision**-0.5, size=(4000, 3, 4))
    other = logits + np.einsum("kcf,nf->knc", steps, with_ones(X))
    other -= np.log(np.exp(other).sum(axis=2, keepdims=True))
    costs = (p * (np.log(p) - other)).sum(axis=2).mean(axis=1)
    strategy = BAIT(prior_precision=precision)
    _, information, target, _ = strategy._given(model, X)
    trace = np.trace(np.linalg.solve(information, target))
    error = 2 * costs.std() / np.sqrt(len(costs))
    assert abs(2 * costs.mean() - trace) < 4 * error + 0.01 * trace
    assert helmert(3).shape[0] * 4 == len(information)


def test_probabilities_are_the_mean_of_the_draws_where_there_is_nothing_else():
    draws = random_draws(12, 5, 3)
    sampler, X = TableSampler(draws), numbered(12)
    sampler.classes_ = [0, 1, 2]
    sampler.predict_proba = lambda rows: draws.mean(axis=1)[rows[:, 0].astype(int)]
    by_mean = BAIT(features="input").score_pool(sampler, X)
    by_draws = BAIT(features="input", n_draws=5).score_pool(sampler, X)
    assert_allclose(by_draws, by_mean)
    forest = RandomForestClassifier(7, random_state=0)
    forest.fit(random_pool(40), random_pool(40)[:, 0] > 0)
    one = BAIT(features="input", n_draws=1).score_pool(forest, random_pool(20))
    assert np.ptp(one - BAIT(features="input").score_pool(forest, random_pool(20))) > 0


def test_targets_are_read_in_chunks_and_labelled_rows_are_none_of_them():
    learner, X = of_classes(3)
    whole = BAIT(random_state=0, X_target=X[:25])
    small = BAIT(random_state=0, X_target=X[:25], batch_size=4)
    assert_allclose(small.score_pool(learner, X), whole.score_pool(learner, X))
    assert_array_equal(small(learner, X, 6), whole(learner, X, 6))
    pool = BAIT(random_state=0).score_pool(learner, X)
    same = BAIT(random_state=0, X_target=X).score_pool(learner, X)
    assert_allclose(pool, same)


def test_a_copy_of_a_chosen_row_is_worth_less_than_a_row_of_its_own():
    axes = np.repeat(np.eye(5), 4, axis=0)
    chosen = BAIT(features=rows_of, random_state=0)(None, axes, 5)
    assert sorted(chosen // 4) == [0, 1, 2, 3, 4]


def test_rows_that_it_cannot_use_are_refused():
    X = random_pool(20)
    k = np.stack([np.arange(20), np.full(20, 20)], axis=1)
    votes = BayesianVoteRegression(random_state=0).fit(X, k)
    with pytest.raises(TypeError, match=r"BAIT needs .* is a model of votes. Try Vote"):
        BAIT(features="input").score_pool(votes, X)
    forest = RandomForestClassifier(2).fit(X, (X > 0) * 1)
    with pytest.raises(TypeError, match="BAIT needs one label per row"):
        BAIT(features="input").score_pool(forest, X)
    model = LogisticRegression().fit(np.ones((3, 5000)), [0, 1, 2])
    with pytest.raises(ValueError, match=r"at most 10,000, got 5,001 .* times 2 free"):
        BAIT().score_pool(model, np.ones((2, 5000)))
    with pytest.raises(ValueError, match="prior_precision of BAIT must be larger"):
        BAIT(features="input", prior_precision=0).score_pool(None, X)
    with pytest.raises(ValueError, match="oversampling of BAIT must be"):
        BAIT(0.5, features="input").score_pool(None, X)
    learner = ActiveLearner(
        LinearRegression(), BAIT(), X_training=X, y_training=X[:, 0]
    )
    with pytest.raises(ValueError, match="the labelled rows, got 4 and 2"):
        BAIT(features=rows_of).score_pool(learner, random_pool(5, 4))
    with pytest.raises(
        ValueError, match="as many features as X_target of BAIT, got 2 and 3"
    ):
        BAIT(features=rows_of, X_target=random_pool(5, 3)).score_pool(None, X)


def test_bmdal_reg_chooses_the_same_rows(monkeypatch):
    pytest.importorskip("bmdal_reg")
    torch = pytest.importorskip("torch")
    # It names np.Inf, which NumPy 2 no longer has.
    monkeypatch.setattr(np, "Inf", np.inf, raising=False)
    from bmdal_reg.bmdal.algorithms import select_batch
    from bmdal_reg.bmdal.feature_data import TensorFeatureData

    X = random_pool(120, 3)
    labelled, pool = X[:10], X[10:]
    data = {
        name: TensorFeatureData(torch.from_numpy(rows))
        for name, rows in {"train": labelled, "pool": pool}.items()
    }
    for n, factor in [(8, 1.0), (8, 2.0)]:
        theirs, _ = select_batch(
            n, [None], data, None, "linear", [("train", [0.5, 1.0])], "bait",
            bait_sigma=0.5, overselection_factor=factor, verbosity=0,
        )  # fmt: skip
        strategy = BAIT(
            factor,
            prior_precision=0.25,
            features=rows_of,
            X_target=X,
            random_state=0,
        )
        ours = strategy(Labelled(labelled), pool, n)
        assert_array_equal(ours, theirs.numpy())
