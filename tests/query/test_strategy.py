"""What holds for every strategy."""

import inspect
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import BayesianRidge, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import information, query
from skbal.exceptions import NoDrawsError
from skbal.sampling import predict_samples
from tests.information.arrays import HAND, random_draws
from tests.query.fakes import (
    EVERY,
    SeededSampler,
    TableSampler,
    make,
    numbered,
    random_pool,
)

SCORES = {
    query.BALD: information.mutual_information,
    query.LeastConfident: information.variation_ratio,
    query.Margin: lambda draws: 1 - information.margin(draws),
    query.MaxEntropy: information.predictive_entropy,
    query.MeanSTD: information.mean_std,
    query.PredictiveVariance: information.predictive_variance,
    query.VariationRatios: information.variation_ratio,
}
# Strategies that are tested elsewhere with the other models that they need.
OTHERS = {query.BatchBALD, query.BatchVariance, query.VoteBALD, query.VoteEPIG}
OTHERS |= {query.JointLabelBALD}
DRAWING = [
    kind
    for kind in EVERY
    if issubclass(kind, query.DrawStrategy) and kind not in OTHERS
]
# One compares the values of a regressor, one needs several labels per row. Their own
# tests choose among those.
APART = {query.GreedySampling, query.JointLabelBALD}
OF_DRAWS = [kind for kind in EVERY if kind not in APART]
NEED_CLASSES = [kind for kind in DRAWING if not kind.takes_regressors]
NEED_DRAWS = [kind for kind in DRAWING if kind.needs_draws]
TAKES_CLASSES = [*DRAWING, query.Random]
WITHOUT_FEATURES = [
    kind
    for kind in EVERY
    if "features" not in kind().get_params() and kind is not query.JointLabelBALD
]
COMMON = [
    "n_draws", "random_state", "pool_subsample", "batch_size", "n_jobs", "verbose",
]  # fmt: skip


@pytest.fixture(scope="module")
def forest():
    X = random_pool(80, 2)
    return RandomForestClassifier(10, random_state=0).fit(X, X[:, 0] > 0)


@pytest.fixture(scope="module")
def ridge():
    X = random_pool(80, 2)
    return BayesianRidge().fit(X, X[:, 0])


# Scores


@pytest.mark.parametrize("kind", SCORES)
def test_the_score_is_the_quantity_of_the_draws(kind):
    table = random_draws(20, 6, 4)
    scores = kind(random_state=0).score_pool(TableSampler(table), numbered(20))
    assert_allclose(scores, SCORES[kind](table), atol=1e-14)


@pytest.mark.parametrize("kind", SCORES)
def test_the_score_is_that_of_predict_samples_with_the_same_seed(kind, forest):
    X = random_pool(50)
    draws = predict_samples(forest, X, 6, random_state=11)
    scores = kind(n_draws=6, random_state=11).score_pool(forest, X)
    assert_allclose(scores, SCORES[kind](draws), atol=1e-12)


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        # Rows: certain; unsure; disagreeing; a mixture.
        (query.BALD, 2, (0, 1)),
        (query.LeastConfident, (1, 2), 0),
        (query.Margin, (1, 2), 0),
        (query.MaxEntropy, (1, 2), 0),
        (query.VariationRatios, (1, 2), 0),
        (query.MeanSTD, 2, (0, 1)),
        (query.PredictiveVariance, 2, (0, 1)),
    ],
)
def test_four_rows_worked_by_hand_come_in_the_right_order(kind, first, last):
    order = kind(random_state=0)(TableSampler(HAND), numbered(4), n_instances=4)
    assert order[0] in np.atleast_1d(first)
    assert order[-1] in np.atleast_1d(last)


# Choices


@pytest.mark.parametrize("kind", OF_DRAWS)
@settings(max_examples=15)
@given(data=st.data())
def test_indices_are_distinct_positions_in_the_pool(kind, data):
    n_pool = data.draw(st.integers(1, 12))
    n_instances = data.draw(st.integers(1, n_pool))
    seed = data.draw(st.integers(0, 2**32 - 1))
    chosen = make(kind, random_state=seed)(
        SeededSampler(), random_pool(n_pool), n_instances
    )
    assert chosen.shape == (n_instances,)
    assert len(set(chosen.tolist())) == n_instances
    assert set(chosen.tolist()) <= set(range(n_pool))


