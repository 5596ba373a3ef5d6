import numpy as np
import pytest

from skbal.experiments import ExperimentUnit, Reproduction, load_experiment
from skbal.experiments._catalogue import _powerbald
from skbal.experiments._catalogue._powerbald import STRATEGIES, curve_name
from skbal.query import PowerBALD, SoftrankBALD

POWER = load_experiment("powerbald")


def published(arm, measure):
    [number] = [n for n in POWER.published if (n.arm, n.measure) == (arm, measure)]
    return number.value


def test_each_strategy_is_run_with_one_and_with_four_copies():
    assert len(POWER.arms) == 2 * len(STRATEGIES) == 18
    assert POWER.arms["PowerBALD 4, 4 copies"] == ("PowerBALD 4", 4)


def test_the_published_numbers_are_those_of_the_runs():
    assert published("PowerBALD 4", "labels to 95%") == 196
    assert published("PowerBALD 8, 4 copies", "labels to 90%") == 92
    with_300 = "accuracy with 300 labels"
    assert published("BALD, 4 copies", with_300) < published(
        "Random, 4 copies", with_300
    )
    assert published("BALD", with_300) > published("Random", with_300)


@pytest.mark.parametrize(
    ("arm", "kind", "beta"),
    [("PowerBALD 8", PowerBALD, 8), ("SoftrankBALD 1, 4 copies", SoftrankBALD, 1)],
)
def test_an_arm_asks_with_its_beta_and_noisy_copies(monkeypatch, arm, kind, beta):
    seen = []
    monkeypatch.setattr(
        _powerbald,
        "curve_of",
        lambda unit, rows, strategy: seen.append((rows, strategy)),
    )
    X = np.random.default_rng(0).random((9, 784), dtype=np.float32)
    data = X[:7], np.arange(7), X[7:], np.arange(2)
    settings = {"n_valid": 2, "n_images": 3, "noise": 0.1, "n_draws": 7}
    POWER.run(ExperimentUnit(arm, POWER.arms[arm], 0, settings, data))
    [(rows, strategy)] = seen
    assert type(strategy) is kind
    assert (strategy.beta, strategy.n_draws) == (beta, 7)
    n_copies = POWER.arms[arm][1]
    assert len(rows.X) == 3 * n_copies
    # Also a single copy has noise: its pixels differ from those of the images.
    whole = (X[:7] - X[:7].mean()) / X[:7].std()
    distance = np.abs(rows.X.reshape(-1, 1, 784) - whole).max(axis=2).min(axis=1)
    assert (distance > 0.1).all()


def test_published_curves_have_panels_of_their_own(tmp_path):
    keys = [curve_name(name, n) for n in (1, 4) for name in STRATEGIES]
    assert (
        keys[3]
        == "redux__MNIST__rep1__noiseTrue__b10__StochasticBALD__Power__c1p0__P100"
    )
    curves = {f"{key}__n": [[20.0, 30.0]] for key in keys}
    curves |= {f"{key}__acc": [[0.6, 0.01 * i]] for i, key in enumerate(keys)}
    np.savez(tmp_path / "reference_curves.npz", **curves)
    figure = Reproduction(POWER, [], []).plot(data=tmp_path)
    *ours, left, right = figure.axes
    assert not any(ax.lines for ax in ours)
    ends = [line.get_ydata()[-1] for ax in (left, right) for line in ax.lines]
    assert ends == pytest.approx(0.01 * np.arange(18))
