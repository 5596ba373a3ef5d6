"""The figure of a reproduction, and published curves from a file."""

from pathlib import Path

from skbal._utils.archives import read_arrays
from skbal._utils.optional import require

CURVES = "reference_curves.npz"


def published_curves(folder):
    """Return published curves, if a folder has them.

    Parameters
    ----------
    folder : str or os.PathLike or None
        The folder that may hold ``reference_curves.npz``.

    Returns
    -------
    curves : mapping of str to ndarray
        Empty if there is no such file.
    """
    path = None if folder is None else Path(folder, CURVES)
    return PublishedCurves(path if path is not None and path.is_file() else None)


class PublishedCurves:
    """Published curves, which are read from their file when asked for.

    Parameters
    ----------
    path : pathlib.Path or None
        An archive of arrays. None has no curves.
    """

    def __init__(self, path=None):
        self.path = path

    def get(self, name):
        """Return an array.

        Parameters
        ----------
        name : str
            Its name.

        Returns
        -------
        array : ndarray or None
            None if there is no file.

        Raises
        ------
        ValueError
            If the file has no such array, or is damaged.
        """
        if self.path is None:
            return None
        return read_arrays(self.path, [name], "data", lambda heads: None)[name]


def image_of(path, name):
    """Return the file of a figure.

    Parameters
    ----------
    path : pathlib.Path
        The file of an only figure.
    name : str
        The short name of the figure, "" for an only one.

    Returns
    -------
    path : pathlib.Path
    """
    return path.with_stem(f"{path.stem}-{name}") if name else path


def draw(reproduction, figure, curves, which=None):
    """Return a figure after the experiment has drawn on it.

    Parameters
    ----------
    reproduction : Reproduction
        What was run.
    figure : matplotlib.figure.Figure or None
        None makes a new one.
    curves : PublishedCurves
        Published curves.
    which : str or None
        The short name of the figure. None is the first one.

    Returns
    -------
    figure : matplotlib.figure.Figure
    """
    experiment = reproduction.experiment
    figures = experiment.figures()
    if not figures:
        raise ValueError(f"Experiment {experiment.name!r} has no figure: draw is None.")
    which = next(iter(figures)) if which is None else which
    if which not in figures:
        raise ValueError(
            "which of Reproduction.plot must be one of "
            f"{', '.join(map(repr, figures))}, got {which!r}."
        )
    _, function = figures[which]
    if figure is None:
        # Without pyplot, no window is opened and no backend has to be chosen.
        module = require("matplotlib.figure", "examples", "Reproduction.plot")
        figure = module.Figure(layout="constrained")
    function(figure, reproduction, curves)
    return figure
