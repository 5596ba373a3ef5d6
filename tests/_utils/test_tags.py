"""What the tags say, also of objects that have none."""

from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import BayesianRidge, LogisticRegression

from skbal._utils.tags import classifies, regresses, tags_of


class Sampler:
    """A user's own model, without scikit-learn's base class."""


def test_estimators_say_what_they_are():
    assert classifies(LogisticRegression())
    assert regresses(RandomForestRegressor())
    assert not regresses(LogisticRegression())
    assert not classifies(BayesianRidge())


def test_what_has_no_tags_is_neither():
    assert tags_of(Sampler()) is None
    assert not classifies(Sampler())
    assert not regresses(Sampler())
