"""A column of numbers is refused where rows of features are needed, by name."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skbal import ActiveLearningClassifier
from skbal._utils.feature_rows import check_has_features
from skbal.experiments import compare
from skbal.query import BALD

FOREST = RandomForestClassifier(3)
COLUMN, Y = np.arange(6.0), [0, 1, 0, 1, 0, 1]
COLUMNS = (COLUMN, COLUMN.tolist(), pd.Series(COLUMN), np.zeros(0))


@pytest.mark.parametrize("X", COLUMNS)
def test_a_column_is_refused(X):
    message = r"X of a loop must have rows of features, .* np.reshape\(X, \(-1, 1\)\)"
    with pytest.raises(ValueError, match=message):
        check_has_features(X, FOREST, "X of a loop")


@pytest.mark.parametrize("X", [None, [], COLUMN[:, None], ["a", "b"], [[1.0], [2.0]]])
def test_other_rows_are_left_to_other_checks(X):
    check_has_features(X, FOREST, "X of a loop")


@pytest.mark.parametrize(
    "estimator",
    [
        make_pipeline(CountVectorizer(), FOREST),
        GridSearchCV(FOREST, {"max_depth": [1, 2]}),
        CountVectorizer(),
        object(),
    ],
)
def test_what_may_make_features_of_numbers_is_not_refused(estimator):
    check_has_features(COLUMN, estimator, "X of a loop")


def test_simulations_and_comparisons_name_their_own_x():
    with pytest.raises(ValueError, match="X given to ActiveLearningClassifier must h"):
        ActiveLearningClassifier(FOREST).fit(COLUMN, Y)
    with pytest.raises(ValueError, match="X given to compare must have rows"):
        compare([BALD()], FOREST, COLUMN, Y, n_instances=2)
    with pytest.raises(TypeError, match="X given to ActiveLearningClassifier must be"):
        ActiveLearningClassifier(FOREST).fit(None, Y)
