import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import rankdata
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import cosine_similarity, rbf_kernel
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal.query import BALD, BatchBALD, DiversityPenalised, MaxEntropy, PowerBALD
from tests.query.fakes import FirstFeature, SeededSampler, numbered, random_pool


def without_first(X):
    return np.asarray(X)[:, 1:]


def asked(scores, features, n_instances, random_state=0, **parameters):
    """Return the rows chosen from a table of scores and features."""
    pool = np.column_stack([scores, features])
    parameters = {"features": without_first, **parameters}
    strategy = DiversityPenalised(
        FirstFeature(), random_state=random_state, **parameters
    )
    return strategy(None, pool, n_instances)


@pytest.fixture(scope="module")
def forest():
    X = random_pool(80)
    y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
    return RandomForestClassifier(20, random_state=0).fit(X, y)


# Choices by hand

EAST, NORTH, WEST = [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]


@pytest.mark.parametrize(
    ("penalty", "expected"),
    [
        (0, [0, 1, 2, 3]),  # by score
        (0.15, [0, 1, 2, 3]),  # 0.9 - 0.15 is still more than 0.7
        (0.25, [0, 2, 1, 3]),  # 0.7 against 0.65 and 0.65; then 0.65 against 0.4
        (1, [0, 3, 2, 1]),  # 0.4 + 1; then 0.7 against 0.9 - 1
        (-1, [0, 1, 2, 3]),  # 0.9 + 1; then 0.7 against 0.4 - 1
    ],
)
def test_the_next_row_has_the_largest_score_less_penalised_likeness(penalty, expected):
    features = np.array([EAST, EAST, NORTH, WEST]) * [[1], [7], [2], [3]]
    scores = np.array([1.0, 0.9, 0.7, 0.4])
    found = asked(scores, features, 4, penalty=penalty, normalize=None)
    assert_array_equal(found, expected)


def test_the_largest_likeness_counts_or_the_mean():
    # After EAST and NORTH, the next is compared with both: 45 degrees from each
    # (0.71 and 0.71 on average), or EAST again (1, 0.5 on average).
    features = np.array([EAST, NORTH, EAST, [1.0, 1.0]])
    scores = np.array([1.0, 0.95, 0.5, 0.5])
    for similarity, third in (("max", 3), ("mean", 2)):
        found = asked(
            scores, features, 3, penalty=0.5, normalize=None, similarity=similarity
        )
        assert_array_equal(found, [0, 1, third])


def test_a_negative_penalty_prefers_rows_that_are_alike():
    features = np.array([EAST, NORTH, WEST, EAST])
    scores = np.array([1.0, 0.9, 0.8, 0.7])
    found = asked(scores, features, 2, penalty=-0.3, normalize=None)
    assert_array_equal(found, [0, 3])


@pytest.mark.parametrize("n_features", [3, 40_000])
def test_rows_that_are_rescaled_stay_as_they_are_in_the_pool(n_features):
    X = random_pool(30, n_features)
    strategy = DiversityPenalised(FirstFeature(), penalty=-1.0, random_state=0)
    huge = X * 1e200
    before = huge.copy()
    chosen = strategy(None, huge, n_instances=5)
    assert_array_equal(huge, before)
    assert_array_equal(chosen, strategy(None, X, n_instances=5))


def test_a_row_of_zeros_is_like_nothing():
    features = np.array([EAST, [0.0, 0.0], EAST, WEST])
    scores = np.array([1.0, 0.5, 0.9, 0.2])
    found = asked(scores, features, 2, penalty=0.6, normalize=None)
    assert_array_equal(found, [0, 3])  # 0.2 + 0.6; then 0.5, then 0.9 - 0.6
    zeros = asked(scores, np.zeros((4, 2)), 4, penalty=0.6, normalize=None)
    assert_array_equal(zeros, [0, 2, 1, 3])


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    n_pool=st.integers(1, 30),
    part=st.floats(0, 1),
    penalty=st.sampled_from([-0.5, 0.05, 0.4, 2]),
    normalize=st.sampled_from(["rank", "std", None]),
    similarity=st.sampled_from(["max", "mean"]),
)
def test_the_batch_is_that_of_the_definition(
    seed, n_pool, part, penalty, normalize, similarity
):
    rng = np.random.default_rng(seed)
    scores, features = rng.exponential(size=n_pool), rng.normal(size=(n_pool, 3))
    scale = {
        "rank": lambda s: (rankdata(s) - 1) / max(n_pool - 1, 1),
        "std": lambda s: (s - s.mean()) / s.std() if n_pool > 1 else s * 0,
        None: lambda s: s,
    }[normalize]
    cosines = cosine_similarity(features)
    chosen = []
    for _ in range(max(round(part * n_pool), 1)):
        values = scale(scores)
        if chosen:
            values = values - penalty * getattr(cosines[:, chosen], similarity)(axis=1)
        values[chosen] = -np.inf
        chosen.append(int(values.argmax()))
    how = {"penalty": penalty, "normalize": normalize, "similarity": similarity}
    assert_array_equal(asked(scores, features, len(chosen), **how), chosen)


