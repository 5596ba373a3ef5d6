import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from skbal.datasets import ising_exact

CRITICAL = 2 / np.log(1 + np.sqrt(2))


def free_energy(coupling):
    """Return minus the log of the partition function per spin, as Onsager left it."""
    c = np.cosh(2 * coupling) ** 2
    k = 2 * np.sinh(2 * coupling) / c

    def integrand(angle):
        root = np.sqrt(max(0.0, 1 - (k * np.sin(angle)) ** 2))
        return np.log((1 + root) / 2)

    integral = quad(integrand, 0, np.pi / 2, epsabs=1e-13, epsrel=1e-13)[0]
    return -(np.log(2 * np.cosh(2 * coupling)) + integral / np.pi)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0, 2.2, 2.4, 3.0, 10.0, 200.0])
def test_energy_is_the_derivative_of_the_free_energy(temperature):
    h = 1e-4 / temperature
    above, below = (free_energy(1 / temperature + step) for step in (h, -h))
    energy = ising_exact(temperature).energy
    assert energy == pytest.approx((above - below) / (2 * h), rel=1e-5)


def test_known_values_at_and_around_the_critical_temperature():
    exact = ising_exact([1e-3, CRITICAL, 1e6])
    assert exact.critical_temperature == pytest.approx(CRITICAL, rel=1e-15)
    # At infinite temperature the energy tends to -2 / T.
    np.testing.assert_allclose(exact.energy[:2], [-2, -np.sqrt(2)], rtol=1e-12)
    np.testing.assert_allclose(exact.energy[2], -2e-6, rtol=1e-3)
    np.testing.assert_allclose(exact.magnetisation, [1, 0, 0], atol=0.02)
    # sinh(2 / T) of this temperature is the root of 2, so that m^8 is 3 / 4.
    temperature = 2 / np.arcsinh(np.sqrt(2))
    assert ising_exact(temperature).magnetisation == pytest.approx(0.75**0.125)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.01, 1e4), min_size=2, max_size=20))
@example([1.0, 0.1875])
def test_energy_rises_and_magnetisation_falls_with_temperature(temperatures):
    exact = ising_exact(sorted(temperatures))
    assert (np.diff(exact.energy) >= -1e-11).all()
    assert (np.diff(exact.magnetisation) <= 0).all()
    assert (exact.energy >= -2).all()
    assert (exact.energy <= 0).all()
    above = np.array(sorted(temperatures)) > CRITICAL
    assert not exact.magnetisation[above].any()


@pytest.mark.parametrize(("temperatures", "words"), [
    (0, "must be a finite number larger than 0, or a sequence of them, got 0.0"),
    ([1.0, -2.0], "got -2.0"),
    ([1.0, np.nan], "got nan"),
    (np.inf, "got inf"),
    ([], r"got an array of shape \(0,\)"),
    ([[1.0]], r"got an array of shape \(1, 1\)"),
    ("hot", "temperatures of ising_exact"),
])  # fmt: skip
def test_wrong_temperatures_are_named(temperatures, words):
    with pytest.raises(ValueError, match=words):
        ising_exact(temperatures)
