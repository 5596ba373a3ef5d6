"""Settings of all tests and doctests."""

import os

import pytest

# The arrays of tests are small: threads would cost more than they gain, and on a busy
# machine far more. Set before NumPy and torch load.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")


def pytest_generate_tests(metafunc):
    """Refuse tests made from a set, whose order differs between processes."""
    for mark in metafunc.definition.iter_markers("parametrize"):
        if any(isinstance(values, set | frozenset) for values in mark.args[1:2]):
            pytest.fail(
                f"{metafunc.function.__name__}: parametrize by a list, not a set"
            )
