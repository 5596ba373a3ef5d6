"""One builder: the same start and the same parts for simulations and comparisons."""

import dataclasses

import numpy as np
import pytest
import torch
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier

from skbal import ActiveLearningClassifier
from skbal.experiments import compare
from skbal.query import BALD
from skbal.simulation._build import RunSettings, build_loop, start_run

X, Y = load_iris(return_X_y=True)
FIRST = [0, 50, 100, 149]


def forest():
    return RandomForestClassifier(5)


def settings(**changes):
    given = {
        "owner": "compare", "estimator": forest(), "X": X, "y": Y,
        "regression": False, "new_states": False, "n_queries": 2, "n_instances": 5,
        "test_size": 0.4, **changes,
    }  # fmt: skip
    return RunSettings(**given)


def test_a_start_depends_on_the_seed_alone():
    first, again, other = (start_run(settings(), seed) for seed in (0, 0, 1))
    for name in ("candidates", "held_out", "initial"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert first.seeds == again.seeds != other.seeds
    assert first.initial.tolist() != other.initial.tolist()


def test_pool_and_test_rows_are_all_rows_and_first_labels_are_in_the_pool():
    start = start_run(settings(), 0)
    rows = np.concatenate([start.candidates, start.held_out])
    np.testing.assert_array_equal(np.sort(rows), np.arange(150))
    assert np.isin(start.initial, start.candidates).all()
    assert np.bincount(Y[start.held_out]).tolist() == [20, 20, 20]


@pytest.mark.parametrize("kind", [list, np.array, torch.tensor])
def test_first_labels_given_by_their_rows_are_never_held_out(kind):
    for seed in range(10):
        start = start_run(settings(initial=kind(FIRST)), seed)
        assert start.initial.tolist() == FIRST
        assert len(start.held_out) == 60
        assert not np.isin(FIRST, start.held_out).any()


def test_a_simulation_and_a_comparison_begin_with_the_rows_given():
    run = ActiveLearningClassifier(
        forest(), initial=FIRST, n_queries=1, n_instances=2, random_state=0
    )
    assert run.fit(X, Y).history_[0].indices == tuple(FIRST)
    found = compare(
        [BALD()], forest(), X, Y, initial=FIRST, n_repeats=2, n_queries=1,
        n_instances=2, random_state=0,
    )  # fmt: skip
    for histories in found.histories.values():
        assert {history[0].indices for history in histories} == {tuple(FIRST)}


@pytest.mark.parametrize("new_states", [False, True])
def test_integers_of_the_parts_stay_unless_all_states_are_new(new_states):
    fixed = RandomForestClassifier(5, random_state=7)
    given = settings(estimator=fixed, new_states=new_states)
    loop = build_loop(given, start_run(given, 0), BALD(random_state=7))
    learner = loop.learner
    states = {learner.estimator.random_state, learner.query_strategy.random_state}
    assert (states == {7}) is not new_states
    assert fixed.random_state == 7


def test_given_test_rows_replace_those_held_out():
    given = settings(test_size=None, X_test=X[:9], y_test=Y[:9], scoring="accuracy")
    start = start_run(given, 0)
    loop = build_loop(given, start, BALD())
    assert len(start.candidates) == 150
    assert loop.X_test is given.X_test
    none = dataclasses.replace(given, X_test=None, y_test=None)
    assert build_loop(none, start, BALD()).scoring is None
