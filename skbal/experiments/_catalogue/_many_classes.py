"""Kirsch et al. (2019), sections 4.4 and 4.5, on images from files, and stand-ins."""

from functools import partial

import numpy as np

from skbal.datasets import load_cifar10, load_cinic10, load_emnist, make_glyphs
from skbal.experiments._catalogue import _batchbald
from skbal.experiments._catalogue._batchbald import SOURCE, STRATEGIES, strategy_of
from skbal.experiments._catalogue._panels import draw_panel
from skbal.experiments._catalogue._stopped import QUICK_TRAINING, curve_of, rows_of
from skbal.experiments._declared._claims import Claim, Statement
from skbal.experiments._declared._experiment import Experiment, Measure, Published
from skbal.experiments._declared._labels import labels_to, score_with
from skbal.experiments._declared._paired import gap

# The folder of each set in the folder of data, and what loads it.
LOADERS = {
    "EMNIST": ("emnist", partial(load_emnist, return_X_y=True)),
    "CIFAR-10": ("cifar10", partial(load_cifar10, return_X_y=True)),
    "CINIC-10": ("cinic10", partial(load_cinic10, return_X_y=True)),
}
N_TEST = 5000
ALPHABET = 0
SETTINGS = {
    **{
        name: value
        for name, value in _batchbald.SHARED.items()
        if name not in ("digits", "noise", "n_per_class")
    },
    "image_shape": [1, 28, 28],
    "n_instances": 5,
}
# The paper's numbers for EMNIST.
AS_EMNIST = {"n_images": 112_800 - 16_384, "n_valid": 16_384, "epoch_size": 20_224}
# Of the sets with 47 classes.
FROM_FIVE, FROM_TEN = {"n_first": 5, "n_labels": 295}, {"n_first": 10}
AT = (100, 200, 295)
QUICK = {
    "images": "glyphs",
    "image_shape": [1, 28, 28],
    "n_classes": 20,
    "n_images": 400,
    "n_valid": 100,
    "n_instances": 10,
    "n_labels": 40,
    "n_seeds": 1,
    **QUICK_TRAINING,
}
EPOCHS = (
    "Adam has a learning rate of 0.001, batches of 64, and epochs of 20,224 rows, in "
    "which the labelled ones come again and again."
)
TO_30 = Measure("labels to 30%", labels_to(0.3))
START = (
    "The paper begins with no label at all, so that an untrained network asks the "
    "first questions. Here the first five labels are those of random images. They are "
    "counted, and the network knows of all 47 classes from the start."
)


def load(folder, settings):
    """Return the pool and the test rows of a set.

    Parameters
    ----------
    folder : str or os.PathLike or None
        The folder of data, in which the set has a folder of its own.
    settings : dict
        ``images`` is "glyphs", whose images are drawn, or the name of a set.
        ``n_classes`` and, of the rows that are drawn, ``n_images`` and ``n_valid``.

    Returns
    -------
    X, y, X_test, y_test : ndarray
        Pixels from 0 to 1, shape (n_samples, n_pixels), and classes from 0.

    Raises
    ------
    FileNotFoundError
        If the files are missing, or there is no folder of data.
    """
    name = settings["images"]
    if name == "glyphs":
        return _glyphs(settings)
    own, loader = LOADERS[name]
    if folder is None:
        raise FileNotFoundError(
            f"{name} is not downloaded. Give a folder with the folder {own} as data "
            "(--data FOLDER); the loader of skbal.datasets says which files it needs."
        )
    parts = (loader(f"{folder}/{own}", subset=subset) for subset in ("train", "test"))
    return tuple(array for part in parts for array in part)


def _glyphs(settings):
    n_classes = settings["n_classes"]
    n_rows = settings["n_images"] + settings["n_valid"]
    # Images of the same alphabet by other hands.
    parts = (
        make_glyphs(n, n_classes, seed, alphabet=ALPHABET, return_X_y=True)
        for seed, n in ((0, n_rows), (1, min(n_rows, N_TEST)))
    )
    return tuple(array for part in parts for array in part)


def run(unit):
    """Return the learning curve of a unit."""
    rows = rows_of(unit, tuple(unit.settings["image_shape"]))
    strategy = strategy_of(unit.part, unit.settings["n_draws"])
    return curve_of(unit, rows, strategy)


def mean_score(result):
    """Return the mean accuracy of a run, from the first labels to the last."""
    return float(np.mean(result["score"]))


def order(at, start=""):
    """Return what the paper's curves of EMNIST say about the order of its arms.

    Parameters
    ----------
    at : tuple of int
        Numbers of labels with which accuracies are compared, seed by seed.
    start : str, default=""
        What the names of the arms end with.

    Returns
    -------
    claims : tuple of Claim
    """

    def points(own, other, of, found):
        return 100 * gap(of, own, other)(found)

    accuracies = {"mean of the curve": mean_score}
    accuracies |= {f"{n} labels": score_with(n) for n in at}
    return tuple(
        Claim(
            f"{own} is more accurate than {other} with as many labels{start}",
            "section 4.4",
            tuple(
                Statement(
                    f"points, {where}",
                    partial(points, f"{own}{start}", f"{other}{start}", of),
                )
                for where, of in accuracies.items()
            ),
        )
        for own, other in (
            ("BatchBALD", "Random"),
            ("BatchBALD", "BALD"),
            ("Random", "BALD"),
        )
    )


def draw_with(published, title):
    """Return the function that draws the figure: one panel.

    Parameters
    ----------
    published : dict of str to str
        The names of the published curves of arms.
    title : str
        The title.

    Returns
    -------
    draw : callable
    """

    def draw(figure, reproduction, curves):
        figure.set_size_inches(8, 5)
        ax = figure.subplots()
        arms = {name: name for name in STRATEGIES}
        if reproduction.quick:  # of other images, which published curves are not about
            draw_panel(ax, reproduction, arms)
            ax.set_title("Quick version: drawn signs")
            return
        draw_panel(ax, reproduction, arms, published, curves)
        ax.set_title(title)

    return draw


def accuracies(at, arms=None):
    """Return the measures that read accuracies with numbers of labels.

    Parameters
    ----------
    at : tuple of int
        The numbers of labels.
    arms : tuple of str, optional
        The arms that have them. None means all.

    Returns
    -------
    measures : tuple of Measure
    """
    return tuple(
        Measure(f"accuracy with {n} labels", score_with(n), arms=arms, n_digits=3)
        for n in at
    )


def declare(name, at, table=None, n_published=None, quick=None, **parts):
    """Return an experiment with BatchBALD, BALD and random choice.

    Parameters
    ----------
    name : str
        Its name.
    at : tuple of int
        Numbers of labels with which the accuracy is read.
    table : dict of str to tuple of float, optional
        For an arm, the published accuracies with so many labels.
    n_published : int, optional
        Number of runs behind them.
    quick : dict, optional
        Settings of the quick version beside `QUICK`.
    **parts
        Other parts of an `Experiment`.

    Returns
    -------
    experiment : Experiment
    """
    measures = accuracies((QUICK["n_labels"], *at))
    published = [
        Published(arm, measure.name, number, SOURCE, n_published)
        for arm, numbers in (table or {}).items()
        for measure, number in zip(measures[1:], numbers)
    ]
    return Experiment(
        name=name,
        paper=_batchbald.PAPER,
        arms=STRATEGIES,
        quick={**QUICK, **(quick or {})},
        load=load,
        run=run,
        measures=(*measures, TO_30),
        published=tuple(published),
        **parts,
    )
