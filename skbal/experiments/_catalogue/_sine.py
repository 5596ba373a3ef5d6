"""Error bars of a network that was trained on a sine, where rows are and where not.

The Laplace approximation of all weights is that of C. M. Bishop (2006), Pattern
recognition and machine learning, section 5.7.1: the variance of a measurement is
1 / β + gᵀ A⁻¹ g, and that of the function is the second part.
"""

import warnings
from functools import partial
from typing import NamedTuple

import numpy as np
from sklearn.frozen import FrozenEstimator

from skbal._utils.matplotlib_style import COLOURS
from skbal._utils.random import stream
from skbal._utils.threads import one_thread
from skbal.experiments._catalogue._noise import exact, laplace_at_network, mean_field
from skbal.experiments._declared._experiment import Measure
from skbal.models import LaplaceRegressor, MCDropoutRegressor

NOISE = 0.1
# The grid that bands are kept on.
LOW, HIGH, N_GRID = -4.0, 4.0, 81
REACH = 2.0  # of a band, in standard deviations


class Sine(NamedTuple):
    """A sine, and where rows of it are known.

    Parameters
    ----------
    frequency : float
        The function is ``sin(frequency * x)``.
    pieces : tuple of (float, float)
        The ranges of x from which rows are drawn, equally many from each.
    n_rows : int
        The number of rows.
    unknown : tuple of (float, float)
        The ranges without rows that are looked at.
    far : float
        A place without rows, where bands are compared.
    """

    frequency: float
    pieces: tuple
    n_rows: int
    unknown: tuple
    far: float


SINES = {
    "sine, one piece": Sine(2.0, ((-2, 2),), 60, ((-4, -2), (2, 4)), 4.0),
    "sine, two pieces": Sine(1.5, ((-3, -1), (1, 3)), 80, ((-1, 1),), 0.0),
}
EXACT, FIELD = "exact last layer", "mean-field last layer"
LAST, ALL = "Laplace, last layer", "Laplace, all weights"
OWN, DROPOUT = "Laplace, all weights, own evidence", "MC dropout"
# Where a band is looked at, and how the table says it.
WITH_ROWS, WITHOUT = "among the rows", "without rows"
PLACES = (WITH_ROWS, WITHOUT)


def grid():
    """Return the places at which bands are kept.

    Returns
    -------
    x : ndarray of shape (81,)
    """
    return np.linspace(LOW, HIGH, N_GRID)


def rows_of(sine, seed):
    """Return noisy rows of a sine.

    Parameters
    ----------
    sine : Sine
        The sine.
    seed : int
        The seed.

    Returns
    -------
    x : ndarray of shape (n_rows, 1)
    y : ndarray of shape (n_rows,)
        With Gaussian noise of standard deviation 0.1.
    """
    rng = stream(seed, "sine")
    each = sine.n_rows // len(sine.pieces)
    x = np.concatenate([rng.uniform(*piece, size=(each, 1)) for piece in sine.pieces])
    return x, truth(sine, x[:, 0]) + NOISE * rng.normal(size=len(x))


def truth(sine, x):
    """Return the sine without noise.

    Parameters
    ----------
    sine : Sine
        The sine.
    x : ndarray
        The places.

    Returns
    -------
    y : ndarray of the shape of x
    """
    return np.sin(sine.frequency * x)


def bands(unit):
    """Return mean and standard deviation of the function by each model.

    Parameters
    ----------
    unit : ExperimentUnit
        Its part is a `Sine`. Its settings have the ``sine_steps`` of the training and
        ``n_draws``.

    Returns
    -------
    result : dict of str to dict
        For each model its `summary`.
    """
    x, y = rows_of(unit.part, unit.seed)
    net = MCDropoutRegressor(
        max_steps=unit.settings["sine_steps"],
        device=unit.device,
        random_state=unit.seed,
    )
    with warnings.catch_warnings():
        # Features may be dependent, or the evidence slow to converge: a result, too.
        warnings.simplefilter("ignore", UserWarning)
        with one_thread(net):
            found = _all_bands(net.fit(x, y), x, y, unit.settings["n_draws"])
    return {
        name: summary(unit.part, np.round(mean, 4), np.round(std, 4))
        for name, (mean, std) in found.items()
    }


