import numpy as np
import pytest

from skbal._utils.memory import as_text, check_memory


@pytest.mark.parametrize(
    ("text", "n_bytes"),
    [
        ("1GB", 10**9),
        ("1.5 GiB", 3 * 2**29),
        ("64mib", 64 * 2**20),
        (" 500 kB ", 500_000),
        ("2TB", 2 * 10**12),
        ("123", 123),
        ("7 B", 7),
        (10**6, 10**6),
        (np.int64(5), 5),
    ],
)
def test_amounts_are_read_as_people_write_them(text, n_bytes):
    assert check_memory(text, "max_memory", "BatchBALD") == n_bytes


@pytest.mark.parametrize("value", ["", "GB", "1 gigabyte", "-1GB", "1e9", "0", 0, -5])
def test_what_is_no_amount_is_refused(value):
    with pytest.raises(ValueError, match=r"max_memory of BatchBALD must be .* got"):
        check_memory(value, "max_memory", "BatchBALD")


@pytest.mark.parametrize("value", [1.5, True, None, [1]])
def test_other_kinds_are_refused(value):
    with pytest.raises(TypeError, match="max_memory of BatchBALD must be an integer"):
        check_memory(value, "max_memory", "BatchBALD")


@pytest.mark.parametrize("n_bytes", [5, 4800, 1_200_000, 4_800_000_000, 3 * 10**12])
def test_amounts_written_can_be_read_again(n_bytes):
    assert check_memory(as_text(n_bytes), "max_memory", "BatchBALD") == n_bytes
