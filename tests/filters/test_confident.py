"""Confident learning by hand, and by the published rule written another way."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from skbal.filters import (
    confident_joint,
    find_label_errors,
    out_of_fold_probabilities,
)

X, Y = load_iris(return_X_y=True)


def published_rule(probabilities, y):
    """Northcutt et al. (2021), row by row."""
    n_classes = probabilities.shape[1]
    thresholds = []
    for j in range(n_classes):
        own = [p[j] for p, label in zip(probabilities, y) if label == j]
        thresholds.append(sum(own) / len(own) if own else float("inf"))
    joint = [[0] * n_classes for _ in range(n_classes)]
    for p, label in zip(probabilities, y):
        confident = [j for j in range(n_classes) if p[j] >= thresholds[j]]
        if confident:
            joint[label][max(confident, key=lambda j: p[j])] += 1
    return joint


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(2, 5), st.integers(1, 30))
def test_the_joint_is_that_of_the_published_rule(seed, n_classes, n_samples):
    rng = np.random.default_rng(seed)
    # In units of 1/64 sums are exact, so both ways find the same means.
    counts = rng.multinomial(64, np.full(n_classes, 1 / n_classes), n_samples)
    y = rng.integers(n_classes, size=n_samples)
    joint = confident_joint(counts / 64, y, classes=np.arange(n_classes))
    assert joint.tolist() == published_rule(counts / 64, y)


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


@pytest.mark.slow
def test_the_labels_found_are_those_off_the_diagonal_of_the_joint():
    rng = np.random.default_rng(1)
    y = np.where(rng.random(150) < 0.2, rng.integers(3, size=150), Y)
    model = LogisticRegression(max_iter=1000)
    joint = confident_joint(out_of_fold_probabilities(model, X, y), y)
    found = find_label_errors(model, X, y)
    assert found.sum() == joint.sum() - np.trace(joint)
    for label in range(3):
        row = joint[label]
        assert found[y == label].sum() == row.sum() - row[label]


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
