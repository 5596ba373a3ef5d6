"""Choosing test labels: probabilities, losses, state, and the truth it estimates."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner
from skbal.audit import ActiveTest, unbiased_risk
from skbal.oracles import LabelOracle

N_POOL = 150


class Known:
    """A classifier that knows its probabilities by the number of the row."""

    def __init__(self, probabilities, classes=("cat", "dog", "eel")):
        self.probabilities = np.asarray(probabilities, dtype=float)
        self.classes_ = np.array(classes)

    def predict_proba(self, X):
        return self.probabilities[np.asarray(X)[:, 0]]

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


ROWS = np.arange(N_POOL)[:, None]
RNG = np.random.default_rng(0)
P_MODEL = RNG.dirichlet([1, 1, 1], N_POOL)
P_SURROGATE = RNG.dirichlet([0.3] * 3, N_POOL)
MODEL, SURROGATE = Known(P_MODEL), Known(P_SURROGATE)
Y = np.array([RNG.choice(MODEL.classes_, p=p / p.sum()) for p in P_SURROGATE])


def begun(**params):
    params = {"random_state": 0, **params}
    return ActiveTest(MODEL, SURROGATE, **params).observe_pool(ROWS)


def moments(loss):
    """Return the first and the second moment of each row's loss, by plain loops."""
    first, second = np.zeros((2, N_POOL))
    for row in range(N_POOL):
        for column in range(3):
            if loss == "zero-one":
                value = float(column != P_MODEL[row].argmax())
            else:
                value = -np.log(P_MODEL[row, column])
            first[row] += P_SURROGATE[row, column] * value
            second[row] += P_SURROGATE[row, column] * value**2
    return first, second


@pytest.mark.parametrize("loss", ["zero-one", "log"])
def test_scores_are_moments_of_the_loss_under_the_surrogate(loss):
    first, second = moments(loss)
    test = begun(loss=loss, acquisition="root-mean-square")
    assert test.scores_ == pytest.approx(np.sqrt(second))
    assert test.expected_ == pytest.approx(first)
    assert begun(loss=loss).scores_ == pytest.approx(first)


def test_a_callable_loss_is_as_good_as_its_name():
    def log(y, probabilities):
        column = np.searchsorted(MODEL.classes_, y)
        return -np.log(probabilities[np.arange(len(y)), column])

    named, own = begun(loss="log"), begun(loss=log)
    rows = named.query(30)
    assert own.query(30).tolist() == rows.tolist()
    named.teach(rows, Y[rows])
    own.teach(rows, Y[rows])
    assert own.risk_.risk == pytest.approx(named.risk_.risk)


def test_probabilities_are_shares_of_the_scores_of_the_rows_left():
    test = begun(uniform_share=0.25)
    test.query(40)
    left = np.ones(N_POOL, dtype=bool)
    for row, probability in zip(test.indices_, test.probabilities_):
        share = test.scores_[row] / test.scores_[left].sum()
        assert probability == pytest.approx(0.75 * share + 0.25 / left.sum())
        left[row] = False
    assert len(set(test.indices_)) == 40


def test_rows_are_picked_with_these_probabilities():
    counts = np.zeros(N_POOL)
    for seed in range(600):
        counts[begun(random_state=seed).query(1)] += 1
    test = begun()
    expected = 0.7 * test.scores_ / test.scores_.sum() + 0.3 / N_POOL
    z = (counts - 600 * expected) / np.sqrt(600 * expected)
    assert np.mean(z**2) < 1.5


@pytest.mark.parametrize("loss", ["zero-one", "log"])
def test_with_all_labels_it_is_the_mean_loss(loss):
    test = begun(loss=loss)
    rows = test.query(N_POOL)
    risk = test.teach(rows, Y[rows]).risk_
    exact = {"zero-one": np.mean(MODEL.predict(ROWS) != Y), "log": log_loss(Y, P_MODEL)}
    assert (risk.risk, *risk.interval) == pytest.approx([exact[loss]] * 3)


