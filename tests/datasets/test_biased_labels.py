import numpy as np
import pytest

from skbal.datasets import make_biased_labels
from skbal.oracles import CrowdOracle
from skbal.votes import DawidSkene

Y = np.repeat(["a", "b", "c"], [3000, 2000, 1000])
SWAP = [[1, 0, 0], [0, 0.2, 0.8], [0.1, 0.3, 0.6]]


def counted(answers, y, name, rows):
    """Return the share of each answer of a person, by a loop over classes."""
    chosen = (answers.workers == name) & rows[answers.rows]
    return np.array(
        [
            [
                np.mean(answers.labels[chosen & (y[answers.rows] == true)] == said)
                for said in answers.classes
            ]
            for true in answers.classes
        ]
    )


def test_answers_have_the_confusion_of_each_person_inside_and_outside_of_the_group():
    group = np.arange(len(Y)) % 3 == 0
    people = {
        "exact": 0.8,
        "swap": SWAP,
        "guess": "random",
        "same": "constant",
        "next": "confuses neighbours",
    }
    answers = make_biased_labels(
        Y, people, group=group, group_error={"exact": 0.5, "same": 0.3}, random_state=0
    )
    # By hand: 0.8 becomes 0.5 * 0.8 + 0.5 * 0.2 / 2, and 1 becomes 0.7.
    assert answers.group_confusion[0, 1, 1] == pytest.approx(0.45)
    np.testing.assert_allclose(answers.group_confusion[3, 2], [0.7, 0.15, 0.15])
    np.testing.assert_allclose(answers.confusion[4, 2], [0.4, 0, 0.6])
    np.testing.assert_array_equal(answers.confusion[1], SWAP)
    np.testing.assert_array_equal(answers.group_confusion[1:3], answers.confusion[1:3])
    for rows, matrices in (
        (group, answers.group_confusion),
        (~group, answers.confusion),
    ):
        for name, matrix in zip(answers.names, matrices):
            n = rows[Y == "c"].sum()  # of the rarest class
            error = 4.5 * np.sqrt(matrix * (1 - matrix) / n) + 1e-9
            assert (np.abs(counted(answers, Y, name, rows) - matrix) <= error).all()


def test_the_matrices_of_the_usual_people_are_probabilities():
    answers = make_biased_labels(Y, group=Y == "a", random_state=1)
    assert answers.names == ["careful", "hasty", "neighbours", "guessing", "same"]
    for matrices in (answers.confusion, answers.group_confusion):
        np.testing.assert_allclose(matrices.sum(axis=2), 1)
        assert (matrices >= 0).all()


def test_each_row_is_asked_of_n_different_people_at_random():
    answers = make_biased_labels(Y[2000:4000], n_answers=2, random_state=2)
    assert (np.bincount(answers.rows) == 2).all()
    pairs = set(zip(answers.rows.tolist(), answers.workers.tolist()))
    assert len(pairs) == len(answers.rows) == 4000
    _, counts = np.unique(answers.workers, return_counts=True)
    assert np.abs(counts - 800).max() < 100  # binomial, 4.5 standard deviations


def test_oracle_and_dawid_skene_take_the_answers():
    y = Y[::4]
    answers = make_biased_labels(y, random_state=0)
    oracle = CrowdOracle(answers.rows, answers.labels, answers.workers, n_answers=5)
    assert oracle.n_pool == len(y)
    majority = np.mean(oracle(np.arange(len(y))) == y)
    crowd = DawidSkene().fit(answers.rows, answers.labels, answers.workers)
    order = [answers.names.index(name) for name in crowd.annotators_]
    assert np.abs(crowd.confusion_ - answers.confusion[order]).max() < 0.1
    assert np.mean(crowd.predict(np.arange(len(y))) == y) > majority


def test_an_integer_seed_gives_the_same_answers():
    first, again, other = (
        make_biased_labels(Y[::50], random_state=seed).labels for seed in (4, 4, 5)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


MASKED = np.ma.masked_array(np.eye(2), [[True, False], [False, False]])


@pytest.mark.parametrize(
    ("y", "annotators", "options", "words"),
    [
        (["a", "a"], None, {}, "y of make_biased_labels must have two classes or more"),
        ([["a", "b"]], None, {}, "y of make_biased_labels must be one label per row"),
        (
            [0.5, np.nan],
            None,
            {},
            "y of make_biased_labels must not contain NaN|hold a",
        ),
        (["a", "b"], {}, {}, "annotators of make_biased_labels must be a dict"),
        (["a", "b"], ["ann"], {}, "annotators of make_biased_labels must be a dict"),
        (["a", "b"], {1: 0.5}, {}, "must have strings as names, got 1"),
        (["a", "b"], {"x": 1.5}, {}, "accuracy of 'x' among annotators"),
        (["a", "b"], {"x": True}, {}, "an accuracy from 0 to 1, .* True for 'x'"),
        (["a", "b"], {"x": "liar"}, {}, "an accuracy from 0 to 1, .* 'liar' for 'x'"),
        (
            ["a", "b"],
            {"x": np.eye(3)},
            {},
            r"has shape \(2, 2\), since y has 2 classes",
        ),
        (["a", "b"], {"x": [[1, 1], [0, 1]]}, {}, r"the sums \[2.0, 1.0\] for 'x'"),
        (["a", "b"], {"x": MASKED}, {}, "matrix of 'x' among .* 1 masked entry"),
        (["a", "b"], {"x": [[2, -1], [0, 1]]}, {}, "must have matrices whose rows"),
        (
            ["a", "b"],
            None,
            {"group": [0, 1]},
            "group of make_biased_labels must be True",
        ),
        (["a", "b"], None, {"group": [True]}, r"got dtype bool and shape \(1,\)"),
        (["a", "b"], None, {"group_error": 2}, "group_error of make_biased_labels"),
        (["a", "b"], None, {"group_error": {"bob": 0.1}}, "must name people among"),
        (["a", "b"], None, {"n_answers": 6}, "n_answers .* at most 5, .* got 6"),
        (["a", "b"], None, {"random_state": "x"}, "random_state of make_biased_labels"),
    ],
)
def test_wrong_arguments_are_named(y, annotators, options, words):
    with pytest.raises((TypeError, ValueError), match=words):
        make_biased_labels(y, annotators, **options)
