"""A pickle knows its version, and says so only where another version loads it."""

import copy
import importlib
import inspect
import io
import pickle
import warnings

import joblib
import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.naive_bayes import GaussianNB

from skbal import ActiveLearner, ActiveLearningClassifier, __version__
from skbal._utils import pickled_version
from skbal._utils.pickled_version import KnowsItsVersion
from skbal.exceptions import VersionWarning
from skbal.experiments import Comparison
from skbal.filters import LabelLikelihoodFilter
from skbal.loop import ActiveLearningLoop, History, Record
from skbal.models import (
    BayesianLinearRegression,
    BayesianLogisticRegression,
    LastLayerClassifier,
    MCDropoutClassifier,
)
from skbal.oracles import LabelOracle, NoisyOracle
from skbal.query import BALD, DiversityPenalised, Random
from skbal.seeding import KMeansSeed
from skbal.stopping import ScorePlateau
from tests.test_public_api import PUBLIC

X = np.random.default_rng(0).normal(size=(30, 3))
Y = np.where(X[:, 0] > 0, "cat", "dog")


class Own(Random):
    """A strategy of a user, whose versions are not those of skbal."""


def a_loop():
    learner = ActiveLearner(GaussianNB(), Random(random_state=0))
    rows = [0, *range(1, 9)]
    return ActiveLearningLoop(learner, X, LabelOracle(Y), n_queries=2, initial=rows)


def a_comparison():
    runs = {name: [History([Record(0, 9, 0.5)])] for name in ("A", "Random")}
    return Comparison(runs)


MADE = {
    "learner": lambda: a_loop().run().learner,
    "loop": lambda: a_loop().run(),
    "loop that has not begun": a_loop,
    "run": lambda: ActiveLearningClassifier(
        RandomForestClassifier(3), n_queries=1, n_instances=2, random_state=0
    ).fit(X, Y),
    "history": lambda: a_loop().run().history_,
    "comparison": a_comparison,
    "strategy": lambda: DiversityPenalised(BALD()),
    "oracle": lambda: NoisyOracle(Y, noise=0.1, random_state=0),
    "seed": KMeansSeed,
    "rule": ScorePlateau,
    "filter": LabelLikelihoodFilter,
    "linear model": lambda: BayesianLinearRegression().fit(X, X[:, 0]),
    "logistic model": lambda: BayesianLogisticRegression().fit(X, Y),
    "network": lambda: MCDropoutClassifier(max_epochs=1, random_state=0).fit(X, Y),
    "last layer": lambda: LastLayerClassifier(
        MCDropoutClassifier(max_epochs=1, random_state=0)
    ).fit(X, Y),
}
made = pytest.mark.parametrize("make", MADE.values(), ids=MADE)


def stateful_classes():
    for module, names in PUBLIC.items():
        for name in names:
            found = getattr(importlib.import_module(module), name)
            if inspect.isclass(found) and issubclass(found, BaseEstimator):
                yield found
    yield from (ActiveLearningLoop, Comparison, History)


def as_of(version, monkeypatch, thing):
    """Return a pickle that another version of skbal has written."""
    with monkeypatch.context() as patch:
        patch.setattr(pickled_version, "__version__", version)
        return pickle.dumps(thing)


@pytest.mark.parametrize("cls", list(stateful_classes()), ids=lambda cls: cls.__name__)
def test_every_public_class_with_a_state_knows_its_version(cls):
    assert issubclass(cls, KnowsItsVersion)


@made
def test_the_state_holds_the_version_and_the_object_does_not(make):
    thing = make()
    assert thing.__getstate__()["_skbal_version"] == __version__
    for again in (pickle.loads(pickle.dumps(thing)), copy.deepcopy(thing)):
        assert type(again) is type(thing)
        assert vars(again).keys() == vars(thing).keys()
        assert "_skbal_version" not in vars(again)


@made
def test_another_version_is_warned_of_and_loads_all_the_same(make, monkeypatch):
    thing = make()
    old = as_of("0.0.1", monkeypatch, thing)
    with pytest.warns(VersionWarning) as caught:
        again = pickle.loads(old)
    assert vars(again).keys() == vars(thing).keys()
    messages = [str(warning.message) for warning in caught]
    own = [text for text in messages if text.startswith(f"{type(thing).__name__} was")]
    assert f"(0.0.1) than the one that loads it ({__version__})" in own[0]
    # The warning is about the line that loads.
    assert caught[0].filename == __file__


@made
def test_a_pickle_of_before_has_no_version_and_loads_with_a_warning(make, monkeypatch):
    thing = make()
    with monkeypatch.context() as patch:
        patch.setattr(pickled_version, "_KEY", "anything_else")
        patch.setattr(pickled_version, "_is_ours", lambda cls: False)
        old = pickle.dumps(thing)
    if not vars(thing):  # such a pickle holds no state that anything could be in
        return
    with pytest.warns(VersionWarning, match="a version that did not write its number"):
        again = pickle.loads(old)
    assert vars(again).keys() == vars(thing).keys()


def test_every_way_to_copy_is_silent(monkeypatch):
    monkeypatch.setattr(pickled_version, "__version__", "9.9")
    loop, file = a_loop().run(), io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        copy.copy(loop), copy.deepcopy(loop)
        joblib.dump(loop, file)
        file.seek(0)
        joblib.load(file)
        clone(loop.learner)


@pytest.mark.parametrize("make", [MADE["strategy"], MADE["network"], MADE["run"]])
def test_a_clone_is_what_it_was_without_versions(make):
    thing = make()
    again = clone(thing)
    assert repr(again) == repr(thing)
    assert vars(again).keys() == again.get_params(deep=False).keys()


def test_a_class_of_the_user_has_versions_of_its_own(monkeypatch):
    own = Own(random_state=3)
    assert own.__getstate__() == vars(own)
    assert pickle.loads(as_of("0.0.1", monkeypatch, own)).random_state == 3


def test_the_parts_of_a_loop_are_named_one_by_one(monkeypatch):
    old = as_of("0.0.1", monkeypatch, a_loop().run())
    with pytest.warns(VersionWarning) as caught:
        pickle.loads(old)
    names = {str(warning.message).split()[0] for warning in caught}
    assert names == {
        "ActiveLearner", "ActiveLearningLoop", "History", "LabelOracle", "Random",
    }  # fmt: skip