@pytest.mark.parametrize("use_expected", [False, True])
def test_it_is_unbiased_and_more_exact_than_random_labels(use_expected):
    truth, errors, random, covered = np.mean(MODEL.predict(ROWS) != Y), [], [], 0
    for seed in range(150):
        test = begun(use_expected=use_expected, random_state=seed)
        rows = test.query(40)
        risk = test.teach(rows, Y[rows]).risk_
        errors.append(risk.risk - truth)
        covered += risk.interval[0] <= truth <= risk.interval[1]
        random.append(np.random.default_rng(seed).permutation(MODEL.predict(ROWS) != Y))
    random = np.array(random)[:, :40].mean(axis=1) - truth
    assert abs(np.mean(errors)) < 4 * np.std(errors) / np.sqrt(150)
    assert np.mean(np.square(errors)) < 0.8 * np.mean(random**2)
    assert covered / 150 > 0.9


def test_the_same_seed_picks_the_same_rows_whatever_the_batches():
    one, other, third = begun(), begun(), begun(random_state=1)
    picked = [*one.query(3), *one.query(1), *one.query(6)]
    assert picked == other.query(10).tolist()
    assert picked != third.query(10).tolist()
    assert one.probabilities_ == pytest.approx(other.probabilities_)


def test_picks_without_a_label_wait_and_nothing_taught_is_lost():
    test = begun(use_expected=True)
    rows = test.query(5)
    test.teach(rows[[0, 1, 3]], Y[rows[[0, 1, 3]]])
    assert np.isnan(test.losses_).tolist() == [False, False, True, False, True]
    assert test.risk_.n_labels == 2
    test.teach(rows[[4, 2]], Y[rows[[4, 2]]])
    assert test.risk_.n_labels == 5
    assert test.losses_.tolist() == (MODEL.predict(ROWS)[rows] != Y[rows]).tolist()
    by_hand = unbiased_risk(
        test.losses_,
        test.probabilities_,
        N_POOL,
        expected=test.expected_[rows],
        expected_mean=test.expected_.mean(),
    )
    assert test.risk_.to_dict() == by_hand.to_dict()


def test_a_new_surrogate_changes_later_picks_only():
    test = begun()
    rows = test.query(20)
    before = test.probabilities_.copy(), test.scores_.copy()
    test.teach(rows, Y[rows]).update_surrogate(Known(P_MODEL))
    test.query(5)
    assert (test.probabilities_[:20] == before[0]).all()
    assert not np.allclose(test.scores_, before[1])
    with pytest.raises(TypeError, match="surrogate of ActiveTest must be"):
        test.update_surrogate(RidgeClassifier())
    with pytest.raises(NotFittedError):
        test.update_surrogate(LogisticRegression())
    assert test.surrogate.probabilities is P_MODEL


def test_run_is_the_test_in_one_call_and_fits_nothing():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 3)), rng.integers(0, 2, 200)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[:50], y[:50])
    forest = RandomForestClassifier(5, random_state=0).fit(X[:50], y[:50])
    coefficients = model[-1].coef_.copy()
    test = ActiveTest(model, forest, random_state=0)
    oracle = LabelOracle(y[50:])
    risk = test.run(X[50:], oracle, 30)
    assert oracle.n_asked == risk.n_labels == 30
    assert risk.risk == test.risk_.risk
    assert (model[-1].coef_ == coefficients).all()


def test_a_learner_and_labels_it_never_met_are_fine():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 2)), np.repeat(["a", "b", "c"], 20)
    learner = ActiveLearner(LogisticRegression(), X_training=X[:40], y_training=y[:40])
    test = ActiveTest(learner, loss="log", random_state=0).observe_pool(X[30:])
    rows = test.query(30)
    risk = test.teach(rows, y[30:][rows]).risk_
    assert risk.losses.max() == pytest.approx(-np.log(np.finfo(float).eps))


def test_a_model_without_probabilities_needs_a_surrogate():
    X = np.random.default_rng(0).normal(size=(40, 2))
    y = (X[:, 0] > 0).astype(int)
    ridge = RidgeClassifier().fit(X, y)
    surrogate = LogisticRegression().fit(X, y)
    assert ActiveTest(ridge, surrogate).observe_pool(X).scores_.shape == (40,)
    with pytest.raises(TypeError, match="estimator of ActiveTest must have predict_pr"):
        ActiveTest(ridge).observe_pool(X)
    with pytest.raises(TypeError, match="wrap it in a CalibratedClassifierCV"):
        ActiveTest(ridge, surrogate, loss="log").observe_pool(X)


