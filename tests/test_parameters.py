"""Every parameter of everything public has a rule, and the rule is applied.

A class without a table, or a parameter without a rule, needs its reason here.
"""

import importlib
import inspect
import re
from types import SimpleNamespace

import numpy as np
import pytest
from numpydoc.docscrape import ClassDoc
from sklearn.base import BaseEstimator
from sklearn.linear_model import BayesianRidge, LogisticRegression

from skbal import ActiveLearner
from skbal._utils.parameters import check_parameters, rules_of
from skbal.models import (
    BayesianLinearRegression,
    MCDropoutClassifier,
    MCDropoutRegressor,
)
from skbal.query import Margin
from tests.test_public_api import PUBLIC

RESULT = "holds results, made by a function or a loop"
MODULE = "a torch module, whose layers check their arguments"
DISPLAY = "made by a class method, which checks its arguments"
WITHOUT_RULES = {
    "AcquisitionCurveDisplay": DISPLAY,
    "AnomalyDisplay": DISPLAY,
    "AnomalyScores": RESULT,
    "AuditReport": RESULT,
    "BenchmarkResult": RESULT,
    "CalibrationError": RESULT,
    "CalibrationSteps": RESULT,
    "Campaign": "made by create or open, which check their arguments",
    "Claim": "a part of an Experiment, about its units",
    "Comparison": RESULT,
    "ComparisonDisplay": DISPLAY,
    "RankDisplay": DISPLAY,
    "RunDisplay": DISPLAY,
    "SearchDisplay": DISPLAY,
    "DropoutMLP": MODULE,
    "Experiment": "a declaration, which checks that its parts belong together",
    "ExperimentUnit": "made by reproduce, which checks its arguments",
    "FeatureMaps": RESULT,
    "FeatureMapsDisplay": DISPLAY,
    "GalCNN": MODULE,
    "GalaxyCNN": MODULE,
    "GeneralisationReport": RESULT,
    "GroupErrors": RESULT,
    "GroupSelection": RESULT,
    "History": RESULT,
    "ImageGridDisplay": DISPLAY,
    "Imported": RESULT,
    "InvarianceDisplay": DISPLAY,
    "InvarianceReport": RESULT,
    "Item": RESULT,
    "LeakageCheck": RESULT,
    "Measure": "a part of an Experiment, which checks it",
    "PairedDifference": RESULT,
    "PermutedLabelsCheck": RESULT,
    "Person": RESULT,
    "PolicyInputs": RESULT,
    "ProbabilityScores": RESULT,
    "Published": "a part of an Experiment, which checks it",
    "Record": RESULT,
    "ReliabilityDisplay": DISPLAY,
    "Reproduction": RESULT,
    "Rubric": RESULT,
    "SaliencyDisplay": DISPLAY,
    "SaliencyMaps": RESULT,
    "SaliencySanity": RESULT,
    "SelectionTest": RESULT,
    "ShortcutDisplay": DISPLAY,
    "ShortcutTest": RESULT,
    "Statement": "a part of a Claim, which checks its rule",
    "Status": RESULT,
    "Told": RESULT,
    "TooGoodCheck": RESULT,
    "UnbiasedRisk": RESULT,
    "VoteCoverage": RESULT,
    "VoteCoverageDisplay": DISPLAY,
    "VoteInformationDisplay": DISPLAY,
    "VotePITDisplay": DISPLAY,
    "VotePosteriorDisplay": DISPLAY,
}
DATA = "data, which are checked with each other"
INSIDE = "checked by the learner, the loop or the oracle of the run, under their name"
RUN = {
    **dict.fromkeys(["oracle_noise", "stopping"], INSIDE),
    "scoring": "checked with the estimator that it scores",
}
KIND = "a number or a matrix; what it must be depends on another parameter"
LEARNER = {
    **dict.fromkeys(["X_training", "y_training"], DATA),
    "query_strategy": "checked by query, since a taught learner may do without it",
}
UNCHECKED = {
    "ActiveLearner": LEARNER,
    "BayesianOptimizer": LEARNER,
    "ActiveLearningClassifier": RUN,
    "ActiveLearningLoop": {
        **dict.fromkeys(["X_pool", "candidates", "X_test", "y_test"], DATA),
        "sample_weight": DATA,
        "scoring": "checked with the estimator that it scores",
    },
    "ActiveLearningEnv": {"scoring": "checked with the estimator that it scores"},
    "ActiveLearningRegressor": RUN,
    "CallableOracle": {"X_pool": DATA},
    "CrowdOracle": dict.fromkeys(["items", "labels", "workers"], DATA),
    "InteractiveOracle": dict.fromkeys(["X_pool", "image_shape"], DATA),
    "KMeansSeed": {"features": "a string, a function or data, checked with X"},
    "LabelOracle": {"y": DATA},
    "NoisyOracle": dict.fromkeys(["y", "classes", "noise"], DATA),
    "ToSkactiveml": {"missing_label": "any label"},
    "VoteOracle": dict.fromkeys(["vote_fraction", "n_volunteers"], DATA),
}

