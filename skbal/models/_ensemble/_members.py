"""The training of one member, in this process or in a worker."""

from copy import copy, deepcopy

from skbal._utils.threads import one_thread


def without_members(ensemble):
    """Return a shallow copy of an ensemble that has no members, to send to workers."""
    blank = copy(ensemble)
    vars(blank).pop("members_", None)
    return blank


def train_member(ensemble, member, X, y, weights, seed):
    """Return a trained member; nothing that is given is changed.

    Parameters
    ----------
    ensemble : DeepEnsemble
        Its parameters and what it has learned of y.
    member : skorch.NeuralNet or None
        The net that continues its training. None begins a new one.
    X, y : ndarray
        The rows in the shape in which they enter the network, and their targets.
    weights : ndarray of shape (n_samples,) or None
        The weights of the rows.
    seed : int
        Seeds the first weights and the training.

    Returns
    -------
    member : skorch.NeuralNet
    """
    # Callbacks have a state, which members trained in one process must not share.
    ensemble = copy(ensemble)
    ensemble.callbacks = deepcopy(ensemble.callbacks)
    # Sums over several threads are rounded otherwise, and a worker has fewer threads.
    with one_thread(ensemble):
        weights = None if weights is None else own(weights)
        return ensemble._trained_net(member, own(X), own(y), weights, seed)


def own(array):
    """Return an array that may be written to, as torch wants it."""
    return array if array.flags.writeable else array.copy()
