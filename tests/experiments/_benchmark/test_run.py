import json
import re

import joblib
import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_iris
from sklearn.linear_model import BayesianRidge, LogisticRegression

from skbal.experiments import BenchmarkResult, benchmark
from skbal.query import Margin, MaxEntropy, PredictiveVariance

IRIS = load_iris(return_X_y=True)
MODEL = LogisticRegression()
SMALL = {"model": MODEL, "n_repeats": 2, "n_queries": 2, "n_instances": 5}
FILE = "benchmark-logisticregression.jsonl"


def arms(folder):
    """Return the units of a file as pairs, in the order in which they were made."""
    lines = map(json.loads, (folder / FILE).read_text().splitlines())
    return [(line["arm"], line["seed"]) for line in lines if "arm" in line]


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """Return a folder of runs, and their result."""
    folder = tmp_path_factory.mktemp("runs")
    return folder, benchmark(["Margin"], ["iris", "wine"], output=folder, **SMALL)


def test_runs_go_repeat_by_repeat_with_the_reference_last(done):
    folder, _ = done
    once = ["iris | Margin", "iris | Random", "wine | Margin", "wine | Random"]
    assert arms(folder) == [(arm, 0) for arm in once] + [(arm, 1) for arm in once]


def test_a_benchmark_that_was_stopped_goes_on(done, tmp_path):
    folder, result = done
    lines = (folder / FILE).read_text().splitlines(keepends=True)
    (tmp_path / FILE).write_text("".join(lines[:4]) + lines[4][:30])
    again = benchmark(["Margin"], ["iris", "wine"], output=tmp_path, **SMALL)
    assert arms(tmp_path) == arms(folder)
    np.testing.assert_array_equal(again.mean_areas, result.mean_areas)


def test_a_new_strategy_and_a_new_repeat_make_only_their_runs(done, tmp_path):
    folder, result = done
    (tmp_path / FILE).write_text((folder / FILE).read_text())
    own = {"mine": MaxEntropy()}
    found = benchmark(own, ["iris", "wine"], output=tmp_path, **SMALL)
    new = arms(tmp_path)[len(arms(folder)) :]
    assert new == [(f"{t} | mine", r) for r in (0, 1) for t in ("iris", "wine")]
    assert found.strategies == ["mine", "Random", "Margin"]  # the file has Margin
    column = found.strategies.index("Margin")
    np.testing.assert_array_equal(found.mean_areas[:, column], result.mean_areas[:, 0])
    three = benchmark(
        own, ["iris", "wine"], output=tmp_path, **{**SMALL, "n_repeats": 3}
    )
    assert three.n_repeats == 3
    assert three.incomplete == ("Margin",)


def test_without_a_folder_and_with_two_workers_the_numbers_are_the_same(done):
    _, result = done
    with joblib.parallel_config(backend="threading"):
        found = benchmark(["Margin"], ["iris", "wine"], n_jobs=2, **SMALL)
    np.testing.assert_array_equal(found.mean_areas, result.mean_areas)


def test_tables_and_models_of_your_own_are_taken():
    table = {"sugar": load_diabetes(return_X_y=True)}
    settings = {**SMALL, "model": BayesianRidge(), "most_rows": 100}
    found = benchmark([PredictiveVariance()], table, **settings)
    assert found.tables == ["sugar"]
    assert found.strategies == ["PredictiveVariance", "Random"]
    assert found.n_labels == {"sugar": 10}
    assert (found.mean_areas < 0).all()  # minus a root mean squared error


def test_another_table_or_strategy_of_the_same_name_is_an_error(done):
    folder, _ = done
    X, y = IRIS
    with pytest.raises(ValueError, match="another table 'iris'"):
        benchmark(["Margin"], {"iris": (2 * X, y)}, output=folder, **SMALL)
    other = {"Margin": Margin(n_draws=7)}
    with pytest.raises(ValueError, match="another strategy 'Margin' of the same name"):
        benchmark(other, ["iris"], output=folder, **SMALL)


