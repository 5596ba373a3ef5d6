import copy

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.exceptions import NotFittedError
from sklearn.naive_bayes import GaussianNB

from skbal.policy import LearnedQuery, PolicySearch
from skbal.policy._surface import highest_point
from skbal.policy._training import TrainingRuns

TABLES = [
    make_blobs(40, n_features=2, centers=3, cluster_std=3.0, random_state=seed)
    for seed in range(3)
]
RANGES = {"margin": (-1.0, 2.0), "novelty": (-4.0, 4.0), "density": (-2.0, 2.0)}


def search_estimators():
    return [GaussianNB(), GaussianNB(var_smoothing=0.1)]


@pytest.fixture(scope="module")
def search():
    search = PolicySearch(
        n_episodes=1, n_trials=2, n_queries=3, ranges=RANGES, random_state=3
    )
    return search.fit(TABLES, search_estimators())


def test_all_splits_are_played_with_new_weights(search):
    assert search.trials_["key"].shape == (3 * 2 * 2, 3)
    assert len(np.unique(search.trials_["weights"], axis=0)) == 12
    assert np.abs(search.trials_["weights"]).max() <= 1


def test_the_search_repeats_bit_for_bit(search):
    again = clone(search).fit(TABLES, search_estimators())
    assert again.policy_.get_params() == search.policy_.get_params()
    for name, values in search.trials_.items():
        np.testing.assert_array_equal(again.trials_[name], values)


def test_a_policy_without_a_table_is_found_by_a_search_without_it(search):
    # Tables are numbered, so leaving out the last one changes no other run.
    short = clone(search).fit(TABLES[:2], search_estimators())
    found, expected = search.policy_without([2]), short.policy_
    assert found.early == expected.early
    assert found.late == expected.late
    assert found.early != search.policy_.early


def test_weights_are_scaled_to_their_ranges(search):
    policy = search._space.policy_of(np.array([-1.0, 1.0, 0.0, 0.0, 0.5, -1.0]))
    assert policy.early == pytest.approx({"margin": -1, "novelty": 4, "density": 0})
    assert policy.late == pytest.approx({"margin": 0.5, "novelty": 2, "density": -2})


def test_limits_come_from_the_tables(search):
    limits = search.policy_.limits
    assert limits["n_classes"] == (3, 3)
    assert limits["n_labels"] == (2, 4 * (3 + 3))


def test_all_tables_cannot_be_left_out(search):
    with pytest.raises(ValueError, match="must leave some tables"):
        search.policy_without([0, 1, 2])
    with pytest.raises(NotFittedError):
        PolicySearch().policy_without([0])


@pytest.mark.parametrize("tables", [[3], [-1], ["iris"], 2])
def test_what_is_left_out_must_be_tables(search, tables):
    with pytest.raises((TypeError, ValueError), match="tables of PolicySearch must"):
        search.policy_without(tables)


def test_what_was_found_does_not_follow_parameters_that_change_later(search):
    changed = copy.deepcopy(search).set_params(ranges={"rarity": (-9, 9)}, n_late=2)
    expected, found = search.policy_without([1]), changed.policy_without([1])
    assert (found.early, found.late) == (expected.early, expected.late)
    assert found.n_late == expected.n_late


def test_the_highest_point_is_that_of_a_quadratic():
    """Against ridge regression with a column for each group, by scikit-learn's way."""
    rng = np.random.default_rng(0)
    key, weights = (
        np.repeat(np.arange(30), 4)[:, np.newaxis],
        rng.uniform(-1, 1, (120, 3)),
    )
    area = 0.5 + 0.01 * (weights @ [1, 0.2, 0] - 2 * weights[:, 1] ** 2)
    area += 0.2 * rng.random(30)[key[:, 0]]  # of the splits
    groups = np.eye(30)[key[:, 0]]
    terms = np.column_stack([weights, weights**2, groups])
    ridge = np.diag(np.repeat([25.0, 100.0, 1e-9], [3, 3, 30]))
    found = np.linalg.solve(terms.T @ terms + ridge, 100 * terms.T @ area)
    grid = np.linspace(-1, 1, 4001)
    for i, best in enumerate(highest_point(key, weights, area, 0.25)):
        height = found[i] * grid + (found[3 + i] - 0.25) * grid**2
        assert best == pytest.approx(grid[height.argmax()], abs=1e-3)


def test_weights_that_do_not_matter_stay_in_the_middle():
    rng = np.random.default_rng(0)
    key = np.repeat(np.arange(30), 4)[:, np.newaxis]
    best = highest_point(key, rng.uniform(-1, 1, (120, 3)), np.full(120, 0.7), 0.25)
    np.testing.assert_allclose(best, 0, atol=1e-9)


def test_the_area_is_that_of_a_learner_with_the_policy(search):
    """Played again with LearnedQuery, as a user would."""
    runs = TrainingRuns(TABLES, search_estimators(), "a test", None)
    for number in (0, 7):
        key = search.trials_["key"][number]
        policy = search._space.policy_of(search.trials_["weights"][number])
        run = runs.start(tuple(key), 3)
        scores = [run.score]
        for _ in range(3):
            run.label(run.ask(LearnedQuery(policy, random_state=0), 1))
            scores.append(run.score)
        assert search.trials_["area"][number] == pytest.approx(np.mean(scores))


@pytest.mark.parametrize(("change", "error", "words"), [
    ({"n_trials": 1}, ValueError, "n_trials of PolicySearch"),
    ({"ranges": {"margin": (1, 0)}}, ValueError, r"got \(1, 0\) for 'margin'"),
    ({"ranges": {}}, TypeError, "ranges of PolicySearch must be a dict"),
])  # fmt: skip
def test_wrong_parameters_are_named(change, error, words):
    with pytest.raises(error, match=words):
        PolicySearch(**change).fit(TABLES, GaussianNB())


@pytest.mark.parametrize(("tables", "estimators", "error", "words"), [
    (TABLES[0], GaussianNB(), TypeError, "tables of PolicySearch"),
    (TABLES, [], ValueError, "estimators of PolicySearch must not be empty"),
    (TABLES, GaussianNB, TypeError, "estimators of PolicySearch must be a classifier"),
    ([*TABLES, (TABLES[0][0][:6], [0, 0, 0, 1, 1, 1])], GaussianNB(), ValueError,
     "table 3 in tables of PolicySearch must leave two rows or more to choose from, g"),
])  # fmt: skip
def test_wrong_tables_and_estimators_are_named(tables, estimators, error, words):
    with pytest.raises(error, match=words):
        PolicySearch(n_episodes=1, n_trials=2, n_queries=1).fit(tables, estimators)
