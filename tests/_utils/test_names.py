"""Names that do not exist are answered with the ones that may be meant."""

import copy
import importlib
import inspect
import pickle

import pytest
from sklearn.base import clone

import skbal
from skbal._utils.names import KnowsItsParameters, check_arguments
from skbal.loop import ActiveLearningLoop
from skbal.models import BayesianLinearRegression, MCDropoutClassifier
from skbal.oracles import VoteOracle
from skbal.query import BALD, KMeansBatch, QueryStrategy
from skbal.seeding import BalancedSeed
from skbal.stopping import MaxLabels

ROOMS = ["audit", "datasets", "experiments", "filters", "information", "learner"]
ROOMS += ["loop", "models", "oracles", "plotting", "query", "sampling", "seeding"]
ROOMS += ["simulation", "stopping", "testing"]


@pytest.mark.parametrize(
    ("cls", "wrong", "meant"),
    [
        (BALD, "ndraws", "n_draws"),
        (KMeansBatch, "cluster", "clusterer"),
        (VoteOracle, "nvolunteers", "n_volunteers"),
        (BalancedSeed, "per_class", "n_per_class"),
        (MaxLabels, "nlabels", "n_labels"),
        (BayesianLinearRegression, "prior_varaince", "prior_variance"),
        (skbal.ActiveLearningClassifier, "n_querys", "n_queries"),
        (ActiveLearningLoop, "Xtest", "X_test"),
    ],
)
def test_a_wrong_keyword_names_the_class_and_what_is_meant(cls, wrong, meant):
    message = f"^{cls.__name__} has no parameter '{wrong}'. Did you mean '{meant}'"
    with pytest.raises(TypeError, match=message):
        cls(**{wrong: 1})


def test_a_keyword_like_no_other_lists_what_there_is():
    with pytest.raises(
        TypeError, match=r"'zzz'\. It has n_draws, random_state"
    ) as told:
        BALD(zzz=1)
    assert "mean" not in str(told.value)


def test_more_arguments_by_position_than_there_are_name_the_class():
    with pytest.raises(TypeError, match=r"^BALD takes .*give them by name"):
        BALD(20)
    with pytest.raises(TypeError, match=r"^VoteOracle takes .*missing.*vote_frac"):
        VoteOracle(n_volunteers=3)


def test_a_subclass_of_the_user_is_named_by_its_own_name():
    class Mine(BALD):
        def __init__(self, power=2):
            super().__init__()
            self.power = power

    assert Mine(power=3).power == 3
    with pytest.raises(TypeError, match=r"^Mine has no parameter 'pover'.*'power'"):
        Mine(pover=3)


def test_free_keywords_are_left_to_the_class():
    assert MCDropoutClassifier(module__rate=0.5).module__rate == 0.5

    class Free(KnowsItsParameters):
        def __init__(self, **settings):
            self.settings = settings

    assert Free(anything=1).settings == {"anything": 1}


@pytest.mark.parametrize("again", [clone, copy.copy, copy.deepcopy])
def test_copies_need_no_arguments(again):
    assert again(BALD(n_draws=3)).n_draws == 3


def test_a_pickle_needs_no_arguments():
    assert pickle.loads(pickle.dumps(BALD(n_draws=3))).n_draws == 3


def test_right_arguments_pass():
    check_arguments(BALD, (), {"n_draws": 3})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("from skbal import BALD", r"It is skbal\.query\.BALD\."),
        ("from skbal import ActiveLearningLoop", r"skbal\.loop\.ActiveLearningLoop"),
        ("from skbal import compare", r"It is skbal\.experiments\.compare\."),
        ("from skbal import ActivLearner", r"mean skbal\.ActiveLearner\?"),
        ("from skbal import Bald", r"mean skbal\.query\.BALD\?"),
        ("from skbal.query import LabelOracle", r"It is skbal\.oracles\.LabelOracle"),
        ("from skbal.query import Bald", r"mean skbal\.query\.BALD\?"),
        ("from skbal.loop import ActiveLearner", r"It is skbal\.ActiveLearner\."),
        ("from skbal.models import MCDropuotRegressor", r"skbal\.models\.MCDropoutR"),
    ],
)
def test_an_import_from_the_wrong_place_says_where_it_is(line, message):
    with pytest.raises(ImportError, match=message):
        exec(line, {})


def test_an_attribute_that_is_not_there_is_an_attribute_error():
    assert not hasattr(skbal, "BALD")
    with pytest.raises(AttributeError, match=r"It is skbal\.query\.BALD"):
        skbal.BALD  # noqa: B018
    with pytest.raises(AttributeError, match=r"has no attribute '_private'\.$"):
        skbal.query._private  # noqa: B018


def test_rooms_can_still_be_imported_from_the_package():
    names = {}
    exec("from skbal import query, stopping", names)
    assert names["query"].BALD is BALD


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_suggests(room):
    module = importlib.import_module(f"skbal.{room}")
    name = module.__all__[0]
    with pytest.raises(AttributeError, match=f"mean skbal.*{name}"):
        getattr(module, name.swapcase())


def test_the_signature_of_a_class_is_that_of_its_init():
    assert list(inspect.signature(VoteOracle).parameters)[:2] == [
        "vote_fraction",
        "n_volunteers",
    ]
    assert not inspect.signature(QueryStrategy).parameters
    assert "X_pool" in inspect.signature(BALD()).parameters
