"""Confident learning by hand, and by the published rule written another way."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from skbal.filters import (
    confident_joint,
    find_label_errors,
    out_of_fold_probabilities,
)

X, Y = load_iris(return_X_y=True)


def published_classes(probabilities, y):
    """Northcutt et al. (2021), row by row: the class that a row counts as, or None."""
    n_classes = probabilities.shape[1]
    thresholds = []
    for j in range(n_classes):
        own = [p[j] for p, label in zip(probabilities, y) if label == j]
        thresholds.append(sum(own) / len(own) if own else float("inf"))
    found = []
    for p in probabilities:
        confident = [j for j in range(n_classes) if p[j] >= thresholds[j]]
        found.append(max(confident, key=lambda j: p[j]) if confident else None)
    return found


def published_joint(probabilities, y):
    joint = np.zeros((probabilities.shape[1],) * 2, dtype=int)
    for label, counted_as in zip(y, published_classes(probabilities, y)):
        if counted_as is not None:
            joint[label, counted_as] += 1
    return joint


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(1, 30))
def test_the_joint_is_that_of_the_published_rule(seed, n_classes, n_samples):
    rng = np.random.default_rng(seed)
    # In units of 1/64 sums are exact, so both ways find the same means.
    counts = rng.multinomial(64, np.full(n_classes, 1 / n_classes), n_samples)
    y = rng.integers(n_classes, size=n_samples)
    joint = confident_joint(counts / 64, y, classes=np.arange(n_classes))
    np.testing.assert_array_equal(joint, published_joint(counts / 64, y))


def test_by_hand():
    # Means of the own class: cat (.9 + .8 + .1) / 3 = .6, dog (.7 + .9) / 2 = .8.
    cat = np.array([0.9, 0.8, 0.1, 0.3, 0.1])
    y = ["cat", "cat", "cat", "dog", "dog"]
    joint = confident_joint(np.column_stack([cat, 1 - cat]), y)
    assert joint.tolist() == [[2, 1], [0, 1]]  # the first dog reaches no mean


def test_rows_of_a_class_that_a_model_did_not_know_count_as_others_do():
    p = np.array([[0.9, 0.1], [0.7, 0.3], [1.0, np.nan], [0.2, 0.8]])
    joint = confident_joint(p, [0, 0, 1, 1])
    assert joint.tolist() == [[1, 0], [1, 1]]


def test_a_class_without_labels_has_no_confident_row():
    joint = confident_joint([[0.1, 0.9], [0.2, 0.8]], [0, 0], classes=[0, 1])
    assert joint.tolist() == [[1, 0], [0, 0]]


def test_labels_changed_by_hand_are_found():
    rng = np.random.default_rng(0)
    changed = rng.choice(150, 12, replace=False)
    y = Y.copy()
    y[changed] = (y[changed] + 1) % 3
    forest = RandomForestClassifier(n_estimators=50, random_state=0)
    found = find_label_errors(forest, X, y, random_state=0)
    assert found.dtype == bool
    assert found[changed].mean() > 0.8
    assert found[np.setdiff1d(np.arange(150), changed)].mean() < 0.08


def test_the_labels_found_are_less_probable_than_the_class_they_count_as():
    rng = np.random.default_rng(1)
    y = np.where(rng.random(150) < 0.2, rng.integers(3, size=150), Y)
    probabilities = out_of_fold_probabilities(GaussianNB(), X, y)
    counted_as = published_classes(probabilities, y)
    expected = [
        k is not None and p[k] > p[label]
        for p, label, k in zip(probabilities, y, counted_as)
    ]
    found = find_label_errors(GaussianNB(), X, y)
    np.testing.assert_array_equal(found, expected)
    assert 15 < found.sum() < 40


@pytest.mark.filterwarnings("ignore:The least populated class")
@pytest.mark.parametrize("n_rare", [2, 4, 10])
def test_a_rare_class_does_not_make_other_labels_wrong(n_rare):
    # The models hardly know the rare class, so nearly every row exceeds the mean
    # probability of its rows.
    y = Y.copy()
    y[np.linspace(5, 145, n_rare).astype(int)] = 7
    forest = RandomForestClassifier(n_estimators=50, random_state=0)
    found = find_label_errors(forest, X, y, random_state=0)
    assert found[y != 7].sum() < 7


@pytest.mark.filterwarnings("ignore:The least populated class")
def test_a_label_of_which_nobody_can_tell_is_no_error():
    y = np.where(np.arange(150) == 149, 9, Y)
    assert not find_label_errors(LogisticRegression(max_iter=1000), X, y)[149]


@pytest.mark.parametrize(
    ("probabilities", "y", "classes", "message"),
    [
        ([[0.5, 0.5]], [0, 1], None, "there are 1 rows and 2 labels"),
        ([[0.5, 0.5], [0.1, 0.9]], [0, 1], [0, 1, 2], "each of the 3 classes"),
        ([0.5, 0.5], [0, 1], None, r"must have the shape \(n_samples, n_classes\)"),
        ([[0.5, 0.5], [0.1, 0.9]], ["cat", "eel"], ["cat", "dog"], "label 'eel'"),
    ],
)
def test_what_does_not_fit_together_is_refused(probabilities, y, classes, message):
    with pytest.raises(ValueError, match=message):
        confident_joint(probabilities, y, classes)