# Scores and their scale


def test_ranks_go_from_0_to_1_and_equal_scores_share_theirs():
    strategy = DiversityPenalised(FirstFeature())
    pool = np.array([[5.0], [1.0], [3.0], [3.0], [9.0]])
    assert_allclose(strategy.score_pool(None, pool), [0.75, 0, 0.375, 0.375, 1])
    assert_array_equal(strategy.score_pool(None, np.ones((4, 1))), [0.5] * 4)
    assert_array_equal(strategy.score_pool(None, [[5.0], [1.0], [3.0]]), [1, 0, 0.5])
    assert_array_equal(strategy.score_pool(None, [[7.0]]), [0])


def test_scores_that_only_rounding_tells_apart_are_equal():
    pool = np.array([[1.0], [1 - 1e-8], [0.5], [0.5 + 1e-8]])
    found = DiversityPenalised(FirstFeature()).score_pool(None, pool)
    assert_allclose(found, np.array([2.5, 2.5, 0.5, 0.5]) / 3)


def test_std_is_in_standard_deviations_and_0_for_equal_scores():
    scores = np.random.default_rng(0).exponential(size=(30, 1))
    found = DiversityPenalised(FirstFeature(), normalize="std").score_pool(None, scores)
    assert_allclose(found, StandardScaler().fit_transform(scores)[:, 0], rtol=1e-4)
    same = DiversityPenalised(FirstFeature(), normalize="std")
    assert_array_equal(same.score_pool(None, np.full((3, 1), 0.1)), [0, 0, 0])


def test_without_a_scale_scores_are_as_they_are(forest):
    X = random_pool(40)
    plain = BALD(random_state=0).score_pool(forest, X)
    strategy = DiversityPenalised(BALD(random_state=0), normalize=None)
    assert_allclose(strategy.score_pool(forest, X), plain, atol=1e-6)


@pytest.mark.parametrize("normalize", ["rank", "std"])
@pytest.mark.parametrize("penalty", [-0.2, 0.2])
def test_one_penalty_means_the_same_whatever_the_unit_of_the_scores(normalize, penalty):
    # As for BALD in nats and entropy in bits.
    scores, features = random_pool(50, 1)[:, 0], random_pool(50, 3)
    how = {"normalize": normalize, "penalty": penalty}
    first = asked(scores, features, 10, **how)
    assert_array_equal(asked(40 * scores - 7, features, 10, **how), first)
    if normalize == "rank":
        assert_array_equal(asked(np.exp(scores), features, 10, **how), first)


@pytest.mark.parametrize("normalize", ["rank", "std", None])
def test_nan_and_infinite_scores_have_their_place(normalize):
    scores = np.array([0.1, np.nan, np.inf, 0.2, -np.inf, 0.3])
    features = np.eye(6)
    with np.errstate(all="raise"):
        found = asked(scores, features, 6, normalize=normalize)
        with_likeness = asked(scores, np.ones((6, 1)), 6, normalize=normalize)
    assert_array_equal(found[:4], [2, 5, 3, 0])
    assert set(found[4:].tolist()) == {1, 4}  # NaN counts as the lowest
    assert_array_equal(with_likeness[:4], [2, 5, 3, 0])
    nothing = asked(np.full(4, np.nan), np.eye(4), 4, normalize=normalize)
    assert sorted(nothing.tolist()) == [0, 1, 2, 3]


# The wrapped strategy


@pytest.mark.parametrize("strategy", [BALD, MaxEntropy, PowerBALD])
@pytest.mark.parametrize("normalize", ["rank", "std", None])
def test_a_penalty_of_0_gives_the_order_of_the_strategy(strategy, normalize, forest):
    X = np.repeat(random_pool(30), 2, axis=0)  # with ties
    wrapped = strategy(random_state=3)
    penalised = DiversityPenalised(
        wrapped, penalty=0, normalize=normalize, random_state=3
    )
    assert_array_equal(penalised(forest, X, 20), wrapped(forest, X, 20))


def test_a_vanishing_penalty_only_breaks_ties(forest):
    X = np.repeat(random_pool(30), 2, axis=0)
    scores = BALD(random_state=0).score_pool(forest, X)
    strategy = DiversityPenalised(
        BALD(random_state=0), penalty=1e-7, normalize=None, random_state=0
    )
    chosen = strategy(forest, X, 20)
    best = np.sort(scores)[::-1][:20]
    assert_allclose(scores[chosen], best, atol=1e-5)


@pytest.mark.parametrize("penalty", [-0.3, 0.1, 1, 1e6])
def test_a_batch_begins_with_the_best_row(penalty, forest):
    X = random_pool(50)
    strategy = DiversityPenalised(BALD(random_state=0), penalty=penalty, random_state=0)
    best = BALD(random_state=0).score_pool(forest, X).argmax()
    for n_instances in (1, 5):
        assert strategy(forest, X, n_instances)[0] == best
    assert strategy.score_pool(forest, X).argmax() == best


