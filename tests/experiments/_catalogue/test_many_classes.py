"""The experiments with images from files, and with drawn signs."""

import gzip
import struct

import numpy as np
import pytest

from skbal.datasets import make_glyphs
from skbal.experiments import ExperimentUnit, Reproduction, load_experiment
from skbal.experiments._catalogue import _many_classes
from skbal.experiments._catalogue._many_classes import load
from skbal.query import BALD, BatchBALD, Random

STRATEGIES = {"BatchBALD": BatchBALD, "BALD": BALD, "Random": Random}


def write_idx(path, array):
    # A file of MNIST's format: two zeros, the type, the number of axes, their lengths.
    head = struct.pack(">BBBB", 0, 0, 8, array.ndim)
    head += struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(gzip.compress(head + array.astype(np.uint8).tobytes()))


@pytest.mark.parametrize("name", ["emnist", "cinic10", "cifar10"])
def test_each_compares_batchbald_with_bald_and_random(name):
    experiment = load_experiment(name)
    assert dict(experiment.arms) == STRATEGIES
    read = [int(m.name.split()[2]) for m in experiment.measures[1:-1]]
    assert set(read) <= set(steps(experiment.sized()))
    assert experiment.sized(quick=True)["images"] == "glyphs"


def steps(settings):
    """Return the numbers of labels of a run, of which the last is the one wanted."""
    n_first = settings.get("n_first")
    if n_first is None:
        n_first = settings["n_per_class"] * settings["n_classes"]
    numbers = range(n_first, settings["n_labels"] + 1, settings["n_instances"])
    assert numbers[-1] == settings["n_labels"]
    return numbers


@pytest.mark.parametrize("quick", [False, True])
def test_signs_are_compared_in_each_way(quick):
    glyphs = load_experiment("glyphs")
    settings = glyphs.sized(quick)
    of_way = {key: steps({**settings, **s}) for key, s in settings["ways"].items()}
    found = {}
    for arm, (strategy, way) in glyphs.arms.items():
        found.setdefault(way, []).append(strategy)
        own = [m.name for m in glyphs.measures[:-1] if m.belongs_to(arm)]
        assert quick or {int(name.split()[2]) for name in own} <= set(of_way[way])
    assert found == {way: list(STRATEGIES.values()) for way in settings["ways"]}


def test_a_small_pool_of_signs_has_the_first_of_them(monkeypatch):
    glyphs = load_experiment("glyphs")
    seen = []
    monkeypatch.setattr(_many_classes, "run", seen.append)
    settings = {**glyphs.sized(), "n_images": 40_000}
    numbers = np.arange(40_000 + settings["n_valid"])
    data = (numbers, numbers, "X_test", "y_test")
    for arm in ("BALD", "BALD, small pool"):
        glyphs.run(ExperimentUnit(arm, glyphs.arms[arm], 0, settings, data))
    whole, small = seen
    np.testing.assert_array_equal(whole.data[0], numbers)
    assert len(small.data[0]) == len(small.data[1]) == 20_000 + 1024
    assert small.data[0][-1] == 21_023
    assert whole.part == small.part == BALD
    assert (whole.settings["n_labels"], small.settings["epoch_size"]) == (295, 5056)


def test_the_published_numbers_are_those_of_the_runs():
    emnist = {(n.arm, n.measure): n.value for n in load_experiment("emnist").published}
    last = "accuracy with 295 labels"
    found = [emnist[arm, last] for arm in ("BatchBALD", "Random", "BALD")]
    assert found == [0.513, 0.487, 0.456]
    cinic = {(n.arm, n.measure): n for n in load_experiment("cinic10").published}
    assert cinic["BatchBALD", "accuracy with 500 labels"].value == 0.538
    assert cinic["BALD", "accuracy with 300 labels"].n_seeds == 7


def test_signs_of_the_pool_and_of_the_test_are_of_one_alphabet():
    settings = {"images": "glyphs", "n_classes": 4, "n_images": 10, "n_valid": 2}
    X, y, X_test, y_test = load(None, settings)
    pool = make_glyphs(12, 4, 0, return_X_y=True)
    test = make_glyphs(12, 4, 1, return_X_y=True)
    for found, own in zip((X, y, X_test, y_test), (*pool, *test)):
        np.testing.assert_array_equal(found, own)
    assert not np.array_equal(X, X_test)


