import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestClassifier

from skbal import predict_samples
from skbal.information import joint_label_information
from skbal.query import BALD, JointLabelBALD
from tests.query.fakes import LabelTable, numbered

# Draws of two labels: both labels tell the same, each tells something else, and the
# draws agree.
ALIKE = [[0, 0], [0, 0], [1, 1], [1, 1]]
APART = [[0, 0], [0, 1], [1, 0], [1, 1]]
AGREE = [[0.5, 0.5]] * 4


def test_what_two_labels_tell_alike_counts_once():
    model, pool = LabelTable([AGREE, ALIKE, APART]), numbered(3)
    scores = JointLabelBALD(random_state=0).score_pool(model, pool)
    assert_allclose(scores, [0, np.log(2), np.log(4)], atol=1e-12)
    assert_array_equal(JointLabelBALD(random_state=0)(model, pool, 2), [2, 1])
    # The sum does not tell the two apart.
    assert_allclose(BALD().score_pool(model, pool), [0, np.log(4), np.log(4)])


def test_scores_are_those_of_the_draws_whatever_the_chunks_also_if_sampled():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(60, 4)), rng.integers(2, size=(60, 12))
    forest = RandomForestClassifier(8, max_depth=3, random_state=0).fit(X, y)
    draws = predict_samples(forest, X)
    found = JointLabelBALD(64, random_state=5).score_pool(forest, X)
    expected = joint_label_information(draws, n_configurations=64, random_state=5)
    assert_allclose(found, expected, rtol=1e-12)
    cut = JointLabelBALD(64, random_state=5, batch_size=7).score_pool(forest, X)
    assert_allclose(cut, found, rtol=1e-12)


def test_a_model_of_one_label_is_refused():
    forest = RandomForestClassifier(3).fit([[0.0], [1.0]], ["no", "yes"])
    with pytest.raises(TypeError, match=r"got RandomForest.* for one label\. Use BALD"):
        JointLabelBALD()(forest, [[0.0], [1.0]])


def test_a_wrong_number_of_configurations_is_refused():
    with pytest.raises(ValueError, match=r"n_configurations of JointLabelB.* got 0"):
        JointLabelBALD(0)(LabelTable([AGREE, ALIKE]), numbered(2))
