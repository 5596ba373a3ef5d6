import numpy as np
import pytest

from skbal.experiments import ExperimentUnit, load_experiment
from skbal.experiments._catalogue._uncertainty2025._answers import excess, mean_score

REPORT = load_experiment("uncertainty2025")


@pytest.fixture(scope="module")
def unit_of():
    rng = np.random.default_rng(0)
    y = np.arange(120) % 10
    X = rng.random((120, 784), dtype=np.float32)
    X[np.arange(120), y] += 5
    data = X[:100], y[:100], X[100:], y[100:]
    settings = {
        **REPORT.sized(quick=True), "n_queries": 3, "pool_subsample": 60,
        "max_steps": 2, "n_draws": 5, "n_queries_to_target": 1,
    }  # fmt: skip

    def result(arm, **changed):
        part = REPORT.arms[arm]
        return part(ExperimentUnit(arm, part, 1, {**settings, **changed}, data))

    return result


def test_answers_are_wrong_as_often_as_said_and_paid_for(unit_of):
    none, some = unit_of("Random, 0% wrong"), unit_of("Random, 30% wrong")
    assert none["n_labels"] == some["n_labels"] == [20, 30, 40, 50]
    assert sum(none["wrong"]) == 0
    # 30 answers, wrong with probability .3: 2 to 16 but once in a thousand.
    assert 2 <= sum(some["wrong"]) <= 16
    assert some["wrong"][0] == 0  # the first labels are right
    assert sum(some["rejected"]) == 0
    assert some["noise_rate"] == [None] * 4


def test_a_filter_rejects_and_asks_for_more(unit_of):
    result = unit_of("BALD, filter 0.25, 20% wrong")
    rejected, paid = np.array(result["rejected"]), np.diff(result["n_labels"])
    assert rejected.sum() > 0
    # Each rejected answer is replaced, but at most ten of them.
    assert paid.tolist() == (10 + np.minimum(rejected[1:], 10)).tolist()
    assert (np.array(result["wrong_rejected"]) <= rejected).all()


def test_a_run_to_the_target_ends_there(unit_of):
    whole = unit_of("to 95%: k-means first labels, penalty")
    assert len(whole["score"]) == 2
    stopped = unit_of("to 95%: k-means first labels, penalty", stop_at=0.0)
    assert stopped["score"] == whole["score"][:1]
    other = unit_of("to 95%: random first labels", stop_at=0.0)
    assert other["score"] != stopped["score"]  # other first labels


def test_the_first_labels_of_bald_and_of_the_way_to_95_are_the_same(unit_of):
    first = unit_of("to 95%: random first labels", stop_at=0.0)["score"]
    assert unit_of("BALD, 0% wrong", n_queries=1)["score"][0] == first[0]


def test_excess_is_that_of_the_report():
    # Its Table 2: 2.98 rejects a step of ten, 20% wrong, +49%.
    of = excess(0.2, 10)
    assert of({"rejected": [0, *[2.98] * 4]}) == pytest.approx(49, abs=0.5)
    assert of({"rejected": [0, *[5.10] * 4]}) == pytest.approx(155, abs=0.5)


def test_a_mean_score_needs_all_its_queries():
    assert np.isnan(mean_score(1, 3)({"score": [0.5, 0.6, 0.7]}))
