"""Jacobian and Gauss-Newton matrix of a network, by loops and dense matrices."""

import numpy as np
import torch
from scipy import special
from torch import nn

from tests.models._laplace.networks import N_FEATURES


def randomised(*layers, seed=0):
    """Return a network in float64 with random weights, as if trained."""
    generator = torch.Generator().manual_seed(seed)
    module = nn.Sequential(*layers).double()
    with torch.no_grad():
        for weights in module.parameters():
            weights.copy_(0.7 * torch.randn(weights.shape, generator=generator))
    return module.eval()


def two_layers(n_outputs):
    return randomised(nn.Linear(N_FEATURES, 4), nn.Tanh(), nn.Linear(4, n_outputs))


def flat_weights(module):
    return np.concatenate([w.detach().numpy().ravel() for w in module.parameters()])


def outputs(module, X):
    with torch.no_grad():
        return module(torch.as_tensor(X, dtype=torch.float64)).numpy()


def jacobian(module, X):
    """One backward pass for each row and output, (n_rows, n_outputs, n_weights)."""
    weights = list(module.parameters())
    rows = []
    for row in torch.as_tensor(X, dtype=torch.float64):
        values = module(row[None])[0]
        grads = [torch.autograd.grad(v, weights, retain_graph=True) for v in values]
        rows.append([torch.cat([g.reshape(-1) for g in each]) for each in grads])
    return torch.stack([torch.stack(row) for row in rows]).numpy()


def softmax_gauss_newton(module, X):
    """sum_n J' (diag(p) - p p') J, row by row."""
    J, p = jacobian(module, X), special.softmax(outputs(module, X), axis=1)
    return sum(j.T @ (np.diag(q) - np.outer(q, q)) @ j for j, q in zip(J, p))


def covariance(J, precision):
    """The covariance of J times the weights, one block for each pair of rows.

    The shape is (n_rows, n_outputs, n_rows, n_outputs).
    """
    flat = J.reshape(-1, J.shape[-1])
    shape = J.shape[:2]
    return (flat @ np.linalg.inv(precision) @ flat.T).reshape(*shape, *shape)
