import numpy as np
import pytest

from skbal.experiments import ExperimentUnit, Reproduction, load_experiment
from skbal.experiments._catalogue import _uci
from skbal.experiments._catalogue._uci import choices, load

UCI = load_experiment("uci")
SMALL = {**UCI.sized(quick=True), "steps": [2, 4], "n_draws": 4}


def published(arm, measure):
    [number] = [n for n in UCI.published if (n.arm, n.measure) == (arm, measure)]
    return number


def test_the_published_numbers_are_those_of_the_result_files():
    assert published("concrete", "MC dropout: RMSE").value == 4.83
    assert published("concrete", "MC dropout: RMSE, dropout off").value == 5.45
    assert published("concrete", "MC dropout: log-likelihood, nats").value == -2.94
    assert published("kin8nm", "MC dropout: log-likelihood, nats").value == 1.14
    assert published("yacht", "MC dropout: RMSE").value == 0.67
    assert all(n.n_seeds == 20 == UCI.n_seeds for n in UCI.published)


def write_tables(folder, n_splits=3):
    """Write a file with all tables, and return the masks of their splits."""
    rng = np.random.default_rng(0)
    masks = rng.random((n_splits, 13)) < 0.3
    arrays = {}
    for number, name in enumerate(UCI.arms.values()):
        arrays[f"{name}__X"] = np.full((13, 2), number, dtype=np.float32)
        arrays[f"{name}__y"] = np.arange(13, dtype=np.float32)[:, np.newaxis]
        arrays[f"{name}__test_mask"] = np.packbits(masks, axis=1)
    np.savez(folder / "uci_regression.npz", **arrays)
    return masks


def test_tables_and_splits_are_read_from_the_folder(tmp_path):
    masks = write_tables(tmp_path)
    tables = load(tmp_path, {"tables": "UCI"})
    assert list(tables) == list(UCI.arms.values())
    X, y, found = tables["concrete"]
    assert X.tolist() == [[1.0, 1.0]] * 13
    assert y.tolist() == list(range(13))
    assert np.array_equal(found, masks)


@pytest.mark.parametrize("folder", [None, "data"])
def test_without_the_file_the_error_says_where_it_was_looked_for(folder):
    match = f"uci_regression.npz.*not in {folder or 'any folder'}.*--data FOLDER"
    with pytest.raises(FileNotFoundError, match=match):
        load(folder, {"tables": "UCI"})


def test_test_rows_choose_nothing(monkeypatch):
    some = ("MC dropout", "exact, held out")
    methods = {method: _uci.METHODS[method] for method in some}
    monkeypatch.setattr(_uci, "METHODS", methods)
    unit = ExperimentUnit("yacht", "yacht", 1, SMALL, load(None, SMALL))
    found = UCI.run(unit)
    X, y, masks = unit.data["yacht"]
    others = y.copy()
    others[masks[1]] += 1000.0
    moved = UCI.run(
        ExperimentUnit("yacht", "yacht", 1, SMALL, {"yacht": (X, others, masks)})
    )
    for method, scores in found.items():
        for name in ("width", "n_steps"):
            assert moved[method][name] == scores[name]
        # The predictions are the same too, so the errors grow by the shift.
        assert moved[method]["rmse"] == pytest.approx(1000, abs=30)


def test_the_network_of_the_largest_held_out_likelihood_is_chosen(monkeypatch):
    class Ranked:
        """The best network is the one whose last stage had the wanted steps."""

        def __init__(self, net, X, y):
            self.net = net

        def best_noise(self, X, y):
            return 0.5

        def scores(self, X, y, noise):
            return {"log_likelihood": -abs(self.net.max_steps - self.wanted)}

    first = type("First", (Ranked,), {"wanted": 3})
    second = type("Second", (Ranked,), {"wanted": 1})
    monkeypatch.setattr(_uci, "METHODS", {"first": first, "second": second})
    X, y, _ = load(None, SMALL)["yacht"]
    # Stages of 3 and then 1 more step.
    unit = ExperimentUnit("yacht", "yacht", 0, {**SMALL, "steps": [3, 4]})
    found = choices(unit, X, y)
    assert found == {"first": (0, (20,), 3, 0.5), "second": (0, (20,), 4, 0.5)}


def test_the_figure_has_ratios_to_what_was_published_but_not_in_the_quick_version():
    scores = {"rmse": 4.83 * 2, "rmse_off": 1.0, "log_likelihood": -2.44}
    units = [
        {"arm": "concrete", "seed": 0, "result": dict.fromkeys(_uci.METHODS, scores)}
    ]

    def drawn(quick):
        figure = Reproduction(UCI, units, [], quick=quick).plot()
        return [float(ax.lines[0].get_xdata()[0]) for ax in figure.axes]

    assert drawn(False) == pytest.approx([2, 0.5])
    assert drawn(True) == pytest.approx([9.66, -2.44])
