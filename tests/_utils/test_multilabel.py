import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal._utils.multilabel import (
    answers_of_labels,
    check_no_gaps,
    gaps_of,
    is_multilabel,
    probability_of_yes,
    takes_missing_labels,
)

X = np.arange(12.0)[:, np.newaxis]
Y = np.hstack([X > 3, X > 7, (X > 2) & (X < 6)]).astype(int)
CLASSIFIERS = [
    RandomForestClassifier(3),
    MultiOutputClassifier(LogisticRegression()),
    ClassifierChain(LogisticRegression()),
    OneVsRestClassifier(LogisticRegression()),
    MLPClassifier((5,), max_iter=2, random_state=0),
]


@pytest.mark.parametrize("model", CLASSIFIERS, ids=lambda model: type(model).__name__)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_classifiers_of_several_labels_are_known_however_they_say_it(model):
    assert not is_multilabel(model)
    model.fit(X, Y)
    assert is_multilabel(model)
    assert [known.tolist() for known in answers_of_labels(model)] == [[0, 1]] * 3
    yes = probability_of_yes(model.predict_proba(X), answers_of_labels(model))
    assert yes.shape == (12, 3)
    # On the side of what is predicted. A chain predicts one label after the other.
    if not isinstance(model, ClassifierChain):
        clear = np.abs(yes - 0.5) > 1e-9
        assert_array_equal((yes > 0.5)[clear], model.predict(X)[clear] == 1)


@pytest.mark.parametrize("model", CLASSIFIERS, ids=lambda model: type(model).__name__)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_classifiers_of_one_label_are_others(model):
    if isinstance(model, (MultiOutputClassifier, ClassifierChain)):
        return  # they take several columns only
    for labels in (Y[:, 0], np.where(X[:, 0] > 3, "yes", "no"), Y.sum(axis=1)):
        assert not is_multilabel(model.fit(X, labels))


def test_classes_in_a_list_are_not_labels():
    class Own:
        classes_ = ["cat", "dog"]

    assert not is_multilabel(Own())
    assert not is_multilabel(object())


def test_a_yes_or_a_no_that_was_never_seen():
    answers = [np.array([1]), np.array([0]), np.array([False, True])]
    probabilities = [np.ones((2, 1)), np.ones((2, 1)), np.array([[0.2, 0.8]] * 2)]
    found = probability_of_yes(probabilities, answers)
    assert_array_equal(found, [[1, 0, 0.8]] * 2)


def test_gaps_are_labels_that_are_missing_beside_others():
    nan = np.nan
    found = gaps_of([[0, nan], [nan, nan], [1, 0]])
    assert found.tolist() == [[False, True], [False, False], [False, False]]
    for y in ([0.0, nan], [[0, 1], [1, 0]], ["a", "b"]):
        assert not gaps_of(y).any()


class Patient:
    takes_missing_labels = True


@pytest.mark.parametrize(
    "around",
    [
        lambda model: model,
        lambda model: make_pipeline(StandardScaler(), model),
        lambda model: GridSearchCV(model, {}),
    ],
)
def test_a_gap_is_taken_where_the_model_inside_takes_it(around):
    y = [[0.0, np.nan]]
    assert takes_missing_labels(around(Patient()))
    check_no_gaps(y, around(Patient()), "y given to Learner")
    forest = around(RandomForestClassifier())
    assert not takes_missing_labels(forest)
    message = r"y given to Learner has no answer to label 1 of row 0, but NaN, and "
    with pytest.raises(ValueError, match=message + type(forest).__name__):
        check_no_gaps(y, forest, "y given to Learner")
    message = "no number for output 1 of row 0, but NaN, and LinearRegression needs"
    with pytest.raises(ValueError, match=message):
        check_no_gaps(y, LinearRegression(), "y given to Learner")
