"""Labels as numbers of their classes."""

import numpy as np
import pytest

from skbal._utils.labels import class_codes


@pytest.mark.parametrize(
    "labels",
    [np.array(["b", "a", "b"]), np.array([2.5, -1.0, 2.5]), np.array([True, False])],
)
def test_codes_are_positions_in_the_sorted_classes(labels):
    classes, codes = class_codes(labels, "y", "Somebody")
    assert classes.tolist() == sorted(set(labels.tolist()))
    np.testing.assert_array_equal(classes[codes], labels)


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        (np.array(["a", 1], dtype=object), TypeError, "got int and str"),
        (np.array(["a", None], dtype=object), TypeError, "got NoneType and str"),
        (np.array([1.0, np.nan]), ValueError, "must not contain NaN"),
        (np.array([1.0, np.nan], dtype=object), ValueError, "must not contain NaN"),
    ],
)
def test_what_is_no_class_is_refused_by_name(labels, error, message):
    with pytest.raises(error, match=f"^y of Somebody .*{message}"):
        class_codes(labels, "y", "Somebody")