def test_emnist_is_read_from_its_folder(tmp_path):
    folder = tmp_path / "emnist"
    folder.mkdir()
    rng = np.random.default_rng(0)
    sizes = {"train": 3, "test": 2}
    for part, n in sizes.items():
        stem = f"emnist-balanced-{part}"
        images = rng.integers(0, 256, (n, 28, 28))
        write_idx(folder / f"{stem}-images-idx3-ubyte.gz", images)
        write_idx(folder / f"{stem}-labels-idx1-ubyte.gz", np.arange(n) + 44)
    X, y, X_test, y_test = load(tmp_path, {"images": "EMNIST"})
    assert (X.shape, X_test.shape) == ((3, 784), (2, 784))
    assert (y.tolist(), y_test.tolist()) == ([44, 45, 46], [44, 45])


def test_cifar10_is_read_from_its_folder(tmp_path):
    folder = tmp_path / "cifar10"
    folder.mkdir()
    rng = np.random.default_rng(0)
    names = [f"data_batch_{number}.bin" for number in range(1, 6)]
    for name in (*names, "test_batch.bin"):
        row = np.append(7, rng.integers(0, 256, 3072))
        (folder / name).write_bytes(row.astype(np.uint8).tobytes())
    X, y, X_test, y_test = load(tmp_path, {"images": "CIFAR-10"})
    assert (X.shape, X_test.shape) == ((5, 3072), (1, 3072))
    assert (y.tolist(), y_test.tolist()) == ([7] * 5, [7])


@pytest.mark.parametrize("name", ["EMNIST", "CIFAR-10", "CINIC-10"])
def test_without_files_the_error_says_which_folder_is_needed(tmp_path, name):
    folder = name.replace("-", "").lower()
    with pytest.raises(FileNotFoundError, match=f"{name} is not downloaded.*{folder}"):
        load(None, {"images": name})
    with pytest.raises(FileNotFoundError, match=folder):
        load(tmp_path, {"images": name})


def test_the_published_curves_stand_behind_emnist_and_not_behind_signs(tmp_path):
    keys = [
        f"bb__emnist_{name}" for name in ("multibald_bald_k10", "independent_bald_k10")
    ]
    keys.append("bb__emnist_balanced_independent_random_k10_b5")
    curves = {f"{key}__n": [[0.0, 5.0]] for key in keys}
    curves |= {f"{key}__acc": [[0.02, 0.05]] for key in keys}
    np.savez(tmp_path / "reference_curves.npz", **curves)
    emnist = load_experiment("emnist")
    [ax] = Reproduction(emnist, [], []).plot(data=tmp_path).axes
    assert [line.get_label() for line in ax.lines] == [
        f"{arm}, published" for arm in emnist.arms
    ]
    [ax] = Reproduction(emnist, [], [], quick=True).plot(data=tmp_path).axes
    assert not ax.lines
    assert "signs" in ax.get_title()


def test_the_order_of_the_arms_is_judged_seed_by_seed():
    glyphs = load_experiment("glyphs")
    # Accuracies with 100, 200 and 295 labels, of two seeds.
    scores = {
        "BatchBALD": [[0.3, 0.5, 0.6], [0.4, 0.6, 0.7]],
        "BALD": [[0.3, 0.4, 0.5], [0.2, 0.5, 0.6]],
        "Random": [[0.2, 0.6, 0.5], [0.5, 0.5, 0.6]],
    }
    n_labels = [100, 200, 295]
    units = [
        {"arm": arm, "seed": seed, "result": {"n_labels": n_labels, "score": row}}
        for arm, rows in scores.items()
        for seed, row in enumerate(rows)
    ]
    found = Reproduction(glyphs, units, [])
    points = {
        claim.text: [statement.of(found) for statement in claim.statements]
        for claim in glyphs.claims
    }
    above = "BatchBALD is more accurate than {} with as many labels"
    expected = {
        "BALD": [[20 / 3, 40 / 3], [0, 20], [10, 10], [10, 10]],
        "Random": [[10 / 3, 10 / 3], [10, -10], [-10, 10], [10, 10]],
    }
    for other, values in expected.items():
        np.testing.assert_allclose(points[above.format(other)], values, atol=1e-9)
    last = glyphs.claims[2]
    assert last.text == "Random is more accurate than BALD with as many labels"
    assert last.statements[-1].judge(found)[0] == "no"  # they are equal
