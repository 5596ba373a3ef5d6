"""The figures in the form of the report's: Figures 3 to 7."""

import numpy as np

from skbal._utils.matplotlib_style import COLOURS
from skbal.experiments._catalogue._uncertainty2025 import _arms as arms
from skbal.experiments._catalogue._uncertainty2025._last_layers import POSTERIORS
from skbal.experiments._catalogue._uncertainty2025._measures import N_EARLY

GREY = "0.5"


def band(ax, results, y="score", x="n_labels", **style):
    """Draw the mean of runs, and a band from the lowest to the highest.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes to draw on.
    results : iterable of dict
        The results of units. Nothing is drawn if there are none.
    y, x : str
        Names of lists in them. Runs are cut where the first of them ends, and the means
        of x are drawn.
    **style
        Parameters of the line, such as its label.
    """
    results = list(results)
    if not results:
        return
    n = min(len(result[y]) for result in results)
    across = np.mean([result[x][:n] for result in results], axis=0)
    up = np.array([result[y][:n] for result in results], dtype=np.float64)
    [line] = ax.plot(across, up.mean(axis=0), **style)
    ax.fill_between(
        across, up.min(axis=0), up.max(axis=0), color=line.get_color(), alpha=0.15, lw=0
    )


def _curves(ax, found, names, of=None):
    """Draw the curve of each arm, with its name in the legend."""
    for number, (label, arm) in enumerate(names.items()):
        colour = COLOURS[number % len(COLOURS)]
        band(ax, found.results(arm).values(), label=label, color=colour)
    ax.set(xlabel="Labels paid for")
    ax.grid(alpha=0.3)


def _finish(panels):
    panels[0].set_ylabel("Test accuracy")
    for ax in panels:
        ax.label_outer()
    if panels[-1].get_legend_handles_labels()[0]:
        panels[-1].legend(loc="lower right", fontsize="small")


def _by_noise(figure, found, kinds):
    figure.set_size_inches(12, 3.6)
    panels = figure.subplots(1, len(arms.NOISES), sharex=True, sharey=True)
    for ax, noise in zip(panels, arms.NOISES):
        _curves(ax, found, {kind: arms.noisy_arm(kind, noise) for kind in kinds})
        ax.set_title(f"{noise:.0%} wrong labels")
    _finish(panels)


def draw_layers(figure, found, curves):
    """Draw Figure 3: the RMSE of last layers, on their own and on shared labels."""
    figure.set_size_inches(11, 4)
    left, middle, right = figure.subplots(1, 3)
    for colour, own in zip(COLOURS, POSTERIORS):
        results = list(found.results(arms.layer_arm(own)).values())
        band(left, results, f"rmse, {own}", label=own, color=colour)
    shared = list(found.results(arms.layer_arm("exact")).values())
    dashes = dict(zip(POSTERIORS, ("-", "--")))
    for colour, own in zip(COLOURS, POSTERIORS):
        style = {"label": own, "color": colour, "linestyle": dashes[own]}
        band(middle, shared, f"rmse, {own}", **style)
        band(right, shared, f"variance, {own}", **style)
    left.set(title="RMSE, each on its own labels", ylabel="RMSE")
    middle.set(title="RMSE, both on the labels of exact")
    right.set(title="Predictive variance, the same labels", ylim=(0, None))
    for ax in (left, middle, right):
        ax.set_xlabel("Labels")
        ax.grid(alpha=0.3)
        if ax.lines:
            ax.legend(fontsize="small")


def draw_noise(figure, found, curves):
    """Draw Figure 4: BALD and random choice by noise."""
    _by_noise(figure, found, (arms.BALD_, arms.RANDOM))


def draw_filter(figure, found, curves):
    """Draw Figure 5: BALD, BALD with the filter and random choice by noise."""
    _by_noise(figure, found, (arms.BALD_, arms.RANDOM, arms.DYNAMIC))


def draw_thresholds(figure, found, curves):
    """Draw Figure 6: thresholds at one noise."""
    figure.set_size_inches(7, 4.5)
    ax = figure.subplots()
    kinds = (arms.BALD_, arms.DYNAMIC, *arms.FIXED)
    names = {kind: arms.noisy_arm(kind, arms.FIXED_NOISE) for kind in kinds}
    _curves(ax, found, names)
    ax.set_title(f"{arms.FIXED_NOISE:.0%} wrong labels")
    _finish([ax])


def draw_penalties(figure, found, curves):
    """Draw Figure 7, and below the same for a pool with near-copies."""
    figure.set_size_inches(11, 8)
    rows = figure.subplots(2, 2)
    for axes, (pool, n_repeats) in zip(rows, arms.POOLS.items()):
        for ax in axes:
            _penalty_curves(ax, found, pool)
        whole, early = axes
        of = "MNIST" if n_repeats == 1 else f"{n_repeats} noisy copies of MNIST"
        whole.set(title=of, ylabel="Test accuracy")
        early.set(title=f"{of}, the first queries")
        _zoom(early, found, pool)
    if rows[0, 0].lines:
        rows[0, 0].legend(loc="lower right", fontsize="small", ncols=2)


def _penalty_curves(ax, found, pool):
    names = [arms.penalty_arm(penalty, pool) for penalty in arms.PENALTIES]
    others = [f"{name}{pool}" for name in arms.OTHERS]
    for number, name in enumerate([*names, *others]):
        results = [r for r in found.results(name).values()]
        if not results:
            continue
        mean = np.mean([result["score"] for result in results], axis=0)
        style = {"color": COLOURS[number % len(COLOURS)], "label": name}
        if name in others:
            style["linestyle"] = "--"
        if name == arms.penalty_arm(0, pool):
            style |= {"color": "black", "linewidth": 2.2}
        ax.plot(results[0]["n_labels"], mean, **style)
    ax.set_xlabel("Labels")
    ax.grid(alpha=0.3)


def _zoom(ax, found, pool):
    """Show the first queries only."""
    shown = [line.get_ydata()[: N_EARLY + 1] for line in ax.lines]
    if shown:
        across = ax.lines[0].get_xdata()[: N_EARLY + 1]
        low, high = np.min(np.concatenate(shown)), np.max(np.concatenate(shown))
        ax.set(xlim=(across[0], across[-1]), ylim=(low - 0.01, high + 0.01))


def draw_target(figure, found, curves):
    """Draw the way to 95% by first labels and penalty, of which there is no figure."""
    figure.set_size_inches(7, 4.5)
    ax = figure.subplots()
    _curves(ax, found, {arm.partition(": ")[2]: arm for arm in arms.TO_TARGET})
    ax.axhline(0.95, color=GREY, linewidth=0.8)
    ax.set_title("Up to where the first run of each reaches 95%")
    _finish([ax])


FIGURES = {
    "layers": ("RMSE and predictive variance of two last layers", draw_layers),
    "noise": ("BALD and random choice with wrong labels", draw_noise),
    "filter": ("BALD with and without a filter, and random choice", draw_filter),
    "thresholds": ("Thresholds of the filter", draw_thresholds),
    "penalties": ("Penalties for similar images in a batch", draw_penalties),
    "target": ("First labels and a penalty on the way to 95%", draw_target),
}
