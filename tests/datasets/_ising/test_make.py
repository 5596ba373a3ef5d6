"""Samples against all states of small lattices, and the exact curves of large ones."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from skbal.datasets import ising_energy, ising_exact, make_ising
from skbal.datasets._ising._heat_bath import colours_of, update_colour
from skbal.datasets._ising._swendsen_wang import swendsen_wang
from tests.datasets._ising.lattices import (
    all_states,
    boltzmann,
    energy_by_loops,
    exact_energy,
    number_of,
)

CRITICAL = ising_exact(1.0).critical_temperature
SAMPLERS = ("swendsen-wang", "heat-bath")
SWEEPS = (("swendsen-wang", 15), ("heat-bath", 60))  # enough for small lattices
LEVEL = 1e-3  # of each test, with a fixed seed


@pytest.fixture(scope="module")
def nine():
    """All states of nine spins, and the energies of the lattices."""
    states = all_states(3)
    return states, np.array([energy_by_loops(state) for state in states])


@pytest.mark.parametrize("temperature", [1.5, CRITICAL, 5.0])
@pytest.mark.parametrize(("sampler", "n_sweeps"), SWEEPS)
def test_every_state_of_nine_spins_has_its_probability(
    nine, sampler, n_sweeps, temperature
):
    _, energies = nine
    spins, _ = make_ising(
        3, temperature, 8000, 1, sampler=sampler, n_sweeps=n_sweeps, start="ordered"
    )
    expected = len(spins) * boltzmann(energies, temperature)
    found = np.bincount(number_of(spins), minlength=512)
    rare = expected < 5
    if rare.any():  # rare states count as one
        expected = np.append(expected[~rare], expected[rare].sum())
        found = np.append(found[~rare], found[rare].sum())
    assert stats.chisquare(found, expected).pvalue > LEVEL


@pytest.mark.parametrize(("sampler", "n_sweeps"), SWEEPS)
def test_mean_energy_and_magnetisation_of_sixteen_spins(sampler, n_sweeps):
    states = all_states(4)
    energies = np.round(16 * ising_energy(states))
    p = boltzmann(energies, CRITICAL)
    spins, _ = make_ising(4, CRITICAL, 4000, 2, sampler=sampler, n_sweeps=2 * n_sweeps)
    for values, found in (
        (energies, 16 * ising_energy(spins)),
        (np.abs(states.sum(axis=(1, 2))), np.abs(spins.sum(axis=(1, 2)))),
        (states.sum(axis=(1, 2)), spins.sum(axis=(1, 2))),
    ):
        mean = p @ values
        error = np.sqrt(p @ (values - mean) ** 2 / len(spins))
        assert abs(found.mean() - mean) < 4 * error


@pytest.mark.parametrize("temperature", [1.7, 2.25, 3.0])
def test_the_formula_of_kaufman_is_the_mean_over_all_states(temperature):
    energy = ising_energy(all_states(4))
    expected = boltzmann(16 * energy, temperature) @ energy
    assert exact_energy(4, temperature) == pytest.approx(expected, rel=1e-6)


def test_default_sweeps_reach_the_exact_energy_near_the_critical_temperature():
    # 2.3 is above the critical temperature, and the chains begin in order.
    energy = ising_energy(make_ising(16, 2.3, 300, 8)[0])
    error = energy.std() / np.sqrt(len(energy))
    assert abs(energy.mean() - exact_energy(16, 2.3)) < 4 * error


def flows(update, states, p, n_chains, rng):
    """Return how many of many chains, begun in equilibrium, went from state to state.

    Parameters
    ----------
    update : callable
        Takes spins of shape (n_chains, size, size) and returns those after an update.
    states : ndarray of shape (n_states, size, size)
        All states.
    p : ndarray of shape (n_states,)
        Their probabilities.
    n_chains : int
        Number of chains.
    rng : numpy.random.Generator
        Chooses the first states.
    """
    before = rng.choice(len(states), size=n_chains, p=p)
    after = number_of(update(states[before]))
    counts = np.zeros((len(states), len(states)))
    np.add.at(counts, (before, after), 1)
    return counts


def p_value_of_balance(counts):
    """Return Bowker's p value: as many go from a to b as from b to a."""
    upper = np.triu_indices(len(counts), 1)
    there, back = counts[upper], counts.T[upper]
    often = there + back >= 10
    there, back = there[often], back[often]
    statistic = ((there - back) ** 2 / (there + back)).sum()
    return stats.chi2.sf(statistic, often.sum())


