import json

import numpy as np
import pytest

from skbal.policy import CANDIDATE_FEATURES, STATE_FEATURES, LinearPolicy

EARLY = {"margin": 1.0, "reduction": 0.5, "disagreement": -0.25}
LATE = {"margin": 2.0, "rarity": 0.5}


def inputs(n_rows=6, doublings=1.0, seed=0):
    features = np.random.default_rng(seed).random((n_rows, len(CANDIDATE_FEATURES)))
    state = np.zeros(len(STATE_FEATURES))
    state[STATE_FEATURES.index("labels_per_class")] = doublings
    return features, state


@pytest.mark.parametrize(("doublings", "part"), [
    (-1.0, 0.0),
    (0.0, 0.0),
    (1.0, 1 / 3),
    (2.5, 2.5 / 3),
    (3.0, 1.0),
    (7.0, 1.0),
])  # fmt: skip
def test_scores_are_the_weighted_sum_of_the_terms(doublings, part):
    features, state = inputs(doublings=doublings)
    found = LinearPolicy(EARLY, LATE, n_late=8).score_candidates(features, state)
    for row, score in zip(features, found):
        f = dict(zip(CANDIDATE_FEATURES, row))
        early = (
            np.log(f["margin"] + 0.02)
            + 0.5 * f["reduction"]
            - 0.25 * np.log(f["disagreement"] + 0.05)
        )
        late = 2 * np.log(f["margin"] + 0.02) + 0.5 * f["rarity"]
        assert score == pytest.approx((1 - part) * early + part * late)


def test_without_late_weights_the_early_ones_stay():
    features, state = inputs(doublings=9.0)
    policy, same = LinearPolicy(EARLY), LinearPolicy(EARLY, EARLY)
    scores = policy.score_candidates(features, state)
    np.testing.assert_array_equal(scores, same.score_candidates(features, state))


def test_inputs_stay_as_they_are():
    features, state = inputs()
    before = features.copy(), state.copy()
    LinearPolicy(EARLY).score_candidates(features, state)
    np.testing.assert_array_equal(features, before[0])
    np.testing.assert_array_equal(state, before[1])


@pytest.mark.parametrize(("numbers", "reason"), [
    ((2, 9, 50), None),
    ((5, 9, 50), "meant for 2 to 4 classes, and there are 5"),
    ((2, 21, 50), "meant for 2 to 20 labels, and there are 21"),
    ((2, 9, 101), "meant for 1 to 100 rows left, and there are 101"),
])  # fmt: skip
def test_limits_say_what_the_policy_is_meant_for(numbers, reason):
    limits = {"n_classes": (2, 4), "n_labels": (2, 20), "n_pool": (1, 100)}
    found = LinearPolicy(EARLY, limits=limits).outside(*numbers)
    assert found == reason if reason is None else reason in found
    assert LinearPolicy(EARLY).outside(*numbers) is None


def test_a_saved_policy_is_plain_json_and_gives_the_same_scores(tmp_path):
    policy = LinearPolicy(EARLY, LATE, n_late=7.5, limits={"n_classes": (2, 4)})
    policy.save(tmp_path / "policy.json")
    content = json.loads((tmp_path / "policy.json").read_text())
    assert content["early"] == EARLY
    loaded = LinearPolicy.load(tmp_path / "policy.json")
    assert loaded.get_params() == policy.get_params()
    np.testing.assert_array_equal(
        loaded.score_candidates(*inputs()), policy.score_candidates(*inputs())
    )


@pytest.mark.parametrize(("change", "words"), [
    ({"kind": "ImitationPolicy"}, "it was written by ImitationPolicy.save"),
    ({"early": {"marign": 1.0}}, "got 'marign'"),
    ({"early": {"margin": None}}, "must have finite weights, got None"),
    ({"limits": {"n_rows": [1, 2]}}, "for 'n_rows'"),
    ({"n_late": 1}, "n_late of LinearPolicy must be larger than 1"),
])  # fmt: skip
def test_a_file_with_other_content_is_refused_by_name(change, words, tmp_path):
    path = tmp_path / "policy.json"
    LinearPolicy(EARLY).save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ValueError, match=words) as caught:
        LinearPolicy.load(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(("given", "error", "words"), [
    ({"early": ["margin"]}, TypeError, "early of LinearPolicy must be a dict"),
    ({"early": {"size": 1}}, ValueError, "names of CANDIDATE_FEATURES, got 'size'"),
    ({"early": {"margin": "1"}}, ValueError, "finite weights, got '1' for 'margin'"),
    ({"limits": {"n_pool": (5, 2)}}, ValueError, r"got \(5, 2\) for 'n_pool'"),
    ({"limits": {"n_pool": ("5", 9)}}, ValueError, r"got \('5', 9\) for 'n_pool'"),
    ({"early": {"margin": 10**400}}, ValueError, "early of LinearPolicy must have fin"),
])  # fmt: skip
def test_wrong_parameters_are_named(given, error, words):
    with pytest.raises(error, match=words):
        LinearPolicy(**{"early": EARLY, **given}).score_candidates(*inputs())
