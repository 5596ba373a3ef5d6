import numpy as np
import pytest

from skbal.audit._report._checks._against_random import CHECK
from skbal.audit._report._source import NotChecked, Source
from skbal.experiments import Comparison
from skbal.loop import History, Record
from skbal.query import BALD, Random


def run_of(*scores):
    return History([Record(n, 10 + 10 * n, s) for n, s in enumerate(scores)])


def against(history, compare_random, strategy=None):
    options = {"compare_random": compare_random}
    strategy = BALD() if strategy is None else strategy
    return CHECK.run(
        Source("loop", strategy=strategy, history=history, options=options)
    )


def test_scores_are_averaged_over_the_labels_that_all_runs_share():
    others = [run_of(0.4, 0.6), run_of(0.5, 0.5, 0.9)]
    result = against(run_of(0.5, 0.7, 0.9), others)
    assert (result.low, result.high) == (10, 20)
    assert result.area == pytest.approx(0.6)
    assert result.random_areas == pytest.approx([0.5, 0.5])
    assert result.to_frame()["mean_score"].tolist() == pytest.approx([0.6, 0.5, 0.5])


@pytest.mark.parametrize(("n_better", "n_worse", "concern"), [
    (0, 1, None), (1, 0, None), (0, 18, None), (0, 19, False), (1, 37, None),
    (1, 38, False), (19, 0, True), (18, 0, None), (19, 1, None), (38, 1, True),
])  # fmt: skip
def test_a_rank_that_chance_gives_tells_nothing(n_better, n_worse, concern):
    # One of 20 ranks, or the first two of 40, are as rare as 5%.
    others = [run_of(0.9, 0.9)] * n_better + [run_of(0.1, 0.1)] * n_worse
    assert against(run_of(0.5, 0.5), others).concern is concern


def test_by_chance_alone_one_run_in_twenty_is_the_best_of_twenty():
    rng = np.random.default_rng(0)
    scores = rng.random((2000, 20))
    first = (scores[:, 0] > scores[:, 1:].max(axis=1)).mean()
    assert first == pytest.approx(0.05, abs=0.015)


def test_a_comparison_gives_its_interval():
    runs = {
        "BALD": [run_of(0.5, 0.9), run_of(0.6, 0.8), run_of(0.4, 0.9)],
        "Margin": [run_of(0.5, 0.7)] * 3,
        "Random": [run_of(0.5, 0.7), run_of(0.6, 0.7), run_of(0.4, 0.7)],
    }
    comparison = Comparison(runs)
    result = against(None, comparison)
    found = comparison.differences["BALD"]
    assert (result.low, result.high) == (found.low, found.high)
    assert result.n_repeats == 3
    assert result.concern is (False if found.low > 0 else None)
    assert result.to_frame()["difference"].tolist() == found.values.tolist()
    with pytest.raises(NotChecked, match="BALD, Margin"):
        against(None, comparison, Random())


def test_pairs_without_an_interval_say_so():
    one = against(None, Comparison({"BALD": [run_of(0.5)], "Random": [run_of(0.4)]}))
    same = {"BALD": [run_of(0.5)] * 3, "Random": [run_of(0.4)] * 3}
    for result in (one, against(None, Comparison(same))):
        assert result.concern is None
        assert "scored +0.1000 against Random" in result.verdict
        assert "cannot be told whether choosing helps" in result.verdict
        assert "nan" not in result.verdict


@pytest.mark.parametrize(("names", "reference", "strategy"), [
    (["BALD", "Random"], "BALD", BALD()),  # random choice is better than the reference
    (["BALD", "chance"], "BALD", BALD()),
    (["BALD", "Margin", "Random"], "Margin", BALD()),
    (["BALD", "Random"], "Random", Random()),  # this run chose at random itself
])  # fmt: skip
def test_another_reference_than_random_choice_tells_nothing(names, reference, strategy):
    runs = {name: [run_of(0.5 + n), run_of(0.6 + n)] for n, name in enumerate(names)}
    with pytest.raises(NotChecked, match=f"with {reference}, which does not say"):
        against(None, Comparison(runs, reference), strategy)


@pytest.mark.parametrize(("history", "given", "message"), [
    (run_of(0.5, 0.7), False, "no run of random choice"),
    (run_of(0.5, np.nan), [run_of(0.5)], "no scores"),
    (run_of(0.5, 0.7), [run_of(np.nan)], "no scores"),
    (run_of(0.5, 0.7), [History([Record(0, 99, 0.5)])], "in common"),
    (None, [run_of(0.5)], "keeps no learning curve"),
])  # fmt: skip
def test_what_is_missing_is_said(history, given, message):
    with pytest.raises(NotChecked, match=message):
        against(history, given)
