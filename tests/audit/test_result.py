import json
from dataclasses import dataclass

import numpy as np
import pytest

from skbal.audit._result import AuditResult, plain


@dataclass(frozen=True, eq=False, repr=False)
class Count(AuditResult):
    n: int
    parts: np.ndarray

    @property
    def verdict(self):
        return f"{self.n} rows."

    @property
    def concern(self):
        return self.n > 2


def test_a_result_prints_as_its_verdict():
    result = Count(3, np.zeros(1))
    assert (str(result), repr(result)) == ("3 rows.", "Count(3 rows.)")


def test_all_fields_become_plain_data_that_json_takes():
    result = Count(np.int64(3), np.array([[0.5, np.nan]]))
    data = {"verdict": "3 rows.", "concern": True, "n": 3, "parts": [[0.5, None]]}
    assert json.loads(json.dumps(Count(3, result).to_dict())) == {**data, "parts": data}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.bool_(True), True),
        (np.array(["a", None], dtype=object), ["a", None]),
        ({1: (np.float64("inf"), -np.inf)}, {"1": [None, None]}),
        ({2}, "{2}"),
        (np.array(4), 4),
        (np.array([1.5], dtype=np.longdouble), [1.5]),
        (np.clongdouble(1), repr(np.clongdouble(1))),
    ],
)
def test_values_become_plain(value, expected):
    assert plain(value) == expected
