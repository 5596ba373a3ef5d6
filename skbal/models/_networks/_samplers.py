"""One draw per network: passes in evaluation mode."""

import torch

from skbal._utils.chunks import rows_within
from skbal.models._networks._calm import CalmNetwork, drops_in_evaluation
from skbal.models._networks._few_rows import filled_up
from skbal.models._networks._sizes import LIVE_TENSORS, largest_bytes
from skbal.models._networks._twin import evaluation_twin, network_output


class EvaluationSampler:
    """The predictions of trained networks, one draw each.

    Parameters
    ----------
    modules : list of torch.nn.Module
        The trained networks, all of one architecture. They are not changed.
    example : torch.Tensor of shape (n_rows, ...)
        A few rows, to measure the memory that a pass needs.

    Attributes
    ----------
    batch_size : int
        Number of rows whose temporaries stay within the memory budget.
    """

    def __init__(self, modules, example):
        twins = [evaluation_twin(module) for module in modules]
        # All are of one architecture, so the first tells it for all.
        is_random = drops_in_evaluation(twins[0], example[:1])
        self._networks = [CalmNetwork(twin, is_random) for twin in twins]
        row_bytes = largest_bytes(self._networks[0], example[:1].clone())
        self.batch_size = rows_within(LIVE_TENSORS * row_bytes)

    def __call__(self, x):
        """Return the outputs of each network.

        Parameters
        ----------
        x : torch.Tensor of shape (n_rows, ...)
            A chunk of rows.

        Returns
        -------
        outputs : torch.Tensor of shape (n_networks, n_rows, n_outputs)
        """
        n_rows = len(x)
        x = filled_up(x, self.batch_size)
        with torch.inference_mode():
            # Each network gets a copy, since it may change its input in place.
            outputs = [network_output(run(x.clone())) for run in self._networks]
            return torch.stack(outputs)[:, :n_rows]

    def with_gradients(self, x, draws):
        """Return the outputs of some of the networks, through which gradients pass.

        Parameters
        ----------
        x : torch.Tensor of shape (n_rows, ...)
            A chunk of rows.
        draws : range
            The numbers of the networks.

        Returns
        -------
        outputs : torch.Tensor of shape (len(draws), n_rows, n_outputs)
        """
        networks = [self._networks[draw] for draw in draws]
        return torch.stack(
            [network_output(run.with_gradients(x.clone())) for run in networks]
        )
