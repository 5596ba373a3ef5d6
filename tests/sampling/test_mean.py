import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import ClassifierChain
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from skbal import ActiveLearner, ActiveLearningClassifier
from skbal.exceptions import NoDrawsError
from skbal.query import MaxEntropy
from skbal.sampling import predict_samples
from skbal.sampling._mean import draws_or_mean


def test_draws_are_used_where_there_are_any(iris):
    X, y = iris
    forest = RandomForestClassifier(9, random_state=0).fit(X, y)
    found = draws_or_mean(forest, X, 4, random_state=1)
    assert_array_equal(found, predict_samples(forest, X, 4, random_state=1))


def around(model):
    """Return a model, and objects that hold one, all taught by fit."""
    return [
        model,
        make_pipeline(StandardScaler(), model),
        ActiveLearner(model),
        ActiveLearningClassifier(model, MaxEntropy(), n_queries=1, n_instances=5),
    ]


@pytest.mark.parametrize("number", range(4))
def test_predict_proba_is_the_draw_of_any_other_classifier(number, iris):
    X, y = iris
    estimator = around(GaussianNB())[number].fit(X, y)
    found = draws_or_mean(estimator, X, 50, random_state=0)
    assert_allclose(found, estimator.predict_proba(X)[:, np.newaxis])


def test_members_of_unequal_weight_have_a_mean_but_no_draws(iris):
    X, y = iris
    members = [("a", GaussianNB()), ("b", KNeighborsClassifier())]
    voting = VotingClassifier(members, voting="soft", weights=[1, 3]).fit(X, y)
    found = draws_or_mean(voting, X, random_state=0)
    assert_allclose(found[:, 0], voting.predict_proba(X))


def test_a_classifier_without_probabilities_is_told_how_to_have_them(iris):
    model = LinearSVC().fit(*iris)
    with pytest.raises(NoDrawsError, match=r"LinearSVC gives no .*CalibratedClass"):
        draws_or_mean(model, iris[0])


def test_an_unfitted_classifier_says_so(iris):
    with pytest.raises(NotFittedError, match="GaussianNB"):
        draws_or_mean(GaussianNB(), iris[0])


@pytest.mark.parametrize(
    "model", [KNeighborsClassifier(), ClassifierChain(LogisticRegression())], ids=str
)
def test_several_labels_are_one_draw_of_yes(model, iris):
    X, y = iris
    yes = model.fit(X, np.c_[y == "setosa", X[:, 0] > 5].astype(int)).predict_proba(X)
    if isinstance(yes, list):  # of an array for each label
        yes = np.stack([no_yes[:, 1] for no_yes in yes], axis=1)
    assert_array_equal(draws_or_mean(model, X), yes[:, np.newaxis])


def test_probabilities_that_sum_to_more_than_one_need_labels():
    class Odd:
        classes_ = np.array([0, 1])

        def predict_proba(self, X):
            return np.full((len(X), 2), 0.9)

    with pytest.raises(NoDrawsError, match=r"Odd must return .* sum to one\. A class"):
        MaxEntropy()(Odd(), [[0.0], [1.0]])


def test_probabilities_that_are_nan_are_refused(iris):
    class Diverged(GaussianNB):
        def predict_proba(self, X):
            return np.full((len(X), 3), np.nan)

    with pytest.raises(ValueError, match="predictive_entropy must be finite"):
        MaxEntropy()(Diverged().fit(*iris), iris[0])