X = np.random.default_rng(0).normal(size=(20, 2))
Y = np.arange(20) % 2
VOTES = np.stack([Y, np.full(20, 3)], axis=1)


def public_classes():
    found = {}
    for module, names in PUBLIC.items():
        for name in names:
            cls = getattr(importlib.import_module(module), name)
            is_error = inspect.isclass(cls) and issubclass(cls, Exception)
            if inspect.isclass(cls) and not is_error:
                found[cls.__name__] = cls
    return found


CLASSES = public_classes()
TABLES = {name: cls for name, cls in CLASSES.items() if rules_of(cls)}


def parameters_of(cls):
    """Return the parameters of ``__init__`` by name, without ``**kwargs``."""
    given = inspect.signature(cls).parameters.values()
    return {p.name: p for p in given if p.kind is not p.VAR_KEYWORD}


def types_of(cls):
    """Return the types that the docstring gives, by name of the parameter."""
    parameters = ClassDoc(cls, config={"show_class_members": False})["Parameters"]
    return {name: kind for names, kind, _ in parameters for name in names.split(", ")}


def test_every_public_class_has_a_table_or_a_reason():
    with_parameters = {name for name, cls in CLASSES.items() if parameters_of(cls)}
    assert with_parameters - set(TABLES) == set(WITHOUT_RULES)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_parameter_has_a_rule_or_a_reason(name):
    cls = TABLES[name]
    assert set(parameters_of(cls)) - set(rules_of(cls)) == set(UNCHECKED.get(name, ()))


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_rule_names_the_parameter_and_its_owner(name):
    for parameter, rule in rules_of(TABLES[name]).items():
        with pytest.raises(
            (TypeError, ValueError), match=rf"\b{parameter} of {name}\b"
        ):
            rule(rule.invalid, parameter, name)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_default_satisfies_its_rule(name):
    rules = rules_of(TABLES[name])
    for parameter, given in parameters_of(TABLES[name]).items():
        if parameter in rules and given.default is not given.empty:
            rules[parameter](given.default, parameter, name)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_options_are_those_of_the_docstring(name):
    cls, kinds = TABLES[name], types_of(TABLES[name])
    for parameter, rule in rules_of(cls).items():
        if parameter not in parameters_of(cls):
            continue
        kind = kinds[parameter]
        braces = re.search(r"\{(.*?)\}", kind)
        quoted = re.findall(r"[\"'](.*?)[\"']", braces[1]) if braces else []
        assert set(quoted) == set(rule.options), parameter
        assert ("None" in kind or "optional" in kind) == rule.none, parameter


def required(cls):
    """Return values for the parameters that have no default."""
    values = {
        "early": {"margin": 1.0},
        "estimator": BayesianRidge(),
        "function": print,
        "items": [0, 1],
        "labels": [0, 1],
        "learner": ActiveLearner(LogisticRegression(), Margin()),
        "n_labels": [20, 30],
        "network": MCDropoutRegressor(max_epochs=1),
        "strategy": Margin(),
        "target_score": 0.5,
        "transforms": [],
        "vote_fraction": Y,
        "y": Y,
    }
    if "Classifier" in cls.__name__:
        values["network"] = MCDropoutClassifier(max_epochs=1)
        values["estimator"] = LogisticRegression()
    if cls.__name__ == "FromSkactiveml":
        values["strategy"] = SimpleNamespace(query=print)
    needed = [p for p in parameters_of(cls).values() if p.default is p.empty]
    return {p.name: values[p.name] for p in needed}


def use(cls, instance):
    """Let an object do its work, which begins with a check of its parameters."""
    if cls.__module__.startswith("skbal.query"):
        return instance(None, X)
    if cls.__module__.startswith("skbal.seeding"):
        return instance.select(X, Y)
    if cls.__module__.startswith("skbal.oracles"):
        return instance([0])
    if hasattr(cls, "fit"):
        return instance.fit(X, VOTES if "Vote" in cls.__name__ else Y)
    if hasattr(cls, "ask"):
        return instance.ask(X)
    return check_parameters(instance)


@pytest.mark.parametrize(
    "name", [name for name, cls in TABLES.items() if issubclass(cls, BaseEstimator)]
)
def test_work_begins_with_a_check_of_the_parameters(name):
    cls = TABLES[name]
    if inspect.isabstract(cls):
        pytest.skip("it cannot be made")
    for parameter, rule in rules_of(cls).items():
        if parameter not in parameters_of(cls):
            continue
        instance = cls(**{**required(cls), parameter: rule.invalid})
        with pytest.raises(
            (TypeError, ValueError), match=rf"\b{parameter} of {name}\b"
        ):
            use(cls, instance)


def test_the_checks_catch_what_they_should():
    kinds = types_of(BayesianLinearRegression)
    assert re.search(r"\{(.*?)\}", kinds["optimize"])
    assert "random_state" in types_of(TABLES["BALD"])
