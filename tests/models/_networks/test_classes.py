"""All classes given to a network, of which the labels may lack some."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from torch import nn

from skbal import ActiveLearner
from skbal.loop import ActiveLearningLoop
from skbal.models import (
    BayesByBackpropClassifier,
    DeepEnsembleClassifier,
    DistilledClassifier,
    LaplaceClassifier,
    MCDropoutClassifier,
    SWAGClassifier,
)
from skbal.oracles import LabelOracle
from skbal.query import BALD

X, NUMBERS = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])
Y = NAMES[NUMBERS]
FEW = np.r_[0:20, 60:80]  # rows of the first two classes
NETWORKS = (
    BayesByBackpropClassifier,
    DeepEnsembleClassifier,
    MCDropoutClassifier,
    SWAGClassifier,
)


@pytest.mark.parametrize("cls", NETWORKS)
def test_there_is_a_column_for_each_class_and_none_for_others(cls):
    model = cls(classes=NAMES[::-1], max_steps=300, random_state=0)
    model.fit(X[FEW], Y[FEW])
    assert_array_equal(model.classes_, NAMES)
    assert model.predict_samples(X[:5], 2, random_state=0).shape == (5, 2, 3)
    probabilities = model.predict_proba(X[FEW])
    assert (probabilities[:, 2] < 0.2).all()  # which no label has
    assert np.mean(model.predict(X[FEW]) == Y[FEW]) > 0.9
    assert_array_equal(clone(model).classes, NAMES[::-1])


def test_if_y_has_all_of_them_nothing_changes():
    plain = MCDropoutClassifier(max_epochs=3, random_state=0).fit(X, Y)
    given = MCDropoutClassifier(classes=list(NAMES), max_epochs=3, random_state=0)
    expected = plain.predict_samples(X, 5, random_state=0)
    found = given.fit(X, Y).predict_samples(X, 5, random_state=0)
    assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_labels_of_one_class_are_enough():
    model = MCDropoutClassifier(classes=range(3), max_epochs=3, random_state=0)
    assert_array_equal(model.fit(X[:5], NUMBERS[:5]).classes_, [0, 1, 2])


def test_columns_of_probabilities_are_of_the_classes_in_order():
    model = MCDropoutClassifier(classes=["b", "c", "a"], max_steps=300, random_state=0)
    model.fit(X, np.eye(3)[NUMBERS])
    assert_array_equal(model.classes_, ["a", "b", "c"])
    assert np.mean(model.predict(X) == np.array(["a", "b", "c"])[NUMBERS]) > 0.9


def test_rare_classes_may_be_weighed():
    model = MCDropoutClassifier(
        classes=range(4), class_weight="balanced", max_epochs=2, random_state=0
    )
    assert model.fit(X, NUMBERS).predict_proba(X[:1]).shape == (1, 4)


def test_training_goes_on_with_labels_of_a_class_that_was_unknown():
    model = MCDropoutClassifier(
        classes=NAMES, warm_start=True, max_steps=200, random_state=0
    )
    model.fit(X[FEW], Y[FEW]).fit(X, Y)
    assert model.score(X, Y) > 0.9
    plain = MCDropoutClassifier(warm_start=True, max_steps=5).fit(X[FEW], Y[FEW])
    with pytest.raises(ValueError, match="which the first fit did not see"):
        plain.fit(X, Y)


def test_a_module_of_its_own_has_outputs_for_all_from_the_start():
    module = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 3))
    with pytest.raises(ValueError, match=r"\(n_samples, 2\).*give classes=.*\(8, 3\)"):
        MCDropoutClassifier(module, max_epochs=1).fit(X[FEW], Y[FEW])
    model = MCDropoutClassifier(module, classes=NAMES, max_epochs=1, random_state=0)
    assert model.fit(X[FEW], Y[FEW]).predict_proba(X).shape == (150, 3)


def test_a_loop_begins_with_labels_of_two_classes():
    learner = ActiveLearner(
        MCDropoutClassifier(classes=NAMES, max_epochs=5, n_draws=5, random_state=0),
        BALD(random_state=0),
    )
    first = [0, 1, 60, 61]
    loop = ActiveLearningLoop(
        learner, X, LabelOracle(Y), n_queries=2, n_instances=2, initial=first
    )
    assert loop.run().history_.n_labels.tolist() == [4, 6, 8]
    assert_array_equal(learner.estimator.classes_, NAMES)


def test_a_student_learns_all_classes_from_a_teacher_of_some():
    student = MCDropoutClassifier(classes=NAMES, max_steps=300, random_state=0)
    model = DistilledClassifier(LogisticRegression(max_iter=1000), student)
    model.fit(X[FEW], Y[FEW])
    assert_array_equal(model.classes_, NAMES)
    assert (model.predict_proba(X[FEW])[:, 2] < 0.2).all()
    assert np.mean(model.predict(X[FEW]) == Y[FEW]) > 0.9
    with pytest.raises(ValueError, match=r"y given to Dist.*student.*got \['virgin"):
        clone(model).set_params(student__classes=NAMES[:2]).fit(X, Y)


def test_a_laplace_approximation_takes_such_a_network():
    network = MCDropoutClassifier(classes=NAMES, max_epochs=20, random_state=0)
    model = LaplaceClassifier(network, random_state=0).fit(X[FEW], Y[FEW])
    assert model.predict_proba(X).shape == (150, len(model.classes_))


@pytest.mark.parametrize(
    ("classes", "y", "message"),
    [
        (
            ["a"],
            Y,
            r"classes of MCD.* must be two or more .* got \['a'\]",
        ),
        (["a", "a"], Y, "must be different labels"),
        (3, Y, "must be different labels, got 3"),
        ("abc", Y, "must be different labels, got 'abc'"),
        ([0, 1], NUMBERS, r"y given to MCD.* among its classes, \[0, 1\], got \[2\]"),
        (["0", "1", "2"], NUMBERS, r"among its classes.*got \[0, 1, 2\]"),
        ([0, 1], np.eye(3)[NUMBERS], "a column for each of its classes.*3 columns"),
    ],
)
def test_what_does_not_fit_is_refused(classes, y, message):
    with pytest.raises(ValueError, match=message):
        MCDropoutClassifier(classes=classes, max_epochs=1).fit(X, y)
