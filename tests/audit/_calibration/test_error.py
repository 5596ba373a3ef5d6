"""The calibration error is what one counts by hand; its test and interval hold."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from skbal.audit import calibration_error
from skbal.audit._calibration._bins import bin_of, binned, number_of_bins
from skbal.audit._calibration._estimate import Estimate, expected_calibration_error
from tests.audit._calibration.data import confidences, labels, tempered


def quick(y_true, y_prob, **options):
    return calibration_error(y_true, y_prob, n_simulations=39, **options)


def test_four_rows_by_hand():
    # Bins of width 1/2 of the confidence: all four are in the upper one.
    y_prob = [[0.9, 0.1], [0.6, 0.4], [0.3, 0.7], [0.2, 0.8]]
    found = quick([0, 1, 1, 1], y_prob, n_bins=2, strategy="uniform")
    assert found.mean_confidence == pytest.approx(0.75)
    assert found.accuracy == 0.75
    assert found.error == pytest.approx(0)
    # In quarters: 0.6 and 0.7 are right in 1 of 2, 0.9 and 0.8 in 2 of 2.
    found = quick([0, 1, 1, 1], y_prob, n_bins=4, strategy="uniform")
    assert found.error == pytest.approx((0.15 * 2 + 0.15 * 2) / 4)
    # Class 1: 0.1 and 0.2... said (0.1), (0.4), (0.7), (0.8) and happened 0, 1, 1, 1.
    assert found.class_error[1] == pytest.approx((0.1 + 0.6 + 0.5) / 4)
    np.testing.assert_allclose(found.class_error[0], found.class_error[1])
    np.testing.assert_allclose(found.class_probability, [0.5, 0.5])
    np.testing.assert_allclose(found.class_share, [0.25, 0.75])


@pytest.mark.parametrize("strategy", ["uniform", "quantile"])
def test_the_bins_are_scikit_learns(strategy):
    rng = np.random.default_rng(0)
    p = confidences(rng, 300)
    y = rng.random(300) < p**2
    bins = binned(p, y, bin_of(p, 7, strategy))
    happened, said = calibration_curve(y, p, n_bins=7, strategy=strategy)
    np.testing.assert_allclose(bins.happened, happened)
    np.testing.assert_allclose(bins.said, said)
    found = quick(y, p, n_bins=7, strategy=strategy)
    weights = bins.n_rows / 300
    assert found.class_error[1] == pytest.approx(weights @ abs(happened - said))
    assert found.error == pytest.approx(found.class_error[1])  # p is above 1/2


def test_the_error_without_chance_is_the_one_by_simulated_gaps():
    rng = np.random.default_rng(1)
    p = confidences(rng, 400)
    bins = binned(p, rng.random(400) < p - 0.03, bin_of(p, 10, "quantile"))
    found = expected_calibration_error(bins, 0.95)
    share = (bins.n_rows * bins.happened + 1) / (bins.n_rows + 2)
    spread = np.sqrt(share * (1 - share) / bins.n_rows)
    gaps = bins.said - bins.happened + spread * rng.normal(size=(200_000, 10))
    plain = abs(bins.said - bins.happened).mean()  # all bins have forty rows
    assert found.error == pytest.approx(plain)
    assert found.debiased == pytest.approx(2 * plain - abs(gaps).mean(), abs=2e-4)
    assert found.low < found.debiased < found.error < found.high


TRUTHS = {
    "right": lambda p: p,
    "too sure": lambda p: 1 / (1 + (1 / p - 1) ** 0.6),
    "one part wrong": lambda p: np.where(p > 0.95, p - 0.15, p),
    "a little": lambda p: p - 0.02,
}


@pytest.mark.parametrize("name", TRUTHS)
@pytest.mark.parametrize("n_rows", [80, 800])
def test_the_interval_holds_the_true_error_of_its_bins(name, n_rows):
    rng = np.random.default_rng(2)
    n_bins, held = number_of_bins(None, n_rows), []
    for _ in range(300):
        p = confidences(rng, n_rows)
        truth = TRUTHS[name](p)
        bins = bin_of(p, n_bins, "quantile")
        true = binned(p, truth, bins)
        error = true.n_rows @ abs(true.said - true.happened) / n_rows
        found = expected_calibration_error(
            binned(p, rng.random(n_rows) < truth, bins), 0.95
        )
        held.append(found.low <= error <= found.high)
    assert np.mean(held) > 0.95 - 3 * np.sqrt(0.05 * 0.95 / 300)


def test_the_level_of_the_test_is_exact():
    rng = np.random.default_rng(3)
    p_values = []
    for number in range(250):
        y_prob = rng.dirichlet([1, 1, 1], size=30)
        found = calibration_error(
            labels(rng, y_prob), y_prob, classes=range(3), n_simulations=19,
            random_state=number,
        )  # fmt: skip
        p_values.append((found.p_value, *found.p_values.values()))
    for p in np.transpose(p_values):
        for level in (0.05, 0.2, 0.5):
            error = np.sqrt(level * (1 - level) / 250)
            # Ties make it smaller, never larger.
            assert (p <= level).mean() < level + 3.5 * error
    combined = np.array(p_values)[:, 0]
    assert (combined <= 0.2).mean() > 0.2 - 4 * np.sqrt(0.16 / 250)


@pytest.mark.parametrize(
    ("power", "word"), [(1.8, "too sure"), (0.5, "too cautious"), (1.0, "no sign")]
)
def test_the_verdict_says_which_way_it_is_wrong(power, word):
    rng = np.random.default_rng(4)
    truth = rng.dirichlet([1, 1, 1], size=1500)
    y_true = labels(rng, truth)
    found = quick(y_true, tempered(truth, power), random_state=0)
    assert word in found.verdict
    assert found.concern == (power != 1)
    low, high = found.overconfidence_interval
    assert low < found.overconfidence < high
    assert (low > 0) == (power > 1)
    assert (high < 0) == (power < 1)


def test_wrong_classes_are_found_where_the_likeliest_is_right():
    rng = np.random.default_rng(5)
    truth = np.tile([0.6, 0.3, 0.1], (1500, 1))
    names = np.array(["a", "b", "c"])
    found = quick(names[labels(rng, truth)], truth[:, [0, 2, 1]])
    assert found.concern
    assert "single classes are wrong" in found.verdict
    assert found.p_values["classes"] < min(
        found.p_values["mean"], found.p_values["confidence"]
    )
    assert found.class_debiased.argmax() in (1, 2)


def test_errors_up_and_down_are_found_where_the_mean_is_right():
    rng = np.random.default_rng(11)
    p = np.repeat([0.6, 0.9], 1000)
    found = quick(rng.random(2000) < np.repeat([0.7, 0.8], 1000), p)
    assert found.concern
    assert "off by" in found.verdict
    assert "up or down" in found.verdict
    low, high = found.overconfidence_interval
    assert low < 0 < high
    assert found.debiased == pytest.approx(0.1, abs=0.02)


def test_few_rows_tell_nothing_and_a_small_error_does_not_matter():
    rng = np.random.default_rng(6)
    truth = rng.dirichlet([1, 1], size=20)
    few = quick(labels(rng, truth), truth, classes=[0, 1])
    assert few.concern is None
    assert "too few rows to tell" in few.verdict
    p = confidences(rng, 100_000)
    y = rng.random(100_000) < p - 0.006
    many = quick(y, p)
    assert many.p_value < 0.05
    assert many.interval[1] > 0.006
    assert quick(y, p, tolerance=0.05).concern is False
    assert "does not matter" in quick(y, p, tolerance=0.05).verdict
    assert quick(y, p, tolerance=0.001).concern is True


def test_chance_alone_makes_the_expected_error():
    rng = np.random.default_rng(7)
    p = confidences(rng, 200)
    errors = [
        quick(rng.random(200) < p, p, random_state=number).error for number in range(60)
    ]
    expected = quick(rng.random(200) < p, p).expected
    assert expected == pytest.approx(np.mean(errors), rel=0.15)


def test_forms_of_the_same_predictions_give_the_same_numbers():
    rng = np.random.default_rng(8)
    p = rng.random(120)
    y = (rng.random(120) < p).astype(int)
    two = np.stack([1 - p, p], axis=1)
    draws = np.stack([two - 0.2 * two * (1 - two), two + 0.2 * two * (1 - two)], axis=1)
    draws[..., 0] = 1 - draws[..., 1]
    text = np.array(["no", "yes"])[y]
    reference = quick(y, p)
    for y_true, y_prob, options in [
        (y, two, {}),
        (y, draws, {}),
        (y[:, None], two.tolist(), {}),
        (text, two, {}),
        (text, two[:, ::-1], {"classes": ["yes", "no"]}),
    ]:
        found = quick(y_true, y_prob, **options)
        assert found.error == pytest.approx(reference.error)
        assert found.p_values["confidence"] == reference.p_values["confidence"] or (
            "classes" in options
        )
    reordered = quick(text, two[:, ::-1], classes=["yes", "no"])
    np.testing.assert_allclose(reordered.class_error, reference.class_error[::-1])


def test_columns_of_a_frame_belong_to_the_labels_they_are_named_like():
    rng = np.random.default_rng(9)
    y_prob = rng.dirichlet([3, 2, 1], size=90)
    names = np.array(["disc", "halo", "relic"])
    y_true = names[labels(rng, y_prob)]
    reference = quick(y_true, y_prob)
    frame = pd.DataFrame(y_prob, columns=names)[["relic", "disc", "halo"]]
    for y, prob in [(y_true, frame), (np.array(["relic"] * 90), frame)]:
        found = quick(y, prob)
        assert found.classes.tolist() == ["relic", "disc", "halo"]
    assert quick(y_true, frame).error == pytest.approx(reference.error)
    # Columns that are only numbered, or named otherwise, are in ascending order.
    for columns in (None, list("pqr")):
        found = quick(y_true, pd.DataFrame(y_prob, columns=columns))
        assert found.classes.tolist() == names.tolist()
        assert found.error == pytest.approx(reference.error)
    with pytest.raises(ValueError, match="in the order of the columns of y_prob"):
        quick(y_true, frame, classes=names)


@settings(max_examples=30)
@given(st.integers(5, 60), st.integers(2, 4), st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_that_of_classes_matters(n, n_classes, random):
    rng = np.random.default_rng(random.getrandbits(32))
    y_prob = rng.dirichlet(np.ones(n_classes), size=n)
    y_true = labels(rng, y_prob)
    found = calibration_error(y_true, y_prob, classes=range(n_classes), n_simulations=1)
    rows, order = rng.permutation(n), rng.permutation(n_classes)
    other = calibration_error(
        y_true[rows], y_prob[rows][:, order], classes=order, n_simulations=1
    )
    for name in ("error", "debiased", "overconfidence"):
        assert getattr(other, name) == pytest.approx(getattr(found, name), abs=1e-9)
    np.testing.assert_allclose(other.class_error, found.class_error[order], atol=1e-9)
    low, high = found.interval
    assert 0 <= low <= found.debiased <= min(found.error, high)


def test_the_same_seed_gives_the_same_result_and_arguments_stay():
    rng = np.random.default_rng(9)
    y_prob = rng.dirichlet([1, 1, 1], size=50)
    y_true = labels(rng, y_prob)
    y_prob.setflags(write=False)
    y_true.setflags(write=False)
    first, second = (quick(y_true, y_prob, random_state=3) for _ in range(2))
    assert first.to_dict() == second.to_dict()
    assert json.loads(json.dumps(first.to_dict()))["verdict"] == str(first)


def test_the_table_has_a_row_for_the_likeliest_and_for_each_class():
    pytest.importorskip("pandas")
    rng = np.random.default_rng(10)
    y_prob = rng.dirichlet([1, 1, 1], size=90)
    found = quick(labels(rng, y_prob), y_prob)
    frame = found.to_frame()
    assert frame["of"].tolist() == ["the likeliest class", "0", "1", "2"]
    assert frame["error"].tolist() == [found.error, *found.class_error]
    assert frame.loc[0, "low"] == found.interval[0]
    assert frame.loc[2, "high"] == found.class_interval[1, 1]


def test_an_interval_stays_within_what_an_error_can_be():
    bins = binned(np.ones(3), np.zeros(3), np.zeros(3, dtype=int))
    found = expected_calibration_error(bins, 0.95)
    assert isinstance(found, Estimate)
    assert found.error == 1
    assert 0 <= found.low <= found.high <= 1


P = [[0.2, 0.8], [0.6, 0.4]]


@pytest.mark.parametrize(
    ("y_true", "y_prob", "options", "error", "message"),
    [
        ([0, 1, 1], P, {}, ValueError, "same number of rows, got 3 and 2"),
        ([0, 0], P, {}, ValueError, "2 columns, but y_true has 1 different labels"),
        ([0, 1], [[0.5] * 3] * 2, {}, ValueError, r"got sums from 1.5 to 1.5"),
        ([0, 1], [[2, -1]] * 2, {}, ValueError, r"\], got values from -1 to 2"),
        ([0, 1], [np.nan, 1], {}, ValueError, "got values from nan"),
        ([0, 1], [[1], [1]], {}, ValueError, "at least two classes, got one"),
        ([0, 1], [["a", "b"]] * 2, {}, ValueError, "y_prob of calibration_error"),
        ([0, 1], np.ones((2, 1, 1, 1)), {}, ValueError, r"got \(2, 1, 1, 1\)"),
        ([], np.ones((0, 2)), {}, ValueError, r"at least one row, got \(0, 2\)"),
        ([0, 1], 0.5, {}, ValueError, r"got \(\)"),
        ([0, None], P, {}, ValueError, "y_true of calibration_error.*row 1 has None"),
        ([0, "b"], np.eye(2), {"classes": [0, 1]}, TypeError, "y_true .* int and str"),
        ([[0, 1]] * 2, P, {}, ValueError, "one label per row"),
        ([0, 1], P, {"classes": [0, 1, 2]}, ValueError, "2 columns .* got 3 labels"),
        ([0, 1], P, {"classes": [0, 0]}, ValueError, "must be different labels"),
        ([0, 2], P, {"classes": [0, 1]}, ValueError, "hold labels of classes, got 2"),
        ([0, 1], P, {"n_bins": 0}, ValueError, "n_bins of calibration_error .* got 0"),
        ([0, np.nan], P, {}, ValueError, "y_true of .* NaN, but row 1"),
        ([0j, 1j], P, {}, ValueError, "y_true of calibration_error .* dtype complex"),
        ([0, 1], P, {"n_bins": 10**30}, ValueError, "from 1 to 10000, got 1e"),
        ([0, 1], P, {"n_bins": 2.5}, TypeError, "n_bins of calibration_error"),
        ([0, 1], P, {"strategy": "kmeans"}, ValueError, "'uniform' or 'quantile', got"),
        ([0, 1], P, {"level": 0}, ValueError, "level of .* both excluded, got 0"),
        ([0, 1], P, {"level": "5%"}, TypeError, "level of calibration_error"),
        ([0, 1], P, {"tolerance": -1}, ValueError, "tolerance of calibration_error"),
        ([0, 1], P, {"n_simulations": 0}, ValueError, "n_simulations of"),
        ([0, 1], P, {"n_simulations": 10**30}, ValueError, "n_simulations of"),
        ([0, 1], P, {"random_state": "x"}, TypeError, "random_state of"),
    ],
)  # fmt: skip
def test_what_cannot_be_right_is_refused(y_true, y_prob, options, error, message):
    with pytest.raises(error, match=message):
        calibration_error(y_true, y_prob, **options)
