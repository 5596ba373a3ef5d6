"""What every experiment that skbal declares has, and that its quick version runs."""

import json

import numpy as np
import pytest

from skbal.experiments import (
    ExperimentUnit,
    Reproduction,
    list_experiments,
    load_experiment,
)
from skbal.experiments._catalogue import _digits

EXPERIMENTS = [load_experiment(name) for name in list_experiments()]
# So that a unit takes a second: the settings of a test, where an experiment has them.
SMALL = {
    "n_labels": 30,
    "max_epochs": 1,
    "n_draws": 10,
    "pool_subsample": 50,
    "n_per_class": 2,
    "n_rows": 6,
    "n_repetitions": 12,
    "n_draws_shown": [3, 10],
    "n_best": 2,
    "n_images": 100,
    "n_valid": 20,
    "epoch_size": 64,
    "n_pool": 10,
    "n_rare": 4,
    "n_target": 10,
    "n_classes": 5,
    "n_configurations": 80,
    "n_test": 20,
    "n_queries": 1,
    "n_steps": {"16": 2, "32": 1},
    "steps": [2, 4],
    "max_steps": 2,
    "n_members": 2,
    "sine_steps": 2,
    "n_galaxies": 100,
    "training_steps": {"smooth": 2, "bar": 2, "spiral": 2},
    "n_queries_penalty": 1,
    "n_queries_to_target": 1,
    "max_steps_penalty": 2,
}
SMALL_OF = {
    "epig": {"n_valid": 2},  # of each digit
    "fewlabels": {"n_pool": 300},  # more than its features
    "glyphs": {
        "ways": {
            "as EMNIST": {"n_first": 10},
            "small pool": {"n_first": 10, "n_images": 25},
            "each class": {"n_per_class": 1, "n_images": 25},
        }
    },
}


def small(experiment):
    sized = experiment.sized(quick=True)
    changed = {**SMALL, **SMALL_OF.get(experiment.name, {})}
    return {**sized, **{k: v for k, v in changed.items() if k in sized}}


@pytest.fixture(scope="module")
def few_digits():
    def some_digits(folder, settings):
        X, y, X_test, y_test = _digits.load_digits(folder, settings)
        return X[:300], y[:300], X_test[:50], y_test[:50]

    return some_digits


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: e.name)
def test_it_says_what_it_is(experiment):
    assert load_experiment(experiment.name) is experiment
    assert experiment.question.endswith(("?", "."))
    assert experiment.title[0].isupper()
    assert all(sentence.endswith(".") for sentence in experiment.differences)
    json.dumps(experiment.sized(quick=True))  # plain data
    assert experiment.sized() != experiment.sized(quick=True)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: e.name)
def test_each_arm_runs_and_the_figure_and_the_table_show_it(experiment, few_digits):
    settings = small(experiment)
    load = few_digits if "digits" in settings else experiment.load
    data = load(None, settings)
    units = []
    for arm, part in experiment.arms.items():
        unit = ExperimentUnit(arm, part, 0, settings, data)
        result = experiment.run(unit)
        assert json.loads(json.dumps(result)) == result
        units.append({"arm": arm, "seed": 0, "result": result})
    found = Reproduction(experiment, units, [], quick=True)
    header, rows = found.table()
    assert rows
    assert {len(row) for row in rows} == {len(header)}
    figures = [found.plot(which=which) for which in experiment.figures()]
    lines = [len(ax.lines) for figure in figures for ax in figure.axes]
    assert sum(lines) >= len(experiment.arms)


def test_published_curves_stand_behind(tmp_path):
    experiment = load_experiment("gal2017")
    name = "bb__mnist_independent_bald_k100_b10"
    curves = {f"{name}__n": [[20.0, 30.0]] * 2, f"{name}__acc": [[0.5, 0.6], [0.7, 1]]}
    np.savez(tmp_path / "reference_curves.npz", **curves)
    figure = Reproduction(experiment, [], []).plot(data=tmp_path)
    [line] = [
        line for line in figure.axes[0].lines if "Kirsch" in str(line.get_label())
    ]
    assert line.get_xdata().tolist() == [0, 10]  # acquired after the first 20
    assert line.get_ydata().tolist() == [0.6, 0.8]
