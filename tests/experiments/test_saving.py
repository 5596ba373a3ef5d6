"""Comparisons in files, and what they and the histories of runs are of."""

import json

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

import skbal
from skbal import ActiveLearningClassifier
from skbal._utils import pickled_version
from skbal.experiments import Comparison, compare
from skbal.loop import History
from skbal.query import MaxEntropy, Random
from skbal.seeding import RandomSeed
from tests.experiments.runs import flat

X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.where(X[:, 0] > 0, "cat", "dog")
SHORT = {"n_repeats": 2, "n_queries": 1, "n_instances": 3}


@pytest.fixture(scope="module")
def comparison():
    return compare([MaxEntropy()], GaussianNB(), X, Y, **SHORT, random_state=3)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "comparison.json"


def test_a_comparison_comes_back_with_all_that_it_holds(comparison, path):
    comparison.save(path)
    again = Comparison.load(path)
    assert again.to_records() == comparison.to_records()
    assert again.histories == comparison.histories
    assert again.verdicts == comparison.verdicts
    assert again.summary() == comparison.summary()
    assert again.provenance == comparison.provenance
    for name, repeats in comparison.histories.items():
        for ours, theirs in zip(repeats, again.histories[name]):
            assert theirs.provenance == ours.provenance


def test_settings_come_back_too(path):
    runs = {"A": flat(0.5, 0.6), "Random": flat(0.4, 0.5), "Ω": flat(0.1, float("nan"))}
    settings = {"label_range": (20, 25), "target_score": [0.5, 0.7], "score_name": "x²"}
    made = Comparison(runs, **settings, confidence=0.9, n_bootstrap=99)
    made.save(path)
    again = Comparison.load(path)
    assert again.histories == made.histories
    assert repr(again.to_records()) == repr(made.to_records())
    assert again.provenance is None
    assert again.histories["A"][0].provenance is None


def test_it_says_what_it_is_of(comparison):
    noted = comparison.provenance
    assert noted["estimator"] == "GaussianNB(priors=None, var_smoothing=1e-09)"
    assert list(noted["strategies"]) == ["MaxEntropy", "Random"]
    assert noted["strategies"]["MaxEntropy"].startswith("MaxEntropy(")
    assert (noted["n_repeats"], noted["n_queries"], noted["n_instances"]) == (2, 1, 3)
    assert (noted["random_state"], noted["test_size"]) == (3, 0.2)
    assert noted["versions"]["skbal"] == skbal.__version__


def test_each_run_says_which_one_it_is(comparison):
    for name, repeats in comparison.histories.items():
        for number, history in enumerate(repeats):
            noted = history.provenance
            assert (noted["strategy"], noted["repeat"]) == (name, number)
            assert noted["query_strategy"].startswith(f"{name}(")
            assert "random_state=None" not in noted["query_strategy"]
    seeds = [history.provenance["seeds"] for history in comparison.histories["Random"]]
    paired = [h.provenance["seeds"] for h in comparison.histories["MaxEntropy"]]
    assert seeds == paired
    assert seeds[0] != seeds[1]


def test_a_seed_that_was_drawn_is_noted_and_makes_the_same_runs(path):
    first = compare([MaxEntropy()], GaussianNB(), X, Y, **SHORT)
    first.save(path)
    seed = Comparison.load(path).provenance["random_state"]
    again = compare([MaxEntropy()], GaussianNB(), X, Y, **SHORT, random_state=seed)
    assert again.histories == first.histories


def test_two_names_of_one_strategy_are_two_names_also_in_memory(tmp_path):
    named = {"one": Random(), "two": Random()}
    for _ in range(2):
        made = compare(named, GaussianNB(), X, Y, **SHORT, random_state=0,
                       reference="one", memory=str(tmp_path))  # fmt: skip
        for name in named:
            assert [h.provenance["strategy"] for h in made.histories[name]] == [
                name
            ] * 2


def in_order(learner, pool, n_instances=1):
    return np.arange(n_instances)


def test_runs_of_another_version_are_made_again(tmp_path, monkeypatch):
    def made():
        return compare([in_order], GaussianNB(), X, Y, **SHORT, random_state=0,
                       memory=str(tmp_path))  # fmt: skip

    def times(comparison):
        runs = [h for repeats in comparison.histories.values() for h in repeats]
        return [record.seconds_training for history in runs for record in history]

    first = made()
    assert times(made()) == times(first)
    monkeypatch.setattr(pickled_version, "__version__", "9.9")
    again = made()
    assert not set(times(again)) & set(times(first))
    assert again.histories == first.histories


def test_a_slice_of_a_run_says_it_too(comparison, tmp_path):
    part = comparison.histories["Random"][1][:1]
    part.save(tmp_path / "part.json")
    assert History.load(tmp_path / "part.json").provenance["repeat"] == 1


def test_a_simulation_notes_all_that_was_set():
    simulated = ActiveLearningClassifier(
        GaussianNB(), Random(), initial=RandomSeed(8), oracle_noise=0.1,
        n_queries=1, n_instances=2, random_state=5,
    ).fit(X, Y)  # fmt: skip
    noted = simulated.history_.provenance
    assert noted["random_state"] == 5
    assert noted["run"].startswith("ActiveLearningClassifier(estimator=GaussianNB(")
    for part in ("oracle_noise=0.1", "initial=RandomSeed(", "test_size=0.2"):
        assert part in noted["run"]
    strategy = simulated.learner_.query_strategy
    assert f"random_state={strategy.random_state}" in noted["query_strategy"]
    assert set(noted["seeds"]) >= {"estimator", "query_strategy", "split"}


DAMAGE = {
    "no records": lambda content: content.pop("records"),
    "no histories": lambda content: content["records"].pop("histories"),
    "an unknown setting": lambda content: content["records"].update(colour="red"),
    "no runs": lambda content: content.pop("runs"),
    "fewer runs": lambda content: content["runs"]["Random"].pop(),
    "runs of another": lambda content: content["runs"].update(Other=[None, None]),
    "runs of no length": lambda content: content["runs"].update(Random=3),
    "provenance of another kind": lambda content: content.update(provenance=3),
    "a run of another kind": lambda content: content["runs"].update(Random=["a", "b"]),
}


@pytest.mark.parametrize("change", DAMAGE.values(), ids=DAMAGE)
def test_a_file_that_was_changed_is_named(comparison, path, change):
    comparison.save(path)
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    match = r"comparison\.json cannot be loaded as a Comparison: "
    with pytest.raises(ValueError, match=match):
        Comparison.load(path)


def test_the_file_of_a_history_is_none_of_a_comparison(comparison, path):
    comparison.histories["Random"][0].save(path)
    match = r"as a Comparison: it was written by History\.save"
    with pytest.raises(ValueError, match=match):
        Comparison.load(path)
