"""Losses of volunteer votes, from logits: binomial and beta-binomial."""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import logsigmoid

LARGEST_CONCENTRATION = 1e6  # as good as a coin
_LOG_RANGE = (np.log(1e-2), np.log(LARGEST_CONCENTRATION))  # from all votes alike


class BinomialLoss(nn.Module):
    """Minus the log-likelihood of a row's votes, averaged over rows, in nats.

    ``-(k log rho + (N - k) log(1 - rho))``, rho the sigmoid of the logit, summed over
    the questions.
    """

    def forward(self, logits, votes):
        """Return the loss.

        Parameters
        ----------
        logits : torch.Tensor of shape (n_rows, n_questions)
            What the network gives.
        votes : torch.Tensor of shape (n_rows, n_questions, 2)
            Yes votes k and all votes N.

        Returns
        -------
        loss : torch.Tensor of shape ()
        """
        k, n = votes.unbind(dim=-1)
        likelihood = k * logsigmoid(logits) + (n - k) * logsigmoid(-logits)
        return -likelihood.sum(dim=1).mean()


class BetaBinomialLoss(nn.Module):
    """As `BinomialLoss`, where rho differs between rows that look alike.

    rho of a row has a beta distribution around the sigmoid of the logit, with
    a + b = concentration. The network gives both: the logits of all questions, and then
    by how much the log of each concentration differs from its start.

    Parameters
    ----------
    start : array-like of shape (n_questions,)
        The concentrations to begin with.
    """

    def __init__(self, start):
        super().__init__()
        self.start = np.asarray(start)

    def forward(self, outputs, votes):
        """Return the loss.

        Parameters
        ----------
        outputs : torch.Tensor of shape (n_rows, 2 * n_questions)
            What the network gives.
        votes : torch.Tensor of shape (n_rows, n_questions, 2)
            Yes votes k and all votes N.

        Returns
        -------
        loss : torch.Tensor of shape ()
        """
        # In float64: log gamma of a large concentration leaves float32 no digits.
        votes = votes.double()
        k, n = votes.unbind(dim=-1)
        logits, log_total = logits_and_log_concentration(outputs, self.start)
        likelihood = _log_rising(logits, log_total, k)
        likelihood += _log_rising(-logits, log_total, n - k)
        total = log_total.exp()
        likelihood -= torch.lgamma(total + n) - torch.lgamma(total)
        return -likelihood.sum(dim=1).mean().float()


def logits_and_log_concentration(outputs, start):
    """Return what a network for `BetaBinomialLoss` says, in float64.

    Parameters
    ----------
    outputs : torch.Tensor of shape (..., 2 * n_questions)
        What the network gives.
    start : ndarray of shape (n_questions,)
        The concentrations it began with.

    Returns
    -------
    logits, log_concentration : torch.Tensor of shape (..., n_questions)
    """
    logits, change = outputs.double().chunk(2, dim=-1)
    # Infinity, where no votes can tell, would be no number to learn from.
    start = change.new_tensor(np.clip(np.log(start), *_LOG_RANGE))
    return logits, (start + change).clamp(*_LOG_RANGE)


def _log_rising(logits, log_total, count):
    """Return log of a (a + 1) ... (a + count - 1), where a = total * sigmoid(logits).

    The first factor is apart: a may be so small that its logarithm needs the logit.
    """
    first = log_total + logsigmoid(logits)
    a = first.exp()
    rest = torch.lgamma(a + count.clamp(min=1)) - torch.lgamma(a + 1)
    return torch.where(count > 0, first + rest, 0.0)


def first_concentration(votes):
    """Return the concentration of the votes if rho were one distribution for all rows.

    By moments: of ``k`` with ``N`` votes and the mean rho, the variance is
    ``N rho (1 - rho) (1 + (N - 1) / (concentration + 1))``. What a network learns from
    the rows can only raise it, so it is where to begin.

    Parameters
    ----------
    votes : ndarray of shape (n_rows, n_questions, 2)
        Yes votes k and all votes N.

    Returns
    -------
    concentration : ndarray of shape (n_questions,), dtype=float64
        Infinity where no row has two votes: then nothing tells it from a coin.

    Examples
    --------
    >>> first_concentration(np.array([[[0, 10]], [[10, 10]]])).round(2)
    array([0.01])
    >>> first_concentration(np.array([[[0, 1]], [[1, 1]]]))
    array([inf])
    """
    k, n = np.moveaxis(votes.astype(np.float64), -1, 0)
    rho = k.sum(axis=0) / np.maximum(n.sum(axis=0), 1)
    coin = rho * (1 - rho)
    # Summed over rows: the squares are coin * (N + correlation * N (N - 1)).
    excess = ((k - n * rho) ** 2 - n * coin).sum(axis=0)
    pairs = coin * (n * (n - 1)).sum(axis=0)
    low, high = np.exp(_LOG_RANGE)
    with np.errstate(divide="ignore", invalid="ignore"):
        concentration = pairs / np.maximum(excess, 0) - 1
    start = np.clip(np.nan_to_num(concentration, nan=high), low, high)
    return np.where((n > 1).any(axis=0), start, np.inf)
