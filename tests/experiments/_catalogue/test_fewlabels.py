import json
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import log_loss

from skbal.datasets import load_mnist_5k
from skbal.experiments import ExperimentUnit, Reproduction, load_experiment
from skbal.experiments._catalogue._fewlabels import (
    calibration_error,
    largest_fall,
    score_with,
    scores_of,
)

FEW = load_experiment("fewlabels")
SMALL = {**FEW.sized(quick=True), "n_pool": 150, "n_asked": 16, "n_pool_random": 150}


@pytest.fixture(scope="module")
def data():
    X, y = load_mnist_5k(return_X_y=True)
    return X[:250], y[:250], X[250:300], y[250:300]


def result(arm, data, seed=0):
    return FEW.run(ExperimentUnit(arm, FEW.arms[arm], seed, SMALL, data))


def published(arm, n_labels):
    [number] = [
        n.value
        for n in FEW.published
        if (n.arm, n.measure) == (arm, f"accuracy, {n_labels} random labels, %")
    ]
    return number


def test_the_published_numbers_are_those_of_the_table():
    assert published("Poisson learning, random", 10) == 90.2
    assert published("Poisson learning, random", 200) == 96.3
    assert published("Laplace learning, random", 20) == 28.2
    assert published("Laplace learning, random", 50) == 69.5
    assert all(n.n_seeds == 100 for n in FEW.published)


def test_labels_are_asked_for_once_and_test_images_never_enter(data):
    found = result("field, asked", data)
    assert len(set(found["rows"])) == len(found["rows"]) == 16
    assert max(found["rows"]) < 150  # rows of the pool
    assert list(found["scores"]) == ["12", "14", "16"]
    X, y, X_test, y_test = data
    others = result("field, asked", (X, y, X_test[:20], y_test[:20]))
    assert others["rows"] == found["rows"]


def test_the_whole_pool_is_asked_of_all_training_images(data):
    found = result("field, asked, whole pool", data)
    assert len(found["rows"]) == 16
    assert max(found["rows"]) >= 150
    # What the pool leaves out of 250 images does not matter: it leaves out none.
    smaller = {**SMALL, "n_pool": 200}
    arm = "field, asked, whole pool"
    again = FEW.run(ExperimentUnit(arm, FEW.arms[arm], 0, smaller, data))
    assert again["scores"] == found["scores"]


def test_the_order_of_questions_does_not_depend_on_the_answers(data):
    X, y, *test = data
    other_digits = np.array([3, 1, 4, 0, 5, 9, 2, 6, 8, 7])[y]
    found = result("field, asked", (X, other_digits, *test))
    assert found["rows"] == result("field, asked", data)["rows"]


def test_random_labels_are_balanced_and_not_scored(data):
    seen = []

    def guess(graph, points, rows, labels):
        seen.append(labels)
        wrong = np.full(len(points), -1)
        wrong[rows] = labels  # right at the labels only
        return wrong

    part = FEW.arms["field, random"].func
    unit = ExperimentUnit("field, random", None, 0, SMALL, data)
    found = part(unit, predict=guess)["scores"]
    assert [np.bincount(labels).tolist() for labels in seen] == [[1] * 10, [2] * 10]
    assert found == {"10": {"accuracy": 0.0}, "20": {"accuracy": 0.0}}


def test_scores_are_those_of_the_probabilities():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(10), 300)
    y = rng.integers(0, 10, 300)
    model = SimpleNamespace(classes_=np.arange(10), predict_proba=lambda X: X)
    found = scores_of(model, probabilities, y)
    assert found["nll"] == pytest.approx(
        log_loss(y, probabilities, labels=range(10)), abs=1e-6
    )
    right = probabilities.argmax(axis=1) == y
    assert found["accuracy"] == pytest.approx(right.mean(), abs=1e-6)
    assert found["ece"] == pytest.approx(error_by_loop(probabilities, right), abs=1e-6)


def error_by_loop(probabilities, right):
    """Return the calibration error, bin by bin."""
    confidence = probabilities.max(axis=1)
    error = 0.0
    for k in range(15):
        inside = (confidence >= k / 15) & (confidence < (k + 1) / 15)
        if inside.any():
            gap = abs(confidence[inside].mean() - right[inside].mean())
            error += gap * inside.mean()
    return error


def test_full_confidence_is_in_the_last_bin():
    certain = np.eye(10)[[0, 1, 2, 3]]
    assert calibration_error(certain, np.array([0, 1, 2, 9])) == pytest.approx(0.25)


def test_a_digit_without_a_label_counts_as_nearly_impossible():
    model = SimpleNamespace(
        classes_=np.array([0, 1]), predict_proba=lambda X: np.array([[0.5, 0.5]])
    )
    found = scores_of(model, np.zeros((1, 2)), np.array([7]))
    assert found["nll"] == pytest.approx(6 * np.log(10), abs=1e-6)


def test_measures_are_read_from_a_result():
    scores = {"12": 0.9, "14": 0.8, "16": 0.95, "18": 0.9}
    found = {"scores": {n: {"accuracy": value} for n, value in scores.items()}}
    assert score_with(14, "accuracy", 100)(found) == pytest.approx(80)
    assert np.isnan(score_with(20, "accuracy")(found))
    assert largest_fall(found) == pytest.approx(10)


def test_arms_have_their_own_measures():
    [asked] = [m for m in FEW.measures if m.name == "accuracy, 12 labels asked for, %"]
    [drawn] = [m for m in FEW.measures if m.name == "accuracy, 10 random labels, %"]
    assert [arm for arm in FEW.arms if asked.belongs_to(arm)] == list(FEW.arms)[:4]
    assert [arm for arm in FEW.arms if drawn.belongs_to(arm)] == list(FEW.arms)[4:]


def test_the_figure_has_the_published_means(data):
    units = [
        {"arm": arm, "seed": 0, "result": result(arm, data)}
        for arm in ("field, random", "Poisson learning, random")
    ]
    assert json.loads(json.dumps(units)) == units
    [ax] = Reproduction(FEW, units, []).plot().axes
    crosses = [line for line in ax.lines if line.get_marker() == "x"]
    assert list(crosses[0].get_ydata())[:2] == [90.2, 93.6]
