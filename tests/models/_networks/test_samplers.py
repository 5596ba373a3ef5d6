"""Draws that are passes of several networks in evaluation mode."""

import torch
from torch import nn

from skbal.models._networks._samplers import EvaluationSampler


def test_each_draw_is_the_evaluation_pass_of_one_network():
    torch.manual_seed(0)
    networks = [
        nn.Sequential(
            nn.Linear(3, 8), nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(8, 2)
        )
        for _ in range(3)
    ]
    x = torch.randn(5, 3)
    draws = EvaluationSampler(networks, x)(x)
    assert draws.shape == (3, 5, 2)
    for network, draw in zip(networks, draws):
        assert network.training
        with torch.no_grad():
            torch.testing.assert_close(draw, network.eval()(x))


def test_networks_that_change_their_input_do_not_disturb_each_other():
    x = torch.tensor([[-1.0, 2.0]])
    networks = [nn.Sequential(nn.ReLU(inplace=True)), nn.Sequential(nn.Identity())]
    draws = EvaluationSampler(networks, x.clone())(x)
    torch.testing.assert_close(draws[1], torch.tensor([[-1.0, 2.0]]))
