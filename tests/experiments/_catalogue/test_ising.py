import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skbal.experiments import ExperimentUnit, load_experiment
from skbal.experiments._catalogue._ising import (
    CRITICAL,
    answers_of,
    crossing,
    error_with,
    turned,
)

ISING = load_experiment("ising")
SMALL = {
    **ISING.sized(quick=True), "n_configurations": 60, "n_test": 20, "n_first": 20,
    "n_instances": 10, "n_queries": 1, "n_draws": 4, "n_steps": {"16": 2, "32": 1},
}  # fmt: skip


def result(arm, seed=0):
    return ISING.run(ExperimentUnit(arm, ISING.arms[arm], seed, SMALL))


def test_the_exact_temperature_is_published_for_each_arm():
    onsager = 2 / np.log(1 + np.sqrt(2))
    assert [n.arm for n in ISING.published] == list(ISING.arms)
    assert [n.value for n in ISING.published] == pytest.approx([onsager] * 8)
    assert {n.n_seeds for n in ISING.published} == {None}  # no runs, so no verdict


def test_the_oracle_knows_the_phase_or_has_no_answer():
    temperatures = np.array([1.0, 1.8, 2.26, 2.27, 2.9, 3.5])
    assert answers_of(temperatures).tolist() == [1, 1, 1, 0, 0, 0]
    assert answers_of(temperatures, (1.8, 2.9)).tolist() == [1, -1, -1, -1, -1, 0]


@given(st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_a_step_is_found_where_it_is(n_ordered, seed):
    rng = np.random.default_rng(seed)
    temperatures = rng.permutation(10) + 1.0
    ordered = temperatures <= n_ordered
    probabilities = np.where(ordered, 0.9, 0.1)
    assert crossing(temperatures, probabilities) == n_ordered + 0.5


def test_a_crossing_uses_the_best_monotone_probabilities():
    # The middle two, 0.3 and 0.8, are in the wrong order: both become 0.55.
    at = np.array([1.0, 2.0, 3.0, 4.0])
    assert crossing(at, np.array([1.0, 0.3, 0.8, 0.0])) == 3.5
    # 0.1 and 0.8 become 0.45.
    assert crossing(at, np.array([1.0, 0.1, 0.8, 0.0])) == 1.5


@pytest.mark.parametrize(("probability", "end"), [(0.9, 3.0), (0.1, 1.0)])
def test_without_a_crossing_it_is_an_end_of_the_range(probability, end):
    assert crossing(np.array([3.0, 1.0, 2.0]), np.full(3, probability)) == end


def test_images_are_turned_over_as_a_whole():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    images = torch.randint(2, (40, 1, 3, 3)) * 2.0 - 1
    signs = (turned(images) / images).reshape(40, 9)
    assert all(len(set(row)) == 1 for row in signs.tolist())
    assert set(signs[:, 0].tolist()) == {-1.0, 1.0}


def test_both_strategies_begin_with_the_same_rows_and_pay_for_silence():
    asked, drawn = (result(f"L = 16, turned, far, {s}") for s in ("BALD", "random"))
    assert asked["rows"][:20] == drawn["rows"][:20]
    assert asked["scores"]["20"] == drawn["scores"]["20"]
    assert asked["rows"] != drawn["rows"]
    temperatures = np.linspace(1.0, 3.5, 60)
    for found in (asked, drawn):
        assert len(set(found["rows"])) == len(found["rows"]) == 30
        known = answers_of(temperatures, (1.8, 2.9))[found["rows"]] >= 0
        assert found["scores"]["30"]["n_answered"] == known.sum() < 30


def test_measures_are_read_from_a_result():
    measures = {m.name: m for m in ISING.measures}
    own, other = (
        {"scores": {"200": {"critical": c * CRITICAL, "accuracy": a, "n_answered": 9}}}
        for c, a in ((0.99, 0.96), (1.03, 0.95))
    )
    assert error_with(200)(own) == pytest.approx(1)
    assert np.isnan(error_with(65)(own))
    assert measures["answered of 200"].of(own) == 9
    gap = measures["error, 200 labels, minus L = 16, random, points"]
    assert gap.of(other, own) == pytest.approx(1 - 3)
    assert [arm for arm in ISING.arms if gap.belongs_to(arm)] == ["L = 16, BALD"]
    accuracy = measures["accuracy, 200 labels, minus L = 16, random, points"]
    assert accuracy.of(other, own) == pytest.approx(1)
