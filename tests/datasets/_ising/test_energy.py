import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skbal.datasets import ising_energy
from tests.datasets._ising.lattices import energy_by_loops

SPINS = st.integers(2, 5).flatmap(
    lambda size: arrays(np.int8, (3, size, size), elements=st.sampled_from([-1, 1]))
)


@settings(max_examples=20, deadline=None)
@given(spins=SPINS)
def test_energy_is_the_sum_over_bonds(spins):
    size = spins.shape[-1]
    expected = [energy_by_loops(state) / size**2 for state in spins]
    np.testing.assert_allclose(ising_energy(spins), expected, atol=1e-12)
    assert ising_energy(spins[0]) == pytest.approx(expected[0])


@settings(max_examples=20, deadline=None)
@given(spins=SPINS, down=st.integers(-3, 3), right=st.integers(-3, 3))
def test_energy_stays_if_all_spins_turn_or_the_lattice_moves(spins, down, right):
    energy = ising_energy(spins)
    np.testing.assert_array_equal(ising_energy(-spins), energy)
    np.testing.assert_array_equal(ising_energy(spins.transpose(0, 2, 1)), energy)
    moved = np.roll(spins, (down, right), axis=(1, 2))
    np.testing.assert_array_equal(ising_energy(moved), energy)


def test_a_chessboard_has_the_largest_energy_and_unsigned_bytes_are_no_trap():
    board = 2 * (np.indices((6, 6)).sum(axis=0) % 2) - 1
    assert ising_energy(board) == 2.0
    assert ising_energy(np.ones((3, 3), dtype=np.uint8)) == -2.0
    assert ising_energy([[1.0, 1.0], [1.0, 1.0]]) == -2.0


@pytest.mark.parametrize(("spins", "words"), [
    (np.zeros((4, 4)), "got the value 0.0"),
    ([[1, 2], [1, 1]], "got the value 2"),
    (np.ones((4, 5)), r"got shape \(4, 5\)"),
    (np.ones((2, 1, 4, 4)), r"got shape \(2, 1, 4, 4\)"),
    (np.ones((1, 1)), r"got shape \(1, 1\)"),
    ([["a", "b"], ["c", "d"]], "configurations of ising_energy must be spins"),
    ([[np.nan, 1], [1, 1]], "got the value nan"),
])  # fmt: skip
def test_what_is_no_lattice_of_spins_is_refused(spins, words):
    with pytest.raises(ValueError, match=words):
        ising_energy(spins)
