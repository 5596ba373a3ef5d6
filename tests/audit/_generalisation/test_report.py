"""The verdicts are right as often as they claim, on simulations and on models."""

import json

import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import make_friedman1
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss, mean_absolute_error, mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skbal import ActiveLearner
from skbal.audit import generalisation_report
from skbal.audit._generalisation._losses import set_error
from skbal.audit._generalisation._report import _report
from skbal.models import BayesianVoteRegression


def simulation(rng, n, *, noise=0.0, artefact=True):
    """Return a hidden signal, an artefact that tells the label if it is there, and y.

    In the simulation the second feature is the label, in the sky it is noise.
    """
    y = rng.random(n) < 0.5
    signal = rng.normal(size=n) + 1.5 * y
    second = y + 0.1 * rng.normal(size=n) if artefact else rng.normal(size=n)
    flipped = y ^ (rng.random(n) < noise)
    return np.column_stack([signal, second]), np.where(flipped, "disk", "smooth")


def forest(X, y):
    return RandomForestClassifier(20, random_state=0, n_jobs=1).fit(X, y)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_a_forest_that_learns_noise_by_heart_is_overfit(rng):
    train = simulation(rng, 400, noise=0.25)
    found = generalisation_report(
        forest(*train), train, simulation(rng, 400, noise=0.25)
    )
    assert found.conclusion == "overfit"
    assert found.concern is True
    assert found.overspecialised is None
    assert found.verdict.startswith("Overfit: wrong in 0")
    assert "cannot be told without independent data" in found.verdict


def test_a_model_of_an_artefact_is_overspecialised(rng):
    train, test = simulation(rng, 400), simulation(rng, 400)
    sky = simulation(rng, 400, artefact=False)
    found = generalisation_report(forest(*train), train, test, sky)
    assert found.conclusion == "overspecialised"
    assert (found.overfit, found.overspecialised) == (False, True)
    assert found.concern is True
    assert found.errors[1] < 0.02 < 0.2 < found.errors[2]


def test_a_model_may_be_both(rng):
    train = simulation(rng, 400, noise=0.2)
    test = simulation(rng, 400, noise=0.2)
    sky = simulation(rng, 400, noise=0.2, artefact=False)
    found = generalisation_report(forest(*train), train, test, sky)
    assert found.conclusion == "overfit and overspecialised"


def test_a_good_model_is_neither(rng):
    sets = [simulation(rng, 4000, artefact=False) for _ in range(3)]
    model = LogisticRegression().fit(*sets[0])
    found = generalisation_report(model, *sets)
    assert found.conclusion == "neither"
    assert found.concern is False
    assert found.verdict.startswith("Neither overfit nor overspecialised: wrong in ")
    assert np.isnan(found.n_needed).all()


def test_ten_rows_tell_nothing_but_how_many_would(rng):
    train, test = simulation(rng, 400), simulation(rng, 10)
    found = generalisation_report(forest(*train), train, test)
    assert found.conclusion == "cannot be told"
    assert found.concern is None
    assert found.verdict.startswith("Whether it is overfit cannot be told: ")
    assert f"about {found.n_needed[0]:.0f} rows in the smaller set" in found.verdict
    # With that many rows and the same error it can be told.
    many = int(found.n_needed[0] * 1.5)
    again = generalisation_report(forest(*train), train, simulation(rng, many))
    assert again.conclusion == "neither"


def test_losses_are_scikit_learns(rng):
    X, y = make_friedman1(300, noise=1.0, random_state=0)
    sets = [(X[rows], y[rows]) for rows in np.split(np.arange(300), 3)]
    model = RandomForestRegressor(10, random_state=0).fit(*sets[0])
    for loss, score in [
        ("squared", mean_squared_error),
        ("absolute", mean_absolute_error),
    ]:
        found = generalisation_report(model, *sets, loss=loss)
        expected = [score(b, model.predict(a)) for a, b in sets]
        np.testing.assert_allclose(found.errors, expected)
        power = {"squared": 2, "absolute": 1}[loss]

        def own_loss(y_true, y_pred, power=power):
            return abs(y_true - y_pred) ** power

        own = generalisation_report(model, *sets, loss=own_loss, margin=found.margin)
        np.testing.assert_allclose(own.intervals, found.intervals)
        assert own.loss == "own_loss"
    assert generalisation_report(model, *sets).loss == "squared"
    unit = sets[1][1].var()
    assert generalisation_report(model, *sets).margin == pytest.approx(0.05 * unit)


def test_the_log_loss_knows_of_new_classes(rng):
    train, test = simulation(rng, 200), simulation(rng, 200)
    model = LogisticRegression().fit(*train)
    found = generalisation_report(model, train, test, loss="log")
    expected = [log_loss(y, model.predict_proba(X)) for X, y in (train, test)]
    np.testing.assert_allclose(found.errors, expected)
    new = np.where(np.arange(200) < 20, "star", test[1])
    found = generalisation_report(model, train, (test[0], new), loss="log")
    assert found.errors[1] == pytest.approx(
        -np.log(np.finfo(float).eps) * 0.1
        + (log_loss(test[1][20:], model.predict_proba(test[0][20:])) * 0.9)
    )


