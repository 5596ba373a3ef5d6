import numpy as np
import pytest
from scipy import stats

from skbal.audit._report._checks._score import CHECK, interval
from skbal.audit._report._source import DoesNotApply, NotChecked, Source


class Constant:
    """A fitted model that predicts what it is given."""

    def __init__(self, predicted, kind="classes"):
        self.predicted = predicted
        if kind == "classes":
            self.classes_ = np.unique(predicted)

    def predict(self, X):
        return np.asarray(self.predicted)[X]


def score(predicted, y, kind="classes"):
    model = Constant(predicted, kind)
    return CHECK.run(Source("learner", model, X_test=np.arange(len(y)), y_test=y))


def test_rows_that_are_right_are_counted_by_hand():
    result = score(["a", "a", "b", "b", "b"], ["a", "b", "b", "b", "b"])
    assert (result.n_rows, result.n_right, result.accuracy) == (5, 4, 0.8)
    assert result.classes == ("a", "b")
    assert result.class_rows.tolist() == [1, 4]
    assert result.class_right.tolist() == [1, 3]
    assert (result.most_common, result.baseline) == ("b", 0.8)
    assert result.concern  # not shown to be better than "b" always
    assert "4 of 5 test rows (80.0%" in result.verdict
    assert result.to_frame()["share_right"].tolist() == [1, 0.75]


def test_labels_may_be_strings_in_an_array_of_objects():
    y = np.array(["a", "b", "b", "b", "b"], dtype=object)  # as from pandas
    result = score(["a", "a", "b", "b", "b"], y)
    assert result.to_dict() == score(["a", "a", "b", "b", "b"], y.astype(str)).to_dict()
    assert result.most_common == "b"


@pytest.mark.parametrize("kind", [float, bool])
def test_labels_of_another_type_are_the_same_labels(kind):
    # A test set from a frame with a missing value elsewhere has 1.0 for 1.
    y = np.array([0, 1, 1, 0, 1])
    result = score([0, 1, 1, 1, 1], y.astype(kind))
    assert (result.n_right, result.class_right.tolist()) == (4, [1, 3])
    assert score(np.array([0, 1, 1, 1, 1]).astype(kind), y).n_right == 4


def test_labels_of_another_kind_are_no_labels_that_were_missed():
    message = "y_test of audit_report must hold labels like .* such as 0, got '0'"
    with pytest.raises(TypeError, match=message):
        score([0, 1], ["0", "1"])


@pytest.mark.parametrize(("k", "n"), [(0, 5), (3, 10), (10, 10), (912, 1000)])
def test_the_interval_is_that_of_wilson(k, n):
    z, p = stats.norm.ppf(0.975), k / n
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert interval(k, n) == pytest.approx((centre - half, centre + half), abs=1e-12)


def test_a_model_that_is_surely_better_than_a_constant_is_no_concern():
    y = np.arange(40) % 2
    assert score(y, y).concern is False
    assert score(np.zeros(40, int), y).concern


def test_errors_of_numbers_have_students_interval(monkeypatch):
    rng = np.random.default_rng(0)
    y = rng.normal(size=30)
    predicted = y + rng.normal(scale=0.3, size=30)
    monkeypatch.setattr(Source, "task", "numbers")
    result = score(predicted, y, "numbers")
    errors = np.abs(predicted - y)
    expected = stats.t.interval(0.95, 29, errors.mean(), stats.sem(errors))
    assert (result.low, result.high) == pytest.approx(expected)
    assert result.baseline == pytest.approx(np.abs(y - y.mean()).mean())
    gain = np.abs(y - y.mean()) - errors
    found = stats.ttest_1samp(gain, 0).confidence_interval(0.95)
    assert (result.gain_low, result.gain_high) == pytest.approx(found)
    assert result.concern is False
    assert score(np.full(30, y.mean()), y, "numbers").concern
    assert result.to_frame()["mean_absolute_error"].tolist() == [
        result.error,
        result.baseline,
    ]


def test_shares_of_votes_leave_rows_without_votes_out(monkeypatch):
    monkeypatch.setattr(Source, "task", "votes")
    votes = np.array([[1, 4], [3, 4], [0, 0]])
    result = score([0.25, 0.5, 0.9], votes, "votes")
    assert (result.n_rows, result.error) == (2, 0.125)
    assert "share of yes votes" in result.verdict


def test_without_test_rows_or_a_model_it_says_what_is_missing(monkeypatch):
    with pytest.raises(NotChecked, match="no test rows"):
        CHECK.run(Source("learner", Constant([0, 1])))
    with pytest.raises(NotChecked, match="No model was trained"):
        CHECK.run(Source("campaign"))
    monkeypatch.setattr(Source, "task", "counts")
    with pytest.raises(DoesNotApply):
        score([0], [[1, 2, 0]])
