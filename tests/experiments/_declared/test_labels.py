import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skbal.experiments._declared._curves import acquired_to, score_after
from skbal.experiments._declared._labels import labels_to, score_with

SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=6)


@given(scores=SCORES, target=st.floats(0, 1), step=st.integers(0, 6))
def test_labels_are_the_acquired_ones_and_the_first_ones(scores, target, step):
    curve = {"n_labels": [20 + 10 * i for i in range(len(scores))], "score": scores}
    assert labels_to(target)(curve) == 20 + acquired_to(target)(curve)
    np.testing.assert_equal(
        score_with(20 + 10 * step)(curve), score_after(10 * step)(curve)
    )
