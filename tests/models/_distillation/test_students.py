"""How a student learns probabilities: as soft labels, or as weights of labels."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal.models import MCDropoutClassifier
from skbal.models._distillation._students import check_student, last_step, teach

RNG = np.random.default_rng(0)
X = RNG.normal(size=(80, 3))
SOFT = RNG.dirichlet([1, 2, 1], size=80)
PLAIN = LogisticRegression(C=np.inf, tol=1e-8, max_iter=1000)


def gradient(probabilities, weights):
    """Return the slope of the cross-entropy of a logistic regression."""
    rows = np.hstack([np.ones((80, 1)), X]) * weights[:, None]
    return rows.T @ (probabilities - SOFT)


@pytest.mark.parametrize("weights", [None, RNG.uniform(0.5, 2, size=80)])
@pytest.mark.parametrize("student", [PLAIN, make_pipeline(StandardScaler(), PLAIN)])
def test_weighted_labels_are_the_cross_entropy(student, weights):
    model = teach(student, X, SOFT, weights)
    found = gradient(
        model.predict_proba(X), np.ones(80) if weights is None else weights
    )
    np.testing.assert_allclose(found, 0, atol=1e-3)
    assert np.abs(gradient(np.full((80, 3), 1 / 3), np.ones(80))).max() > 1


def test_naive_bayes_has_the_weighted_means():
    means = (SOFT.T @ X) / SOFT.sum(axis=0)[:, None]
    np.testing.assert_allclose(teach(GaussianNB(), X, SOFT).theta_, means)


def test_one_class_is_a_label():
    model = teach(RandomForestClassifier(3, random_state=0), X, np.ones((80, 1)))
    assert model.classes_.tolist() == [0]


@pytest.mark.parametrize(
    "student",
    [
        RandomForestClassifier(),
        make_pipeline(StandardScaler(), GaussianNB()),
        MCDropoutClassifier(),
        make_pipeline(make_pipeline("passthrough", MCDropoutClassifier())),
    ],
)
def test_these_can_be_students(student):
    check_student(student, "student", "Teacher")


@pytest.mark.parametrize(
    "student", [KNeighborsClassifier(), StandardScaler(), "network", GaussianNB, None]
)
def test_these_cannot(student):
    with pytest.raises(TypeError, match=r"student of Teacher must be .* whose fit"):
        check_student(student, "student", "Teacher")


def test_the_prefix_names_all_pipelines():
    inner = make_pipeline("passthrough", PLAIN)
    last, prefix = last_step(make_pipeline(StandardScaler(), inner))
    assert last is PLAIN
    assert prefix == "pipeline__logisticregression__"
