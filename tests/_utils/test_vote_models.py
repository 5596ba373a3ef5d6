import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal._utils.vote_models import check_vote_model, concentration_of
from skbal.models import BayesianVoteRegression


@pytest.fixture(scope="module")
def votes():
    rng = np.random.default_rng(0)
    X = rng.normal(3, 2, size=(60, 2))
    asked = np.full(60, 9)
    yes = rng.binomial(asked, rng.beta(2, 2, size=60))
    return X, np.column_stack([yes, asked])


def test_concentrations_are_found_inside_a_pipeline(votes):
    X, y = votes
    model = BayesianVoteRegression(likelihood="beta-binomial")
    pipeline = make_pipeline(StandardScaler(), model).fit(X, y)
    alone = BayesianVoteRegression(likelihood="beta-binomial")
    alone.fit(StandardScaler().fit_transform(X), y)
    found = concentration_of(pipeline, X)
    assert found.shape == (60, 1)
    np.testing.assert_allclose(found, np.full((60, 1), alone.concentration_[0]))


def test_a_model_without_concentrations_is_binomial():
    X = np.array([[0.0], [1.0]])
    assert concentration_of(LogisticRegression().fit(X, [0, 1]), X) is None


def test_the_model_of_votes_inside_a_search_is_returned(votes):
    search = GridSearchCV(
        BayesianVoteRegression(), {"prior_variance": [1.0, 2.0]}, cv=2
    ).fit(*votes)
    assert check_vote_model(search, "audit") is search.best_estimator_


def test_an_estimator_without_votes_is_refused_by_name():
    with pytest.raises(TypeError, match="but LogisticRegression has none"):
        check_vote_model(make_pipeline(StandardScaler(), LogisticRegression()), "audit")