@pytest.mark.parametrize("kind", SCORES)
def test_the_best_rows_come_first(kind):
    table = random_draws(20, 6, 4)
    order = kind(random_state=0)(TableSampler(table), numbered(20), n_instances=20)
    assert (np.diff(SCORES[kind](table)[order]) <= 1e-6).all()


@pytest.mark.filterwarnings("ignore::skbal.exceptions.TooFewDrawsWarning")
@pytest.mark.parametrize("kind", WITHOUT_FEATURES)
def test_ties_do_not_favour_one_end_of_the_pool(kind):
    model, X = TableSampler(np.full((50, 4, 2), 0.5)), numbered(50)
    chosen = [make(kind, random_state=seed)(model, X)[0] for seed in range(40)]
    assert len(set(chosen)) > 20
    # The mean of 40 uniform positions is within 4.5 standard errors of the middle.
    assert abs(np.mean(chosen) - 24.5) < 4.5 * np.sqrt((50**2 - 1) / 12 / 40)


@pytest.mark.filterwarnings("ignore::skbal.exceptions.TooFewDrawsWarning")
@pytest.mark.parametrize("kind", OF_DRAWS)
def test_only_a_random_part_of_the_pool_is_scored_if_so_wished(kind):
    model, X = TableSampler(random_draws(50, 4, 3)), numbered(50)
    strategy = make(kind, random_state=0, pool_subsample=12, batch_size=100)
    chosen = strategy(model, X, n_instances=12)
    assert len(set(chosen.tolist())) == 12
    assert set(chosen.tolist()) <= set(range(50))
    assert all(n_rows <= 12 for n_rows, _, _ in model.calls)


@pytest.mark.parametrize("kind", TAKES_CLASSES)
def test_frames_and_lists_are_pools(kind, forest):
    X = random_pool(30)
    expected = kind(random_state=0)(forest, X, n_instances=5)
    assert_array_equal(kind(random_state=0)(forest, X.tolist(), 5), expected)
    frame = pd.DataFrame(X, index=np.arange(100, 130), columns=["a", "b"])
    named = RandomForestClassifier(10, random_state=0)
    X_training = pd.DataFrame(random_pool(80, 2), columns=["a", "b"])
    named.fit(X_training, X_training["a"] > 0)
    assert_array_equal(kind(random_state=0)(named, frame, 5), expected)


# Estimators


@pytest.mark.parametrize("kind", DRAWING)
def test_pipelines_and_searches_are_looked_into(kind):
    X = random_pool(40)
    pipeline = make_pipeline(StandardScaler(), RandomForestClassifier(random_state=0))
    search = GridSearchCV(
        pipeline, {"randomforestclassifier__n_estimators": [5]}, cv=2
    ).fit(X, X[:, 0] > 0)
    expected = kind(random_state=0)(search.best_estimator_, X, 5)
    assert_array_equal(kind(random_state=0)(search, X, 5), expected)


@pytest.mark.parametrize("kind", NEED_CLASSES)
def test_a_regressor_is_refused_with_what_to_use(kind, ridge):
    X = random_pool(10)
    regressors = [ridge, RandomForestRegressor(), make_pipeline(BayesianRidge())]
    for regressor in regressors:
        message = rf"{kind.__name__} needs .* is a regressor\. Try PredictiveVariance"
        with pytest.raises(TypeError, match=message):
            kind()(regressor, X)


@pytest.mark.parametrize("kind", [query.MeanSTD, query.PredictiveVariance])
def test_strategies_of_spread_take_regressors(kind, ridge):
    X = random_pool(10)
    draws = predict_samples(ridge, X, 50, random_state=0)
    scores = kind(n_draws=50, random_state=0).score_pool(ridge, X)
    assert_allclose(scores, SCORES[kind](draws))


@pytest.mark.parametrize("kind", NEED_CLASSES)
def test_a_model_that_knows_one_class_is_refused(kind):
    X = random_pool(10)
    model = RandomForestClassifier(5).fit(X, np.zeros(10))
    message = rf"{kind.__name__} needs an estimator that knows at least two classes"
    with pytest.raises(ValueError, match=message):
        kind()(model, X)


