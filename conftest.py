"""Settings of all tests and doctests."""

import gc
import os
from collections import defaultdict

import pytest
from hypothesis import settings

# The arrays of tests are small: threads would cost more than they gain, and on a busy
# machine far more. Set before NumPy and torch load.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")

# A busy machine may take a second for what takes a millisecond: no example fails by its
# time. "ci" draws the same examples in each run, so that a change is judged by what it
# changed; without it each run tries others.
settings.register_profile("any_time", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("any_time")


def pytest_addoption(parser):
    """Add the option that makes a run of the tests shorter."""
    parser.addoption(
        "--cases",
        type=int,
        metavar="N",
        help="Of each parametrized test run N cases, the first and the last included. "
        "Tests that are marked 'versions' run all of theirs.",
    )


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Look for garbage after the collection only.

    What is collected stays to the end, and a search through all of it takes 0.3
    seconds. (It is not frozen: from Hypothesis, which asks who refers to a generator of
    random numbers, that would hide the answer.)
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_modifyitems(config, items):
    """Leave out cases of tests if the option ``--cases`` says so."""
    n_cases = config.getoption("--cases")
    if n_cases is None:
        return
    cases = defaultdict(list)
    for item in items:
        cases[item.nodeid.partition("[")[0]].append(item)
    kept = set()
    for found in cases.values():
        every = found[0].get_closest_marker("versions") is not None
        kept.update(found if every else _spread(found, n_cases))
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = [item for item in items if item in kept]


def _spread(cases, n):
    """Return up to n cases, evenly spread over all."""
    last = len(cases) - 1
    return [cases[last * place // max(n - 1, 1)] for place in range(n)]


def pytest_generate_tests(metafunc):
    """Refuse tests made from a set, whose order differs between processes."""
    for mark in metafunc.definition.iter_markers("parametrize"):
        if any(isinstance(values, set | frozenset) for values in mark.args[1:2]):
            pytest.fail(
                f"{metafunc.function.__name__}: parametrize by a list, not a set"
            )