def test_a_regressor_that_learns_noise_by_heart_is_overfit():
    X, y = make_friedman1(600, noise=3.0, random_state=0)
    train, test = (X[:300], y[:300]), (X[300:], y[300:])
    found = generalisation_report(
        RandomForestRegressor(20, random_state=0).fit(*train), train, test
    )
    assert found.conclusion == "overfit"
    assert "mean squared loss" in found.verdict
    calm = generalisation_report(Ridge().fit(*train), train, test, margin=0.5 * y.var())
    assert calm.conclusion == "neither"


def test_pipelines_learners_and_frames_are_as_the_model_inside(rng):
    pandas = pytest.importorskip("pandas")
    train, test = simulation(rng, 100), simulation(rng, 60)
    expected = generalisation_report(
        make_pipeline(StandardScaler(), LogisticRegression()).fit(*train), train, test
    ).to_dict()
    learner = ActiveLearner(
        make_pipeline(StandardScaler(), LogisticRegression()),
        X_training=train[0], y_training=train[1],
    )  # fmt: skip
    assert generalisation_report(learner, train, test).to_dict() == expected
    frames = [(pandas.DataFrame(X), pandas.Series(y)) for X, y in (train, test)]
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(*frames[0])
    assert generalisation_report(model, *frames).to_dict() == expected
    json.dumps(expected)


def test_images_are_rows_of_more_axes(rng):
    class Bright:
        classes_ = np.array([False, True])

        def fit(self, X, y):
            return self

        def predict(self, X):
            return X.mean(axis=(1, 2)) > 0

    images = rng.normal(size=(40, 3, 3))
    y = images.mean(axis=(1, 2)) > 0
    found = generalisation_report(Bright(), (images, y), (-images, y))
    assert found.errors.tolist() == [0, 1]


def test_the_table_has_a_row_for_each_set(rng):
    pytest.importorskip("pandas")
    train, test = simulation(rng, 50), simulation(rng, 40)
    found = generalisation_report(forest(*train), train, test)
    frame = found.to_frame()
    assert frame["set"].tolist() == ["train", "test"]
    assert frame["n_rows"].tolist() == [50, 40]
    assert frame["low"].tolist() == found.intervals[:, 0].tolist()


def claims(rng, errors, n_rows, n_repeats=1500):
    """Return how often each word is said of models with known errors."""
    words = []
    for _ in range(n_repeats):
        losses = [(rng.random(n) < e).astype(float) for e, n in zip(errors, n_rows)]
        found = [set_error(each, "zero-one", 0.95) for each in losses]
        report = _report(found, "zero-one", 0.05, 0.05)
        words.append((report.overfit, report.overspecialised))
    return np.array(words, dtype=object).T


@pytest.mark.parametrize(
    "errors", [(0.0, 0.05, 0.1), (0.1, 0.15, 0.2), (0.3, 0.35, 0.4)]
)
def test_a_difference_of_the_margin_is_rarely_called_larger_or_smaller(errors):
    rng = np.random.default_rng(1)
    for said in claims(rng, errors, (300, 200, 150)):
        # At most 2.5% each, but for the sampling of 1500 and the interval's error.
        assert np.mean(said == True) < 0.025 + 3 * 0.004  # noqa: E712
        assert np.mean(said == False) < 0.025 + 3 * 0.004  # noqa: E712


def test_a_large_difference_is_found_and_none_is_told():
    rng = np.random.default_rng(2)
    overfit, overspecialised = claims(rng, (0.0, 0.2, 0.2), (1000, 1000, 1500), 200)
    assert np.mean(overfit == True) > 0.99  # noqa: E712
    assert np.mean(overspecialised == False) > 0.7  # noqa: E712
    assert np.mean(overspecialised == True) == 0  # noqa: E712


def test_intervals_of_a_share_are_wilsons(rng):
    train, test = simulation(rng, 60, noise=0.2), simulation(rng, 50, noise=0.2)
    model = LogisticRegression().fit(*train)
    found = generalisation_report(model, train, test, level=0.1)
    for (X, y), ends in zip((train, test), found.intervals):
        wrong = int((model.predict(X) != y).sum())
        expected = stats.binomtest(wrong, len(y)).proportion_ci(0.9, "wilson")
        np.testing.assert_allclose(ends, expected)


def test_one_row_says_that_more_are_needed(rng):
    X, y = rng.normal(size=(2, 20, 1))
    model = Ridge().fit(X, y)
    found = generalisation_report(model, (X, y), (X[:1] + 1, y[:1]), margin=0.1)
    assert found.overfit is None
    assert "overfit, more rows are needed" in found.verdict


X = np.arange(12.0).reshape(6, 2)
Y = np.array([0, 1] * 3)
MODEL = LogisticRegression().fit(X, Y)
OTHER = (X + 0.5, Y)
MODEL_OF_ENDS = LogisticRegression().fit([[0.0, 1.0], [10.0, 11.0]], [0, 1])
TWO = DecisionTreeClassifier().fit(X, np.c_[Y, Y])
LINE = Ridge().fit(X, Y)
NEVER = DummyRegressor(strategy="constant", constant=0).fit(X, Y)
NEVER.constant_ = np.array([[np.nan]])
VOTES = BayesianVoteRegression(optimize=None).fit(X, np.stack([Y, Y + 1], axis=1))


