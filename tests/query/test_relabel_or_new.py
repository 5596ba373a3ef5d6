"""RelabelOrNew: its scores by hand, who is asked, and what its clones have seen."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import entropy as H
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import BayesianRidge

from skbal import ActiveLearner
from skbal.oracles import CrowdOracle
from skbal.query import BALD, RelabelOrNew
from skbal.votes import DawidSkene
from tests.query.fakes import SeededSampler, TableSampler, numbered, random_pool

# Two draws that disagree about rows 0, 1 and 2, and agree about 3.
DRAWS = np.array([[[1.0, 0.0], [0.0, 1.0]]] * 3 + [[[0.5, 0.5], [0.5, 0.5]]])


class Answers:
    """A table in which Ann is right about four of five known rows, and Bob always.

    Rows 10 to 29 are there for their skill. Ann alone has answered about row 1, and
    both about row 2.
    """

    def __init__(self):
        truth = np.tile(["no", "yes"], 10)
        other = np.tile(["yes", "no"], 10)
        ann = np.where(np.arange(20) < 4, other, truth)
        rows = np.arange(10, 30)
        self.items = np.concatenate([rows, rows, rows, [1, 2, 2]])
        self.labels = np.concatenate([ann, truth, truth, ["no", "no", "yes"]])
        people = np.repeat(["ann", "bob", "cyd"], 20)
        self.people = np.concatenate([people, ["ann", "ann", "bob"]])

    def __call__(self):
        return self.items, self.labels, self.people


def pool_of(n_rows=30):
    """Return rows that are their own numbers, and draws of them."""
    draws = np.full((n_rows, 2, 2), 0.5)
    draws[: len(DRAWS)] = DRAWS
    return numbered(n_rows), TableSampler(draws)


def confusion_of(table):
    """Return the confusion matrices that a strategy with the seed 0 finds."""
    crowd = DawidSkene(tol=1e-5, max_iter=1000).fit(*table())
    return crowd.mean_confusion(random_state=0)


def channel(p, confusion):
    """Return the information of an answer about a class, p(class) by p(answer)."""
    return H(p @ confusion) - p @ [H(row) for row in confusion]


def test_scores_by_hand():
    pool, sampler = pool_of()
    table = Answers()
    strategy = RelabelOrNew(table, cv=None, random_state=0)
    scores = strategy.score_pool(sampler, pool)
    ann, bob, cyd = confusion_of(table)
    # Each draw is sure of a class, so the weights know the class: given the answers, a
    # draw has the probability of its class.
    half = np.full(2, 0.5)
    assert scores[0] == pytest.approx(max(channel(half, c) for c in (ann, bob, cyd)))
    after_ann = ann[:, 0] / ann[:, 0].sum()  # she said "no" about row 1
    assert scores[1] == pytest.approx(max(channel(after_ann, c) for c in (bob, cyd)))
    after_both = ann[:, 0] * bob[:, 1]
    assert scores[2] == pytest.approx(channel(after_both / after_both.sum(), cyd))
    # What no draw knows cannot be learned, and nobody is left for rows 10 to 29.
    np.testing.assert_allclose(scores[3:], 0, atol=1e-12)
    assert scores[0] > scores[1] > scores[2] > 0
    who = strategy.whom_to_ask(sampler, pool, [2, 1]).tolist()
    best_for_1 = "bob" if channel(after_ann, bob) > channel(after_ann, cyd) else "cyd"
    assert who == ["cyd", best_for_1]
    assert strategy(sampler, pool, 2).tolist() == [0, 1]


def test_about_the_class_counts_what_no_draw_knows():
    pool, sampler = pool_of()
    table = Answers()
    strategy = RelabelOrNew(table, about="class", cv=None, random_state=0)
    scores = strategy.score_pool(sampler, pool)
    confusion = confusion_of(table)
    best = max(channel(np.full(2, 0.5), c) for c in confusion)
    np.testing.assert_allclose(scores[[0, 3]], best)
    after_ann = confusion[0, :, 0] / confusion[0, :, 0].sum()
    expected = max(channel(after_ann, c) for c in confusion[1:])
    assert scores[1] == pytest.approx(expected)


def test_a_price_changes_who_is_asked_and_what_is_worth_most():
    pool, sampler = pool_of()
    dear = RelabelOrNew(Answers(), cv=None, costs=[1, 100, 100], random_state=0)
    scores = dear.score_pool(sampler, pool)
    assert dear.whom_to_ask(sampler, pool, [0, 2]).tolist() == ["ann", "cyd"]
    free = RelabelOrNew(Answers(), cv=None, random_state=0).score_pool(sampler, pool)
    np.testing.assert_allclose(scores[1:3], free[1:3] / 100)
    assert free[0] / 100 < scores[0] < free[0]


def test_people_who_cannot_be_chosen_are_one_person_on_average():
    pool, sampler = pool_of()
    table = Answers()
    scores = RelabelOrNew(
        table, cv=None, choose_people=False, random_state=0
    ).score_pool(sampler, pool)
    confusion = confusion_of(table)
    mean = sum(n * c for n, c in zip([22, 21, 20], confusion)) / 63
    assert scores[0] == pytest.approx(channel(np.full(2, 0.5), mean))
    after_both = confusion[0, :, 0] * confusion[1, :, 1]
    assert scores[2] == pytest.approx(channel(after_both / after_both.sum(), mean))


def test_without_answers_it_is_bald():
    pool, sampler = random_pool(20), SeededSampler()
    found = RelabelOrNew(random_state=0).score_pool(sampler, pool)
    expected = BALD(random_state=0).score_pool(sampler, pool)
    np.testing.assert_allclose(found, expected, atol=1e-12)


class Remembers(ClassifierMixin, BaseEstimator):
    """Is sure of the rows that it was fitted to, and half sure of all others."""

    def fit(self, X, y):
        self.classes_, codes = np.unique(y, return_inverse=True)
        self.code_of_ = dict(zip(np.ravel(X).tolist(), codes.tolist()))
        return self

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        draws = np.tile(np.eye(2), (len(X), 1, 1))  # two draws that disagree
        for row, x in enumerate(np.ravel(X).tolist()):
            if x in self.code_of_:
                draws[row] = np.eye(2)[self.code_of_[x]]
        return draws


def test_draws_of_a_labelled_row_are_of_a_clone_that_has_not_seen_it():
    pool, table = numbered(31), Answers()
    rows = np.unique(table.items)
    labels = DawidSkene().fit(*table()).predict(rows)
    model = Remembers().fit(pool[rows], labels)
    seen = dict(model.code_of_)
    scores = RelabelOrNew(table, random_state=0).score_pool(model, pool)
    sampler = TableSampler(np.tile(np.eye(2), (31, 1, 1)))
    expected = RelabelOrNew(table, cv=None, random_state=0).score_pool(sampler, pool)
    np.testing.assert_allclose(scores, expected, atol=1e-12)
    assert model.code_of_ == seen
    # The model itself is sure of what it was taught.
    known = RelabelOrNew(table, cv=None, random_state=0).score_pool(model, pool)
    np.testing.assert_allclose(known[rows], 0, atol=1e-12)
    learner = ActiveLearner(Remembers(), X_training=pool[rows], y_training=labels)
    again = RelabelOrNew(table, random_state=0).score_pool(learner, pool)
    np.testing.assert_array_equal(again, scores)


def test_a_clone_that_would_know_one_class_gives_no_score():
    answers = ([0, 1, 2], ["a", "a", "b"], [0, 0, 0])
    pool = numbered(4)
    model = Remembers().fit(pool[:3], ["a", "a", "b"])
    strategy = RelabelOrNew(answers, choose_people=False, cv=5)
    scores = strategy.score_pool(model, pool)
    assert scores[2] == 0
    assert (scores[[0, 1, 3]] > 0).all()


def test_a_class_that_the_model_does_not_know_is_impossible():
    answers = ([0, 1, 2, 2], ["a", "b", "c", "a"], [0, 1, 0, 1])
    model = Remembers().fit([[0], [1]], ["a", "b"])
    strategy = RelabelOrNew(answers, cv=None, choose_people=False, random_state=0)
    scores = strategy.score_pool(model, numbered(4))
    mean = confusion_of(lambda: answers).mean(axis=0)  # two answers each
    assert scores[3] == pytest.approx(channel(np.array([0.5, 0.5, 0]), mean))


def test_answers_may_be_a_frame_or_a_method_of_an_oracle():
    pool, sampler = pool_of()
    table = Answers()
    names = ("item", "answer", "annotator")
    frame = pd.DataFrame(dict(zip(names, table())))
    oracle = CrowdOracle(*table(), n_answers=9)
    oracle(np.unique(table.items))
    expected = RelabelOrNew(table(), cv=None, random_state=0).score_pool(sampler, pool)
    for answers in (frame, oracle.answers):
        scores = RelabelOrNew(answers, cv=None, random_state=0).score_pool(
            sampler, pool
        )
        np.testing.assert_allclose(scores, expected, atol=1e-9)


def test_random_rows_are_scored_like_all_rows():
    pool, sampler = pool_of()
    scores = RelabelOrNew(Answers(), cv=None, random_state=0).score_pool(sampler, pool)
    strategy = RelabelOrNew(Answers(), cv=None, pool_subsample=10, random_state=0)
    chosen, said = strategy(sampler, pool, 10, return_scores=True)
    np.testing.assert_allclose(said, scores[chosen])
    assert (np.diff(said) <= 1e-12).all()
    assert len(set(chosen.tolist())) == 10
    assert clone(strategy).get_params()["pool_subsample"] == 10


def test_whom_to_ask_takes_numbers_of_rows_only():
    pool, sampler = pool_of()
    strategy = RelabelOrNew(Answers(), cv=None, random_state=0)
    for rows, error, message in [
        ([-1], ValueError, "rows of whom_to_ask of RelabelOrNew must lie in .* got -1"),
        ([30], ValueError, r"must lie in \[0, 30\), got 30"),
        (np.arange(30) == 2, TypeError, r"must be integers, got dtype bool. np.flatn"),
        ([0.0], TypeError, "must be integers, got dtype float64"),
        (2, ValueError, "must be one-dimensional"),
    ]:
        with pytest.raises(error, match=message):
            strategy.whom_to_ask(sampler, pool, rows)
    assert strategy.whom_to_ask(sampler, pool, []).tolist() == []
    once = strategy.whom_to_ask(sampler, pool, [2]).tolist()
    assert strategy.whom_to_ask(sampler, pool, [2, 2]).tolist() == 2 * once


def test_errors_say_what_is_wrong():
    pool, sampler = pool_of()
    for parameters, error, message in [
        (
            {"answers": 3},
            TypeError,
            "answers of RelabelOrNew must be items, labels and",
        ),
        ({"answers": ([0], ["a"])}, TypeError, "answers of RelabelOrNew must be items"),
        ({"about": "rows"}, ValueError, "about of RelabelOrNew must be 'weights' or"),
        (
            {"costs": [1, 0, 1]},
            ValueError,
            "price larger than 0 for each person, got 0",
        ),
        ({"costs": [1.0]}, ValueError, "one price for each of the 3 people, got shape"),
        ({"cv": 1}, ValueError, "cv of RelabelOrNew must be an integer >= 2, got 1"),
        (
            {"answers": ([40], ["a"], [0])},
            ValueError,
            "which has 30, got 40. The pool must hold all rows",
        ),
        (
            {"answers": (["x"], ["a"], [0])},
            TypeError,
            "items in answers of RelabelOrNew must be integers, got dtype",
        ),
    ]:
        strategy = RelabelOrNew(**{"answers": Answers(), "cv": None, **parameters})
        with pytest.raises(error, match=message):
            strategy(sampler, pool)
    for parameters in [{}, {"answers": Answers(), "choose_people": False}]:
        with pytest.raises(
            ValueError, match="whom_to_ask of RelabelOrNew needs people"
        ):
            RelabelOrNew(cv=None, **parameters).whom_to_ask(sampler, pool, [0])
    costs = pd.Series([1, 2, 3], index=["cyd", "ann", "bob"])
    strategy = RelabelOrNew(Answers(), cv=None, costs=costs)
    with pytest.raises(ValueError, match=r"the order \['ann', 'bob', 'cyd'\], got the"):
        strategy(sampler, pool)
    model = Remembers().fit([[0], [1]], ["no", "maybe"])
    with pytest.raises(ValueError, match="it knows 'maybe', and the answers are"):
        RelabelOrNew(Answers(), cv=None, random_state=0).score_pool(model, pool)
    with pytest.raises(TypeError, match="is a regressor"):
        RelabelOrNew(Answers())(BayesianRidge().fit(pool, pool[:, 0]), pool)
