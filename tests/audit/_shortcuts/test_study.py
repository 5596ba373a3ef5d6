"""The study of planted shortcuts plants what it says and counts what it reads."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="the study trains a network")
pytest.importorskip("benchmarks", reason="no benchmarks beside tests")

from benchmarks.studies.shortcuts import report
from benchmarks.studies.shortcuts.plants import KINDS, planted
from benchmarks.studies.shortcuts.run import overlap, plan


@pytest.mark.parametrize("kind", KINDS)
def test_a_plant_changes_its_carriers_alone_and_inside_its_mask(kind):
    rng = np.random.default_rng(0)
    X = np.zeros((300, 20, 20), dtype=np.float32)
    X[:, 5:15, 5:15] = rng.random((300, 10, 10)) / 2 + 0.5
    y = rng.choice(3, size=300)
    changed, carries, mask, label, share = planted(X, y, kind, rng)
    assert (changed.dtype, changed.shape) == (X.dtype, X.shape)
    differs = changed != X
    np.testing.assert_array_equal(differs.any(axis=(1, 2)), carries)
    assert not differs[:, ~mask].any()
    assert (y[carries] == label).all()
    assert abs(carries.sum() / (y == label).sum() - share) < 0.2
    assert 0.6 <= share <= 1


def test_overlap_is_intersection_over_union():
    first, second = (
        np.array([1, 1, 0, 0], dtype=bool),
        np.array([0, 1, 1, 0], dtype=bool),
    )
    assert overlap(first, second) == 0.333
    assert overlap(first, first) == 1
    assert overlap(None, first) == 0


def test_half_of_the_planned_runs_have_no_plant():
    runs = plan(["digits"], range(3))
    assert len(set(runs)) == len(runs) == 2 * 3 * 10
    assert sum(kind in KINDS for _, _, kind, _ in runs) == 30


def test_the_report_counts_found_plants_and_false_alarms():
    base = {"set": "digits", "model": "forest", "p_value": 0.5, "found_label": 1}
    plant = {"label": 1, "kind": "tag", "with_plant": 0.9, "without_plant": 0.5}
    found = {**base, **plant, "found": True, "found_kind": "region", "iou": 0.7}
    missed = {**base, **plant, "found": False, "found_kind": "blur", "iou": 0.0}
    clean = [
        {**base, "kind": "clean 0", "found": flag} for flag in (True, False, False)
    ]
    text = report.table([found, missed, *clean])
    assert "| all | 2 | 50.0% (1 of 2; 1.3% to 98.7%) | 50.0% (1 of 2;" in text
    assert "| 0.40 (0.40 to 0.40) |" in text
    assert "| all | 33.3% (1 of 3; 0.8% to 90.6%) | 0.5 |" in text
