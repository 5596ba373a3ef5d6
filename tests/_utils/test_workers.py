import logging
import os
import threading
import time
from concurrent.futures import BrokenExecutor, CancelledError

import joblib
import pytest

from skbal._utils import workers
from skbal._utils.workers import call_all


def square(x):
    return x * x


def squares(n, n_jobs=None):
    return dict(call_all(square, ((x,) for x in range(n)), n_jobs))


@pytest.mark.slow
@pytest.mark.parametrize("n", [0, 1, 12])
@pytest.mark.parametrize("backend", ["threading", "loky", "multiprocessing"])
def test_each_call_gives_its_result_once(backend, n):
    with joblib.parallel_config(backend=backend):
        results = list(call_all(square, ((x,) for x in range(n)), n_jobs=2))
    assert sorted(results) == [(x, x * x) for x in range(n)]


def test_a_call_may_have_several_arguments():
    def calls():
        return ((x, x + 1) for x in range(3))

    for n_jobs in (1, 2):
        with joblib.parallel_config(backend="threading"):
            results = dict(call_all(lambda x, y: x * y, calls(), n_jobs))
        assert results == {0: 0, 1: 2, 2: 6}


def test_alone_an_argument_is_made_when_its_turn_comes():
    made = []
    results = call_all(square, ((made.append(x) or x,) for x in range(5)))
    assert made == []
    assert next(results) == (0, 0)
    assert made == [0]


def test_arguments_are_made_in_the_callers_thread_and_few_ahead():
    made = []

    def arguments():
        for x in range(200):
            made.append(threading.get_ident())
            yield (x,)

    with joblib.parallel_config(backend="threading"):
        results = call_all(square, arguments(), n_jobs=2)
        assert len({next(results)[0] for _ in range(16)}) == 16
        assert len(made) == 16
        list(results)
    assert set(made) == {threading.get_ident()}


class Counted:
    """Notes each call in a folder that processes share, then does something."""

    def __init__(self, folder, then):
        self.folder, self.then = folder, then

    def __call__(self, x):
        n_before = sum(name.startswith(f"{x}-") for name in os.listdir(self.folder))
        (self.folder / f"{x}-{n_before}").touch()
        self.then(x, n_before)
        return x * x

    def calls(self):
        return sorted(os.listdir(self.folder))


def die_the_first_time(x, n_before):
    time.sleep(0.05)
    if x == 5 and n_before == 0:
        os._exit(1)


def die(x, n_before):
    if x == 1:
        os._exit(1)


def fail(x, n_before):
    if x == 3:
        raise RuntimeError("the estimator's own")


@pytest.mark.slow
def test_what_a_dead_worker_was_at_is_done_again(tmp_path, caplog):
    function = Counted(tmp_path, die_the_first_time)
    with caplog.at_level(logging.WARNING, "skbal"):
        results = dict(call_all(function, ((x,) for x in range(12)), n_jobs=2))
    assert results == {x: x * x for x in range(12)}
    assert "5-1" in function.calls()
    assert [record.name for record in caplog.records] == ["skbal._utils.workers"]
    assert "A worker died (TerminatedWorkerError)" in caplog.text


@pytest.mark.slow
def test_workers_that_always_die_end_in_the_error_and_advice(tmp_path, caplog):
    function = Counted(tmp_path, die)
    with pytest.raises(Exception, match="unexpectedly terminated") as caught:
        dict(call_all(function, ((x,) for x in range(4)), n_jobs=2))
    assert type(caught.value).__name__ == "TerminatedWorkerError"
    assert "Try a smaller batch_size or fewer workers" in caught.value.__notes__[0]
    assert [name for name in function.calls() if name.startswith("1-")] == [
        "1-0", "1-1", "1-2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("backend", "n_jobs"),
    [("loky", 1), ("threading", 2), pytest.param("loky", 2, marks=pytest.mark.slow)],
)
def test_an_error_of_the_function_comes_at_once_and_is_not_tried_again(
    tmp_path, backend, n_jobs, caplog
):
    function = Counted(tmp_path, fail)
    with (
        joblib.parallel_config(backend=backend),
        pytest.raises(RuntimeError, match="the estimator's own") as caught,
    ):
        dict(call_all(function, ((x,) for x in range(12)), n_jobs))
    assert not hasattr(caught.value, "__notes__")
    assert [name for name in function.calls() if name.startswith("3-")] == ["3-0"]
    assert not caplog.records


@pytest.mark.parametrize("what", ["task", "result"])
def test_what_cannot_be_read_is_not_sent_again(what, monkeypatch, caplog):
    rounds = []

    def results(function, calls, n_jobs):
        rounds.append(calls)
        # The words of loky.
        raise BrokenExecutor(f"A {what} has failed to un-serialize. Please ensure that")

    monkeypatch.setattr(workers, "_results", results)
    with pytest.raises(BrokenExecutor) as caught:
        squares(8, n_jobs=2)
    assert "Put it into a file of its own and import it" in caught.value.__notes__[0]
    assert len(rounds) == 1
    assert not caplog.records


def test_results_that_came_before_a_death_are_kept(monkeypatch):
    rounds = []

    def results(function, calls, n_jobs):
        rounds.append([number for number, _ in calls])
        for i, (number, given) in enumerate(calls):
            if len(rounds) == 1 and i == 3:
                raise CancelledError
            yield number, function(*given)

    monkeypatch.setattr(workers, "_results", results)
    assert squares(8, n_jobs=2) == {x: x * x for x in range(8)}
    assert rounds == [[0, 1, 2, 3, 4, 5, 6, 7], [3, 4, 5, 6, 7]]
