import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from torch import nn
from torch.func import functional_call, grad, vmap

from skbal._utils.chunks import chunks
from skbal.models import (
    DeepEnsembleRegressor,
    LaplaceRegressor,
    MCDropoutClassifier,
    MCDropoutRegressor,
)
from skbal.models._networks._gradients import gradients_of


def dense(n):
    return nn.Sequential(nn.Linear(5, n), nn.Tanh(), nn.Dropout(), nn.Linear(n, 2))


def images(n):
    return nn.Sequential(
        nn.Unflatten(1, (1, 6, 6)), nn.Conv2d(1, 3, 3, padding=1, stride=2),
        nn.BatchNorm2d(3), nn.ReLU(), nn.Flatten(), nn.Linear(27, n, bias=False),
        nn.ReLU(inplace=True), nn.Linear(n, 1),
    )  # fmt: skip


class Twice(nn.Module):
    """One layer runs twice, one is recurrent and cannot be mapped over rows."""

    def __init__(self, n):
        super().__init__()
        self.again = nn.Linear(4, 4)
        self.recurrent = nn.GRU(2, n, batch_first=True)
        self.end = nn.Linear(n, 2)

    def forward(self, x):
        x = torch.tanh(self.again(torch.tanh(self.again(x))))
        return self.end(self.recurrent(x.reshape(len(x), 2, 2))[0][:, -1])


NETWORKS = {"dense": (dense, 5), "images": (images, 36), "twice": (Twice, 4)}


def network_and_rows(name, n_rows=6, width=7):
    torch.manual_seed(0)
    make, n_features = NETWORKS[name]
    module = make(width).double().eval()
    return module, torch.randn(n_rows, n_features, dtype=torch.float64)


def exact(module, x):
    """Return the gradients of each row and output by torch.func, side by side."""
    weights = {name: w.detach() for name, w in module.named_parameters()}
    outputs = range(module(x[:1]).shape[1])

    def output(weights, row, c):
        return functional_call(module, weights, (row[None],))[0, c]

    per_output = []
    for c in outputs:
        if isinstance(module, Twice):  # no vmap of a recurrent layer
            rows = [grad(output)(weights, row, c) for row in x]
            found = {name: torch.stack([row[name] for row in rows]) for name in weights}
        else:
            found = vmap(grad(output), in_dims=(None, 0, None))(weights, x, c)
        per_output += [found[name].flatten(1) for name in weights]
    return torch.cat(per_output, dim=1).numpy()


def of(module, x, n_components, seed=0, weights="all"):
    modules = module if isinstance(module, list) else [module]
    made = gradients_of(modules, weights, n_components, seed, x[:1], "The test")
    return made.of_rows(x, torch.clone)


def assert_unbiased(sketch, kernel):
    """Each component alone has the kernel as its mean, and there are many."""
    n = sketch.shape[1]
    products = n * np.einsum("ik,jk->ijk", sketch, sketch)
    errors = products.std(axis=2) / np.sqrt(n)
    assert (np.abs(products.mean(axis=2) - kernel) < 4.5 * errors).all()
    assert errors.max() < 0.2 * kernel.max()  # it is a test of something


@pytest.mark.parametrize("name", NETWORKS)
def test_without_a_sketch_they_are_the_gradients_of_autograd(name):
    module, x = network_and_rows(name)
    expected = exact(module, x)
    assert_allclose(of(module, x, None), expected, rtol=1e-10, atol=1e-14)
    n_derivatives = expected.shape[1]
    assert_array_equal(of(module, x, n_derivatives), of(module, x, None))
    assert of(module, x, n_derivatives - 1).shape == (6, n_derivatives - 1)


@pytest.mark.parametrize("name", NETWORKS)
def test_inner_products_of_sketches_are_unbiased(name):
    module, x = network_and_rows(name, 4, width=500 if name == "dense" else 200)
    expected = exact(module, x)
    assert expected.shape[1] > 4000
    assert_unbiased(of(module, x, 4000), expected @ expected.T)


def test_another_seed_and_more_components():
    module, x = network_and_rows("dense", 30, width=30)
    kernel = of(module, x, None) @ of(module, x, None).T

    def error(n_components):
        sketches = [of(module, x, n_components, seed) for seed in range(3)]
        assert (sketches[0] != sketches[1]).all()
        return np.mean([(rows @ rows.T - kernel) ** 2 for rows in sketches])

    # 10 times as many components have about a tenth of the variance.
    assert 2 < error(20) / error(200) < 50


@pytest.mark.parametrize("n_components", [None, 20])
def test_rows_in_chunks_and_in_another_order_are_the_same(n_components, monkeypatch):
    module, x = network_and_rows("images", 9)
    whole = of(module, x, n_components)
    name = "skbal.models._networks._gradients.chunks"
    monkeypatch.setattr(name, lambda n, step: chunks(n, 4))
    assert_allclose(of(module, x.flip(0), n_components)[::-1], whole, rtol=1e-10)


