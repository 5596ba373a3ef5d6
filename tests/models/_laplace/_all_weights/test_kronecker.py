"""The Kronecker and the diagonal form, against loops over rows, layers and pixels."""

import numpy as np
import pytest
import torch
from scipy import special
from torch import nn

from skbal.models import LaplaceClassifier, LaplaceRegressor
from skbal.models._laplace._all_weights._kronecker import (
    LayerBlock,
    axes_of_matrix,
    axes_of_rows,
)
from tests.models._laplace._all_weights import dense
from tests.models._laplace.networks import rows

FIXED = {"optimize": None, "prior_variance": 0.6}


def logit_covariance(model, X):
    """The covariance of the logits of each row, from the fitted model."""
    roots = [root for _, root in model._gaussian.whitened(model, X)]
    root = np.concatenate(roots)
    return root @ root.swapaxes(1, 2)


def expected_covariance(module, X, hessian):
    precision = hessian + np.eye(len(hessian)) / 0.6
    return np.einsum(
        "ncnd->ncd", dense.covariance(dense.jacobian(module, X), precision)
    )


def fitted(module, X, y, hessian):
    model = LaplaceClassifier(module, weights="all", hessian=hessian, **FIXED)
    return model.fit(X, y)


def test_the_diagonal_form_is_the_diagonal_of_the_gauss_newton_matrix():
    X, y = rows()
    module = dense.two_layers(3)
    exact = np.diag(np.diag(dense.softmax_gauss_newton(module, X)))
    ours = logit_covariance(fitted(module, X, y, "diagonal"), X)
    np.testing.assert_allclose(ours, expected_covariance(module, X, exact), rtol=1e-9)


def blocks_of(layers, hessian):
    """The Hessian without the correlations of different layers."""
    sizes = [sum(w.numel() for w in layer.parameters()) for layer in layers]
    block_of = np.repeat(np.arange(len(layers)), sizes)
    return hessian * (block_of[:, None] == block_of)


def test_for_one_row_it_is_the_block_of_each_dense_layer():
    X, y = rows()
    module = dense.two_layers(3)
    one = fitted(module, X, y, "kronecker").set_params(network=module)
    # All rows are the same one.
    one.fit(np.repeat(X[:1], 3, axis=0), np.arange(3))
    exact = dense.softmax_gauss_newton(module, X[:1]) * 3
    exact = blocks_of([module[0], module[2]], exact)
    np.testing.assert_allclose(
        logit_covariance(one, X), expected_covariance(module, X, exact), rtol=1e-8
    )


def test_for_a_squared_error_the_last_layer_is_exact():
    X = rows()[0]
    y = X[:, :2]
    module = dense.randomised(nn.Linear(3, 2))
    stds = [
        LaplaceRegressor(
            module, weights="all", hessian=hessian, noise_variance=0.2, **FIXED
        ).fit(X, y).predict(X, return_std=True)[1]
        for hessian in ("full", "kronecker")
    ]  # fmt: skip
    np.testing.assert_allclose(*stds, rtol=1e-9)


def kronecker_by_loops(module, layers, X):
    """One block a layer, from patches and derivatives collected one by one."""
    p = special.softmax(dense.outputs(module, X), axis=1)
    blocks = []
    for layer in layers:
        inputs, outputs, n_positions = 0.0, 0.0, 0
        for row, q in zip(torch.as_tensor(X, dtype=torch.float64), p):
            a, g = at_layer(module, layer, row[None])  # (T, I), (C, T, O)
            hessian = np.diag(q) - np.outer(q, q)
            inputs = inputs + sum(np.outer(each, each) for each in a)
            outputs = outputs + np.einsum("ctp,cd,dtq->pq", g, hessian, g)
            n_positions += len(a)
        blocks.append((outputs / n_positions, inputs))
    return blocks


def at_layer(module, layer, row):
    """Inputs of all positions, and derivatives of the outputs of the network there."""
    before = module[: list(module).index(layer)](row)
    value = layer(before).detach().requires_grad_()
    after = module[list(module).index(layer) + 1 :](value.clone())[0]
    g = [torch.autograd.grad(each, value, retain_graph=True)[0][0] for each in after]
    if isinstance(layer, nn.Linear):
        patches, g = before, [each[None] for each in g]
    else:
        (kh, kw), (sh, sw), (ph, pw) = layer.kernel_size, layer.stride, layer.padding
        image = nn.functional.pad(before[0], (pw, pw, ph, ph))
        patches = [
            image[:, i * sh : i * sh + kh, j * sw : j * sw + kw].reshape(-1)
            for i in range(value.shape[2])
            for j in range(value.shape[3])
        ]
        patches, g = torch.stack(patches), [each.flatten(1).T for each in g]
    ones = np.ones((len(patches), 1))
    return np.hstack([patches.detach().numpy(), ones]), torch.stack(g).numpy()


