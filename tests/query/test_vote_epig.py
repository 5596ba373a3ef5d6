from itertools import product

import joblib
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import binom
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skbal import ActiveLearner
from skbal.information import (
    expected_vote_information_gain,
    vote_mutual_information,
)
from skbal.models import BayesianVoteRegression, LastLayerVoteRegressor
from skbal.query import (
    EPIG,
    DiversityPenalised,
    ExpectedVarianceReduction,
    VoteBALD,
    VoteEPIG,
    _vote_epig,
)
from tests._utils.pools import KINDS, make
from tests.query.fakes import numbered, random_pool
from tests.query.votes import Table, VoteModel, by_first_feature, fitted

X, TARGET = random_pool(40), random_pool(7) + 0.3


def gain(n_votes, *, X=X, rows=TARGET, n_target=1, concentration=None, of_target=None):
    pool, target = (VoteModel().predict_samples(Z, random_state=0) for Z in (X, rows))
    return expected_vote_information_gain(
        pool, target, n_votes, n_target, concentration, of_target
    )


# Scores


@pytest.mark.parametrize("n_votes", [6, np.arange(40) % 5, by_first_feature])
@pytest.mark.parametrize("walk", [{}, {"batch_size": 7}])
def test_the_score_is_the_gain_about_the_targets_summed_over_questions(n_votes, walk):
    strategy = VoteEPIG(
        n_votes, X_target=TARGET, n_votes_target=2, random_state=0, **walk
    )
    counts = n_votes(X) if callable(n_votes) else n_votes
    expected = gain(counts, n_target=2).sum(axis=1)
    assert_allclose(strategy.score_pool(fitted(), X), expected, atol=1e-12)


def test_the_concentrations_of_rows_and_targets_are_used_also_inside_of_others():
    model = fitted(concentration=[3.0, 50.0])
    concentrations = [model.predict_concentration(rows) for rows in (X, TARGET)]
    expected = gain(
        9, n_target=3, concentration=concentrations[0], of_target=concentrations[1]
    )
    strategy = VoteEPIG(9, X_target=TARGET, n_votes_target=3, random_state=0)
    for estimator in (model, make_pipeline(FunctionTransformer(), model)):
        scores = strategy.score_pool(estimator, X)
        assert_allclose(scores, expected.sum(axis=1), atol=1e-12)
    only = VoteEPIG(
        9, X_target=TARGET, n_votes_target=3, question=1, random_state=0
    ).score_pool(model, X)
    assert_allclose(only, expected[:, 1], atol=1e-12)


def test_one_vote_on_one_question_is_epig_of_two_classes():
    draws = VoteModel().predict_samples(X, random_state=0)[:, :, :1]
    classes = np.concatenate([1 - draws, draws], axis=2)
    rows = numbered(40)
    expected = EPIG(rows[:9]).score_pool(Table(classes), rows)
    scores = VoteEPIG(1, X_target=rows[:9]).score_pool(Table(draws), rows)
    assert_allclose(scores, expected, atol=1e-12)


def test_random_rows_of_the_pool_are_the_targets_and_a_small_pool_is_one_as_a_whole():
    whole = VoteEPIG(5, random_state=0).score_pool(fitted(), X)
    assert_allclose(whole, gain(5, rows=X).sum(axis=1), atol=1e-12)
    part = VoteEPIG(5, n_target=10, random_state=0)
    scores = part.score_pool(fitted(), X)
    assert np.abs(scores - whole).max() > 1e-3
    assert_array_equal(part.score_pool(fitted(), X), scores)


def test_a_row_alone_is_last_though_it_is_first_for_votebald():
    model = BayesianVoteRegression(optimize=None, fit_intercept=False, random_state=0)
    model.fit([[1.0, 0.0], [0.0, 1.0]], [[3, 5], [2, 5]])
    pool = np.array([[3.0, 0.0], [0.0, 1.0], [0.0, 1.1]])
    assert VoteBALD(10, random_state=0)(model, pool)[0] == 0
    chosen = VoteEPIG(10, X_target=pool[1:], random_state=0)(model, pool, 3)
    assert chosen[-1] == 0


# Batches

BITS = np.array(list(product([0.0, 1.0], repeat=3)))  # 8 draws of three things