def _all_bands(net, x, y, n_draws):
    """Return the mean and the standard deviation of the function, by model."""
    last = laplace_at_network(net).fit(x, y)
    frozen = FrozenEstimator(net)
    # The network was trained on y in units of its standard deviation.
    same = LaplaceRegressor(
        frozen,
        weights="all",
        optimize=None,
        prior_variance=last.prior_variance_ / y.var(),
        noise_variance=last.noise_variance_,
    )
    models = {
        EXACT: exact(net).fit(x, y),
        FIELD: mean_field(net).fit(x, y),
        LAST: last,
        ALL: same.fit(x, y),
        OWN: LaplaceRegressor(frozen, weights="all").fit(x, y),
    }
    found = {name: function_band(model, grid()) for name, model in models.items()}
    draws = net.predict_samples(grid()[:, np.newaxis], n_draws, random_state=0)
    found[DROPOUT] = draws[..., 0].mean(axis=1), draws[..., 0].std(axis=1)
    return found


def function_band(model, x):
    """Return mean and standard deviation of a function, without the noise of y.

    Parameters
    ----------
    model : regressor
        A fitted model with ``noise_variance_``.
    x : ndarray of shape (n_places,)
        The places.

    Returns
    -------
    mean, std : ndarray of shape (n_places,)
    """
    mean, std = model.predict(x[:, np.newaxis], return_std=True)
    return mean, np.sqrt(np.maximum(std**2 - model.noise_variance_, 0))


def summary(sine, mean, std):
    """Return a band, and its numbers among the rows and without rows.

    Parameters
    ----------
    sine : Sine
        The sine.
    mean, std : ndarray of shape (81,)
        The band on the `grid`, in units of y.

    Returns
    -------
    summary : dict
        ``mean`` and ``std`` as lists; ``std at x``, at the place ``far``; and for each
        of `PLACES` the mean ``std`` and, as ``inside``, the percentage of the grid
        where the truth is within two standard deviations.
    """
    x = np.round(grid(), 9)
    far_from_truth = np.abs(truth(sine, x) - mean)
    found = {"mean": mean.tolist(), "std": std.tolist()}
    found["std at x"] = float(std[np.abs(x - sine.far).argmin()])
    for place, ranges in zip(PLACES, (sine.pieces, sine.unknown)):
        there = np.any([(low <= x) & (x <= high) for low, high in ranges], axis=0)
        inside = (far_from_truth <= REACH * std)[there]
        found[place] = {
            "std": round(float(std[there].mean()), 4),
            "inside": round(float(100 * inside.mean()), 2),
        }
    return found


def sine_measures():
    """Yield the measures of the arms with a sine."""
    arms = {"arms": tuple(SINES)}
    for model in (EXACT, FIELD, LAST, ALL, OWN, DROPOUT):
        for what, name, n_digits in (
            ("std", "std", 2),
            ("inside", "truth within 2 std, %", 0),
        ):
            for place in PLACES:
                yield Measure(
                    f"{model}: {name}, {place}",
                    partial(_read, model, place, what),
                    n_digits=n_digits,
                    **arms,
                )
    for model in (ALL, OWN):
        name = f"{model}: std far from rows, as a multiple of {LAST}"
        yield Measure(name, partial(_times, model), n_digits=1, **arms)


def _read(model, place, what, result):
    return result[model][place][what]


def _times(model, result):
    return result[model]["std at x"] / result[LAST]["std at x"]


def draw_bands(ax, reproduction, arm):
    """Draw the bands of the first seed around the network of one arm.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes to draw on.
    reproduction : Reproduction
        What was run.
    arm : str
        The arm. Nothing but the truth is drawn if it was not run.
    """
    sine, x = SINES[arm], grid()
    ax.plot(x, truth(sine, x), color="0.3", linestyle="--", linewidth=1, label="truth")
    results = reproduction.results(arm)
    for seed in list(results)[:1]:
        for model, colour in (
            (ALL, COLOURS[5]),
            (DROPOUT, COLOURS[3]),
            (LAST, COLOURS[0]),
        ):
            mean, std = (np.array(results[seed][model][n]) for n in ("mean", "std"))
            style = {"color": colour, "alpha": 0.35, "linewidth": 0, "label": model}
            ax.fill_between(x, mean - REACH * std, mean + REACH * std, **style)
        ax.plot(x, mean, color="k", linewidth=1, label="network")
        rows = rows_of(sine, seed)
        ax.plot(*rows, ".", color="k", markersize=3)
    ax.set(
        title=f"{arm[0].upper()}{arm[1:]}: one run, ± 2 std", xlabel="x", ylim=(-4, 4)
    )
