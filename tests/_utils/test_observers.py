"""Estimators that look at the pool are found wherever they see its rows."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal._utils.observers import show_pool, wants_pool

POOL = np.arange(6.0).reshape(3, 2)


class Observer(ClassifierMixin, BaseEstimator):
    """Remembers the pool that it was shown."""

    seen = None

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return X

    def observe_pool(self, X_pool):
        self.seen = X_pool
        return self


class Content(Observer):
    observes_pool = False


@pytest.mark.parametrize(
    "around",
    [
        lambda part: part,
        lambda part: make_pipeline(part, LogisticRegression()),
        lambda part: make_pipeline("passthrough", part),
        lambda part: Pipeline([("nothing", None), ("part", part)]),
        lambda part: GridSearchCV(part, {}),
        lambda part: OneVsRestClassifier(part),
        lambda part: CalibratedClassifierCV(part),
        lambda part: VotingClassifier([("a", LogisticRegression()), ("b", part)]),
        lambda part: GridSearchCV(make_pipeline(part, LogisticRegression()), {}),
    ],
)
def test_a_part_that_sees_the_rows_is_shown_them(around):
    part, content = Observer(), Content()
    assert wants_pool(around(part))
    assert show_pool(around(part), POOL)
    assert part.seen is POOL
    assert not wants_pool(around(content))
    assert not show_pool(around(content), POOL)
    assert content.seen is None


@pytest.mark.parametrize("other", [LogisticRegression(), object(), LogisticRegression])
def test_other_estimators_are_left_alone(other):
    assert not wants_pool(other)
    assert not show_pool(other, POOL)


@pytest.mark.parametrize(
    "around", [lambda part: part, lambda part: GridSearchCV(part, {})]
)
def test_a_later_step_of_a_pipeline_warns(around):
    part = Observer()
    pipeline = around(make_pipeline(StandardScaler(), around(part)))
    with pytest.warns(UserWarning, match=r"Observer cannot .*\(standardscaler\)"):
        assert not show_pool(pipeline, POOL)
    assert part.seen is None


def test_both_steps_may_want_it():
    first, second = Observer(), Observer()
    with pytest.warns(UserWarning, match=r"\(observer-1\) comes before"):
        assert show_pool(make_pipeline(first, second), POOL)
    assert first.seen is POOL
    assert second.seen is None