def test_a_batch_does_not_ask_the_same_thing_twice():
    rho = (BITS * [0.8, 0.5, 1.0] + [0.1, 0.3, 0.0]).T
    model, rows = Table(rho[[0, 0, 0, 1, 2]][:, :, np.newaxis]), numbered(5)
    strategy = VoteEPIG(10, X_target=rows[[0, 3]], random_state=0)
    assert set(np.argsort(strategy.score_pool(model, rows))[2:]) == {0, 1, 2}
    chosen = strategy(model, rows, 5)
    assert chosen[0] in (0, 1, 2)
    assert chosen[1] == 3
    assert chosen[-1] == 4


def exact_gain(rho, batch, targets, n):
    """What the votes on a batch tell together of a vote on targets, by enumeration."""
    tables = binom.pmf(np.arange(n + 1), n, rho[:, :, np.newaxis])
    outcomes = np.stack(
        [
            np.prod([tables[row, :, k] for row, k in zip(batch, counts)], axis=0)
            for counts in product(range(n + 1), repeat=len(batch))
        ]
    )  # (n_outcomes, n_draws)
    total = 0.0
    for row in targets:
        vote = np.stack([1 - rho[row], rho[row]], axis=1)
        joint = outcomes @ vote / rho.shape[1]
        apart = np.outer(joint.sum(axis=1), joint.sum(axis=0))
        some = joint > 0
        total += (joint[some] * np.log(joint[some] / apart[some])).sum()
    return total / len(targets)


def exact_greedy(rho, targets, n, size):
    batch = []
    for _ in range(size):
        left = [row for row in range(len(rho)) if row not in batch]
        batch.append(max(left, key=lambda r: exact_gain(rho, [*batch, r], targets, n)))
    return batch


@pytest.mark.parametrize("seed", range(3))
def test_a_batch_tells_nearly_as_much_as_one_by_exact_sums(seed):
    rng = np.random.default_rng(seed)
    rows, weights = rng.normal(size=(12, 3)), rng.normal(size=(3, 400))
    rows[6:] = rows[:6] + 0.05 * rng.normal(size=(6, 3))  # nearly the same again
    rho = 1 / (1 + np.exp(-1.5 * rows @ weights))
    model, pool = Table(rho[:, :, np.newaxis]), numbered(12)
    strategy = VoteEPIG(3, X_target=pool[:6], random_state=0)
    batch = strategy(model, pool, 3)
    top = np.argsort(-strategy.score_pool(model, pool))[:3]
    best = exact_gain(rho, exact_greedy(rho, range(6), 3, 3), range(6), 3)
    found = exact_gain(rho, batch, range(6), 3)
    assert found > 0.97 * best
    assert found >= exact_gain(rho, top, range(6), 3) - 1e-12


def test_the_first_of_a_batch_is_the_best_alone_and_no_row_comes_twice():
    for n_votes in (6, np.arange(40) % 5 + 1, by_first_feature):
        model = fitted(concentration=[4.0, np.inf])
        strategy = VoteEPIG(n_votes, X_target=TARGET, random_state=0)
        batch = strategy(model, X, 12)
        assert batch[0] == strategy(model, X)[0]
        assert len(set(batch.tolist())) == 12


def test_the_later_rows_are_among_those_with_the_highest_scores(monkeypatch):
    monkeypatch.setattr(_vote_epig, "_CANDIDATES", 5)
    monkeypatch.setattr(_vote_epig, "_PER_ROW", 1)
    counts = np.arange(40) % 5 + 1
    strategy = VoteEPIG(counts, X_target=TARGET, random_state=0)
    best = np.argsort(-strategy.score_pool(fitted(), X))
    assert set(strategy(fitted(), X, 5)) == set(best[:5])
    assert set(strategy(fitted(), X, 3)) <= set(best[:5])


def test_a_batch_of_one_question_goes_by_its_votes():
    strategy = VoteEPIG(6, X_target=TARGET, question=1, random_state=0)
    both = VoteModel().predict_samples(np.vstack([X, TARGET]), random_state=0)
    alone = VoteEPIG(6, X_target=numbered(47)[40:], random_state=0)
    expected = alone(Table(both[:, :, 1:]), numbered(47)[:40], 8)
    assert_array_equal(strategy(fitted(), X, 8), expected)