def test_a_table_of_ones_own_in_another_order_is_another_table(tmp_path):
    X, y = IRIS
    benchmark(["Margin"], {"mine": (X, y)}, output=tmp_path, **SMALL)
    benchmark(["Margin"], {"mine": (X.copy(), y)}, output=tmp_path, **SMALL)
    for other in ((X, y[::-1]), (X[::-1], y)):
        with pytest.raises(ValueError, match="another table 'mine'"):
            benchmark(["Margin"], {"mine": other}, output=tmp_path, **SMALL)


def test_runs_of_other_settings_are_an_error(done):
    folder, _ = done
    with pytest.raises(ValueError, match="n_first was 2 and is 3"):
        benchmark(["Margin"], ["iris"], output=folder, n_first=3, **SMALL)


def test_the_file_can_be_read_alone(done):
    folder, result = done
    found = BenchmarkResult.load(folder / FILE)
    assert found.tables == result.tables
    np.testing.assert_array_equal(found.mean_areas, result.mean_areas)
    one = BenchmarkResult.load(folder / FILE, "Margin", n_repeats=1)
    assert (one.n_repeats, one.reference) == (1, "Margin")
    text = (folder / FILE).read_text()
    assert str(folder) not in text
    assert '"command": "skbal benchmark logisticregression"' in text


@pytest.mark.parametrize(("given", "message"), [
    ({"strategies": "Margin"}, "strategies of benchmark must be a dict of names"),
    ({"strategies": ["Margni"]}, "strategies of benchmark must be .*Margin"),
    ({"strategies": [Margin(), "Margin"]}, "different names, got 'Margin' twice"),
    ({"strategies": {"a": Margin}}, "for 'a' must be a query strategy such as"),
    ({"strategies": {"a | b": Margin()}}, r"strings without '\|' as names, got 'a"),
    ({"reference": "random"}, "reference of benchmark must be the name of one"),
    ({"tables": []}, "tables of benchmark must be a list of names or a dict"),
    ({"tables": ["irsi"]}, "tables of benchmark must be .*iris"),
    ({"tables": {"t": IRIS[0]}}, r"'t' must be a pair \(X, y\), got ndarray"),
    ({"tables": {"t": (IRIS[0], [1])}}, r"got \(150, 4\) and \(1,\)"),
    ({"tables": {"t": ([["a"]], [1])}}, "with finite numbers as X, got <U1 values"),
    ({"model": "tree"}, "model of benchmark must be 'forest', .* got 'tree'"),
    ({"model": LogisticRegression}, "estimator of benchmark must be .*got the class"),
    ({"n_queries": 0}, "n_queries of benchmark must be an integer >= 1, got 0"),
    ({"scoring": len}, "scoring of benchmark must be the name of a scorer or None"),
    ({"scoring": "accurcy"}, "Did you mean 'accuracy'"),
])  # fmt: skip
def test_errors_name_the_argument(given, message):
    with pytest.raises((TypeError, ValueError)) as error:
        benchmark(**{"strategies": ["Margin"], "tables": ["iris"], **given})
    assert re.search(message, str(error.value))


@pytest.mark.parametrize(("y", "message"), [
    ([None] * 150, "with a label in each row, got None in row 0"),
    ([0.0, np.nan] * 75, "with a label in each row, got nan in row 1"),
    ([7] * 150, r"with two classes or more, got \[7\] only"),
    (IRIS[0][:, 0], "benchmark for 't' is refused: Unknown label type: continuous"),
])  # fmt: skip
def test_labels_of_ones_own_must_be_classes(y, message):
    with pytest.raises(ValueError, match=message):
        benchmark(["Margin"], {"t": (IRIS[0], y)})


@pytest.mark.parametrize(("y", "message"), [
    (["a", "b"] * 75, "with numbers as y for a model of regression"),
    ([0.0, np.nan] * 75, "with a label in each row, got nan in row 1"),
    ([3] * 150, "that are not all equal, got 3 to 3"),
    ([np.inf, 1] * 75, "with finite numbers as y .* got 1 to inf"),
])  # fmt: skip
def test_labels_of_ones_own_must_be_numbers_for_a_regressor(y, message):
    with pytest.raises(ValueError, match=message):
        benchmark(["PredictiveVariance"], {"t": (IRIS[0], y)}, model="fourier")
