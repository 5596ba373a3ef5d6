"""Operations of several threads, run by the one whose turn it is."""

import threading

import pytest

from skbal._utils.group_commit import GroupCommit, Interrupted


def transact(operations):
    """Run operations as a store does: errors of one are its own."""
    outcomes = []
    for operation in operations:
        try:
            outcomes.append((operation(), None))
        except ValueError as error:
            outcomes.append((None, error))
    return outcomes


def fail():
    raise ValueError("of mine")


def test_an_error_is_that_of_its_operation():
    commits = GroupCommit(transact)
    assert commits.run(lambda: 3) == 3
    with pytest.raises(ValueError, match="of mine"):
        commits.run(fail)
    assert commits.run(lambda: 4) == 4


def together(commits, first, others):
    """Run operations in threads while ``first`` is under way; return their outcomes."""
    begun, go_on, outcomes = threading.Event(), threading.Event(), {}

    def slow():
        begun.set()
        go_on.wait(10)
        return first()

    def run(name, operation):
        try:
            outcomes[name] = commits.run(operation)
        except BaseException as error:
            outcomes[name] = error

    threads = [threading.Thread(target=run, args=("first", slow))]
    threads[0].start()
    assert begun.wait(10)
    for name, operation in enumerate(others):
        threads.append(threading.Thread(target=run, args=(name, operation)))
        threads[-1].start()
    while len(commits._waiting) < 1 + len(others):
        pass
    go_on.set()
    for thread in threads:
        thread.join(10)
    return outcomes


def test_those_who_wait_share_a_transaction():
    sizes = []

    def counting(operations):
        sizes.append(len(operations))
        return transact(operations)

    outcomes = together(
        GroupCommit(counting), lambda: "a", [lambda: 1, fail, lambda: 2]
    )
    assert sizes == [1, 3]
    assert (outcomes["first"], outcomes[0], outcomes[2]) == ("a", 1, 2)
    assert isinstance(outcomes[1], ValueError)


def interrupt():
    raise KeyboardInterrupt


def test_an_interruption_ends_its_own_thread_only():
    outcomes = together(GroupCommit(transact), interrupt, [lambda: 1, lambda: 2])
    assert isinstance(outcomes["first"], KeyboardInterrupt)
    assert (outcomes[0], outcomes[1]) == (1, 2)


def test_those_in_an_interrupted_transaction_are_told():
    done = []
    outcomes = together(
        GroupCommit(transact), lambda: "a", [interrupt, lambda: done.append(1)]
    )
    ended = {type(outcomes[name]) for name in (0, 1)}
    assert ended == {KeyboardInterrupt, Interrupted}