def test_last_weights_are_those_of_the_last_dense_layer():
    module, x = network_and_rows("images")
    h = module[:-1](x).detach().numpy()
    expected = np.column_stack([h, np.ones(len(x))])
    assert_allclose(of(module, x, None, weights="last"), expected, rtol=1e-12)
    frozen, x = network_and_rows("dense")
    frozen[-1].bias.requires_grad_(False)
    assert of(frozen, x, None, weights="last").shape == (6, 2 * 7 * 2)
    with pytest.raises(ValueError, match=r"weights='last' needs .* The test is not"):
        of(*network_and_rows("twice"), None, weights="last")
    for weight in frozen.parameters():
        weight.requires_grad_(False)
    with pytest.raises(ValueError, match="The network of The test has no trained wei"):
        of(frozen, x, None)


def test_the_kernel_of_several_networks_is_the_mean_of_theirs():
    members = [network_and_rows("dense")[0] for _ in range(3)]
    x = network_and_rows("dense")[1]
    with torch.no_grad():
        for k, member in enumerate(members):
            member[0].weight.mul_(1 + k)
    kernels = [of(m, x, None) @ of(m, x, None).T for m in members]
    found = of(members, x, None)
    assert_allclose(found @ found.T, np.mean(kernels, axis=0))
    assert found.shape[1] > 300
    assert_unbiased(of(members, x, 300), np.mean(kernels, axis=0))


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 3)).astype(np.float32)
    return X, np.sin(X[:, 0])


def test_estimators_give_gradients_of_what_they_train(data):
    X, y = data
    small = {"max_steps": 5, "random_state": 0}
    model = MCDropoutRegressor(**small).fit(X, y)
    last = model.gradient_features(X, weights="last")
    assert_array_equal(last[:, :-1], model.transform(X))
    assert (last[:, -1] == 1).all()
    assert last.dtype == np.float32
    every = model.gradient_features(X, n_components=None)
    assert every.shape == (40, sum(w.numel() for w in model._modules()[0].parameters()))
    # A step along the gradient changes the prediction, in units of the scaled y.
    sketch = model.gradient_features(X)
    assert sketch.shape == (40, 512)
    assert_array_equal(model.gradient_features(X, random_state=0), sketch)
    assert (model.gradient_features(X, random_state=1) != sketch).any()
    head = LaplaceRegressor(model).fit(X, y)
    assert_array_equal(head.gradient_features(X), sketch)
    ensemble = DeepEnsembleRegressor(n_members=2, **small).fit(X, y)
    last = ensemble.gradient_features(X, weights="last")
    assert_allclose(last[:, :100] * 2**0.5, ensemble.transform(X)[:, :100], rtol=1e-6)


def test_gradients_of_a_classifier_are_those_of_its_logits(data):
    X, y = data
    model = MCDropoutClassifier(max_steps=5, random_state=0).fit(X, y > 0)
    module = model._modules()[0]
    last = model.gradient_features(X, weights="last", n_components=None)
    layers = [layer for layer in module.modules() if isinstance(layer, nn.Linear)]
    h = np.column_stack([model.transform(X), np.ones(len(X))])
    assert_allclose(last @ last.T, len(layers[-1].weight) * h @ h.T, rtol=1e-4)


def test_arguments_are_checked(data):
    model = MCDropoutRegressor(max_steps=2, random_state=0).fit(*data)
    with pytest.raises(ValueError, match=r"weights of gradient_features of MCDropoutR"):
        model.gradient_features(data[0], weights="first")
    with pytest.raises(ValueError, match=r"n_components of gradient_features of MCDr"):
        model.gradient_features(data[0], n_components=0)
    with pytest.raises(ValueError, match="X has 4 features, but MCDropoutReg"):
        model.gradient_features(np.ones((2, 4)))


# Of theirs: hooks at layers whose inputs need no gradient, and lists as an index.
@pytest.mark.filterwarnings("ignore:Full backward hook is firing")
@pytest.mark.filterwarnings("ignore:Using a non-tuple sequence")
def test_bmdal_reg_has_the_same_kernels(monkeypatch):
    pytest.importorskip("bmdal_reg")
    # It names np.Inf, which NumPy 2 no longer has.
    monkeypatch.setattr(np, "Inf", np.inf, raising=False)
    from bmdal_reg.bmdal.feature_data import TensorFeatureData
    from bmdal_reg.bmdal.features import Features
    from bmdal_reg.bmdal.layer_features import (
        LinearGradientComputation,
        create_grad_feature_map,
    )

    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 1)).double()
    x = torch.randn(30, 5, dtype=torch.float64)
    layers = [
        LinearGradientComputation(module[0]),
        LinearGradientComputation(module[2]),
    ]
    for weights, part in [("all", layers), ("last", layers[1:])]:
        theirs = Features(create_grad_feature_map(module, part), TensorFeatureData(x))
        ours = of(module, x, None, weights=weights)
        expected = theirs.get_kernel_matrix(theirs).detach().numpy()
        assert_allclose(ours @ ours.T, expected, rtol=1e-10, atol=1e-12)
