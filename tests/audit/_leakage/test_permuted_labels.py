import json

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold
from sklearn.naive_bayes import GaussianNB

from skbal.audit import permuted_labels_check

RNG = np.random.default_rng(0)
Y = np.repeat(["bulge", "disc"], 30)
X = RNG.normal(size=(60, 3)) + (Y == "disc")[:, np.newaxis]
NOISE = RNG.normal(size=(60, 400))


class NearestMean(ClassifierMixin, BaseEstimator):
    """Predicts the class whose mean is nearest, without any checks."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.means_ = np.stack([X[y == label].mean(axis=0) for label in self.classes_])
        return self

    def predict(self, X):
        apart = X[:, np.newaxis] - self.means_
        return self.classes_[(apart**2).sum(axis=2).argmin(axis=1)]


class NearestRow(NearestMean):
    """Predicts the label of the nearest row."""

    def fit(self, X, y):
        self.classes_, self.means_ = y, X
        return self


def share_right(model, X, y):
    return np.mean(model.predict(X) == y)


def choose_columns(X, y):
    """Choose columns with the labels of all rows: the classic mistake."""
    return SelectKBest(f_classif, k=10).fit_transform(X, y)


def test_a_sound_model_is_at_chance_and_better_with_the_true_labels():
    result = permuted_labels_check(
        NearestMean(), X, Y, scoring=share_right, random_state=1
    )
    assert result.concern is False
    assert result.learned_p_value == 1 / 31
    assert result.score > 0.65
    assert result.interval[0] < result.excess < result.interval[1]
    assert "as it should be" in result.verdict


def test_columns_chosen_with_all_labels_are_a_leak():
    result = permuted_labels_check(
        GaussianNB(),
        NOISE,
        Y,
        prepare=choose_columns,
        cv=2,
        n_permutations=20,
        random_state=0,
    )
    assert result.concern is True
    assert result.permuted_scores.mean() > result.chance + 0.15
    assert "they leak into the test" in result.verdict
    clean = permuted_labels_check(
        NearestMean(), NOISE[:, :10], Y, scoring=share_right, random_state=0
    )
    assert clean.concern is False


def test_rows_in_training_and_test_are_a_leak():
    rows = np.arange(60)
    folds = [(rows, rows[:30]), (rows, rows[30:])]
    result = permuted_labels_check(
        NearestRow(), X, Y, cv=folds, scoring=share_right, random_state=0
    )
    assert (result.score, result.concern) == (1, True)
    assert (result.permuted_scores == 1).all()


def test_copies_leak_with_groups_unless_the_folds_keep_groups_together():
    twice, labels = np.repeat(X, 2, axis=0), np.repeat(Y, 2)
    groups = np.repeat(np.arange(60), 2)
    model = NearestRow()
    leak = permuted_labels_check(
        model,
        twice[::-1],
        labels,
        groups=groups,
        cv=_random_folds(),
        n_permutations=20,
        random_state=0,
    )
    assert leak.concern is True
    sound = permuted_labels_check(
        model,
        twice,
        labels,
        groups=groups,
        cv=GroupKFold(5),
        n_permutations=20,
        random_state=0,
    )
    assert sound.p_value > 0.01  # with groups, the p value is approximate


def _random_folds():
    rows = np.random.default_rng(0).permutation(120)
    return [(np.setdiff1d(rows, part), part) for part in np.split(rows, 4)]


def test_chance_is_that_of_a_constant_prediction_and_the_excess_is_zero():
    # A constant model has the share of its class whatever the order of labels is.
    labels = np.array(["a"] * 40 + ["b"] * 20)
    result = permuted_labels_check(
        DummyClassifier(strategy="constant", constant="a"), X, labels, random_state=0
    )
    assert result.score == pytest.approx(2 / 3)
    assert result.chance == pytest.approx(2 / 3, abs=0.02)
    np.testing.assert_allclose(result.excess, 0, atol=1e-12)
    assert (result.p_value, result.concern) == (1, False)


def test_false_alarms_have_the_level():
    p_values = []
    folds = [(np.arange(12), np.arange(12, 24)), (np.arange(12, 24), np.arange(12))]
    labels = np.tile(Y[::30], 12)
    for seed in range(100):
        rows = np.random.default_rng(seed).normal(size=(24, 2))
        result = permuted_labels_check(
            NearestMean(),
            rows,
            labels,
            cv=folds,
            scoring=share_right,
            n_permutations=20,
            random_state=seed,
        )
        p_values.append(result.p_value)
    for level in (0.05, 0.3):
        error = 4 * np.sqrt(level * (1 - level) / 100)
        assert np.mean(np.array(p_values) <= level) <= level + error


def test_regressors_and_named_scores_work_and_the_table_has_all_fits():
    y = X @ [1, 2, 3]
    result = permuted_labels_check(
        Ridge(), X, y, scoring="neg_mean_squared_error", n_permutations=20,
        random_state=0,
    )  # fmt: skip
    assert result.concern is False
    assert "neg mean squared error" in result.verdict
    frame = result.to_frame()
    assert frame.labels.tolist() == ["true"] + ["permuted"] * 20
    assert frame.score[0] == result.score > frame.score[1:].max()
    json.dumps(result.to_dict())


def test_the_same_seed_gives_the_same_scores_and_the_estimator_stays_unfitted():
    model = GaussianNB()
    first, again = (
        permuted_labels_check(model, X, Y, cv=2, n_permutations=20, random_state=4)
        for _ in range(2)
    )
    np.testing.assert_array_equal(first.permuted_scores, again.permuted_scores)
    assert first.chance == again.chance
    assert not hasattr(model, "classes_")


@pytest.mark.parametrize(
    ("args", "options", "words"),
    [
        ((GaussianNB, X, Y), {}, "estimator of permuted_labels_check must be an"),
        ((GaussianNB(), X, Y[1:]), {}, "60 rows and 59 labels"),
        ((GaussianNB(), X, X), {}, "y of permuted_labels_check must have one label"),
        ((GaussianNB(), X, Y), {"groups": Y[1:]}, "60 rows and 59 groups"),
        ((GaussianNB(), X, Y), {"groups": X}, "groups .* must have one value per row"),
        (
            (GaussianNB(), X, Y),
            {"groups": np.zeros(60)},
            "the group 0.0 has bulge and disc",
        ),
        ((GaussianNB(), X, Y), {"prepare": 3}, "prepare of permuted_labels_check must"),
        (
            (GaussianNB(), X, Y),
            {"prepare": lambda X, y: X[1:]},
            "must return as many rows as it gets, 60, got 59",
        ),
        (
            (GaussianNB(), X, Y),
            {"n_permutations": 9},
            "must be an integer >= 20, got 9",
        ),
        ((GaussianNB(), X, Y), {"level": 2}, "level of permuted_labels_check"),
        ((GaussianNB(), X, Y), {"n_jobs": 0}, "n_jobs of permuted_labels_check"),
        (
            (GaussianNB(), X, Y),
            {"random_state": "x"},
            "random_state of permuted_labels",
        ),
    ],
)
def test_wrong_arguments_are_named(args, options, words):
    with pytest.raises((TypeError, ValueError), match=words):
        permuted_labels_check(*args, **options)