def test_a_convolution_has_the_factors_of_its_patches():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(5, 2, 6, 5)).astype(np.float32)
    y = np.arange(5) % 3
    module = dense.randomised(
        nn.Conv2d(2, 3, (3, 2), stride=(2, 1), padding=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(3, 2, 2),
        nn.Tanh(),
        nn.Flatten(),
        nn.Linear(20, 3),
    )
    model = fitted(module, X, y, "kronecker")
    layers = [module[0], module[2], module[5]]
    hessian = np.zeros((sum(w.numel() for w in module.parameters()),) * 2)
    start = 0
    for outputs, inputs in kronecker_by_loops(module, layers, X):
        n_outputs, n_inputs = len(outputs), len(inputs)
        # Ours are all weights, then all biases; theirs end each output in its bias.
        places = np.arange(n_outputs * n_inputs).reshape(n_outputs, n_inputs)
        places = np.concatenate([places[:, :-1].ravel(), places[:, -1]])
        block = np.kron(outputs, inputs)[np.ix_(places, places)]
        stop = start + len(block)
        hessian[start:stop, start:stop] = block
        start = stop
    assert start == len(hessian)
    np.testing.assert_allclose(
        logit_covariance(model, X),
        expected_covariance(module, X, hessian),
        rtol=1e-7,
        atol=1e-10,
    )


def test_other_weights_have_the_diagonal():
    X, y = rows()
    module = dense.randomised(
        nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 3, bias=False)
    )
    module[1].running_mean += 0.3
    module[1].running_var *= 2.0
    model = fitted(module, X, y, "kronecker")
    curvature = model._gaussian.deviations._curvature
    exact = dense.softmax_gauss_newton(module, X)
    np.testing.assert_array_equal(curvature.rest, np.arange(16, 24))
    np.testing.assert_allclose(curvature.rest_values, np.diag(exact)[16:24], rtol=1e-9)
    assert list(curvature.blocks) == ["0", "3"]


@pytest.mark.parametrize("kind", ["shared", "twice", "grouped"])
def test_layers_without_a_known_block_have_the_diagonal(kind):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(12, 4)).astype(np.float32)
    y = np.arange(12) % 4
    once = nn.Linear(4, 4)
    other = nn.Linear(4, 4)
    if kind == "shared":
        other.weight = once.weight
        layers = [once, nn.Tanh(), other]
    elif kind == "twice":
        layers = [once, nn.Tanh(), once]
    else:
        convolution = nn.Conv2d(4, 4, 1, groups=2)
        layers = [nn.Unflatten(1, (4, 1, 1)), convolution, nn.Flatten()]
    module = dense.randomised(*layers)
    model = fitted(module, X, y, "kronecker")
    curvature = model._gaussian.deviations._curvature
    assert curvature.blocks == {}
    exact = np.diag(dense.softmax_gauss_newton(module, X))
    np.testing.assert_allclose(curvature.rest_values, exact, rtol=1e-9)


def test_a_block_puts_back_what_it_takes():
    rng = np.random.default_rng(0)
    flat = rng.normal(size=(2, 3, 20))
    for bias, n_inputs in ((slice(12, 15), 5), (None, 4)):
        axes = [(np.ones(n), np.eye(n)) for n in (3, n_inputs)]
        block = LayerBlock(slice(0, 12), bias, *axes)
        back = np.zeros_like(flat)
        block.put(block.take(flat), back)
        n_used = 12 if bias is None else 15
        np.testing.assert_array_equal(back[..., :n_used], flat[..., :n_used])
        assert not back[..., n_used:].any()


def test_few_rows_give_the_root_of_the_same_covariance():
    rng = np.random.default_rng(0)
    R, G = rng.normal(size=(4, 6)), rng.normal(size=(5, 3))
    outputs = axes_of_matrix(G.T @ G)
    flat = rng.normal(size=(7, 18))
    exact = flat @ np.linalg.inv(np.kron(G.T @ G, R.T @ R) + 0.3 * np.eye(18)) @ flat.T
    for inputs in (axes_of_rows(R), axes_of_matrix(R.T @ R)):
        block = LayerBlock(slice(0, 18), None, outputs, inputs)
        turned = block.output_axes.T @ block.take(flat)
        root = block.rooted(turned, 0.3).reshape(7, 18)
        np.testing.assert_allclose(root @ root.T, exact, rtol=1e-9)