@pytest.mark.parametrize("temperature", [2.0, 6.0])
def test_one_update_of_clusters_is_in_detailed_balance(temperature):
    states = all_states(2)
    p = boltzmann(np.array([energy_by_loops(s) for s in states]), temperature)
    rng = np.random.default_rng(3)

    def update(spins):
        return swendsen_wang(spins, np.full(len(spins), temperature), 1, rng)

    counts = flows(update, states, p, 60_000, rng)
    assert p_value_of_balance(counts) > LEVEL
    # The test sees chains that drift: cooler ones, begun in the same states.
    cool = flows(
        lambda s: swendsen_wang(s, np.full(len(s), temperature / 1.5), 1, rng),
        states, p, 60_000, rng,
    )  # fmt: skip
    assert p_value_of_balance(cool) < 1e-6


@pytest.mark.parametrize("size", [2, 3])
def test_one_colour_of_the_heat_bath_has_the_probabilities_of_neighbours(size):
    temperature, rng = 3.0, np.random.default_rng(4)
    states = all_states(size)
    p = boltzmann(np.array([energy_by_loops(s) for s in states]), temperature)
    sites, neighbours = colours_of(size)[-1]

    def update(spins):
        state = spins.reshape(len(spins), -1).T.copy()
        update_colour(state, sites, neighbours, np.full(len(spins), temperature), rng)
        return state.T.reshape(spins.shape)

    counts = flows(update, states, p, 60_000, rng)
    assert p_value_of_balance(counts) > LEVEL
    # Other spins stay: states with different ones never lead to each other.
    others = np.delete(states.reshape(len(states), -1), sites, axis=1)
    same = (others[:, np.newaxis] == others).all(axis=2)
    assert counts[~same].sum() == 0
    # Where a chain goes does not depend on the old spins of the colour: each row of
    # counts is proportional to the probabilities of the states it can reach.
    row = counts.sum(axis=1).argmax()
    reach = np.flatnonzero(same[row])
    expected = p[reach] / p[reach].sum() * counts[row].sum()
    assert stats.chisquare(counts[row, reach], expected).pvalue > LEVEL


@settings(max_examples=15, deadline=None)
@given(size=st.integers(2, 11))
def test_no_two_sites_of_a_colour_are_neighbours_and_every_site_has_one(size):
    seen = []
    for sites, neighbours in colours_of(size):
        seen.extend(sites)
        assert not np.isin(neighbours, sites).any()
        rows, columns = np.divmod(sites, size)
        expected = {
            tuple(sorted({((r + 1) % size, c), ((r - 1) % size, c), (r, (c + 1) % size),
                          (r, (c - 1) % size)}))
            for r, c in zip(rows.tolist(), columns.tolist())
        }  # fmt: skip
        found = {
            tuple(sorted({tuple(divmod(int(n), size)) for n in four}))
            for four in neighbours.T
        }
        assert found == expected
    assert sorted(seen) == list(range(size * size))


def test_a_large_lattice_has_the_energy_of_onsager_and_the_magnetisation_of_yang():
    temperatures = [1.5, 2.0, 3.0, 4.0]  # where the correlations are short
    spins, each = make_ising(32, temperatures, 160, 5, n_sweeps=25)
    exact = ising_exact(temperatures)
    energy, m = ising_energy(spins), np.abs(spins.mean(axis=(1, 2)))
    for i, temperature in enumerate(temperatures):
        rows = each == temperature
        error = energy[rows].std() / np.sqrt(rows.sum())
        assert abs(energy[rows].mean() - exact.energy[i]) < 4 * error
        if temperature < CRITICAL:
            error = m[rows].std() / np.sqrt(rows.sum())
            assert abs(m[rows].mean() - exact.magnetisation[i]) < 4 * error
        else:  # only chance: |m| is below its value for a few clusters
            assert m[rows].mean() < 0.2


