"""The arms of "walmsley2020" that label galaxies, and what they are read from."""

import numpy as np
import pytest

from skbal.experiments import ExperimentUnit, Reproduction, compare, load_experiment
from skbal.experiments._catalogue._galaxy_votes import galaxy_network, made_galaxies
from skbal.experiments._catalogue._vote_labels import findings, mean_gain, saved
from skbal.query import VoteBALD
from skbal.seeding import RandomSeed

WALMSLEY = load_experiment("walmsley2020")
SETTINGS = {
    **WALMSLEY.sized(quick=True),
    "n_galaxies": 60,
    "n_draws": 5,
    "sizes": {question: [6, 4, 1] for question in ("smooth", "bar", "spiral")},
    "training_steps": {question: 2 for question in ("smooth", "bar", "spiral")},
}


def result(arm, data=None, seed=1):
    unit = ExperimentUnit(arm, WALMSLEY.arms[arm], seed, SETTINGS, data)
    return WALMSLEY.run(unit)


def test_units_are_the_runs_of_a_comparison():
    X, votes = made_galaxies(60, 101)
    comparison = compare(
        [VoteBALD(n_votes=40)],
        galaxy_network(2, n_draws=5),
        X,
        votes[:, 1],
        n_repeats=1,
        n_queries=1,
        n_instances=4,
        initial=RandomSeed(6),
        test_size=0.25,
        random_state=1,
    )
    for arm, name in (("bar?, VoteBALD", "VoteBALD"), ("bar?, random", "Random")):
        [expected] = comparison.histories[name]
        found = result(arm)
        assert found["n_labels"] == expected.n_labels.tolist() == [6, 10]
        np.testing.assert_allclose(found["score"], expected.scores, atol=1e-5)
        assert len(found["rmse"]) == 2


def test_both_strategies_begin_with_the_same_network():
    data = WALMSLEY.load(None, SETTINGS)
    active, random = (result(f"spiral?, {n}", data) for n in ("VoteBALD", "random"))
    assert active["score"][0] == random["score"][0]
    assert active["rmse"][0] == random["rmse"][0]
    assert active["score"][1] != random["score"][1]


def test_galaxies_saved_by_hand():
    random = {"n_labels": [10, 20, 30, 40], "score": [0.0, 0.1, 0.3, 0.2]}
    # made monotone, random ends with 0.25, which it has at 20 + 10 * 0.15 / 0.15 = 30
    own = {"n_labels": [10, 20, 30, 40], "score": [0.0, 0.2, 0.3, 0.3]}
    # own has 0.25 in the middle between 20 and 30
    assert saved("score", random, own) == pytest.approx(100 * (1 - 25 / 30))
    assert saved("score", own, random) == np.inf
    assert saved("score", random, random) == pytest.approx(0)
    assert np.isnan(saved("rmse", random, own))  # was not kept


def test_a_smaller_error_is_a_gain_of_the_score_alone():
    random = {"n_labels": [10, 20], "rmse": [0.2, 0.2], "score": [-1.0, -1.0]}
    own = {"n_labels": [10, 20], "rmse": [0.2, 0.1], "score": [-1.0, -0.5]}
    assert mean_gain("rmse", random, own) == pytest.approx(-0.05)
    assert mean_gain("score", random, own) == pytest.approx(0.25)
    assert saved("rmse", random, own) == pytest.approx(0)  # both begin there


def reproduction(curves):
    """Return a reproduction of "smooth?" from pairs of curves, one for each seed."""
    units = [
        {"arm": f"smooth?, {name}", "seed": seed, "result": r}
        for seed, pair in enumerate(curves)
        for name, score in zip(("VoteBALD", "random"), pair)
        for r in [{"n_labels": [10, 20], "score": score}]
    ]
    return Reproduction(WALMSLEY, units, [])


def test_the_findings_are_read_from_the_numbers():
    worse, better = ([0.0, 0.1], [0.0, 0.3]), ([0.0, 0.3], [0.0, 0.2])
    [sentence] = findings(reproduction([worse, worse, better]))
    assert sentence.startswith("smooth? VoteBALD does not beat random rows")
    assert "mean of 3 runs" in sentence
    assert "lower in 2 of them" in sentence
    assert sentence.endswith("reaches the last score of random in 1.")
    [sentence] = findings(reproduction([better]))
    assert sentence.startswith("smooth? VoteBALD beats random rows")
    assert findings(reproduction([])) == []
