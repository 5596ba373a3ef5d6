"""The study of which copies are found: its copies, and its lines."""

import numpy as np
import pytest

from benchmarks.studies.audit_leakage import run


def test_copies_are_what_they_are_called():
    rng = np.random.default_rng(0)
    images = rng.random((3, 6, 6))
    moved = run.copies(images, "moved", 0, rng)
    assert moved[1, 3, 2] == images[1, 2, 3]
    assert run.copies(images, "mirrored", 0, rng)[0, 1, 0] == images[0, 1, 5]
    rounded = 15 * run.copies(images, "rounded", 0, rng)
    np.testing.assert_allclose(rounded, np.round(rounded), atol=1e-12)
    noisy = run.copies(np.zeros((2000, 2)), "noise", np.array([0.1, 2.0]), rng)
    np.testing.assert_allclose(noisy.std(axis=0), [0.1, 2.0], rtol=0.06)
    digits = run.three_digits(np.array([0.0, -0.0123456, 98765.0]))
    np.testing.assert_allclose(digits, [0, -0.0123, 98800])


def test_nearness_is_a_share_of_the_distance_of_the_nearest_other_row():
    X = np.array([[0.0, 0], [3, 4], [0, 1], [0, 1]])  # the last two are equal
    scaled = X / X.std(axis=0)
    nearest = np.linalg.norm(scaled[2] - scaled[0])
    moved = np.array([[0.0, 0.25]])
    expected = 0.25 / X.std(axis=0)[1] / nearest
    assert run.distance_ratio(X, X[:1], moved) == pytest.approx(expected)


def test_a_line_is_printed_for_each_kind_and_noise(capsys):
    run.main(["--seeds", "1", "--rows", "150", "--kinds", "exact", "noise"])
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line[25:44].strip() for line in lines] == [
        "exact",
        "noise 0.02",
        "noise 0.05",
        "noise 0.1",
    ]
    for line in lines[:2]:  # all copies are found
        assert line.split()[-5:-2] == ["1.00", "0.00", "1.00"]
    assert lines[0].split()[-1] == "0.00"  # as near as can be