def test_without_a_strategy_it_is_bald_with_the_same_parameters(forest):
    X = random_pool(50)
    chosen = DiversityPenalised(n_draws=7, random_state=4)(forest, X, 8)
    given_one = DiversityPenalised(BALD(n_draws=7, random_state=4), random_state=4)
    assert_array_equal(given_one(forest, X, 8), chosen)


def test_of_a_batch_strategy_the_scores_of_rows_count(forest):
    X = random_pool(50)
    own = {"n_draws": 20, "random_state": 0}
    of_batch = DiversityPenalised(BatchBALD(**own), random_state=0)
    of_bald = DiversityPenalised(BALD(**own), random_state=0)
    assert_array_equal(of_batch(forest, X, 8), of_bald(forest, X, 8))


def test_copies_fill_a_batch_of_the_strategy_and_not_with_a_penalty():
    X = np.repeat(random_pool(40, 10), 5, axis=0)
    X += np.random.default_rng(1).normal(0, 1e-3, X.shape)
    alone = BALD(random_state=0)(SeededSampler(), X, 10) // 5
    penalised = DiversityPenalised(BALD(random_state=0), penalty=0.5, random_state=0)
    assert len(set(alone.tolist())) <= 4
    assert len(set((penalised(SeededSampler(), X, 10) // 5).tolist())) == 10


# Prefixes, ties, parts of the pool


@settings(max_examples=20)
@given(
    seed=st.integers(0, 999),
    penalty=st.sampled_from([-0.4, 0, 0.1, 1]),
    normalize=st.sampled_from(["rank", "std", None]),
    similarity=st.sampled_from(["max", "mean"]),
)
def test_the_first_rows_of_a_batch_are_a_smaller_batch(
    seed, penalty, normalize, similarity
):
    rng = np.random.default_rng(seed)
    scores, features = rng.random(40).round(1), rng.normal(size=(40, 2)).round()
    how = {"penalty": penalty, "normalize": normalize, "similarity": similarity}
    whole = asked(scores, features, 40, **how)
    assert sorted(whole.tolist()) == list(range(40))
    for n_instances in (1, 2, 7, 25):
        assert_array_equal(
            asked(scores, features, n_instances, **how), whole[:n_instances]
        )


def test_ties_are_broken_by_the_seed():
    scores, features = np.ones(50), np.ones((50, 1))
    chosen = [asked(scores, features, 2, random_state=seed) for seed in range(40)]
    assert_array_equal(asked(scores, features, 2, random_state=0), chosen[0])
    for column in np.transpose(chosen):
        assert len(set(column.tolist())) > 20
        assert abs(column.mean() - 24.5) < 4.5 * np.sqrt((50**2 - 1) / 12 / 40)


def test_only_a_random_part_of_the_pool_is_looked_at_if_so_wished():
    seen = []

    def features(X):
        seen.extend(np.asarray(X)[:, 0].tolist())
        return X

    strategy = DiversityPenalised(
        FirstFeature(), penalty=1, features=features, pool_subsample=12, random_state=0
    )
    chosen = strategy(None, numbered(50), 12)
    assert sorted(seen) == sorted(chosen.tolist())
    assert len(set(seen)) == 12


def test_features_are_computed_only_of_rows_that_can_be_chosen():
    seen = []

    def features(X):
        seen.extend(np.asarray(X)[:, 0].tolist())
        return X

    strategy = DiversityPenalised(
        FirstFeature(), penalty=0.1, features=features, random_state=0
    )
    strategy(None, numbered(101), 5)
    # Ranks are hundredths: the fifth best has .96, and .2 less is .76.
    assert min(seen) == 76
    assert len(seen) == 25


@pytest.mark.parametrize(("penalty", "n_instances"), [(0, 5), (0.3, 1)])
def test_no_features_are_computed_where_likeness_cannot_matter(penalty, n_instances):
    def features(X):
        raise AssertionError("not needed")

    strategy = DiversityPenalised(FirstFeature(), penalty=penalty, features=features)
    chosen = strategy(None, numbered(20), n_instances)
    assert_array_equal(chosen, np.arange(20)[::-1][:n_instances])


# Features and metrics


def test_features_of_the_model_of_the_input_or_of_a_function_are_compared():
    scores = np.array([1.0, 0.95, 0.9])
    pool = np.column_stack([scores, [[0, 1], [1, 0], [0, 1]]])
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    pipeline.fit(pool, [0, 1, 0])
    own = {"penalty": 0.3, "normalize": None, "random_state": 0}

    def swapped(X):
        return np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])[
            np.searchsorted(-scores, -X[:, 0])
        ]

    for features, expected in (("input", 1), ("model", 1), (swapped, 2)):
        strategy = DiversityPenalised(FirstFeature(), features=features, **own)
        assert_array_equal(strategy(pipeline, pool, 2), [0, expected])


def test_a_kernel_of_scikit_learn_is_a_metric():
    scores = np.array([1.0, 0.9, 0.8, 0.1])
    features = np.array([[0.0], [0.1], [9.0], [5.0]])
    found = asked(scores, features, 3, penalty=0.3, normalize=None, metric=rbf_kernel)
    assert_array_equal(found, [0, 2, 1])
