"""What the answers of people who may be wrong tell about classes and weights."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy as H

from skbal.information import (
    annotator_information,
    mutual_information,
    noisy_label_information,
)

RIGHT_OF_FIVE = [[0.8, 0.2], [0.2, 0.8]]
GUESSES = [[0.5, 0.5], [0.5, 0.5]]


def random_problem(seed, n_answers=3):
    """Return draws of 3 classes, confusion of 2 people, and an earlier likelihood."""
    rng = np.random.default_rng(seed)
    draws = rng.dirichlet([0.5] * 3, size=(4, 5))
    confusion = rng.dirichlet([0.7] * n_answers, size=(2, 3))
    return draws, confusion, np.log(rng.random((4, 3)))


def joint_of(draws, confusion, likelihood):
    """Return p(draw, class, answer | earlier answers) by loops, for a row and person.

    The earlier answers have the likelihood given the class.
    """
    n_draws, n_classes = draws.shape
    joint = np.empty((n_draws, n_classes, confusion.shape[1]))
    for d in range(n_draws):
        for k in range(n_classes):
            for a in range(confusion.shape[1]):
                joint[d, k, a] = draws[d, k] * likelihood[k] * confusion[k, a]
    return joint / joint.sum()


def information_in(table):
    """Return the mutual information of the two axes of a joint distribution."""
    return H(table.sum(axis=1)) + H(table.sum(axis=0)) - H(table.ravel())


def test_two_people_by_hand():
    # Half and half: log 2 - H(0.8, 0.2). At 0.9: the answer is yes with
    # 0.9 * 0.8 + 0.1 * 0.2 = 0.74.
    found = annotator_information([[0.5, 0.5], [0.9, 0.1]], [RIGHT_OF_FIVE, GUESSES])
    expected = [np.log(2) - H([0.8, 0.2]), H([0.74, 0.26]) - H([0.8, 0.2])]
    np.testing.assert_allclose(found[:, 0], expected)
    np.testing.assert_array_equal(found[:, 1], 0)


def test_who_tells_apart_the_classes_in_doubt_is_worth_most():
    # One person confuses the first two classes, the other the last two.
    first = [[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1]]
    last = [[1, 0, 0], [0, 0.5, 0.5], [0, 0.5, 0.5]]
    found = annotator_information([[0.5, 0.5, 0], [0, 0.5, 0.5]], [first, last])
    np.testing.assert_allclose(found, np.log(2) * np.array([[0, 1], [1, 0]]))


def test_who_always_swaps_two_classes_is_as_useful_as_who_is_right():
    right, swapped = np.eye(2), np.eye(2)[::-1]
    p = [[0.3, 0.7]]
    np.testing.assert_allclose(
        annotator_information(p, [right, swapped]), [[H(p[0])] * 2]
    )


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), n_answers=st.integers(1, 4))
def test_both_are_the_information_of_the_enumerated_joint(seed, n_answers):
    draws, confusion, log_likelihood = random_problem(seed, n_answers)
    classes = np.empty((4, 3))
    expected_w, expected_y = np.empty((2, 4, 2))
    for row in range(4):
        for person in range(2):
            joint = joint_of(draws[row], confusion[person], np.exp(log_likelihood[row]))
            expected_w[row, person] = information_in(joint.sum(axis=1))
            expected_y[row, person] = information_in(joint.sum(axis=0))
            classes[row] = joint.sum(axis=(0, 2))
    of_weights = noisy_label_information(draws, confusion, log_likelihood)
    of_class = annotator_information(classes, confusion)
    np.testing.assert_allclose(of_weights, expected_w, atol=1e-12)
    np.testing.assert_allclose(of_class, expected_y, atol=1e-12)
    # The answer knows of the weights only through the class.
    assert (of_weights <= of_class + 1e-12).all()


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000))
def test_two_answers_tell_what_the_first_tells_and_then_the_second(seed):
    draws, (first, second), _ = random_problem(seed)
    draws = draws[:1]
    # p(w, first, second) by enumeration; the two answers are joint through the class.
    joint = np.einsum("dk,kl,km->dlm", draws[0] / 5, first, second)
    both = information_in(joint.reshape(5, -1))
    after = [
        noisy_label_information(draws, [second], np.log(first[:, [answer]].T))[0, 0]
        for answer in range(3)
    ]
    of_first = noisy_label_information(draws, [first])[0, 0]
    chain = of_first + joint.sum(axis=(0, 2)) @ after
    assert chain == pytest.approx(both, abs=1e-12)


def test_people_who_are_always_right_leave_bald_and_then_nothing():
    draws = random_problem(0)[0]
    known = np.log(np.maximum(np.eye(3)[[0, 1, 2, 0]], 1e-300))
    first = noisy_label_information(draws, [np.eye(3)])
    np.testing.assert_allclose(first[:, 0], mutual_information(draws))
    ruled_out = np.where(known < -1, -np.inf, 0.0)
    second = noisy_label_information(draws, [np.eye(3)], ruled_out)
    np.testing.assert_allclose(second, 0, atol=1e-12)


def test_an_answer_that_no_draw_allows_changes_nothing():
    draws = [[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]
    impossible = [[-np.inf, -np.inf, 0.0]]
    found = noisy_label_information(draws, [np.eye(3)], impossible)
    np.testing.assert_allclose(found, [[np.log(2)]])


def test_rows_in_chunks_are_rows_alone(monkeypatch):
    draws, confusion, log_likelihood = random_problem(3)
    whole = noisy_label_information(draws, confusion, log_likelihood)
    classes = annotator_information(draws[:, 0], confusion)
    monkeypatch.setattr("skbal.information._annotators.rows_within", lambda size: 3)
    np.testing.assert_array_equal(
        noisy_label_information(draws, confusion, log_likelihood), whole
    )
    np.testing.assert_array_equal(
        annotator_information(draws[:, 0], confusion), classes
    )
    assert noisy_label_information(draws[:0], confusion).shape == (0, 2)
    assert annotator_information(draws[:0, 0], confusion).shape == (0, 2)


def test_errors_name_the_argument():
    draws, confusion, log_likelihood = random_problem(0)
    for arguments, message in [
        ((draws, confusion[0]), r"must have shape \(n_annotators, n_classes, n_answ"),
        ((draws, confusion[:, :2]), "with the 3 classes of the probabilities, got"),
        ((draws, -confusion), "must be probabilities that sum to one over the answers"),
        ((draws, confusion * 2), "sums from 2 to 2"),
        ((draws, np.full((1, 3, 3), np.nan)), "must be probabilities that sum to one"),
        ((draws, confusion, log_likelihood[:3]), r"must have the shape \(4, 3\)"),
        ((draws, confusion, log_likelihood * np.nan), "got nan in row 0"),
        ((draws, confusion, log_likelihood - np.inf), "not for all of a row, got -inf"),
        ((draws * 2, confusion), "draws given to noisy_label_information must be"),
        ((draws[0], confusion), "draws given to noisy_label_information must have"),
    ]:
        with pytest.raises(ValueError, match=message):
            noisy_label_information(*arguments)
    for probabilities, message in [
        (draws, r"must have shape \(n_samples, n_classes\), got \(4, 5, 3\)"),
        (draws[0] * 2, "probabilities given to annotator_information must be"),
        (draws[0, :, :2] / draws[0, :, :2].sum(axis=1, keepdims=True), "the 2 classes"),
    ]:
        with pytest.raises(ValueError, match=message):
            annotator_information(probabilities, confusion)
