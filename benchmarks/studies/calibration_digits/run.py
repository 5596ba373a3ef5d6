"""Calibration on real digits: MAP, MC dropout, deep ensemble, Laplace, last layer.

``python -m benchmarks.studies.calibration_digits.run [--labels 200] [--seeds 5]``. For
each seed one network is trained on balanced labels of MNIST. All rows of the table but
that of the ensemble use this network:

- MAP: the network with dropout off;
- MC dropout: the mean of 100 draws;
- deep ensemble: the mean of 5 such networks, each with dropout off;
- Laplace: the Laplace approximation of the last layer, by Hessian and link;
- last layer: regression of one-hot labels on the same features.

ECE is the mean gap between confidence and accuracy over 15 bins of equal width. NLL is
in nats per digit.
"""

import argparse
import warnings

import numpy as np
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import log_loss

from skbal.datasets import load_mnist_5k
from skbal.models import (
    DeepEnsembleClassifier,
    LaplaceClassifier,
    LastLayerClassifier,
    MCDropoutClassifier,
)
from skbal.seeding import BalancedSeed

N_BINS = 15
# Rows enter as they are: the published numbers are older than `standardize`.
TRAINING = {"image_shape": (28, 28), "standardize": False, "max_steps": 1000}
LAPLACES = {
    "Laplace": {},
    "Laplace, probit": {"predictive": "probit"},
    "Laplace, Kronecker": {"hessian": "kronecker"},
    "Laplace, diagonal": {"hessian": "diagonal"},
    "Laplace, at the MAP, evidence": {"mode": "map", "optimize": "evidence"},
}


def expected_calibration_error(probabilities, y, classes):
    """Return the mean gap between confidence and accuracy, weighted by bin counts."""
    confidence = probabilities.max(axis=1)
    correct = classes[probabilities.argmax(axis=1)] == y
    bins = np.minimum((confidence * N_BINS).astype(int), N_BINS - 1)
    gaps = np.bincount(bins, weights=confidence - correct, minlength=N_BINS)
    return np.abs(gaps).sum() / len(y)


def measures(probabilities, y, classes):
    probabilities = probabilities.astype(np.float64)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    accuracy = np.mean(classes[probabilities.argmax(axis=1)] == y)
    error = expected_calibration_error(probabilities, y, classes)
    return accuracy, error, log_loss(y, probabilities, labels=classes)


def models(net, X, y, seed):
    """Yield names of models, each with a function that predicts class probabilities."""
    plain = MCDropoutClassifier(**{**net.get_params(), "deterministic": True})
    vars(plain).update(
        {name: value for name, value in vars(net).items() if name.endswith("_")}
    )
    yield "MAP (network)", plain.predict_proba
    yield "MC dropout", net.predict_proba
    ensemble = DeepEnsembleClassifier(**TRAINING, random_state=seed)
    yield "deep ensemble", ensemble.fit(X, y).predict_proba
    frozen = FrozenEstimator(net)
    for name, parameters in LAPLACES.items():
        laplace = LaplaceClassifier(frozen, **parameters, random_state=seed)
        yield name, laplace.fit(X, y).predict_proba
    head = LastLayerClassifier(frozen, random_state=seed)
    yield "last layer, one-hot", head.fit(X, y).predict_proba


def one_seed(n_labels, seed):
    X, y = load_mnist_5k(return_X_y=True)
    labelled = BalancedSeed(n_labels // 10, random_state=seed).select(X, y)
    others = np.setdiff1d(np.arange(len(X)), labelled)
    net = MCDropoutClassifier(**TRAINING, random_state=seed)
    net.fit(X[labelled], y[labelled])
    return {
        name: measures(predict(X[others]), y[others], net.classes_)
        for name, predict in models(net, X[labelled], y[labelled], seed)
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labels", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", UserWarning)
    tables = [one_seed(arguments.labels, seed) for seed in range(arguments.seeds)]
    print(f"{arguments.labels} labels, mean of {arguments.seeds} seeds (s.e. of NLL)")
    for name in tables[0]:
        values = np.array([table[name] for table in tables])
        accuracy, error, nll = values.mean(axis=0)
        spread = values[:, 2].std(ddof=1) / np.sqrt(len(values))
        print(
            f"  {name:32} accuracy {accuracy:.3f}  ECE {error:.3f}  "
            f"NLL {nll:.3f} +- {spread:.3f}"
        )


if __name__ == "__main__":
    main()
