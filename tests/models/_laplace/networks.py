"""Small networks with fixed weights, and rows for them."""

import numpy as np
import torch
from torch import nn

N_FEATURES, N_HIDDEN = 3, 4


def network(n_outputs, *after):
    """Return a network as if trained; its features are a tanh of a linear map."""
    generator = torch.Generator().manual_seed(0)
    layers = [nn.Linear(N_FEATURES, N_HIDDEN), nn.Tanh()]
    layers += [nn.Linear(N_HIDDEN, n_outputs), *after]
    module = nn.Sequential(*layers).double()
    with torch.no_grad():
        for weights in module.parameters():
            weights.copy_(torch.randn(weights.shape, generator=generator))
    return module.eval()


def extended_features(module, X):
    """Return the features and a column of ones, by hand."""
    first = module[0]
    weight, bias = (w.detach().double().numpy() for w in (first.weight, first.bias))
    features = np.tanh(X @ weight.T + bias)
    return np.column_stack([features, np.ones(len(X))])


def last_layer(module):
    """Return the weights of the last dense layer with its biases in the last row."""
    dense = module[2]
    weight, bias = (w.detach().double().numpy() for w in (dense.weight, dense.bias))
    return np.vstack([weight.T, bias])


def rows(n=40, n_classes=3, seed=1):
    rng = np.random.default_rng(seed)
    # Values that float32 holds exactly: networks take no others.
    X = rng.normal(size=(n, N_FEATURES)).astype(np.float32).astype(np.float64)
    return X, rng.integers(n_classes, size=n)
