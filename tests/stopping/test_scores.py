"""Rules about scores, against scores that are easy to follow by eye."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skbal.stopping import ScorePlateau, TargetScore
from tests.stopping.loops import loop_with


@pytest.mark.parametrize(
    ("scores", "stops"),
    [
        ([0.9, 0.9], False),  # as many steps as it waits for, none before
        ([0.9, 0.9, 0.9], True),
        ([0.8, 0.9, 0.9], False),
        ([0.8, 0.9, 0.9, 0.9], True),
        ([0.9, 0.7, 0.8], True),  # growing again, but not yet better
        ([0.9, 0.905, 0.91], True),  # by no more than the tolerance
        ([0.9, 0.7, 0.92], False),
    ],
)
def test_a_plateau_is_no_better_score_for_some_steps(scores, stops):
    rule = ScorePlateau(n_steps=2, tolerance=0.01 + 1e-12)
    assert (rule(loop_with(scores)) is not None) == stops


def test_a_plateau_says_its_numbers():
    reason = ScorePlateau(n_steps=5)(loop_with([0.9114, 0.5, 0.6, 0.7, 0.8, 0.91201]))
    assert reason == "score plateau: best of the last 5 steps 0.912, before 0.9114"


@settings(max_examples=50)
@given(
    st.lists(st.floats(-1, 1), min_size=1, max_size=12),
    st.integers(1, 4),
    st.floats(0, 0.5),
)
def test_a_plateau_is_what_its_definition_says(scores, n_steps, tolerance):
    late, before = scores[-n_steps:], scores[:-n_steps]
    expected = bool(before) and max(late) <= max(before) + tolerance
    rule = ScorePlateau(n_steps=n_steps, tolerance=tolerance)
    assert (rule(loop_with(scores)) is not None) == expected


def test_a_target_is_reached_by_the_last_score():
    assert TargetScore(0.9)(loop_with([0.95, 0.89])) is None
    assert TargetScore(0.9)(loop_with([0.5, 0.9])) == "score 0.9 reached, 0.9 wanted"


@pytest.mark.parametrize("rule", [ScorePlateau(), TargetScore()])
def test_a_loop_without_scores_is_told_to_have_some(rule):
    with pytest.raises(ValueError, match=r"needs the score .* X_test and y_test"):
        rule(loop_with([0.5, np.nan]))


@pytest.mark.parametrize(
    ("rule", "error", "message"),
    [
        (ScorePlateau(n_steps=0), ValueError, "n_steps of ScorePlateau .* got 0"),
        (ScorePlateau(tolerance=-1), ValueError, "tolerance of ScorePlateau .* -1"),
        (TargetScore("high"), TypeError, "score of TargetScore .* got 'high'"),
    ],
)
def test_wrong_parameters_are_refused_when_they_are_used(rule, error, message):
    with pytest.raises(error, match=message):
        rule(loop_with([0.5]))


def test_a_number_of_steps_may_be_of_a_narrow_type():
    loop = loop_with([0.9, 0.7, 0.8, 0.8])
    narrow, wide = ScorePlateau(n_steps=np.uint8(2)), ScorePlateau(n_steps=2)
    assert narrow(loop) == wide(loop) is not None
