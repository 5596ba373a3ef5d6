"""Kirsch et al. (2021), Figure 1: batches by chance in proportion to scores."""

from skbal._utils.matplotlib_style import curve_style
from skbal.experiments._catalogue import _batchbald
from skbal.experiments._catalogue._batchbald import (
    IMAGE_SHAPE,
    WITH_40,
    arm_of,
    repeated,
    strategy_of,
)
from skbal.experiments._catalogue._digits import load_digits
from skbal.experiments._catalogue._panels import draw_panel, draw_published
from skbal.experiments._catalogue._stopped import NETWORK, curve_of, rows_of
from skbal.experiments._declared._experiment import Experiment, Measure, Published
from skbal.experiments._declared._labels import labels_to, score_with
from skbal.query import BADGE, BALD, PowerBALD, Random, SoftmaxBALD, SoftrankBALD

PAPER = (
    "A. Kirsch, S. Farquhar, P. Atighehchian, A. Jesson, F. Branchaud-Charron and "
    "Y. Gal (2021). Stochastic batch acquisition for deep active learning. "
    "arXiv:2106.12059, Figure 1."
)
SOURCE = "Kirsch et al. 2021"
SETTINGS = {
    **_batchbald.SHARED,
    "n_images": 10_000,
    "n_draws": 100,
}
QUICK = {**_batchbald.SHARED_QUICK, "n_images": 400, "n_draws": 20}
# The class, its beta, and how the authors' runs are called.
STRATEGIES = {
    "BALD": (BALD, None, "BALD__c1p0"),
    "Random": (Random, None, "Random__c1p0"),
    "BADGE": (BADGE, None, "BADGE__c1p0"),
    "PowerBALD 1": (PowerBALD, 1.0, "StochasticBALD__Power__c1p0"),
    "PowerBALD 4": (PowerBALD, 4.0, "StochasticBALD__Power__c4p0"),
    "PowerBALD 8": (PowerBALD, 8.0, "StochasticBALD__Power__c8p0"),
    "SoftmaxBALD 8": (SoftmaxBALD, 8.0, "StochasticBALD__Softmax__c8p0"),
    "SoftrankBALD 1": (SoftrankBALD, 1.0, "StochasticBALD__Softrank__c1p0"),
    "SoftrankBALD 4": (SoftrankBALD, 4.0, "StochasticBALD__Softrank__c4p0"),
}
COPIES = (1, 4)
ARMS = {arm_of(name, n): (name, n) for n in COPIES for name in STRATEGIES}
MEASURES = (
    Measure(WITH_40, score_with(40), n_digits=3),
    Measure("accuracy with 100 labels", score_with(100), n_digits=3),
    Measure("accuracy with 300 labels", score_with(300), n_digits=3),
    Measure("labels to 80%", labels_to(0.8)),
    Measure("labels to 90%", labels_to(0.9)),
    Measure("labels to 95%", labels_to(0.95)),
)
# Means of the raw runs that the authors published, for the measures after the first.
# None where a run never got there.
TABLE = {
    1: {
        "BALD": (0.869, 0.957, 50, 146, 254),
        "Random": (0.852, 0.927, 64, 170, None),
        "BADGE": (0.853, 0.927, 64, 186, None),
        "PowerBALD 1": (0.895, 0.953, 44, 112, 244),
        "PowerBALD 4": (0.907, 0.965, 44, 94, 196),
        "PowerBALD 8": (0.909, 0.964, 44, 98, 208),
        "SoftmaxBALD 8": (0.916, 0.964, 46, 90, 196),
        "SoftrankBALD 1": (0.897, 0.961, 46, 104, 230),
        "SoftrankBALD 4": (0.875, 0.959, 52, 128, 244),
    },
    4: {
        "BALD": (0.764, 0.886, 136, None, None),
        "Random": (0.862, 0.934, 72, 150, None),
        "BADGE": (0.855, 0.925, 76, 158, None),
        "PowerBALD 1": (0.901, 0.957, 58, 104, 226),
        "PowerBALD 4": (0.912, 0.966, 54, 92, 194),
        "PowerBALD 8": (0.913, 0.967, 52, 92, 186),
        "SoftmaxBALD 8": (0.912, 0.965, 52, 84, 186),
        "SoftrankBALD 1": (0.882, 0.961, 64, 116, 222),
        "SoftrankBALD 4": (0.736, 0.904, 156, None, None),
    },
}
N_PUBLISHED = 5
N_STEPS = 29
DIFFERENCES = (
    *NETWORK,
    "The pool are 10,000 random images of MNIST, other ones with each seed, and their "
    "copies. The paper has all that are not for validation.",
    "There are 1,024 validation images, and training ends after three epochs without a "
    "better validation accuracy, or after 30. The paper has 4,096 images and up to 300 "
    "epochs.",
    "There is noise in the pool with one copy, too, as in the authors' runs.",
    "The published numbers are means of the authors' raw runs. Where one of the runs "
    "never reached an accuracy, there is none. Labels are counted with the 20 first "
    "ones.",
)


def run(unit):
    """Return the learning curve of a unit."""
    name, n_repeats = unit.part
    kind, beta, _ = STRATEGIES[name]
    parameters = {} if beta is None else {"beta": beta}
    rows = rows_of(unit, IMAGE_SHAPE)
    rows = repeated(rows, n_repeats, unit.settings["noise"], unit.seed)
    n_draws = unit.settings["n_draws"]
    return curve_of(unit, rows, strategy_of(kind, n_draws, **parameters))


def published():
    """Return the numbers of the table."""
    for n, rows in TABLE.items():
        for name, numbers in rows.items():
            for measure, number in zip(MEASURES[1:], numbers):
                if number is not None:
                    yield Published(
                        arm_of(name, n), measure.name, number, SOURCE, N_PUBLISHED
                    )


def curve_name(name, n_repeats):
    """Return how the authors' runs of a strategy are called among published curves."""
    own = STRATEGIES[name][-1]
    return f"redux__MNIST__rep{n_repeats}__noiseTrue__b10__{own}__P100"


def draw(figure, reproduction, curves):
    """Draw ours in the upper row, and the published curves in the lower one."""
    figure.set_size_inches(11, 9)
    axes = figure.subplots(2, len(COPIES), sharex=True, sharey=True)
    for (ours, theirs), n in zip(axes.T, COPIES):
        draw_panel(ours, reproduction, {name: arm_of(name, n) for name in STRATEGIES})
        for number, name in enumerate(STRATEGIES):
            style = {**curve_style(number, N_STEPS), "markersize": 4, "label": name}
            draw_published(theirs, curves, curve_name(name, n), **style)
        pool = "MNIST with noise" if n == 1 else f"{n} noisy copies of MNIST"
        ours.set_title(f"{pool}, here")
        theirs.set(title=f"{pool}, published", xlabel="Labels")
        for ax in (ours, theirs):
            ax.label_outer()
    axes[1, 0].set(ylabel="Test accuracy", ylim=(0.5, 1))
    if axes[1, 0].lines:
        axes[1, 0].legend(loc="lower right", fontsize="small")


EXPERIMENT = Experiment(
    name="powerbald",
    title="Batches drawn by scores, on MNIST with and without copies",
    question=(
        "BALD takes the ten images with the best scores. Is it enough to draw them at "
        "random, the more likely the better the score?"
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
