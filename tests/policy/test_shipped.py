import json
from pathlib import Path

import pytest

import skbal
from skbal.policy import CANDIDATE_FEATURES, PolicySearch, shipped_policy
from skbal.policy._search import RANGES

FILE = Path(skbal.__file__).parent / "policy" / "shipped.json"


def test_the_shipped_file_is_small_and_plain():
    assert FILE.stat().st_size < 200_000
    assert json.loads(FILE.read_text())["kind"] == "LinearPolicy"


def test_its_weights_lie_in_the_ranges_of_the_search():
    policy = shipped_policy()
    for weights in (policy.early, policy.late):
        assert set(weights) == set(RANGES) <= set(CANDIDATE_FEATURES)
        for name, weight in weights.items():
            low, high = RANGES[name]
            assert low <= weight <= high
    assert policy.n_late == PolicySearch().n_late


def test_its_limits_are_those_of_its_training():
    """2 to 10 classes, 50 queries, 1,000 rows: pool and test set of 500 each."""
    limits = {"n_classes": (2, 10), "n_labels": (2, 240), "n_pool": (1, 50_000)}
    assert shipped_policy().limits == limits


def test_each_call_gives_a_policy_of_its_own():
    shipped_policy().early["margin"] = 99.0
    assert shipped_policy().early["margin"] == pytest.approx(1.3, abs=0.5)
