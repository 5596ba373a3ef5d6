"""The features of five rows in a second way, and what they do not depend on."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.stats import entropy, rankdata
from sklearn.datasets import make_blobs
from sklearn.ensemble import RandomForestClassifier
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from skbal import ActiveLearner
from skbal.exceptions import PolicyInputsError
from skbal.policy import CANDIDATE_FEATURES, STATE_FEATURES, policy_inputs
from skbal.policy._inputs import inputs_of, observe
from skbal.query import Random

POOL = np.array([[0.0, 1.0], [1.0, 3.0], [2.0, 0.5], [4.0, 2.0], [5.0, -1.0]])
LABELLED = np.array([[0.5, 0.0], [3.0, 1.0], [4.5, 3.0]])
LABELS = np.array(["a", "b", "b"])


@pytest.fixture(scope="module")
def seen():
    learner = ActiveLearner(
        RandomForestClassifier(7, random_state=0), Random(), LABELLED, LABELS
    )
    inputs = policy_inputs(learner, POOL)
    rows = dict(zip(CANDIDATE_FEATURES, inputs.candidates.T))
    return learner, rows, dict(zip(STATE_FEATURES, inputs.state))


@pytest.fixture(scope="module")
def second():
    """The smoother by scikit-learn, on all rows; the first five are the pool."""
    rows = np.concatenate([POOL, LABELLED])
    rows = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    gaps = [np.linalg.norm(rows[i] - rows[j]) for i in range(8) for j in range(i)]
    kernel = RBF(np.median(gaps) / 2, "fixed")
    process = GaussianProcessRegressor(kernel, alpha=0.1, optimizer=None)
    one_hot = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    process.fit(rows[5:], one_hot[:, 1] - 0.5)
    mean, covariance = process.predict(rows, return_cov=True)
    return rows, kernel(rows), 0.5 + mean, covariance


def margin_of(p):
    return 1 - abs(2 * p - 1)


def test_uncertainty_is_that_of_the_model(seen):
    learner, rows, state = seen
    p = learner.predict_proba(POOL)[:, 1]
    h = entropy([p, 1 - p]) / np.log(2)
    trees = [tree.predict_proba(POOL) for tree in learner.estimator.estimators_]
    bald = h - np.mean([entropy(t, axis=1) for t in trees], axis=0) / np.log(2)
    np.testing.assert_allclose(rows["margin"], margin_of(p))
    np.testing.assert_allclose(rows["entropy"], h)
    np.testing.assert_allclose(rows["bald"], bald, atol=1e-12)
    np.testing.assert_allclose(rows["margin_rank"], (rankdata(margin_of(p)) - 0.5) / 5)
    np.testing.assert_allclose(state["mean_margin"], margin_of(p).mean())
    np.testing.assert_allclose(state["mean_bald"], bald.mean())


def test_novelty_and_reductions_are_those_of_a_gaussian_process(seen, second):
    learner, rows, state = seen
    _, _, _, covariance = second
    u = np.append(margin_of(learner.predict_proba(POOL)[:, 1]), np.zeros(3))
    falls, weighted = np.zeros((2, 5))
    for i in range(5):
        for anchor in range(8):
            fall = covariance[i, anchor] ** 2 / (covariance[i, i] + 0.1)
            falls[i] += fall / 8
            weighted[i] += u[anchor] * fall / 8
    close = {"rtol": 1e-4, "atol": 1e-5}
    np.testing.assert_allclose(rows["novelty"], np.diag(covariance)[:5], **close)
    np.testing.assert_allclose(rows["reduction"], np.log(falls / falls.mean()), **close)
    np.testing.assert_allclose(
        rows["weighted_reduction"], np.log(weighted / weighted.mean()), **close
    )
    np.testing.assert_allclose(state["mean_novelty"], rows["novelty"].mean())


def test_density_and_neighbourhood_are_means_of_similarities(seen, second):
    learner, rows, _ = seen
    kernel = second[1][:5]
    u = margin_of(learner.predict_proba(POOL)[:, 1])
    density = kernel.mean(axis=1)
    near = (kernel[:, :5] * u).sum(axis=1) / kernel[:, :5].sum(axis=1)
    np.testing.assert_allclose(
        rows["density"], np.log(density / density.mean()), atol=1e-5
    )
    np.testing.assert_allclose(rows["neighbourhood"], near, rtol=1e-5)


def test_opinions_are_compared(seen, second):
    learner, rows, state = seen
    p = learner.predict_proba(POOL)[:, 1]
    q = np.clip(np.stack([1 - second[2], second[2]])[:, :5], 1e-9, None)
    q = (q / q.sum(axis=0))[1]
    np.testing.assert_allclose(rows["smoother_margin"], margin_of(q), atol=1e-5)
    differ = p * (1 - q) + q * (1 - p)
    np.testing.assert_allclose(rows["disagreement"], differ, rtol=1e-4)
    # Two labels of three are b.
    np.testing.assert_allclose(rows["rarity"], p * (1 / 3) + (1 - p) * (2 / 3))
    agree = np.mean((p > 0.5) == (q > 0.5))
    assert state["agreement"] == pytest.approx(agree)


def test_the_state_counts_labels(seen, second):
    state = seen[2]
    rows = second[0][5:]
    right = 0
    for i in range(3):
        others = np.delete(np.arange(3), i)
        targets = (LABELS[others] == "b") - 0.5
        process = GaussianProcessRegressor(
            RBF(second_width(second), "fixed"), alpha=0.1, optimizer=None
        ).fit(rows[others], targets)
        guess = "b" if process.predict(rows[[i]])[0] > 0 else "a"
        right += guess == LABELS[i]
    assert state["n_labels"] == pytest.approx(np.log2(3))
    assert state["labels_per_class"] == pytest.approx(np.log2(1.5))
    assert state["balance"] == pytest.approx(entropy([1 / 3, 2 / 3], base=2))
    assert state["smoother_accuracy"] == pytest.approx(right / 3)


def second_width(second):
    rows = second[0]
    gaps = [np.linalg.norm(rows[i] - rows[j]) for i in range(8) for j in range(i)]
    return np.median(gaps) / 2


class Taught:
    """A model with a record of what it was taught."""

    def __init__(self, estimator, X, y):
        self.estimator, self.X_training, self.y_training = estimator, X, y

    def teach(self):
        raise NotImplementedError


def many_rows(seed):
    """Give a pool of more rows than there are anchors, and a row of each class."""
    X, y = make_blobs(230, n_features=3, centers=4, random_state=seed)
    known = np.array([np.flatnonzero(y == c)[0] for c in range(4)])
    return X, y, known, np.setdiff1d(np.arange(230), known)


@settings(max_examples=10)
@given(seed=st.integers(0, 10**6))
def test_units_order_and_names_do_not_matter(seed):
    X, y, known, pool = many_rows(seed)
    rng = np.random.default_rng(seed)
    order, names = rng.permutation(len(pool)), rng.permutation(4)
    units, origin = 10 ** rng.uniform(-3, 3, 3), rng.uniform(-9, 9, 3)

    def see(y, rows, features):
        model = GaussianNB(var_smoothing=0.3).fit(X, y)
        learner = Taught(model, X[known], y[known])
        return policy_inputs(learner, X[rows], features=features)

    first = see(y, pool, lambda X: X)
    other = see(names[y], pool[order], lambda X: X * units + origin)
    np.testing.assert_allclose(
        other.candidates, first.candidates[order], atol=2e-3, rtol=1e-3
    )
    np.testing.assert_allclose(other.state, first.state, atol=1e-3)


def test_most_features_are_shares():
    X, y, known, pool = many_rows(0)
    model = GaussianNB().fit(X, y)
    found = policy_inputs(Taught(model, X[known], y[known]), X[pool])
    logs = {"density", "reduction", "weighted_reduction"}
    for name, column in zip(CANDIDATE_FEATURES, found.candidates.T):
        if name in logs:  # of the ratio to the mean
            assert np.exp(column).mean() == pytest.approx(1)
        else:
            assert -1e-9 <= column.min() <= column.max() <= 1 + 1e-9


def test_a_guess_counts_as_a_label():
    X, y, known, pool = many_rows(1)
    model = GaussianNB().fit(X, y)
    options = {"features": "input", "n_draws": None, "seed": 0}
    task = observe(Taught(model, X[known], y[known]), X[pool], "a test", **options)
    guessed = inputs_of(task.guessing(np.array([7, 3])))
    rows = pool[[7, 3]]
    known = np.append(known, rows)
    y = y.copy()
    y[rows] = model.predict(X[rows])
    left = np.delete(pool, [3, 7])
    taught = observe(Taught(model, X[known], y[known]), X[left], "a test", **options)
    # The columns are in other units by rounding only: all rows are the same.
    np.testing.assert_allclose(guessed.candidates, inputs_of(taught)[0], atol=2e-3)
    assert guessed.n_labels == 6


@pytest.mark.parametrize(("model", "change", "words"), [
    (LogisticRegression(), {}, "y_training, but this LogisticRegression has none"),
    (None, {"y_training": np.array(["a", "c", "b"])}, "got np.str_('c')"),
    (None, {"y_training": np.zeros((3, 2))}, "labels of several columns"),
])  # fmt: skip
def test_what_is_missing_is_named(model, change, words, seen):
    learner = Taught(seen[0].estimator, LABELLED, LABELS)
    vars(learner).update(change)
    learner = learner if model is None else model.fit(LABELLED, LABELS)
    with pytest.raises(PolicyInputsError, match=re.escape(words)):
        policy_inputs(learner, POOL)


def test_several_columns_of_labels_are_refused():
    labels = np.column_stack([LABELS, LABELS])
    model = KNeighborsClassifier(1).fit(LABELLED, labels)
    with pytest.raises(PolicyInputsError, match="KNeighborsClassifier knows 2 columns"):
        policy_inputs(Taught(model, LABELLED, labels), POOL)


def test_sparse_rows_are_refused():
    learner = ActiveLearner(GaussianNB(), Random(), LABELLED, LABELS)
    with pytest.raises(PolicyInputsError, match="in dense rows"):
        policy_inputs(learner, POOL, features=csr_array)
