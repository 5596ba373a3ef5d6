import numpy as np
import pytest

from skbal.experiments._benchmark import _tables
from skbal.experiments._benchmark._tables import (
    CLASSIFICATION,
    IN_FILE,
    MADE,
    OF_FILE,
    REGRESSION,
    as_table,
    known_tables,
    load_tables,
)


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a small file of every table."""
    rng = np.random.default_rng(0)
    for task, file in _tables.FILES.items():
        arrays = {}
        for name in OF_FILE[task].values():
            arrays[f"{name}__X"] = rng.normal(size=(6, 2)).astype(np.float32)
            arrays[f"{name}__y"] = np.array([4, 7, 4, 7, 4, 9])
        np.savez(tmp_path / file, **arrays)
    return tmp_path


def test_ten_tables_and_more_need_no_file():
    tables = load_tables(CLASSIFICATION)
    assert len(tables) >= 10
    assert {table.source for table in tables.values()} == {"scikit-learn", MADE}
    for name, table in tables.items():
        classes, sizes = np.unique(table.y, return_counts=True)
        assert classes.tolist() == list(range(len(classes))), name
        assert len(table.X) == len(table.y)
        assert sizes.min() >= 10
        assert np.isfinite(table.X).all()


def test_made_tables_are_the_same_every_time():
    first, again = (load_tables(REGRESSION, names=["Friedman 1"]) for _ in range(2))
    np.testing.assert_array_equal(first["Friedman 1"].X, again["Friedman 1"].X)


def test_a_turned_board_has_the_colours_of_its_fields():
    X, y = _tables.checkerboard(4, 45)
    back = np.array([[1, 1], [-1, 1]]) / np.sqrt(2)  # turned by -45 degrees
    points = X @ back.T + 2
    np.testing.assert_array_equal(np.floor(points).sum(axis=1) % 2, y)


def test_with_the_files_there_are_their_tables_too(folder):
    for task in (CLASSIFICATION, REGRESSION):
        tables = load_tables(task, folder)
        sources = {name: table.source for name, table in tables.items()}
        assert sources == known_tables(task)
        of_file = [n for n, source in sources.items() if source == IN_FILE]
        assert of_file == list(OF_FILE[task])
    assert load_tables(CLASSIFICATION, folder)["heart"].y.tolist() == [0, 1, 0, 1, 0, 2]


def test_numbers_have_mean_0_and_deviation_1():
    y = as_table(np.zeros((3, 1)), [1, 2, 3], REGRESSION, MADE).y
    np.testing.assert_allclose(y, np.array([-1, 0, 1]) * np.sqrt(1.5))


def test_a_missing_file_is_named(tmp_path):
    assert "heart" not in load_tables(CLASSIFICATION, tmp_path)
    with pytest.raises(FileNotFoundError, match=r"lal_uci.npz, which holds .*'heart'"):
        load_tables(CLASSIFICATION, tmp_path, ["heart"])
    with pytest.raises(FileNotFoundError, match="not in any folder"):
        load_tables(REGRESSION, None, ["yacht"])
