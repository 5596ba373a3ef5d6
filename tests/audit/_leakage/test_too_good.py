import json
from math import comb

import numpy as np
import pandas as pd
import pytest

from skbal.audit import too_good_check


def labels_with_errors(n_wrong, n):
    return np.array(["a"] * n), np.array(["b"] * n_wrong + ["a"] * (n - n_wrong))


@pytest.mark.parametrize(("n_wrong", "n"), [(0, 40), (2, 100), (9, 200)])
def test_the_p_value_is_a_sum_of_binomial_terms(n_wrong, n):
    result = too_good_check(*labels_with_errors(n_wrong, n), 0.3)
    terms = [comb(n, k) * 0.1**k * 0.9 ** (n - k) for k in range(n_wrong + 1)]
    assert result.p_value == pytest.approx(sum(terms))
    assert result.error == n_wrong / n
    assert result.concern is (sum(terms) <= 0.05)


def test_ten_times_better_is_a_concern_and_a_little_better_is_not():
    ten = too_good_check(*labels_with_errors(4, 400), 0.1)
    assert ten.concern is True
    assert "10.0 times better" in ten.verdict
    assert "look for a shortcut" in ten.verdict
    better = too_good_check(*labels_with_errors(24, 400), 0.1)
    assert better.concern is False
    assert too_good_check(*labels_with_errors(24, 400), 0.1, factor=1).concern is True
    perfect = too_good_check(*labels_with_errors(0, 400), 0.1)
    assert "Infinitely better" in perfect.verdict


def test_strings_in_an_array_of_objects_are_labels():
    y = np.array(["disc", "halo"] * 20)
    reference = too_good_check(y, y, 0.2)
    for y_true, y_pred in [(y.astype(object), y), (y, pd.Series(y, dtype=object))]:
        assert too_good_check(y_true, y_pred, 0.2).to_dict() == reference.to_dict()


def test_whole_numbers_that_are_predicted_by_others_are_numbers():
    y = np.arange(40)
    found = too_good_check(y, y + 0.3, 5)
    assert found.kind == "numbers"
    assert found.error == pytest.approx(0.3)


def test_few_rows_cannot_tell():
    result = too_good_check(*labels_with_errors(0, 20), 0.1)
    assert result.concern is None
    assert "cannot be told" in result.verdict
    # 1 - 0.1 / 3 to the power of 89 is the first below 0.05.
    assert [
        too_good_check(*labels_with_errors(0, n), 0.1).concern for n in (88, 89)
    ] == [
        None,
        True,
    ]


def test_the_interval_of_labels_has_its_tails():
    result = too_good_check(*labels_with_errors(3, 50), 0.2)
    low, high = result.interval

    def below(rate, most):
        return sum(
            comb(50, k) * rate**k * (1 - rate) ** (50 - k) for k in range(most + 1)
        )

    assert below(high, 3) == pytest.approx(0.025)
    assert 1 - below(low, 2) == pytest.approx(0.025)


def test_numbers_are_compared_by_their_squared_errors():
    rng = np.random.default_rng(0)
    y = rng.normal(size=400)
    noise = rng.normal(size=400)
    result = too_good_check(y, y + 0.1 * noise, 1.0)
    assert result.error == pytest.approx(0.1 * np.sqrt(np.mean(noise**2)))
    assert result.concern is True
    assert result.kind == "numbers"
    assert too_good_check(y, y + 0.5 * noise, 1.0).concern is False
    assert too_good_check(y, y, 1.0).concern is True
    json.dumps(result.to_dict())
    assert result.to_frame().shape == (1, 7)


def test_the_interval_and_the_level_of_numbers_hold_for_normal_errors():
    rng = np.random.default_rng(1)
    inside, alarms = [], []
    for _ in range(600):
        errors = rng.normal(size=100)
        result = too_good_check(errors, np.zeros(100), 3.0)  # just at the bound
        inside.append(result.interval[0] <= 1 <= result.interval[1])
        alarms.append(result.concern)
    assert abs(np.mean(inside) - 0.95) < 0.035
    assert np.mean(alarms) < 0.1


@pytest.mark.parametrize(
    ("y_true", "y_pred", "options", "words"),
    [
        (["a"], ["a", "b"], {}, "1 rows and 2 y_pred"),
        ([], [], {}, "y_true of too_good_check must have one value per row"),
        ([["a"]], ["a"], {}, "y_true of too_good_check must have one value per row"),
        (["a"], [1], {}, "must both be strings or both be numbers"),
        (["a"], ["a"], {"reference": 0}, "reference of too_good_check must be larger"),
        (
            ["a"],
            ["a"],
            {"reference": 1.5},
            r"must be a share of wrong labels in \(0, 1",
        ),
        (["a"], ["a"], {"reference": "low"}, "reference of too_good_check must be a"),
        (["a"], ["a"], {"factor": 0.5}, "factor of too_good_check"),
        (["a"], ["a"], {"level": 0}, "level of too_good_check"),
        (["a"], ["a"], {"kind": "ranks"}, "kind of too_good_check must be None"),
        (
            ["a"],
            ["a"],
            {"kind": "numbers"},
            "y given to too_good_check must be numbers",
        ),
        ([0.5], [0.5], {}, "y_true of too_good_check must have two numbers or more"),
        (
            [0.5, np.nan],
            [0.5, 1],
            {},
            "y_true of too_good_check must not hold NaN or infinity",
        ),
    ],
)
def test_wrong_arguments_are_named(y_true, y_pred, options, words):
    with pytest.raises((TypeError, ValueError), match=words):
        too_good_check(y_true, y_pred, **{"reference": 0.1, **options})
