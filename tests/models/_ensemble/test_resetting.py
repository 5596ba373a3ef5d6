import pytest
import torch
from torch import nn

from skbal.models._ensemble._resetting import with_new_weights


def test_each_copy_has_weights_of_its_own_and_the_module_stays():
    module = nn.Sequential(nn.Linear(3, 4), nn.MultiheadAttention(4, 2))
    before = {name: value.clone() for name, value in module.state_dict().items()}
    first, second = (with_new_weights(module, "Ensemble") for _ in range(2))
    for name in ("0.weight", "1.in_proj_weight"):
        assert not torch.equal(first.state_dict()[name], second.state_dict()[name])
    for name, value in module.state_dict().items():
        assert torch.equal(value, before[name])


def test_parameters_outside_of_such_layers_keep_their_values():
    module = nn.Sequential(nn.Linear(3, 4))
    module.register_parameter("scale", nn.Parameter(torch.tensor(3.0)))
    assert with_new_weights(module, "Ensemble").scale == 3.0


def test_a_module_without_such_layers_is_refused():
    with pytest.raises(ValueError, match="instance of Flatten, which has no layer"):
        with_new_weights(nn.Flatten(), "Ensemble")