@pytest.mark.parametrize("seed", [0, None, np.random.RandomState(0)])
def test_votes_that_tell_nothing_are_chosen_at_random(seed):
    strategy = VoteEPIG(0, X_target=TARGET, random_state=seed)
    assert len(set(strategy(fitted(), X[:10], 10).tolist())) == 10


# Workers, pools, other strategies


def test_the_choice_does_not_depend_on_workers_or_pieces():
    expected = VoteEPIG(5, random_state=0)(fitted(), X, 6)
    for walk in ({"batch_size": 7}, {"n_jobs": 2, "batch_size": 11}):
        with joblib.parallel_config(backend="threading"):
            chosen = VoteEPIG(5, random_state=0, **walk)(fitted(), X, 6)
        assert_array_equal(chosen, expected)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_pools_of_any_kind_give_the_same_batch(kind):
    rows = X.astype(np.float32)
    expected = VoteEPIG(by_first_feature, random_state=0)(fitted(), rows, 4)
    pool = make(kind, rows)
    strategy = VoteEPIG(by_first_feature, batch_size=9, random_state=0)
    assert_array_equal(strategy(fitted(), pool, 4), expected)


def test_a_part_of_the_pool_keeps_its_numbers_and_other_strategies_take_the_scores():
    counts = np.where(np.arange(40) % 2, 0, 9)
    chosen = VoteEPIG(counts, pool_subsample=20, random_state=0)(fitted(), X, 5)
    assert (counts[chosen] > 0).all()
    inner = VoteEPIG(5, X_target=TARGET, random_state=0)
    chosen = DiversityPenalised(inner, penalty=0.2, random_state=0)(fitted(), X, 5)
    assert chosen[0] == inner.score_pool(fitted(), X).argmax()


def test_a_learner_asks_by_it():
    votes = np.stack([np.arange(40) % 5, np.full(40, 5)], axis=1)
    model = BayesianVoteRegression("beta-binomial", random_state=0)
    learner = ActiveLearner(model, VoteEPIG(5, random_state=0), X[:30], votes[:30])
    rows, _ = learner.query(X[30:], n_instances=3)
    assert len(set(rows.tolist())) == 3


# Errors


@pytest.mark.parametrize(
    ("parameters", "error", "message"),
    [
        ({"n_votes": -1}, ValueError, "n_votes of VoteEPIG must be an integer >= 0"),
        ({"n_target": 0}, ValueError, "n_target of VoteEPIG must be an integer >= 1"),
        ({"n_votes_target": 0}, ValueError, "n_votes_target of VoteEPIG must be an"),
        ({"X_target": X[:0]}, ValueError, "X_target of VoteEPIG is empty"),
        ({"question": 2}, ValueError, "question of VoteEPIG is 2, but VoteModel knows"),
        ({"n_votes": np.ones(9, int)}, ValueError, "n_pool = 40 .* got shape"),
    ],
)
def test_wrong_parameters_are_named(parameters, error, message):
    with pytest.raises(error, match=message):
        VoteEPIG(**parameters)(fitted(), X, 2)


def test_a_classifier_is_refused_and_information_is_at_most_that_of_votebald():
    forest = RandomForestClassifier(5, random_state=0).fit(X, X[:, 0] > 0)
    with pytest.raises(TypeError, match="VoteEPIG needs draws of the probability that"):
        VoteEPIG()(forest, X)
    scores = VoteEPIG(6, X_target=TARGET, random_state=0).score_pool(fitted(), X)
    draws = VoteModel().predict_samples(X, random_state=0)
    assert (scores <= vote_mutual_information(draws, 6).sum(axis=1)).all()


@pytest.mark.parametrize(
    "strategy", [VoteEPIG(random_state=0), ExpectedVarianceReduction(random_state=0)]
)
def test_models_of_counts_of_several_answers_are_refused(strategy):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 2)), rng.multinomial(9, [0.5, 0.3, 0.2], size=30)
    head = BayesianVoteRegression("multinomial", random_state=0)
    for model in (head, LastLayerVoteRegressor(StandardScaler(), head)):
        with pytest.raises(TypeError, match=r"counts of several answers. Use VoteBALD"):
            strategy(model.fit(X, y), X)
