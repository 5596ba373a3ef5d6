"""Every strategy with a classifier of several yes/no labels per row."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier

from skbal import query
from skbal._utils.seeds_of import fill_random_states
from skbal.exceptions import NoDrawsError
from skbal.information import label_information
from skbal.sampling import predict_samples
from tests.query.fakes import EVERY, LabelTable, make, numbered, random_pool

SUMS = [
    "BALD",
    "ConsensusEntropy",
    "LeastConfident",
    "Margin",
    "MaxEntropy",
    "MeanSTD",
    "PredictiveVariance",
    "VariationRatios",
    "VoteEntropy",
]
RANDOM = ["PowerBALD", "SoftmaxBALD", "SoftrankBALD"]
AROUND = ["DensityWeighted", "DiversityPenalised", "KMeansBatch", "PerCost"]
AROUND += ["Subsampled"]
# These look at rows only.
NO_LABELS = ["KCenterGreedy", "LCMD", "ProbCover", "Random", "TypiClust"]
TAKES = [*SUMS, *RANDOM, *AROUND, *NO_LABELS, "JointLabelBALD"]


@pytest.fixture(scope="module")
def labels():
    X = random_pool(80, 3)
    return np.stack([X[:, 0] > 0, X[:, 1] + X[:, 2] > 1, X[:, 0] > 0.4], axis=1) * 1


@pytest.fixture(scope="module")
def forest(labels):
    forest = RandomForestClassifier(12, min_samples_leaf=3, random_state=0)
    return forest.fit(random_pool(80, 3), labels)


@pytest.mark.parametrize("name", SUMS)
def test_the_score_is_the_sum_over_labels_of_that_of_two_classes(name, forest):
    pool, strategy = random_pool(30, 3), getattr(query, name)(random_state=0)
    draws = predict_samples(forest, pool)
    one_each = [
        strategy.score_draws(np.stack([1 - yes, yes], axis=-1))
        for yes in np.moveaxis(draws, -1, 0)
    ]
    assert_allclose(strategy.score_pool(forest, pool), sum(one_each), rtol=1e-12)
    assert np.ptp(sum(one_each)) > 0


def test_bald_is_the_sum_of_the_information_of_the_labels(forest):
    pool = random_pool(30, 3)
    expected = label_information(predict_samples(forest, pool)).sum(axis=1)
    found = query.BALD(random_state=0).score_pool(forest, pool)
    assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("name", SUMS)
def test_one_label_is_scored_as_two_classes_are(name):
    rng = np.random.default_rng(0)
    yes = rng.random((8, 5, 1))
    strategy = getattr(query, name)(random_state=0)
    found = strategy.score_pool(LabelTable(yes), numbered(8))
    both = np.concatenate([1 - yes, yes], axis=2)
    assert_allclose(found, strategy.score_draws(both), rtol=1e-12)


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_a_strategy_chooses_rows_or_says_what_to_use(kind, forest):
    strategy, pool = fill_random_states(make(kind), 0), random_pool(30, 3)
    if kind.__name__ in TAKES:
        chosen = strategy(forest, pool, 4)
        assert len(set(chosen.tolist())) == 4
        return
    with pytest.raises(TypeError, match=rf"{kind.__name__} (needs|compares) "):
        strategy(forest, pool, 4)


def test_a_batch_of_dependent_rows_is_refused_with_what_to_use(forest):
    with pytest.raises(TypeError, match=r"BatchBALD needs one label .* Use BALD, J"):
        query.BatchBALD()(forest, random_pool(5, 3))


def test_the_number_of_classes_is_not_the_number_of_labels(forest):
    with pytest.raises(ValueError, match="has several labels per row"):
        query.ProbCover(features="input")(forest, random_pool(5, 3))


@pytest.mark.parametrize(
    "model",
    [
        MultiOutputClassifier(LogisticRegression()),
        OneVsRestClassifier(LogisticRegression()),
        ClassifierChain(LogisticRegression()),
        KNeighborsClassifier(),
        MLPClassifier((8,), max_iter=5, random_state=0),
    ],
    ids=lambda model: type(model).__name__,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_classifier_without_draws_is_asked_for_its_mean(model, labels):
    X, pool = random_pool(80, 3), random_pool(30, 3)
    model.fit(X, labels)
    yes = model.predict_proba(pool)
    if isinstance(yes, list):
        yes = np.stack([of_label[:, 1] for of_label in yes], axis=1)
    expected = np.minimum(yes, 1 - yes).sum(axis=1)  # of labels that will be wrong
    found = query.LeastConfident(random_state=0).score_pool(model, pool)
    assert_allclose(found, expected, atol=1e-12)
    with pytest.raises(NoDrawsError, match="makes no posterior draws"):
        query.BALD()(model, pool)


def test_a_model_that_knows_one_answer_to_each_label_is_refused():
    forest = RandomForestClassifier(3).fit([[0.0], [1.0]], [[0, 1], [0, 1]])
    with pytest.raises(ValueError, match=r"BALD needs .* both answers .* equal labels"):
        query.BALD()(forest, [[0.0], [1.0]])
    some = RandomForestClassifier(3, random_state=0).fit(
        [[0.0], [1.0]], [[0, 1], [0, 0]]
    )
    assert len(query.BALD(random_state=0)(some, [[0.0], [0.5]])) == 1


@pytest.mark.parametrize("y", [[["a", "b"], ["b", "a"]], [[0, 2], [1, 1]]], ids=str)
def test_columns_of_other_classes_than_no_and_yes_are_refused(y):
    X = [[0.0], [1.0]]
    for model in (RandomForestClassifier(3), KNeighborsClassifier(1)):
        with pytest.raises(ValueError, match="must hold 0 for no and 1 for yes"):
            query.MaxEntropy()(model.fit(X, y), X)


def test_an_unfitted_model_is_said_to_be_unfitted():
    with pytest.raises(NotFittedError, match="RandomForestClassifier"):
        query.JointLabelBALD()(RandomForestClassifier(), random_pool(5))
