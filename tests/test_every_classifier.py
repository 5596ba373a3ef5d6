"""Every classifier of scikit-learn can be asked with what the guide's table says."""

import inspect
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import entropy
from sklearn.base import ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, ShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import all_estimators

from skbal import ActiveLearner, ActiveLearningClassifier, predict_samples
from skbal.exceptions import NoDrawsError
from skbal.experiments import compare
from skbal.loop import ActiveLearningLoop
from skbal.oracles import LabelOracle
from skbal.query import (
    BALD,
    DiversityPenalised,
    KMeansBatch,
    LeastConfident,
    Margin,
    MaxEntropy,
    VariationRatios,
)

PAGE = Path(__file__).parents[1] / "docs" / "user_guide" / "classifiers.rst"
CLASSES = dict(all_estimators())
CLASSES["FrozenEstimator"] = FrozenEstimator  # has the methods of what is inside
OTHERS = {"BayesianGaussianMixture", "GaussianMixture", "Pipeline"}  # know no labels

X, CODES = load_iris(return_X_y=True)
ORDER = np.random.default_rng(0).permutation(150)
X, CODES = X[ORDER], CODES[ORDER] + 1
INSIDE = RandomForestClassifier(3, max_depth=3, random_state=0)

QUICK = {
    "n_estimators": 4,
    "max_iter": 20,
    "cv": 2,
    "Cs": [1.0],
    "radius": 10.0,
    "optimizer": None,
    "voting": "soft",
    "min_categories": 10,
    "n_iter": 2,
    "step": 2,
    "thresholds": 5,
    "final_estimator": INSIDE,
    "random_state": 0,
}


def table():
    """Return what the guide says of each classifier: strategies, by its name."""
    rows = re.split(r"\n   \* - ", PAGE.read_text(encoding="utf-8"))[2:]
    found = {}
    for row in rows:
        names, strategies, _ = re.split(r"\n     - ", row, maxsplit=2)
        for name in re.findall(r"``(\w+)``", names):
            assert name not in found, f"{name} is in two rows"
            found[name] = strategies
    return found


TABLE = table()
SEVERAL_COLUMNS = ["ClassifierChain", "MultiOutputClassifier"]
WITHOUT_PROBABILITIES = [
    name for name in TABLE if TABLE[name] == "none" and name in CLASSES
]
ASKED = [
    name
    for name in TABLE
    if TABLE[name] != "none" and name in CLASSES and name not in SEVERAL_COLUMNS
]


def example(name):
    """Return a quick example of a class, unfitted."""
    kind = CLASSES[name]
    if name == "FrozenEstimator":
        return FrozenEstimator(INSIDE.fit(X, CODES))
    known = inspect.signature(kind).parameters
    given = {key: value for key, value in QUICK.items() if key in known}
    for key in known:
        if key.startswith("param_"):
            given[key] = {"max_depth": [1, 2]}
        elif key == "estimators":
            given[key] = [("a", INSIDE), ("b", GaussianNB())]
        elif key == "estimator" and not name.startswith(("AdaBoost", "Bagging")):
            given[key] = INSIDE
    if name == "CategoricalNB":
        return make_pipeline(FunctionTransformer(np.round), kind(**given))
    return kind(**given)


def labels_for(name):
    return CODES > 2 if "Threshold" in name else CODES


# Trainings are short, and no row of self-training is without a label.
quick = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::FutureWarning")


def test_the_table_has_every_classifier():
    public = {
        name
        for name, kind in CLASSES.items()
        if "predict_proba" in dir(kind) or issubclass(kind, ClassifierMixin)
    }
    assert public - OTHERS <= set(TABLE)
    assert set(TABLE.values()) == {"all", "as inside", "of the mean", "none"}


@quick
@pytest.mark.parametrize("name", ASKED)
def test_a_classifier_can_be_asked_by_what_the_table_says(name):
    y = labels_for(name)
    learner = ActiveLearner(example(name), Margin(), X[:60], y[:60])
    strategies = [Margin(), MaxEntropy(), LeastConfident(), VariationRatios()]
    for strategy in [*strategies, DiversityPenalised(Margin())]:
        strategy.set_params(random_state=0)
        assert len(set(strategy(learner, X[60:], 3))) == 3
    mean = learner.predict_proba(X[60:])
    if TABLE[name] == "of the mean":
        with pytest.raises(NoDrawsError, match="BaggingClassifier"):
            BALD()(learner, X[60:])
    else:
        assert len(set(BALD()(learner, X[60:], 3))) == 3
        mean = predict_samples(learner, X[60:], random_state=0).mean(axis=1)
    found = MaxEntropy(random_state=0).score_pool(learner, X[60:])
    if name != "GaussianProcessClassifier":  # draws depend on the other rows
        assert_allclose(found, entropy(mean, axis=1), atol=1e-9)


@pytest.mark.slow
@quick
@pytest.mark.parametrize("name", ASKED)
def test_a_classifier_can_be_asked_in_a_loop(name):
    y = labels_for(name)
    learner = ActiveLearner(example(name), DiversityPenalised(Margin(random_state=0)))
    loop = ActiveLearningLoop(
        learner,
        X[:100],
        LabelOracle(y[:100]),
        n_queries=1,
        n_instances=4,
        initial=np.arange(40),
        X_test=X[100:],
        y_test=y[100:],
    )
    assert [record.n_labels for record in loop] == [40, 44]


@pytest.mark.slow
@quick
@pytest.mark.parametrize("name", ASKED)
def test_a_search_finds_the_penalty_for_a_classifier(name):
    run = ActiveLearningClassifier(
        example(name),
        DiversityPenalised(Margin()),
        initial=np.arange(40),
        n_queries=1,
        n_instances=4,
        random_state=0,
    )
    grid = {"query_strategy__penalty": [0, 0.3]}
    one_split = ShuffleSplit(1, random_state=0)
    search = GridSearchCV(run, grid, cv=one_split, error_score="raise", refit=False)
    search.fit(X, labels_for(name))
    assert set(search.best_params_) == {"query_strategy__penalty"}


@quick
@pytest.mark.parametrize(
    "around",
    [partial(BaggingClassifier, n_estimators=3), partial(CalibratedClassifierCV, cv=2)],
)
@pytest.mark.parametrize("name", WITHOUT_PROBABILITIES)
def test_a_classifier_without_probabilities_can_be_asked_inside_another(name, around):
    model = example(name).fit(X, CODES)
    with pytest.raises(NoDrawsError, match=f"{name} gives no class probabilities"):
        Margin()(model, X)
    if name == "OutputCodeClassifier" and around.func is CalibratedClassifierCV:
        return  # it has nothing to calibrate, as the page says
    wrapped = around(example(name))
    for strategy in (BALD(random_state=0), Margin(random_state=0)):
        assert len(set(strategy(wrapped.fit(X, CODES), X, 3))) == 3


@pytest.mark.parametrize("name", SEVERAL_COLUMNS)
def test_several_labels_are_asked_about_by_their_mean(name):
    model = CLASSES[name](GaussianNB()).fit(X, np.c_[CODES > 1, X[:, 1] > 3])
    for strategy in (Margin(random_state=0), MaxEntropy(random_state=0)):
        assert len(set(strategy(model, X, 3))) == 3
    with pytest.raises(NoDrawsError, match="makes no posterior draws"):
        BALD()(model, X)


def test_strategies_of_the_mean_are_compared_and_cluster():
    strategies = [Margin(), KMeansBatch(Margin(), features="input")]
    found = compare(
        strategies, GaussianNB(), X, CODES, n_queries=2, n_instances=4, n_repeats=2
    )
    assert set(found.verdicts)
