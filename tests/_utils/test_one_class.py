import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from skbal._utils.one_class import misses_a_class

ERROR = ValueError("needs samples of at least 2 classes")


@pytest.mark.parametrize("labels", [[3, 3], ["a", "a"], np.array([False, False])])
def test_equal_labels_miss_a_class_if_the_error_speaks_of_classes(labels):
    assert misses_a_class(LogisticRegression(), labels, ERROR)
    assert not misses_a_class(LogisticRegression(), labels, ValueError("C is -1"))
    assert not misses_a_class(LogisticRegression(), labels, TypeError("no class"))


def test_other_labels_and_regressors_miss_none():
    assert not misses_a_class(LogisticRegression(), [3, 4], ERROR)
    assert not misses_a_class(LogisticRegression(), [[0, 1], [1, 0]], ERROR)
    assert not misses_a_class(Ridge(), [3.0, 3.0], ERROR)


def test_of_several_labels_one_with_a_single_answer_misses_the_other():
    assert misses_a_class(LogisticRegression(), [[0, 1], [1, 1]], ERROR)
    assert not misses_a_class(Ridge(), [[0, 1], [1, 1]], ERROR)
