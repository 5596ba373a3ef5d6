"""A stopping rule is asked once a step, and what it says is written down."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from skbal.stopping import MaxLabels
from tests.loop.test_loop import toy_loop


class After(BaseEstimator):
    """Stops after some records; counts how often it was asked."""

    def __init__(self, n_records):
        self.n_records = n_records

    def __call__(self, loop):
        self.n_asked_ = getattr(self, "n_asked_", 0) + 1
        if self.n_asked_ >= self.n_records:
            return f"enough after {self.n_asked_}"
        return None


def test_the_loop_stops_when_a_rule_says_so_and_says_why():
    loop = toy_loop(n_queries=10, stopping=After(3)).run()
    assert len(loop.history_) == 3
    assert loop.stop_reason_ == "enough after 3"
    # Running on does not help, and asks nobody.
    assert len(loop.run().history_) == 3
    assert loop.stop_reason_ == "enough after 3"


def test_the_first_of_several_rules_decides():
    loop = toy_loop(n_queries=10, stopping=[After(9), After(4), After(4)]).run()
    assert len(loop.history_) == 4
    assert loop.stop_reason_ == "enough after 4"


def test_a_rule_is_copied_so_that_it_can_serve_many_loops():
    rule = After(3)
    for _ in range(2):
        assert len(toy_loop(n_queries=10, stopping=rule).run().history_) == 3
    assert not hasattr(rule, "n_asked_")


def test_a_function_of_the_loop_is_a_rule():
    def rule(loop):
        assert loop.history_[-1].n_labels == 40 - len(loop.remaining_)
        return "half" if len(loop.remaining_) <= 20 else None

    loop = toy_loop(n_queries=None, stopping=rule).run()
    assert loop.stop_reason_ == "half"
    assert loop.history_[-1].n_labels == 21


def test_without_a_limit_the_pool_is_asked_out():
    loop = toy_loop(n_queries=None).run()
    assert loop.stop_reason_ == "pool exhausted"
    assert len(loop.history_) == 1 + 18


def test_the_number_of_queries_counts_beside_rules():
    loop = toy_loop(n_queries=2, stopping=After(9)).run()
    assert loop.stop_reason_ == "n_queries reached"


def test_another_rule_lets_the_loop_go_on():
    loop = toy_loop(n_queries=10, stopping=After(2)).run()
    loop.stopping = After(3)
    loop.run()
    assert loop.stop_reason_ == "enough after 3"
    # It was asked once before the loop went on.
    assert len(loop.history_) == 4
    loop.stopping = None
    assert loop.run().stop_reason_ == "n_queries reached"
    assert loop.history_ == toy_loop(n_queries=10).run().history_


def test_another_rule_that_holds_already_costs_no_label():
    loop = toy_loop(n_queries=10, stopping=After(2)).run()
    n_labels = loop.history_[-1].n_labels
    loop.stopping = MaxLabels(n_labels)
    assert loop.run().stop_reason_.startswith(f"{n_labels} labels paid for")
    assert loop.history_[-1].n_labels == n_labels


def test_a_rule_that_fails_is_asked_again_before_more_labels_are():
    def fails(loop):
        raise TypeError("no answer")

    loop = toy_loop(n_queries=10, stopping=fails)
    for _ in range(2):
        with pytest.raises(TypeError, match="no answer"):
            loop.run()
        assert len(loop.history_) == 1
    loop.stopping = None
    assert loop.run().history_ == toy_loop(n_queries=10).run().history_


@pytest.mark.parametrize("answer", [True, np.bool_(True), False, np.ones(2), 0.5])
def test_a_rule_that_returns_no_reason_is_named(answer):
    def good_enough(loop):
        return answer

    loop = toy_loop(n_queries=10, stopping=good_enough)
    with pytest.raises(TypeError, match=r"^A rule in stopping .* good_enough returned"):
        loop.run()
    assert loop.stop_reason_ is None
    loop.stopping = None
    assert loop.run().history_ == toy_loop(n_queries=10).run().history_


def test_a_rule_with_a_wrong_parameter_is_refused_before_the_first_label():
    loop = toy_loop(stopping=MaxLabels("many"))
    with pytest.raises(TypeError, match="n_labels of MaxLabels"):
        loop.run()
    assert not hasattr(loop, "history_")


def test_a_loop_that_was_left_does_not_ask_a_rule_twice():
    loop = toy_loop(n_queries=10, stopping=After(5))
    for record in loop:
        if record.step == 2:
            break
    assert loop.stop_reason_ is None
    assert len(loop.run().history_) == 5


@pytest.mark.parametrize("wrong", ["plateau", After, [After(2), 3]])
def test_what_is_no_rule_is_refused(wrong):
    with pytest.raises(
        TypeError, match="stopping of ActiveLearningLoop must be a rule"
    ):
        toy_loop(stopping=wrong).run()


def test_progress_without_a_limit_is_shown(capsys):
    toy_loop(n_queries=None, verbose="asking").run()
    assert "asking" in capsys.readouterr().err
    assert np.isfinite(toy_loop().run().history_.scores).all()