@pytest.mark.parametrize("kind", NEED_DRAWS)
def test_an_estimator_without_draws_is_refused_with_what_to_use(kind):
    X = random_pool(10)
    model = LogisticRegression().fit(X, X[:, 0] > 0)
    message = r"LogisticRegression makes no .* BaggingClassifier.* MaxEntropy, Margin"
    with pytest.raises(NoDrawsError, match=message):
        kind()(model, X)


@pytest.mark.parametrize("kind", DRAWING)
def test_an_unfitted_estimator_is_refused(kind):
    with pytest.raises(NotFittedError):
        kind()(RandomForestClassifier(), random_pool(10))


@pytest.mark.parametrize("kind", NEED_CLASSES)
def test_draws_that_are_no_probabilities_are_refused(kind):
    model = TableSampler(random_draws(10, 4, 3) * 2)
    with pytest.raises(ValueError, match="sum to one"):
        kind()(model, numbered(10))


# Parameters and errors


@pytest.mark.parametrize("kind", EVERY)
def test_all_parameters_but_a_first_one_of_its_own_are_keyword_only(kind):
    parameters = inspect.signature(kind).parameters.values()
    by_position = [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]
    assert len(by_position) <= 1
    assert not set(by_position) & set(COMMON)
    assert set(COMMON) <= set(kind().get_params())
    with pytest.raises(TypeError, match="by position"):
        kind(100, 0, 5)


@pytest.mark.parametrize("kind", EVERY)
def test_parameters_are_checked_when_asked_not_before(kind):
    make(
        kind,
        n_draws=-1,
        random_state="x",
        pool_subsample=0,
        batch_size=0.5,
        n_jobs="two",
    )


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize(
    ("n_instances", "error", "message"),
    [
        (0, ValueError, "n_instances of {} must be an integer >= 1, got 0"),
        (-2, ValueError, "n_instances of {} must be an integer >= 1, got -2"),
        (11, ValueError, "n_instances of {} is 11, but X_pool holds only 10 rows"),
        (2.0, TypeError, r"n_instances of {} must be an integer >= 1, got 2\.0"),
        (True, TypeError, "n_instances of {} must be an integer >= 1, got True"),
        (None, TypeError, "n_instances of {} must be an integer >= 1, got None"),
    ],
)
def test_a_wrong_n_instances_is_refused(kind, n_instances, error, message):
    with pytest.raises(error, match=message.format(kind.__name__)):
        make(kind)(SeededSampler(), random_pool(10), n_instances)


@pytest.mark.parametrize("kind", EVERY)
def test_an_empty_pool_is_refused(kind):
    for ask in (make(kind), make(kind).score_pool):
        message = f"X_pool given to {kind.__name__} is empty"
        with pytest.raises(ValueError, match=message):
            ask(SeededSampler(), random_pool(0))


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("name", ["n_draws", "batch_size"])
def test_wrong_counts_are_refused(kind, name):
    for value, error in ((0, ValueError), (2.0, TypeError), (True, TypeError)):
        message = f"{name} of {kind.__name__} must be an integer >= 1"
        with pytest.raises(error, match=message):
            make(kind, **{name: value})(SeededSampler(), random_pool(10))


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_jobs", 0),
        ("n_jobs", 1.5),
        ("n_jobs", "2"),
        ("verbose", -1),
        ("verbose", "y"),
    ],
)
def test_wrong_workers_and_bars_are_refused(kind, name, value):
    strategy = make(kind, **{name: value})
    for ask in (strategy, strategy.score_pool):
        with pytest.raises((TypeError, ValueError), match=f"{name} of {kind.__name__}"):
            ask(SeededSampler(), random_pool(10))


@pytest.mark.parametrize("kind", EVERY)
def test_a_wrong_random_state_is_refused(kind):
    with pytest.raises(TypeError, match=f"random_state of {kind.__name__} must be"):
        make(kind, random_state="seed")(SeededSampler(), random_pool(10))


@pytest.mark.parametrize("kind", EVERY)
def test_a_subsample_smaller_than_the_request_is_refused(kind):
    with pytest.raises(ValueError, match="pool_subsample allows only 2 rows"):
        make(kind, pool_subsample=2)(SeededSampler(), random_pool(10), 3)


@pytest.mark.parametrize("kind", TAKES_CLASSES)
def test_nothing_is_warned_about(kind, forest):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        kind(random_state=0)(forest, random_pool(20), 2)
