"""Every row is worked on once, in chunks that keep to the memory."""

import numpy as np
import pytest
import scipy.sparse as sp
from joblib import parallel_config
from numpy.testing import assert_array_equal

from skbal._utils.chunks import MAX_MEMORY
from skbal._utils.walk import COPIES, gathered, rows_at_once, walk

X = np.arange(40.0).reshape(20, 2)


def tens(rows):
    return 10 * rows


def total(made, *more):
    return made.sum(axis=1), *more


@pytest.mark.parametrize("n_jobs", [None, 2])
@pytest.mark.parametrize("batch_size", [None, 1, 3, 20, 100])
@pytest.mark.parametrize("first_alone", [False, True])
def test_each_row_is_worked_on_once(batch_size, n_jobs, first_alone):
    with parallel_config("threading"):
        results = walk(
            tens, X, batch_size=batch_size, n_jobs=n_jobs, first_alone=first_alone
        )
        rows, chunks = zip(*results)
    seen = np.concatenate([np.arange(*part.indices(20)) for part in rows])
    assert sorted(seen) == list(range(20))
    assert_array_equal(gathered(zip(rows, chunks), 20), 10 * X)


def test_the_first_rows_are_alone_only_where_they_are_needed():
    def sizes(**options):
        return [len(chunk) for _, chunk in walk(tens, X, **options)]

    assert sizes() == [8, 12]
    assert sizes(batch_size=5) == [5, 5, 5, 5]
    assert sizes(batch_size=5, first_alone=True) == [8, 5, 5, 2]
    assert sizes(bytes_per_row=MAX_MEMORY // 7) == [7, 7, 6]


def test_what_is_made_decides_the_size_of_the_chunks():
    def large(rows):
        return np.broadcast_to(0.0, (len(rows), MAX_MEMORY // COPIES // 8 // 5))

    sizes = [len(chunk) for _, chunk in walk(large, X[:, :0])]
    assert sizes == [8, 5, 5, 2]
    # Also where it is reduced at once.
    sizes = [chunk for _, chunk in walk(large, X[:, :0], then=len)]
    assert sizes == [8, 5, 5, 2]


def test_a_function_is_told_more_about_each_chunk():
    results = walk(tens, X, then=total, also=lambda rows: (rows.start,), batch_size=6)
    found = {rows.start: result for rows, result in results}
    assert list(found) == [0, 6, 12, 18]
    for start, (sums, told) in found.items():
        assert told == start
        assert_array_equal(sums, 10 * X[start : start + 6].sum(axis=1))


def test_more_is_asked_for_when_a_chunk_begins():
    order = []

    def also(rows):
        order.append(f"ask {rows.start}")
        return ()

    for rows, _ in walk(tens, X, also=also, batch_size=10, first_alone=True):
        order.append(f"got {rows.start}")
    assert order == ["ask 0", "got 0", "ask 8", "got 8", "ask 18", "got 18"]


def test_a_single_chunk_is_the_pool_itself():
    ((rows, chunk),) = walk(lambda rows: rows, X, batch_size=20)
    assert chunk is X
    assert rows == slice(0, 20)


def test_no_rows_give_no_chunks():
    assert list(walk(tens, X[:0])) == []


def test_workers_share_the_memory_and_get_several_chunks():
    assert rows_at_once(MAX_MEMORY // 10, 1000) == 10
    assert rows_at_once(MAX_MEMORY // 10, 1000, 2) == 5
    assert rows_at_once(1, 1000, 2) == 125
    assert rows_at_once(1, 10**6) == 4096
    assert rows_at_once(1, 10**6, largest=10**6) == 10**6
    assert rows_at_once(MAX_MEMORY * 10, 1000) == 1


def test_sparse_results_and_tuples_are_put_together():
    def both(rows):
        return sp.csr_matrix(rows), rows[:, 0]

    results = list(walk(both, X, batch_size=6))
    sparse, first = gathered(reversed(results), 20)
    assert_array_equal(sparse.toarray(), X)
    assert_array_equal(first, X[:, 0])


def test_what_is_put_together_is_new():
    result = gathered(walk(lambda rows: rows, X, batch_size=20), 20)
    assert not np.shares_memory(result, X)


def test_chunks_of_different_shapes_are_refused():
    def growing(rows):
        return np.zeros((len(rows), int(rows[0, 0]) + 1))

    message = (
        r"Draws differ in shape between chunks of the rows: \(1,\) for some, \(13,"
    )
    with pytest.raises(ValueError, match=message):
        gathered(walk(growing, X, batch_size=6), 20)


def test_a_bar_shows_all_rows(capsys):
    list(walk(tens, X, verbose=1))
    assert "20/20" in capsys.readouterr().err
    list(walk(tens, X))
    assert capsys.readouterr().err == ""
