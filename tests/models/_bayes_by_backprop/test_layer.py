import numpy as np
import pytest
import torch
from scipy import stats
from torch import distributions, nn

from skbal.models._bayes_by_backprop._layer import VariationalLinear, make_variational


@pytest.fixture
def layer():
    generator = torch.Generator().manual_seed(0)
    found = VariationalLinear(nn.Linear(3, 2)).double()
    with torch.no_grad():
        for parameter in found.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return found


def normal(layer, name):
    return distributions.Normal(
        getattr(layer, name), getattr(layer, f"{name}_log_std").exp()
    )


@pytest.mark.parametrize("prior_variance", [0.1, 1.0, 7.0])
def test_the_divergence_and_its_gradient_are_those_of_torch(layer, prior_variance):
    prior = distributions.Normal(0.0, prior_variance**0.5)
    expected = sum(
        distributions.kl_divergence(normal(layer, name), prior).sum()
        for name in ("weight", "bias")
    )
    found = layer.divergence(prior_variance)
    torch.testing.assert_close(found, expected)
    parameters = list(layer.parameters())
    torch.testing.assert_close(
        torch.autograd.grad(found, parameters),
        torch.autograd.grad(expected, parameters),
    )


def test_the_divergence_vanishes_at_the_prior():
    layer = VariationalLinear(nn.Linear(4, 2))
    with torch.no_grad():
        for mean, log_std in layer.means_and_log_stds():
            mean.zero_()
            log_std.fill_(np.log(0.3))
    assert abs(layer.divergence(0.09).item()) < 1e-6


def test_outputs_in_training_are_distributed_as_those_of_drawn_weights(layer):
    x = np.array([0.5, -2.0, 1.0])
    with torch.random.fork_rng():
        torch.manual_seed(0)
        outputs = layer(torch.from_numpy(np.tile(x, (3000, 1)))).detach().numpy()
    weights, biases = (normal(layer, name) for name in ("weight", "bias"))
    mean = weights.mean.detach().numpy() @ x + biases.mean.detach().numpy()
    variance = weights.variance.detach().numpy() @ x**2
    variance += biases.variance.detach().numpy()
    white = (outputs - mean) / np.sqrt(variance)
    assert min(stats.kstest(column, "norm").pvalue for column in white.T) > 1e-3
    # Outputs, and rows, are independent: the weights of no two outputs are shared.
    assert abs(np.corrcoef(white.T)[0, 1]) < 4 / np.sqrt(3000)
    assert abs(np.corrcoef(white[1:, 0], white[:-1, 0])[0, 1]) < 4 / np.sqrt(3000)


def test_in_evaluation_it_is_the_layer_of_the_means():
    plain = nn.Linear(3, 2)
    layer = VariationalLinear(plain).eval()
    x = torch.ones(4, 3)
    torch.testing.assert_close(layer(x), plain(x))
    with torch.no_grad():
        plain.weight += 1  # it is another layer
    assert not torch.allclose(layer(x), plain(x))


def test_a_row_of_zeros_has_finite_gradients_without_a_bias():
    layer = VariationalLinear(nn.Linear(3, 2, bias=False))
    layer(torch.zeros(2, 3)).sum().backward()
    assert all(weight.grad.isfinite().all() for weight in layer.parameters())
    assert layer.bias_log_std is None


def test_the_last_dense_layer_is_replaced_and_no_other():
    inner = nn.Sequential(nn.Linear(3, 4), nn.ReLU())
    module = nn.Sequential(inner, nn.Linear(4, 2), nn.Softmax(1))
    last = module[1]
    make_variational(module, "Model", has_noise=True)
    assert isinstance(module[1], VariationalLinear)
    assert type(inner[0]) is nn.Linear
    torch.testing.assert_close(module[1].weight, last.weight)
    assert module[1].noise_variance == 1


@pytest.mark.parametrize(
    ("module", "kind"),
    [
        (nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten()), "none"),
        (nn.LSTM(3, 2), "none"),
        (nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)), "none"),
        (nn.Sequential(nn.LazyLinear(2)), "LazyLinear"),
    ],
)
def test_networks_without_a_last_dense_layer_are_refused(module, kind):
    message = f"module of Model must be a Sequential .* is {kind}"
    with pytest.raises(ValueError, match=message):
        make_variational(module, "Model", has_noise=False)
