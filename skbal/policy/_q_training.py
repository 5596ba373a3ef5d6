"""Training of a value network by torch."""

import torch

from skbal.policy._q_targets import q_targets


class Trainer:
    """Changes the arrays of a value network so that it predicts what comes.

    Parameters
    ----------
    network : ValueNetwork
        Changed in place: tensors share the memory of its arrays.
    learning_rate : float
        Of Adam.
    discount : float
        What a reward one step later is worth.
    double : bool
        As for `q_targets`.
    """

    def __init__(self, network, learning_rate, discount, double):
        self.network, self.discount, self.double = network, discount, double
        self._layers = [
            tuple(torch.from_numpy(part).requires_grad_() for part in layer)
            for layer in network.layers
        ]
        parameters = [part for layer in self._layers for part in layer]
        self._optimizer = torch.optim.Adam(parameters, lr=learning_rate)
        self.copy_to_target()

    def copy_to_target(self):
        """Let the target network be what the network is now."""
        self.target = self.network.copy()

    def step(self, batch):
        """Make one gradient step, and return the loss before it.

        Parameters
        ----------
        batch : Transitions
            Some steps of the environment.

        Returns
        -------
        loss : float
            Mean Huber loss.
        """
        targets = q_targets(
            batch.rewards,
            batch.terminated,
            self.network.values(batch.following),
            self.target.values(batch.following),
            self.discount,
            self.double,
        )
        with torch.enable_grad():
            values = self._values(batch.observations)
            actions = torch.from_numpy(batch.actions)[:, None]
            chosen = values.gather(1, actions)[:, 0]
            wanted = torch.from_numpy(targets).to(chosen.dtype)
            loss = torch.nn.functional.smooth_l1_loss(chosen, wanted)
            self._optimizer.zero_grad()
            loss.backward()
            self._optimizer.step()
        return float(loss.detach())

    def _values(self, observations):
        """Return what `ValueNetwork.values` does, with gradients."""
        found = torch.from_numpy(self.network.standardised(observations))
        for weights, biases in self._layers[:-1]:
            found = torch.relu(found @ weights + biases)
        weights, biases = self._layers[-1]
        found = found @ weights + biases
        return found[..., 0] if self.network.per_row else found
