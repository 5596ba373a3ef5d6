"""Votes on galaxies: Walmsley et al. (2020), intervals and active learning."""

from skbal._utils.matplotlib_style import COLOURS
from skbal.experiments._catalogue._galaxy_votes import load_spirals
from skbal.experiments._catalogue._vote_intervals import (
    AS_PUBLISHED,
    DRAWS,
    FIFTH,
    INTERVALS,
    Intervals,
    draw_coverage,
    draw_frequencies,
    interval_measures,
    intervals,
    name_within,
)
from skbal.experiments._catalogue._vote_labels import (
    LABELS,
    RMSE,
    SCORE,
    SIZES,
    draw_curve,
    findings,
    label_measures,
    labelled,
    name_saved,
    pairs,
)
from skbal.experiments._declared._experiment import Experiment, Published

SETTINGS = {
    "spirals": "Galaxy Zoo 2",
    "n_galaxies": 4000,
    "n_draws": 30,
    "max_epochs": 60,
    "lr": 0.002,
    "sizes": SIZES,
    "training_steps": {"smooth": 200, "bar": 300, "spiral": 200},
}
QUICK = {
    "spirals": "made",
    "n_galaxies": 400,
    "max_epochs": 5,
    "sizes": {"smooth": [20, 20, 2], "bar": [20, 20, 2], "spiral": [20, 20, 2]},
    "training_steps": {"smooth": 30, "bar": 30, "spiral": 30},
    "n_seeds": 1,
}
PAPER, FIRST_VERSION = "Walmsley et al. 2020", "its arXiv v1, 2019"
MOST = "Walmsley et al. 2020, at most"


def published():
    """Return the numbers of the abstract, and those of its first version."""
    n = DRAWS[-1]
    yield Published(AS_PUBLISHED, name_within("bar", FIFTH, n), 11.8, PAPER)
    for where, value in (("5 votes", 10.6), ("10 votes", 2.9)):
        name = name_within("bar", where, n)
        yield Published(AS_PUBLISHED, name, value, FIRST_VERSION)
    for question, active, _ in pairs():
        for what in (SCORE, RMSE) if question != "spiral?" else ():
            yield Published(active, name_saved(question, what), 35, PAPER)
            yield Published(active, name_saved(question, what), 60, MOST)


def load(folder, settings):
    """Return real galaxies and a vote on each; units make the others.

    Parameters
    ----------
    folder : str or os.PathLike or None
        The folder of ``gz2_spirals.npz``.
    settings : dict
        ``spirals`` says whether they are those of the file.

    Returns
    -------
    images, votes : ndarray
        As `load_spirals` returns them.
    """
    return load_spirals(folder, settings["spirals"])


def run(unit):
    """Return what a unit measures: intervals of votes, or a learning curve."""
    if isinstance(unit.part, Intervals):
        return intervals(unit)
    return labelled(unit)


def draw(figure, reproduction, curves):
    """Draw frequencies near the expectation, and the learning curves below them."""
    figure.set_size_inches(11, 7.5)
    panels = figure.subplots(2, 3)
    for ax, arm in zip(panels[0], INTERVALS):
        draw_frequencies(ax, reproduction, arm)
    draw_coverage(panels[0, 2], reproduction)
    for ax, (question, active, random) in zip(panels[1], pairs()):
        for arm, colour in zip((active, random), COLOURS):
            draw_curve(ax, arm, reproduction.results(arm).values(), colour)
        ax.set(title=question, xlabel="Labelled galaxies")
        if ax.lines:
            ax.legend(fontsize="small", loc="lower right")
    panels[1, 0].set_ylabel("Log-likelihood of a vote (nats)")
    for ax in panels.flat:
        if not ax.lines:
            ax.text(0.5, 0.5, "not run yet", ha="center", transform=ax.transAxes)
            ax.set(xticks=[], yticks=[])
    figure.suptitle("Mean of the runs; band from lowest to highest")


EXPERIMENT = Experiment(
    name="walmsley2020",
    title="Votes on galaxies: intervals, and fewer labels by VoteBALD",
    question=(
        "A network with dropout predicts how many of 40 volunteers will see a bar. Is "
        "the predicted distribution right if it has many draws? And are fewer galaxies "
        "needed if those are labelled whose votes tell most?"
    ),
    paper=(
        "M. Walmsley et al. (2020). Galaxy Zoo: probabilistic morphology through "
        "Bayesian CNNs and active learning. MNRAS 491, abstract."
    ),
    arms=INTERVALS | LABELS,
    settings=SETTINGS,
    quick=QUICK,
    load=load,
    run=run,
    n_seeds=5,
    measures=(*interval_measures(), *label_measures()),
    published=tuple(published()),
    findings=findings,
    differences=(
        "The paper has images and votes of Galaxy Zoo 2, with 128 pixels. No packed "
        "file has both. So “smooth?” and “bar?” are about galaxies that skbal makes, "
        "with 32 pixels and 40 votes. “spiral?” is about 2,000 real images of Galaxy "
        "Zoo 2 with 32 pixels, and a label is one vote, for the class that most "
        "volunteers chose.",
        "Coverage errors are those of the authors' code: how often k is within some "
        "votes of its expectation, as predicted and as observed. 0.2 of the share is 8 "
        "of 40 votes. Ours are differences in points, above 0 if the model is too "
        "sure. The abstract does not say whether its errors are differences or ratios.",
        "One draw is one set of dropout masks. “binomial, dropout 0.5” is as "
        "published. The other likelihood and rate are those that predicted other made "
        "galaxies best.",
        "One network answers both questions in the first two arms. It learns from "
        "3,000 galaxies, and 1,000 others are predicted.",
        "The abstract says up to 35 to 60% fewer galaxies, depending on the question. "
        "The authors' code begins with 1,024 labelled galaxies and adds 128 or 256 at "
        "a time. Here are 20 to 500.",
        "Runs of “smooth?” and “bar?” come from a study that kept the log-likelihood "
        "and no RMSE. A unit that is run again has both.",
    ),
    draw=draw,
)
