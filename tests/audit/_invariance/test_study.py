"""The study of symmetries: its rows, its kept numbers and its table."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="the study trains a network")
pytest.importorskip("benchmarks", reason="no benchmarks beside tests")

from benchmarks.studies._runs import append
from benchmarks.studies.symmetries.run import N_TEST, one_run, rows_of, show


def test_test_rows_are_other_rows_and_the_same_for_all_augmentations():
    y = np.repeat(np.arange(10), 500)
    labelled, test = rows_of(100, 3, y)
    assert np.bincount(y[labelled]).tolist() == [10] * 10
    assert len(set(test)) == N_TEST
    assert not set(test) & set(labelled)
    np.testing.assert_array_equal(test, rows_of(100, 3, y)[1])


def test_a_run_that_was_kept_is_not_made_again(tmp_path):
    for seed in (0, 1):
        record = {"augment": "all", "n_labels": 100, "seed": seed}
        kept = {"none": 0.5 + seed / 10}
        append(tmp_path / "accuracies.jsonl", {**record, "accuracies": kept})
    assert one_run(tmp_path, "all", 100, 1) == {"none": 0.6}


def test_the_table_has_means_and_standard_errors_over_seeds(capsys):
    show({"all": [{"none": 0.9}, {"none": 0.7}]}, 100)
    words, mean, error = capsys.readouterr().out.split("\n")[2].split()
    assert (words, mean) == ("none", "0.800")
    # The standard deviation is 0.1414, over the root of two seeds.
    assert error == "(0.100)"