def test_labels_in_objects_are_like_others():
    expected = generalisation_report(MODEL, (X, Y), OTHER).to_dict()
    found = generalisation_report(MODEL, (X, Y.astype(object)), OTHER)
    assert found.to_dict() == expected


@pytest.mark.parametrize("n_rows", [3, 300])
def test_equal_losses_are_no_certainty(n_rows):
    def wrong(y_true, y_pred):
        return (y_true != y_pred).astype(float)

    rows = np.repeat([[0.0, 1.0], [10.0, 11.0]], n_rows, axis=0)
    y = np.repeat([0, 1], n_rows)
    others = rows + 0.25
    found = generalisation_report(
        MODEL_OF_ENDS, (rows, y), (others, y), loss=wrong, margin=0.05
    )
    assert found.errors.tolist() == [0, 0]
    # Wilson's share of wrong rows, of which each would have a loss of 0.05 / 0.05.
    share = 1.959964**2 / (2 * n_rows + 1.959964**2)
    np.testing.assert_allclose(found.intervals, [(0, share)] * 2, atol=1e-6)
    assert found.overfit is (None if n_rows == 3 else False)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((LogisticRegression, (X, Y), OTHER), {}, TypeError, "got the class Logistic"),
        ((LogisticRegression(), (X, Y), OTHER), {}, NotFittedError, "not fitted"),
        ((MODEL, X, OTHER), {}, TypeError, r"train of .* a pair \(X, y\)"),
        ((MODEL, (X, Y), (X,)), {}, TypeError, "test of .* must be a pair"),
        ((MODEL, (X, Y), (X, Y)), {}, ValueError, "test of .* other rows than train"),
        ((MODEL, (X, Y), OTHER, OTHER), {}, ValueError, "independent of .* than test"),
        ((MODEL, (X, Y[:4]), OTHER), {}, ValueError, "train of gen.* same number"),
        ((MODEL, (X, Y), (OTHER[0], ["a"] * 6)), {}, ValueError, "labels like those"),
        ((MODEL, (X, Y), (OTHER[0] * np.nan, Y)), {}, ValueError, "X given to test"),
        ((MODEL, (X, Y), (X.copy(), Y)), {}, ValueError, "test of .* than train"),
        ((MODEL, (X, Y), (OTHER[0], 3)), {}, ValueError, "y given to test"),
        ((MODEL, (X, Y), (OTHER[0], Y * np.nan)), {}, ValueError, "y given to test"),
        ((MODEL, (X, Y), (OTHER[0], ["a", 1] * 3)), {"loss": "log"}, TypeError, "y of"),
        ((MODEL, (X, Y), (OTHER[0], [*"abcabc"])), {"loss": "log"}, ValueError, "like"),
        ((TWO, (X, Y), OTHER), {}, ValueError, "must predict what y of train"),
        ((LINE, (X, Y), (OTHER[0], np.c_[Y, Y])), {}, ValueError, "predict what y"),
        ((LINE, (X, Y), (OTHER[0], np.zeros((6, 1, 1)))), {}, ValueError, "y given"),
        ((LINE, (X, Y), (OTHER[0], None)), {}, ValueError, "requires y"),
        ((NEVER, (X, Y), OTHER), {}, ValueError, "must predict finite numbers"),
        ((SVC().fit(X, Y), (X, Y), OTHER), {"loss": "log"}, TypeError, "no predict"),
        ((MODEL, (X, Y), OTHER), {"loss": "hinge"}, ValueError, "got 'hinge'"),
        ((MODEL, (X, Y), OTHER), {"loss": 3}, TypeError, "loss of .* got 3"),
        ((MODEL, (X, Y), OTHER), {"loss": "squared"}, ValueError, "is a classifier"),
        ((Ridge().fit(X, Y), (X, Y), OTHER), {"loss": "log"}, ValueError, "regressor"),
        ((MODEL, (X, Y), OTHER), {"margin": -1}, ValueError, "margin of .* got -1"),
        ((MODEL, (X, Y), OTHER), {"level": 0}, ValueError, "level of generalisation"),
        (
            (MODEL, (X, Y), OTHER), {"loss": lambda y, p: y != p}, ValueError,
            "margin of .* must be a number if loss is a function",
        ),
        (
            (MODEL, (X, Y), (X + 1, Y * 0)), {"loss": "log"}, ValueError,
            "margin of .* must be a number if all labels of test are equal",
        ),
        (
            (MODEL, (X, Y), OTHER), {"loss": lambda y, p: 0.5, "margin": 1}, ValueError,
            r"losses returned by loss of train .* 6 in all, got shape \(\)",
        ),
        (
            (VOTES, (X, Y), OTHER), {}, TypeError,
            "neither a classifier nor a plain regressor",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused(arguments, options, error, message):
    with pytest.raises(error, match=message):
        generalisation_report(*arguments, **options)
