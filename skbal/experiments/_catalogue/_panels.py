"""Learning curves in panels, with the labels that include the first ones."""

import numpy as np

from skbal._utils.matplotlib_style import COLOURS
from skbal.experiments._declared._curves import history_of
from skbal.plotting import AcquisitionCurveDisplay


def draw_panel(ax, reproduction, arms, published=None, curves=None):
    """Draw mean learning curves of arms, and faintly the published ones behind them.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes to draw on.
    reproduction : Reproduction
        Its units are runs of `learning_curve`.
    arms : dict of str to str
        For each name in the legend, the arm. Those without a result are left out.
    published : dict of str to str, optional
        For names of the legend, the name of the published curve.
    curves : PublishedCurves or dict, optional
        Published curves.
    """
    found = {name: reproduction.results(arm).values() for name, arm in arms.items()}
    runs = {name: [*map(history_of, of_arm)] for name, of_arm in found.items()}
    runs = {name: of_arm for name, of_arm in runs.items() if of_arm}
    if runs:
        AcquisitionCurveDisplay.from_histories(
            runs, ax=ax, band="range", line_kw={"markersize": 4}
        )
    # Without runs of ours, a published curve has the colour that they would have.
    colours = dict(zip(arms, COLOURS))
    colours |= {line.get_label(): line.get_color() for line in ax.lines}
    for name, key in (published or {}).items():
        style = {"label": f"{name}, published", "color": colours[name]}
        draw_published(ax, curves or {}, key, alpha=0.5, zorder=1, **style)
    ax.set(xlabel="Labels", ylabel="Test accuracy")
    if ax.lines:
        ax.legend(loc="lower right", fontsize="small")
    else:
        ax.text(0.5, 0.5, "not run", transform=ax.transAxes, ha="center")


def draw_published(ax, curves, key, **style):
    """Draw the mean of published runs, if there are any.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes to draw on.
    curves : PublishedCurves or dict
        Published curves.
    key : str
        The name of the curve.
    **style
        Parameters of the line, such as its label.
    """
    n_labels, accuracy = curves.get(f"{key}__n"), curves.get(f"{key}__acc")
    if n_labels is not None:
        ax.plot(*mean_curve(n_labels, accuracy), linewidth=1.5, **style)


def mean_curve(n_labels, accuracy):
    """Return the mean of runs, as far as all of them go.

    Parameters
    ----------
    n_labels, accuracy : ndarray of shape (n_runs, n_steps)
        A run that is shorter than others ends in NaN.

    Returns
    -------
    n_labels, mean : ndarray of shape (n_common_steps,)

    Examples
    --------
    >>> n_labels = [[20, 30, 40], [20, 30, np.nan]]
    >>> n, mean = mean_curve(n_labels, [[0.5, 0.6, 0.7], [0.7, 0.8, np.nan]])
    >>> n.tolist(), mean.round(3).tolist()
    ([20.0, 30.0], [0.6, 0.7])
    """
    n_labels, accuracy = np.asarray(n_labels, float), np.asarray(accuracy, float)
    # Some runs lack a step in the middle.
    common = [n for n in n_labels[0] if (n_labels == n).any(axis=1).all()]
    at = [accuracy[n_labels == n].mean() for n in common]
    return np.array(common), np.array(at)