OTHER_CLASSES = Known(P_SURROGATE, ("0", "1", "2"))


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"loss": "hinge"}, ValueError, "loss of ActiveTest must be"),
        (
            {"uniform_share": 0},
            ValueError,
            "uniform_share of ActiveTest must be larger",
        ),
        ({"uniform_share": 1.5}, ValueError, r"must be a real number in \[0, 1\]"),
        (
            {"confidence_level": 1},
            ValueError,
            "confidence_level of ActiveTest must lie",
        ),
        ({"acquisition": "max"}, ValueError, "acquisition of ActiveTest must be"),
        ({"surrogate": 3}, TypeError, "surrogate of ActiveTest must be an object"),
        ({"surrogate": OTHER_CLASSES}, ValueError, "surrogate of .* must know classes"),
        ({"loss": lambda y, p: 1.0}, ValueError, "loss of ActiveTest must return"),
        ({"loss": lambda y, p: -p[:, 0]}, ValueError, "must be finite and not"),
    ],
)
def test_parameters_that_cannot_be_right_are_refused(params, error, message):
    params = {"surrogate": SURROGATE, "acquisition": "mean", **params}
    with pytest.raises(error, match=message):
        ActiveTest(MODEL, **params).observe_pool(ROWS)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda test, rows: test.query(0), ValueError, "n_instances of ActiveTest"),
        (lambda test, rows: test.query(500), ValueError, "is 500, but X_pool holds on"),
        (lambda test, rows: test.teach([0, 0], Y[:2]), ValueError, "must all differ"),
        (lambda test, rows: test.teach([999], Y[:1]), ValueError, r"lie in \[0, 150\)"),
        (lambda test, rows: test.teach(rows, Y[:2]), ValueError, "the same length"),
        (
            lambda test, rows: test.teach(rows, None),
            ValueError,
            "y given to ActiveTest",
        ),
        (lambda test, rows: test.teach(rows, {1}), ValueError, "y given to ActiveTest"),
        (lambda test, rows: test.teach(rows, [np.inf] * 4), ValueError, "infinity"),
        (lambda test, rows: test.teach(rows, [1] * 4), TypeError, "labels like those"),
        (
            lambda test, rows: test.teach(rows, ["cat", None, "cat", "cat"]),
            ValueError,
            "must have a label for each row, got none for row",
        ),
        (
            lambda test, rows: test.teach(np.setdiff1d(ROWS, rows)[:1], Y[:1]),
            ValueError,
            "must be rows that query returned",
        ),
        (
            lambda test, rows: [test.teach(rows, Y[rows]) for _ in range(2)],
            ValueError,
            "was taught before",
        ),
        (
            lambda test, rows: test.run(ROWS, pd.Series(Y), 3),
            TypeError,
            r"oracle of ActiveTest must be callable, got Series: of.*LabelOracle",
        ),
        (
            lambda test, rows: test.observe_pool(ROWS[:0]),
            ValueError,
            "at least one row",
        ),
    ],
)
def test_a_wrong_call_is_refused_and_changes_nothing(call, error, message):
    test = begun()
    rows = test.query(4)
    with pytest.raises(error, match=message):
        call(test, rows)
    assert test.indices_.tolist() == rows.tolist()


def test_unsigned_numbers_of_rows_are_numbers_of_rows():
    # Minus an unsigned number is a large one, so the end of an array would be empty.
    assert begun().query(np.uint8(4)).tolist() == begun().query(4).tolist()


@pytest.mark.parametrize("name", ["query", "risk_"])
def test_before_the_rows_are_known_there_is_nothing_to_ask(name):
    with pytest.raises(NotFittedError, match=r"call observe_pool\(X_pool\) first"):
        getattr(ActiveTest(MODEL), name)()
    with pytest.raises(NotFittedError, match="needs the label of the first pick"):
        _ = begun().risk_
