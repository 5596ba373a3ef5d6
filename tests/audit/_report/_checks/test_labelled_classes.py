import numpy as np
import pytest

from skbal.audit._report._checks._labelled_classes import CHECK
from skbal.audit._report._source import Source


class Model:
    classes_ = np.array([0, 1])


def run(y, **parts):
    return CHECK.run(Source("loop", Model(), X_labelled=y, y_labelled=y, **parts))


def test_a_class_of_the_test_rows_without_a_label_is_a_concern():
    result = run([9, 10, 9], X_test=[0], y_test=[9, 10, 2, 2])
    assert result.classes == (2, 9, 10)
    assert result.n_labels.tolist() == [0, 2, 1]
    assert result.n_known.tolist() == [2, 1, 1]
    assert result.missing == (2,)
    assert result.concern
    assert "1 class of 3 has no label at all (2)" in result.verdict
    frame = result.to_frame()
    assert frame["share_elsewhere"].tolist() == [0.5, 0.25, 0.25]


@pytest.mark.parametrize("kind", [float, bool])
def test_a_class_is_the_same_in_another_type(kind):
    result = run(np.array([0, 1, 1]), X_test=[0], y_test=np.array([0, 1]).astype(kind))
    assert (len(result.classes), result.missing) == (2, ())
    assert (result.n_labels.tolist(), result.n_known.tolist()) == ([1, 2], [1, 1])


def test_labels_of_the_pool_count_for_rows_that_might_have_been_asked_about():
    pool = np.array(["a", "b", "c", None], dtype=object)
    result = run(["a", "b"], y_pool=pool, candidates=np.array([0, 1, 3]))
    assert (result.concern, result.known_from) == (False, "pool")
    assert result.n_known.tolist() == [1, 1]
    assert run(["a", "b"], y_pool=pool).missing == ("c",)


def test_without_other_labels_it_cannot_be_told():
    result = run(["a", "a", "b"])
    assert result.concern is None
    assert "from 1 (b) to 2 (a) of 3" in result.verdict
    assert "not known" in result.verdict


@pytest.mark.parametrize(("n", "expected"), [(3, 1), (41, 0)])
def test_many_classes_have_no_bars(n, expected):
    assert len(CHECK.pictures(run(list(range(n))), None)) == expected
