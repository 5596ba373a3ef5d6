"""Targets, the network and its gradient steps, each in a second way."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skbal.policy._q_targets import q_targets
from skbal.policy._q_training import Trainer
from skbal.policy._replay import Transitions
from skbal.policy._value_network import ValueNetwork, new_network


def test_double_q_lets_one_network_choose_and_the_other_value():
    rewards, ends = np.array([1.0, 1.0, -2.0]), np.array([False, True, False])
    online = np.array([[5.0, 4.0], [5.0, 4.0], [0.0, 1.0]])
    target = np.array([[1.0, 3.0], [1.0, 3.0], [7.0, 2.0]])
    # 1 + 0.5 * 1, then a terminal state, then -2 + 0.5 * 2.
    double = q_targets(rewards, ends, online, target, 0.5, double=True)
    assert double.tolist() == [1.5, 1.0, -1.0]
    # 1 + 0.5 * 3, then a terminal state, then -2 + 0.5 * 7.
    single = q_targets(rewards, ends, online, target, 0.5, double=False)
    assert single.tolist() == [2.5, 1.0, 1.5]


@given(
    online=arrays(float, (4, 3), elements=st.floats(-5, 5)),
    target=arrays(float, (4, 3), elements=st.floats(-5, 5)),
    ends=arrays(bool, 4),
    discount=st.floats(0, 1),
)
def test_targets_are_those_of_a_loop_and_double_ones_are_never_larger(
    online, target, ends, discount
):
    rewards = np.arange(4.0)
    double = q_targets(rewards, ends, online, target, discount, double=True)
    for row in range(4):
        best = max(range(3), key=lambda action: online[row, action])
        future = 0 if ends[row] else discount * target[row, best]
        assert double[row] == rewards[row] + future
    single = q_targets(rewards, ends, online, target, discount, double=False)
    assert (double <= single).all()


def as_torch(network):
    """Return the network as a module of torch, without the standardisation."""
    modules = []
    for weights, biases in network.layers:
        linear = torch.nn.Linear(*weights.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weights.T))
            linear.bias.copy_(torch.from_numpy(biases))
        modules += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*modules[:-1])


def random_network(n_features, n_outputs, per_row):
    rng = np.random.default_rng(0)
    network = new_network(n_features, (8, 6), n_outputs, per_row, rng)
    for layer in network.layers:
        for part in layer:
            part += 0.3 * rng.standard_normal(part.shape).astype(np.float32)
    network.offset = np.full(n_features, 0.5, dtype=np.float32)
    network.scale = np.full(n_features, 2.0, dtype=np.float32)
    return network


def test_values_are_those_of_a_module_of_torch():
    network = random_network(3, 4, per_row=False)
    X = np.random.default_rng(1).normal(size=(5, 3)).astype(np.float32)
    with torch.no_grad():
        expected = as_torch(network)(torch.from_numpy((X - 0.5) / 2)).numpy()
    assert network.values(X) == pytest.approx(expected, abs=1e-5)


def test_each_row_is_valued_as_if_it_were_alone():
    network = random_network(3, 1, per_row=True)
    X = np.random.default_rng(1).normal(size=(5, 7, 3)).astype(np.float32)
    values = network.values(X)
    assert values.shape == (5, 7)
    for place in range(7):
        alone = network.values(X[:, [place]])
        assert values[:, [place]] == pytest.approx(alone, abs=1e-5)
    assert np.ptp(values) > 0


def test_a_new_network_values_everything_at_zero():
    network = new_network(3, (8,), 2, False, np.random.default_rng(0))
    assert not network.values(np.ones((1, 3))).any()
    spread = new_network(500, (500,), 2, False, np.random.default_rng(0)).layers[0][0]
    assert spread.var() == pytest.approx(2 / 500, rel=0.05)


def batch_of(X, actions, rewards, terminated):
    X = np.asarray(X, dtype=np.float32)
    return Transitions(
        X, np.array(actions), np.array(rewards, np.float32), X, np.array(terminated)
    )


def one_layer():
    layers = [(np.zeros((2, 2), np.float32), np.zeros(2, np.float32))]
    one = np.ones(2, dtype=np.float32)
    return ValueNetwork(layers, 0 * one, one, per_row=False)


def test_a_first_gradient_step_is_worked_by_hand():
    network = one_layer()
    trainer = Trainer(network, 0.1, 0.9, double=True)
    # Values are 0. The errors are -0.5 and 3, and both steps end an episode.
    loss = trainer.step(batch_of([[1, 2], [0, -1]], [0, 1], [0.5, -3.0], [True, True]))
    assert loss == pytest.approx((0.5**2 / 2 + (3 - 0.5)) / 2)
    # Adam's first step is the learning rate against the sign of the gradient: the first
    # error asks for more of action 0, the second for less of action 1, where x is -1.
    weights, biases = network.layers[0]
    assert weights == pytest.approx(np.array([[0.1, 0], [0.1, 0.1]]), abs=1e-5)
    assert biases == pytest.approx([0.1, -0.1], abs=1e-5)


def test_the_older_copy_is_renewed_only_when_told():
    network = one_layer()
    trainer = Trainer(network, 0.1, 0.9, double=True)
    batch = batch_of([[1, 2]], [0], [1.0], [False])
    for _ in range(3):
        trainer.step(batch)
    assert not trainer.target.layers[0][0].any()
    trainer.copy_to_target()
    assert (trainer.target.layers[0][0] == network.layers[0][0]).all()
    trainer.step(batch)
    assert not (trainer.target.layers[0][0] == network.layers[0][0]).all()


@pytest.mark.parametrize("per_row", [False, True])
def test_steps_lead_to_the_targets(per_row):
    network = new_network(3, (16,), 1 if per_row else 2, per_row,
                          np.random.default_rng(0))  # fmt: skip
    trainer = Trainer(network, 0.02, 0.9, double=True)
    rng = np.random.default_rng(1)
    X = rng.normal(size=(6, 2, 3) if per_row else (6, 3)).astype(np.float32)
    rewards = rng.normal(size=6).astype(np.float32)
    actions = np.arange(6) % 2
    for _ in range(300):
        loss = trainer.step(batch_of(X, actions, rewards, np.full(6, True)))
    assert loss < 1e-3
    assert network.values(X)[np.arange(6), actions] == pytest.approx(rewards, abs=0.1)