def test_both_samplers_have_the_same_energies():
    first, second = (
        ising_energy(make_ising(7, 2.4, 1000, 6, sampler=sampler, n_sweeps=2 * n)[0])
        for sampler, n in SWEEPS
    )
    assert stats.ks_2samp(first, second).pvalue > LEVEL


def test_starts_differ_below_the_critical_temperature_with_few_local_updates():
    options = {"sampler": "heat-bath", "n_sweeps": 10}
    up, _ = make_ising(12, 1.5, 100, 7, start="up", **options)
    ordered, _ = make_ising(12, 1.5, 100, 7, start="ordered", **options)
    random, _ = make_ising(12, 1.5, 100, 7, start="random", **options)
    m = [spins.mean(axis=(1, 2)) for spins in (up, ordered, random)]
    assert (m[0] > 0.8).all()
    assert (np.abs(m[1]) > 0.8).all()
    assert 20 < (m[1] > 0).sum() < 80
    # A quench leaves domains: many lattices have about as many spins of each sign.
    assert (np.abs(m[2]) < 0.5).sum() > 20
    assert ising_energy(random).mean() > ising_energy(up).mean() + 0.1


@settings(max_examples=20, deadline=None)
@given(
    size=st.integers(2, 6),
    temperatures=st.lists(st.floats(0.05, 50), min_size=1, max_size=4),
    more=st.integers(0, 5),
    sampler=st.sampled_from(SAMPLERS),
    start=st.sampled_from(["ordered", "up", "random"]),
    seed=st.integers(0, 99),
)
def test_shapes_dtypes_shares_and_seeds(size, temperatures, more, sampler, start, seed):
    n = len(temperatures) + more
    options = {"sampler": sampler, "start": start, "n_sweeps": 2}
    spins, each = make_ising(size, temperatures, n, seed, **options)
    assert spins.shape == (n, size, size)
    assert spins.dtype == np.int8
    assert set(np.unique(spins)) <= {-1, 1}
    assert spins.flags.writeable
    assert each.dtype == np.float64
    parts = np.array_split(np.arange(n), len(temperatures))  # as NumPy shares out
    expected = np.concatenate([np.full(len(p), t) for p, t in zip(parts, temperatures)])
    np.testing.assert_array_equal(each, expected)
    again = make_ising(size, temperatures, n, seed, **options)[0]
    np.testing.assert_array_equal(spins, again)


def test_the_global_stream_and_the_temperatures_of_the_caller_stay():
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    temperatures = np.array([1.0, 2.0])
    spins, each = make_ising(4, temperatures, 4, 0)
    each[:], spins[:] = 0, 0
    np.testing.assert_array_equal(temperatures, [1.0, 2.0])
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    assert (make_ising(4, 9.0, 4, 0)[0] != make_ising(4, 9.0, 4, 1)[0]).any()


@pytest.mark.parametrize(("changed", "words"), [
    ({"size": 1}, "size of make_ising must be an integer >= 2, got 1"),
    ({"size": 8.0}, "size of make_ising must be an integer"),
    ({"temperatures": [1.0, 0.0]}, "temperatures of make_ising must be .* got 0.0"),
    ({"temperatures": -1}, "temperatures of make_ising must be .* got -1.0"),
    ({"n_samples": 1}, "n_samples of make_ising must be at least 2, one for each"),
    ({"n_samples": 0}, "n_samples of make_ising"),
    ({"n_samples": 10**10}, "n_samples of make_ising must be an integer from 1 to"),
    ({"sampler": "wolff"}, "sampler of make_ising must be 'swendsen-wang' or"),
    ({"start": "down"}, "start of make_ising must be 'ordered', 'up' or 'random'"),
    ({"n_sweeps": 0}, "n_sweeps of make_ising must be an integer >= 1, got 0"),
    ({"random_state": "a"}, "random_state of make_ising"),
])  # fmt: skip
def test_wrong_arguments_are_named(changed, words):
    options = {"size": 4, "temperatures": [1.0, 2.0], "n_samples": 4, **changed}
    with pytest.raises((TypeError, ValueError), match=words):
        make_ising(**options)
