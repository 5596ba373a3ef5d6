"""The base class of rules: a subclass says why to stop, the rest is shared."""

import pytest
from sklearn.base import clone

from skbal._utils.parameters import count
from skbal.stopping import MaxLabels, StoppingRule, TargetScore, UncertaintyBelow
from tests.stopping.loops import loop_with


class Every(StoppingRule):
    _parameter_rules = {"n": count(1)}

    def __init__(self, n=2):
        self.n = n

    def reason_to_stop(self, loop):
        self.n_calls_ = getattr(self, "n_calls_", 0) + 1
        return f"{self.n} calls" if self.n_calls_ % self.n == 0 else None


def test_a_rule_is_called_with_the_loop_and_remembers():
    rule = Every(2)
    assert [rule(loop_with([0.5])) for _ in range(3)] == [None, "2 calls", None]
    assert clone(rule)(loop_with([0.5])) is None


def test_its_parameters_are_checked_before_it_is_asked():
    rule = Every(0)
    with pytest.raises(ValueError, match="n of Every must be an integer >= 1, got 0"):
        rule(loop_with([0.5]))
    assert not hasattr(rule, "n_calls_")


def test_a_rule_without_a_reason_to_stop_is_no_rule():
    with pytest.raises(TypeError, match="reason_to_stop"):
        StoppingRule()


@pytest.mark.parametrize("loop", [None, 5, "loop", [1], object()])
@pytest.mark.parametrize("rule", [MaxLabels(), TargetScore(), UncertaintyBelow()])
def test_what_is_no_loop_is_refused_by_name(rule, loop):
    message = f"loop of {type(rule).__name__} must be an ActiveLearningLoop"
    with pytest.raises(TypeError, match=message):
        rule(loop)
