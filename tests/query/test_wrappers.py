"""Strategies that change the scores or the rows of another one, worked by hand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import pairwise_distances
from sklearn.metrics.pairwise import cosine_similarity

from skbal import ActiveLearner
from skbal.loop import ActiveLearningLoop
from skbal.oracles import LabelOracle
from skbal.query import (
    BatchBALD,
    ClassBalanced,
    DensityWeighted,
    DiversityPenalised,
    Margin,
    PerCost,
    QueryStrategy,
    Random,
    Subsampled,
    VoteBALD,
)
from tests.information.arrays import random_draws
from tests.query.fakes import FirstFeature, SeededSampler, TableSampler, numbered

POOL = np.random.default_rng(0).normal(size=(30, 3))
WEIGHTS = np.abs(POOL[:, 0])


def absolute():
    return FirstFeature(np.abs)


# -------------------------------------------------------------------------- density


def test_euclidean_density_is_the_mean_over_all_pairs():
    distances = pairwise_distances(POOL)
    density = (1 / (1 + distances / distances.mean())).mean(axis=1)
    strategy = DensityWeighted(absolute(), beta=2, n_reference=None)
    assert_allclose(strategy.score_pool(None, POOL), WEIGHTS * density**2)
    few = DensityWeighted(absolute(), n_reference=20, random_state=0)
    assert_allclose(few.score_pool(None, POOL), WEIGHTS * density, rtol=0.2)


def test_cosine_density_is_the_mean_over_all_pairs():
    density = np.clip(cosine_similarity(POOL).mean(axis=1), 0, None)
    strategy = DensityWeighted(absolute(), metric="cosine")
    assert_allclose(strategy.score_pool(None, POOL), WEIGHTS * density, atol=1e-15)
    assert (density == 0).any()


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_density_knows_no_unit(metric):
    given = {"metric": metric, "features": lambda X: X[:, 1:], "random_state": 0}
    one = DensityWeighted(absolute(), **given).score_pool(None, POOL)
    large = POOL * [1, 1000, 1000]
    assert_allclose(DensityWeighted(absolute(), **given).score_pool(None, large), one)


def test_density_is_the_same_far_from_the_origin():
    given = {"n_reference": None, "features": lambda X: X[:, 1:]}
    one = DensityWeighted(absolute(), **given).score_pool(None, POOL)
    far = POOL + [0, 2e9, -2e9]  # times in seconds
    found = DensityWeighted(absolute(), **given).score_pool(None, far)
    assert_allclose(found, one, rtol=1e-6)


def test_no_power_is_the_strategy_itself_and_equal_rows_have_a_density():
    strategy = DensityWeighted(absolute(), beta=0)
    assert_array_equal(strategy.score_pool(None, POOL), WEIGHTS)
    same = np.ones((5, 3))
    assert_allclose(DensityWeighted(absolute()).score_pool(None, same), 1.0)


# --------------------------------------------------------------------------- prices


def test_scores_are_divided_by_prices():
    prices = np.arange(1, 31)
    expected = WEIGHTS / prices
    assert_allclose(PerCost(absolute(), cost=prices).score_pool(None, POOL), expected)
    assert_allclose(PerCost(absolute()).score_pool(None, POOL), WEIGHTS)
    by_function = PerCost(absolute(), cost=lambda X: 1 + X[:, 1] ** 2, batch_size=7)
    assert_allclose(by_function.score_pool(None, POOL), WEIGHTS / (1 + POOL[:, 1] ** 2))
    # Of a random part of the pool, the prices of that part.
    part = PerCost(absolute(), cost=prices, pool_subsample=10, random_state=0)
    chosen, scores = part(None, POOL, 10, return_scores=True)
    assert_allclose(scores, expected[chosen])


@pytest.mark.parametrize(
    ("cost", "message"),
    [
        ([1.0, 2.0], r"each of the 30 rows of the pool, got shape \(2,\).* a function"),
        ([0.0] * 30, "cost of PerCost must be a finite price larger than 0.*got 0"),
        ([np.inf] * 30, "got inf"),
        (lambda X: np.zeros(len(X)), "function cost of PerCost must be a finite price"),
        (lambda X: [1.0], r"given \d+ rows and must return a price for each.*\(1,\)"),
        (["dear"] * 30, "cost of PerCost must be a price larger than 0 for each row"),
    ],
)
def test_prices_that_are_none_are_refused(cost, message):
    with pytest.raises(ValueError, match=message):
        PerCost(absolute(), cost=cost)(None, POOL)


@pytest.mark.parametrize("wrapper", [PerCost, DensityWeighted])
def test_negative_scores_are_refused_by_name(wrapper):
    with pytest.raises(
        ValueError, match=f"{wrapper.__name__} multiplies scores.*First"
    ):
        wrapper(FirstFeature())(None, POOL)


def test_wrapped_the_wrong_way_round_is_refused_with_the_right_one():
    learner = ActiveLearner(LogisticRegression(), None, POOL[:4], [0, 1, 0, 1])
    with pytest.raises(ValueError, match=r"Wrap the other way round: Subsampled\(Per"):
        PerCost(Subsampled(absolute(), n_neighbors=2))(learner, POOL)


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (np.ones(30) * 1j, r"strategy of PerCost.* returned no numbers: got dtype com"),
        ([None] * 30, "returned no numbers: got None"),
        (["high"] * 30, "returned no numbers: could not convert"),
        (np.ones((30, 1)), r"returned scores of shape \(30, 1\)"),
    ],
)
def test_scores_that_are_no_numbers_are_refused(scores, message):
    class Odd:
        def score_pool(self, estimator, X_pool):
            return scores

    with pytest.raises(ValueError, match=message):
        PerCost(Odd())(None, POOL)


def test_a_loop_with_prices_spends_less():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=200), rng.uniform(1, 9, 200)])
    y, start = X[:, 0] > 0, np.argsort(X[:, 0])[[0, 1, -2, -1]]
    others = np.setdiff1d(np.arange(200), start)

    def spent(strategy):
        oracle = LabelOracle(y, cost_per_label=X[:, 1])
        learner = ActiveLearner(LogisticRegression(), strategy, X[start], y[start])
        loop = ActiveLearningLoop(learner, X, oracle, n_queries=10, candidates=others)
        loop.run()
        rows = np.concatenate([record.indices for record in loop.history_[1:]])
        assert loop.history_[-1].cost == pytest.approx(X[rows, 1].sum())
        return oracle.cost

    cheap = PerCost(Margin(random_state=0), cost=lambda X: X[:, 1], random_state=0)
    assert spent(cheap) < spent(Margin(random_state=0))


# -------------------------------------------------------------------------- classes


def three_classes():
    """Return a model whose rows 0-5, 6-9 and 10-11 look like classes 0, 1 and 2."""
    classes = np.repeat([0, 1, 2], [6, 4, 2])
    return TableSampler(0.8 * np.eye(3)[classes][:, np.newaxis] + 0.2 / 3)


class Learner:
    def __init__(self, estimator, y_training):
        self.estimator, self.y_training = estimator, y_training

    def teach(self, X, y):
        pass


def test_classes_with_few_labels_come_first():
    model, pool = three_classes(), numbered(12)
    # The rows of each class in the order of their scores: the last ones first.
    strategy = ClassBalanced(FirstFeature(), random_state=0)
    assert_array_equal(strategy(model, pool, n_instances=6), [11, 9, 5, 10, 8, 4])
    # Class 2 has no more rows.
    rest = strategy(model, pool, n_instances=10)[6:]
    assert_array_equal(rest, [7, 3, 6, 2])
    # Class 2 has three labels, class 0 one and class 1 none.
    learner = Learner(model, [2, 2, 2, 0])
    chosen = strategy(learner, pool, n_instances=5)
    assert_array_equal(chosen, [9, 8, 5, 7, 4])
    assert strategy.score_pool(learner, pool).argmax() == 9


def test_names_of_classes_are_counted():
    X = np.array([[-2.0], [-1.0], [-1.5], [2.0]])
    strategy = ClassBalanced(Margin(random_state=0), random_state=0)
    learner = ActiveLearner(LogisticRegression(), strategy, X, ["a", "a", "a", "b"])
    pool = np.array([[-0.3], [-0.1], [1.9], [1.6], [5.0], [-6.0]])
    chosen = learner.query(pool, n_instances=2)[0]
    assert set(learner.predict(pool[chosen])) == {"b"}


# ----------------------------------------------------------------------- neighbours


def test_only_neighbours_of_labelled_rows_are_considered():
    pool = np.array([[0.0], [0.1], [0.2], [5.0], [5.1], [9.0]])
    learner = ActiveLearner(
        LogisticRegression(), None, np.array([[0.0], [5.0]]), [0, 1]
    )
    strategy = Subsampled(FirstFeature(), n_neighbors=2)
    assert_array_equal(strategy(learner, pool, n_instances=4), [4, 3, 1, 0])
    assert_allclose(strategy.score_pool(learner, pool), [0, 0.1, -1, 5, 5.1, -1])
    # More rows than neighbours: the number of neighbours is doubled.
    assert_array_equal(strategy(learner, pool, n_instances=6), [5, 4, 3, 2, 1, 0])


def test_without_labelled_rows_all_are_considered():
    strategy = Subsampled(FirstFeature(), n_neighbors=1)
    assert_array_equal(strategy(None, POOL), [POOL[:, 0].argmax()])


def test_batches_are_those_of_the_strategy():
    model = SeededSampler()
    learner = Learner(model, None)
    learner.X_training = POOL[:4]
    inner = BatchBALD(n_draws=None, random_state=0)
    chosen = Subsampled(inner, n_neighbors=5)(learner, POOL, n_instances=3)
    near = np.argsort(pairwise_distances(POOL[:4], POOL), axis=1)[:, :5]
    rows = np.unique(near)
    assert_array_equal(chosen, rows[inner(model, POOL[rows], n_instances=3)])


def test_arrays_of_the_strategy_follow_the_rows():
    table = random_draws(30, 8, 2)[:, :, :1]
    learner = Learner(TableSampler(table), None)
    learner.X_training = [[3.0], [20.0]]
    votes = np.arange(1, 31)
    strategy = Subsampled(VoteBALD(votes, random_state=0), n_neighbors=4)
    scores = strategy.score_pool(learner, numbered(30))
    every = VoteBALD(votes, random_state=0).score_pool(learner, numbered(30))
    near = np.flatnonzero(scores > scores.min())
    assert_allclose(scores[near], every[near])
    assert len(near) >= 7
    assert len(strategy(learner, numbered(30), n_instances=5)) == 5


@pytest.mark.parametrize(
    "wrap",
    [
        lambda inner, **how: DensityWeighted(inner, beta=0, **how),
        lambda inner, **how: PerCost(inner, **how),
        lambda inner, **how: PerCost(PerCost(inner), **how),
        lambda inner, **how: DiversityPenalised(inner, features="input", **how),
        lambda inner, **how: ClassBalanced(inner, **how),
    ],
)
def test_prices_follow_the_rows_through_all_that_wraps_them(wrap):
    learner = Learner(LogisticRegression().fit(POOL, POOL[:, 1] > 0), None)
    learner.X_training = POOL[:3]
    prices = np.random.default_rng(1).uniform(1, 9, 30)

    def strategy(**how):
        return wrap(PerCost(absolute(), cost=prices), random_state=0, **how)

    drawn = strategy(pool_subsample=12)(learner, POOL, 12)
    best = strategy(pool_subsample=12)(learner, POOL)
    if not isinstance(strategy(), ClassBalanced):  # where counts of labels come first
        assert best == drawn[(WEIGHTS / prices)[drawn].argmax()]
    near = np.unique(np.argsort(pairwise_distances(POOL[:3], POOL), axis=1)[:, :5])
    scores = Subsampled(strategy(), n_neighbors=5).score_pool(learner, POOL)
    part = wrap(PerCost(absolute(), cost=prices[near]), random_state=0)
    assert_allclose(scores[near], part.score_pool(learner, POOL[near]))


def test_a_wrapper_with_prices_still_says_what_its_last_batch_was_like():
    class Counting(QueryStrategy):
        def __init__(self, strategy, pool_subsample=None):
            self.strategy, self.pool_subsample = strategy, pool_subsample

        def score_pool(self, estimator, X_pool):
            self.n_scored_ = len(X_pool)
            return self.strategy.score_pool(estimator, X_pool)

    strategy = Counting(PerCost(absolute(), cost=np.arange(1, 31)), pool_subsample=7)
    strategy(None, POOL)
    assert strategy.n_scored_ == 7
    assert len(strategy.strategy.cost) == 30  # the caller's own is as it was


def test_rows_unlike_the_labelled_ones_are_refused():
    learner = ActiveLearner(LogisticRegression(), None, POOL[:4], [0, 1, 0, 1])
    message = "X_pool given to Subsampled must have as many features.*got 2 and 3"
    with pytest.raises(ValueError, match=message):
        Subsampled(absolute(), n_neighbors=2)(learner, POOL[:, :2])


def test_anything_with_scores_can_be_wrapped():
    class Scores:
        def score_pool(self, estimator, X_pool):
            return np.asarray(X_pool)[:, 0]

    for wrapper in (Subsampled, ClassBalanced):
        chosen = wrapper(Scores())(three_classes(), numbered(12), n_instances=1)
        assert_array_equal(chosen, [11])
    assert len(Subsampled(Random())(None, POOL, n_instances=4)) == 4
