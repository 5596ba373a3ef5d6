import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skbal.votes._gate import calibrated, check_gate, out_of_fold
from skbal.votes._types import first_concentrations, log_likelihoods


def test_an_item_is_predicted_without_its_own_votes():
    rng = np.random.default_rng(0)
    leading = np.eye(2)[rng.integers(2, size=400)]
    X = rng.normal(size=(400, 3))
    # A tree knows each row that it has seen.
    seen = DecisionTreeClassifier().fit(X, leading[:, 1]).score(X, leading[:, 1])
    voted = np.full(400, True)
    found = out_of_fold(DecisionTreeClassifier(), X, leading, voted, 5, rng)
    right = (found.argmax(axis=1) == leading.argmax(axis=1)).mean()
    assert seen == 1
    assert abs(right - 0.5) < 0.1


def test_items_without_votes_are_predicted_but_not_learned_from():
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=200)
    leading, voted = np.eye(2)[y], np.arange(200) < 60
    leading[~voted] = leading[~voted][:, ::-1]  # wrong, but nobody voted so
    X = y[:, np.newaxis] + 0.1 * rng.normal(size=(200, 1))
    classifier = make_pipeline(StandardScaler(), LogisticRegression())
    found = out_of_fold(classifier, X, leading, voted, 4, rng)
    np.testing.assert_array_equal(found.argmax(axis=1), y)


def test_an_answer_that_never_leads_keeps_a_small_probability():
    rng = np.random.default_rng(0)
    leading = np.eye(3)[rng.integers(2, size=100)]
    X = rng.normal(size=(100, 2))
    voted = np.full(100, True)
    found = out_of_fold(LogisticRegression(), X, leading, voted, 5, rng)
    assert (found[:, 2] > 0).all()
    assert (found[:, 2] < 0.001).all()
    np.testing.assert_allclose(found.sum(axis=1), 1)
    alone = out_of_fold(
        LogisticRegression(), X, leading[:1].repeat(100, 0), voted, 5, rng
    )
    np.testing.assert_allclose(alone, 1 / 3)


def test_probabilities_that_are_too_certain_are_made_calibrated():
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=2000)
    guess = np.where(rng.random(2000) < 0.8, y, 1 - y)  # right in 8 of 10 cases
    certain = np.where(np.eye(2)[guess] == 1, 0.999, 0.001)
    types = first_concentrations(2, 1)
    counts = np.stack([rng.multinomial(9, p) for p in np.where(np.eye(2)[y], 0.9, 0.1)])
    found = calibrated(certain, np.zeros(2), log_likelihoods(counts, types))
    np.testing.assert_allclose(np.exp(found).max(axis=1), 0.8, atol=0.04)


@pytest.mark.parametrize(
    "wrong", [LogisticRegression, "logistic", StandardScaler(), KNeighborsClassifier()]
)
def test_what_learns_no_weights_is_refused(wrong):
    with pytest.raises(TypeError, match="classifier of VoteAllocation must be"):
        check_gate(wrong, "classifier", "VoteAllocation")
