"""All classes given to a network, of which the labels may lack some."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.ensemble import BaggingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from torch import nn

from skbal import ActiveLearner, ActiveLearningClassifier, predict_samples
from skbal.exceptions import NumericalWarning
from skbal.filters import (
    LabelLikelihoodFilter,
    find_label_errors,
    out_of_fold_likelihood,
)
from skbal.loop import ActiveLearningLoop
from skbal.models import (
    BayesByBackpropClassifier,
    DeepEnsembleClassifier,
    DistilledClassifier,
    LaplaceClassifier,
    MCDropoutClassifier,
    SWAGClassifier,
    TemperatureScaling,
)
from skbal.oracles import LabelOracle
from skbal.query import BALD, Random

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


# A class of the network of which there is no label


def of_three(**parameters):
    defaults = {"max_steps": 150, "random_state": 0, **parameters}
    return MCDropoutClassifier(classes=range(3), **defaults)


def test_out_of_fold_probabilities_are_those_of_the_classes_in_y():
    plain = MCDropoutClassifier(max_steps=150, random_state=0)
    y = NUMBERS[np.r_[0:20, 60:80]]
    expected = out_of_fold_likelihood(plain, X[FEW], y, random_state=0)
    found = out_of_fold_likelihood(of_three(), X[FEW], y, random_state=0)
    assert_allclose(found, expected, atol=0.1)
    assert expected.min() > 0.5
    y[[25, 30]] = 0
    assert_array_equal(
        np.flatnonzero(find_label_errors(of_three(), X[FEW], y, random_state=0)),
        np.flatnonzero(find_label_errors(plain, X[FEW], y, random_state=0)),
    )


def test_a_label_of_a_class_that_was_never_taught_is_trusted():
    learner = ActiveLearner(
        of_three(), Random(random_state=0), X[FEW], NUMBERS[FEW],
        label_filter=LabelLikelihoodFilter(0.05, random_state=0),
    )  # fmt: skip
    assert learner.estimator.taught_classes_.tolist() == [0, 1]
    assert np.isnan(learner.label_filter.likelihood(learner, X[100:102], [2, 2])).all()
    learner.teach(X[100:110], NUMBERS[100:110])
    assert (learner.y_training == 2).sum() == 10
    assert learner.estimator.taught_classes_.tolist() == [0, 1, 2]
    # Now the class is known, and a wrong label of it is not trusted.
    assert not learner.label_filter.trust(learner, X[:2], [2, 2]).any()


def test_taught_classes_are_those_with_a_label_since_the_first_fit(tmp_path):
    model = of_three(warm_start=True).fit(X[FEW], NUMBERS[FEW])
    model.fit(X[100:110], NUMBERS[100:110])
    assert model.taught_classes_.tolist() == [0, 1, 2]
    soft = np.eye(3)[NUMBERS[FEW]] * [1, 0.5, 1] + np.eye(3)[0] * [0.5, 0, 0]
    soft /= soft.sum(axis=1, keepdims=True)
    assert of_three().fit(X[FEW], soft).taught_classes_.tolist() == [0, 1]
    saved = of_three().fit(X[FEW], NUMBERS[FEW])
    saved.save_weights(tmp_path / "weights")
    found = of_three().load_weights(tmp_path / "weights")
    assert found.taught_classes_.tolist() == [0, 1]
    student = DistilledClassifier(LogisticRegression(), of_three())
    student.fit(X[FEW], NUMBERS[FEW])
    assert student.classes_.tolist() == [0, 1, 2]
    assert student.taught_classes_.tolist() == [0, 1]


@pytest.mark.parametrize("targets", [NUMBERS[FEW], np.eye(2)[NUMBERS[FEW]]])
def test_other_classes_than_those_learned_are_refused(targets, tmp_path):
    model = MCDropoutClassifier(warm_start=True, max_steps=5, random_state=0)
    model.fit(X[FEW], targets).save_weights(tmp_path / "weights")
    model.set_params(classes=[1, 0]).fit(X[FEW], targets)  # the same, in another order
    message = r"must be those that were learned, \[0, 1\], got \[0, 1, 2\]"
    with pytest.raises(ValueError, match=f"{message}: set warm_start=False"):
        model.set_params(classes=range(3)).fit(X[FEW], targets)
    with pytest.raises(ValueError, match=f"{message}: set classes to these"):
        of_three().load_weights(tmp_path / "weights")


@pytest.mark.parametrize(
    ("classes", "error", "message"),
    [
        (["a", "b", float("nan")], ValueError, r"must be different labels, got"),
        (["a", "b", 1], TypeError, "must hold either strings or numbers"),
        ([0, 1, float("inf")], ValueError, "must not contain infinity, but row 2"),
        ([0, 1j], ValueError, "must hold a string or a number"),
        (["a"], ValueError, r"must be two or more different labels, or None, got \['a"),
    ],
)
def test_what_cannot_be_classes_is_refused(classes, error, message):
    model = MCDropoutClassifier(classes=classes, max_steps=2)
    with pytest.raises(error, match=f"classes of MCDropoutClassifier {message}"):
        model.fit(X, Y)


def test_numbers_that_are_objects_are_numbers():
    classes = np.array([0, 1, 2], dtype=object)
    model = MCDropoutClassifier(classes=classes, max_steps=100, random_state=0)
    assert model.fit(X, NUMBERS).classes_.dtype.kind == "i"
    assert model.score(X, NUMBERS) > 0.8


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_temperature_and_simulation_have_columns_of_all(missing):
    rows = np.flatnonzero(missing != NUMBERS)[::2]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NumericalWarning)  # all rows may be right
        scaled = TemperatureScaling(of_three(), cv=2).fit(X[rows], NUMBERS[rows])
    assert scaled.classes_.tolist() == [0, 1, 2]
    run = ActiveLearningClassifier(
        of_three(), n_queries=1, n_instances=2, random_state=0
    ).fit(X[rows], NUMBERS[rows])
    assert run.classes_.tolist() == [0, 1, 2]
    assert_allclose(run.predict_proba(X[:5]).sum(axis=1), 1, rtol=1e-5)
    assert run.predict_samples(X[:5], 3, random_state=0).shape == (5, 3, 3)


def test_ensembles_that_number_the_labels_are_told_apart():
    names = MCDropoutClassifier(classes=NAMES, max_steps=2, random_state=0)
    with pytest.raises(ValueError, match="Ensembles of scikit-learn number the labels"):
        BaggingClassifier(names, 2).fit(X, Y)
    rows = NUMBERS != 1
    voting = VotingClassifier([("one", of_three(max_steps=2))], voting="soft")
    with pytest.raises(ValueError, match=r"columns for the classes \[2\], but there"):
        predict_samples(voting.fit(X[rows], NUMBERS[rows]), X[:2])
