"""Gradient descent at a constant rate around a solution, and its snapshots."""

import torch
from tqdm.auto import tqdm

from skbal.models._swag._flat import flat_weights
from skbal.models._swag._moments import Snapshots

MOMENTUM = 0.9  # as in the paper's experiments


def collect_snapshots(net, X, y, sample_weight, *, lr, n_snapshots, every, rank, show):
    """Continue the training of a net at a constant rate, and return the moments.

    The loss, the batches, the augmentation and the weight decay are those of the
    training before. The callbacks of the net are not called. Afterwards the net has the
    weights of the last step.

    Parameters
    ----------
    net : skorch.NeuralNet
        A trained net, which is changed.
    X, y : ndarray
        The rows in the shape in which they enter the network, and their targets.
    sample_weight : ndarray of shape (n_samples,) or None
        The weights of the rows.
    lr : float
        Learning rate of stochastic gradient descent with momentum 0.9.
    n_snapshots : int
        Number of snapshots.
    every : int
        Number of gradient steps from one snapshot to the next.
    rank : int
        Largest number of deviations.
    show : bool
        Whether to show a progress bar.

    Returns
    -------
    moments : WeightMoments
    """
    optimizer = _descent(net.optimizer_, lr)
    batches = _endless_batches(net, X, y, sample_weight)
    snapshots = Snapshots(rank)
    for _ in tqdm(range(n_snapshots), "snapshots", leave=False, disable=not show):
        for _ in range(every):
            optimizer.zero_grad()
            net.train_step_single(next(batches))
            optimizer.step()
        snapshots.add(flat_weights(net.module_))
    optimizer.zero_grad()
    return snapshots.moments()


def _descent(trained, lr):
    """Return SGD for the weights of another optimizer, with the same weight decay."""
    groups = [
        {"params": group["params"], "weight_decay": group.get("weight_decay", 0.0)}
        for group in trained.param_groups
    ]
    return torch.optim.SGD(groups, lr=lr, momentum=MOMENTUM)


def _endless_batches(net, X, y, sample_weight):
    net.sample_weight = sample_weight
    try:
        training, _ = net.get_split_datasets(X, y)
    finally:
        net.sample_weight = None
    while True:
        yield from net.get_iterator(training, training=True)
