"""The running statistics of normalisation layers, renewed for other weights.

A batch normalisation remembers mean and variance of its inputs, as the weights of the
training made them. With drawn weights they are others, and predictions with the old
ones are wrong (Maddox et al. 2019, section 3.2). So each draw has its own.
"""

import numpy as np
from torch.nn.modules.batchnorm import _NormBase

from skbal._utils.chunks import chunks, rows_within
from skbal.models._networks._calm import CalmNetwork, drops_in_evaluation
from skbal.models._networks._sizes import LIVE_TENSORS, largest_bytes
from skbal.models._networks._training import even_batch_size


def renewable_norms(module):
    """Return the layers of a network that keep running statistics.

    Parameters
    ----------
    module : torch.nn.Module
        The network.

    Returns
    -------
    layers : list of torch.nn.Module
    """
    norms = [part for part in module.modules() if isinstance(part, _NormBase)]
    return [norm for norm in norms if norm.running_mean is not None]


def renew_norms(module, x):
    """Give a network the running statistics of some rows under its present weights.

    Dropout is off. With several batches, the statistics are means over batches.

    Parameters
    ----------
    module : torch.nn.Module
        A network in evaluation mode, which is changed.
    x : torch.Tensor of shape (n_rows, ...)
        Training rows as they enter the network, two or more.
    """
    network = CalmNetwork(module, drops_in_evaluation(module, x[:2]))
    # Two rows: a normalisation in training mode may refuse one.
    row_bytes = LIVE_TENSORS * largest_bytes(network, x[:2].clone()) // 2
    size = even_batch_size(len(x), max(rows_within(row_bytes), 2))
    norms = renewable_norms(module)
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.training = True
    for number, rows in enumerate(chunks(len(x), size)):
        for norm in norms:
            norm.momentum = 1 / (1 + number)  # so that they are means over batches
        network(x[rows].clone())
    for norm, momentum in zip(norms, momenta):
        norm.training, norm.momentum = False, momentum


def some_rows(X, most, rng):
    """Return a copy of rows, a random choice if there are more than ``most``.

    Parameters
    ----------
    X : ndarray of shape (n_samples, ...)
        The rows.
    most : int
        Largest number of rows.
    rng : numpy.random.Generator
        Draws them.

    Returns
    -------
    rows : ndarray of shape (n_rows, ...)
    """
    return X[np.sort(rng.permutation(len(X))[:most])]
