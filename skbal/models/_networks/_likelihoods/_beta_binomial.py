"""Beta-binomial votes: rho differs between rows that look alike to the network."""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import logsigmoid

from skbal.models._networks._likelihoods._base import Likelihood
from skbal.models._votes._checks import warn_of_single_votes

LARGEST_CONCENTRATION = 1e6  # votes are practically binomial
# At the smallest concentration practically all votes on a row are alike.
_LOG_RANGE = (np.log(1e-2), np.log(LARGEST_CONCENTRATION))


class BetaBinomialLoss(nn.Module):
    """Minus the log-likelihood of a row's votes, averaged over rows, in nats.

    The rho of a row has a beta distribution around the sigmoid of the logit, with
    a + b = concentration. The network gives the logits of all questions, and then the
    difference between the log of each concentration and its start.

    Parameters
    ----------
    start : array-like of shape (n_questions,)
        The concentrations with which training begins.
    reduction : {"mean", "none"}, default="mean"
        "none" gives one loss per row.
    """

    def __init__(self, start, reduction="mean"):
        super().__init__()
        self.reduction = reduction
        self.start = np.asarray(start)

    def forward(self, outputs, votes):
        """Return the loss.

        Parameters
        ----------
        outputs : torch.Tensor of shape (n_rows, 2 * n_questions)
            The outputs of the network.
        votes : torch.Tensor of shape (n_rows, n_questions, 2)
            Yes votes k and all votes N.

        Returns
        -------
        loss : torch.Tensor of shape () or (n_rows,)
        """
        # In float64, since in float32 log gamma of a large number has no digits left.
        votes = votes.double()
        k, n = votes.unbind(dim=-1)
        logits, log_total = logits_and_log_concentration(outputs, self.start)
        likelihood = log_rising(logsigmoid(logits), log_total, k)
        likelihood += log_rising(logsigmoid(-logits), log_total, n - k)
        total = log_total.exp()
        likelihood -= torch.lgamma(total + n) - torch.lgamma(total)
        losses = -likelihood.sum(dim=1).float()
        return losses if self.reduction == "none" else losses.mean()


def logits_and_log_concentration(outputs, start):
    """Return the logits and the log of the concentrations, in float64.

    Parameters
    ----------
    outputs : torch.Tensor of shape (..., 2 * n_questions)
        The outputs of the network.
    start : ndarray of shape (n_questions,)
        The concentrations with which training began.

    Returns
    -------
    logits, log_concentration : torch.Tensor of shape (..., n_questions)
    """
    logits, change = outputs.double().chunk(2, dim=-1)
    return logits, log_concentration(change, start)


def log_concentration(change, start):
    """Return the log of the concentrations, within its range.

    Parameters
    ----------
    change : torch.Tensor of shape (..., n_questions), dtype=float64
        The outputs of the network for the concentrations.
    start : ndarray of shape (n_questions,)
        The concentrations with which training began.

    Returns
    -------
    log_concentration : torch.Tensor of the same shape
    """
    # The start is infinite if no votes tell the concentration.
    start = change.new_tensor(np.clip(np.log(start), *_LOG_RANGE))
    return (start + change).clamp(*_LOG_RANGE)


def log_rising(log_share, log_total, count):
    """Return log of a (a + 1) ... (a + count - 1), where a = total * share.

    The first factor is computed from the log, since a may be too small for its log.

    Parameters
    ----------
    log_share, log_total, count : torch.Tensor, dtype=float64
        Of shapes that broadcast.

    Returns
    -------
    logs : torch.Tensor
    """
    first = log_total + log_share
    a = first.exp()
    rest = torch.lgamma(a + count.clamp(min=1)) - torch.lgamma(a + 1)
    return torch.where(count > 0, first + rest, 0.0)


def first_concentration(votes):
    """Return the concentration of the votes, had rho one distribution for all rows.

    It follows from moments: with the mean rho, k of N votes have the variance
    ``N rho (1 - rho) (1 + (N - 1) / (concentration + 1))``. Training begins here. The
    network learns from the rows how rho differs, which can only raise it.

    Parameters
    ----------
    votes : ndarray of shape (n_rows, n_questions, 2)
        Yes votes k and all votes N.

    Returns
    -------
    concentration : ndarray of shape (n_questions,), dtype=float64
        Infinity for a question without a row of two votes, which would tell it.

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
    return start_from_moments(pairs, excess, (n > 1).any(axis=0))


def start_from_moments(pairs, excess, is_told):
    """Return a concentration within the range, from sums over rows.

    Parameters
    ----------
    pairs : float or ndarray
        The excess, if all votes of a row were alike.
    excess : float or ndarray
        By how much the squares of k exceed those of independent votes.
    is_told : bool or ndarray
        Whether there is a row of two votes. Otherwise the result is infinity.

    Returns
    -------
    concentration : ndarray
    """
    low, high = np.exp(_LOG_RANGE)
    with np.errstate(divide="ignore", invalid="ignore"):
        concentration = np.divide(pairs, np.maximum(excess, 0)) - 1
    start = np.clip(np.nan_to_num(concentration, nan=high), low, high)
    return np.where(is_told, start, np.inf)


class BetaBinomial(Likelihood):
    """Beta-binomial votes. The network gives logits of rho, then concentrations."""

    loss_class = BetaBinomialLoss
    columns = (
        "two columns per question (the logits of all, then as many for the "
        "concentrations)"
    )
    has_concentration = True

    def n_outputs(self, labels):
        """Return twice the number of questions."""
        return 2 * labels.n_questions

    def warn(self, totals, owner):
        """Warn about a question without a row of two votes."""
        # A question without any vote has a warning of its own.
        single = np.flatnonzero(totals.max(axis=0) == 1)
        if len(single):
            warn_of_single_votes(single[0], owner)

    def start(self, y, labels):
        """Return the concentrations with which training begins."""
        return first_concentration(y)

    def later_start(self, start, new):
        """Return the start; an infinite one becomes finite if votes now tell it."""
        # The network continues from the number that stood for infinity.
        only_now = np.isinf(start) & np.isfinite(new)
        return np.where(only_now, LARGEST_CONCENTRATION, start)

    def loss_parameters(self, start, labels):
        """Return the start of the concentrations, which the loss needs."""
        return {"criterion__start": start}

    def log_concentration(self, outputs, start):
        """Return the logarithm of the concentrations."""
        return logits_and_log_concentration(outputs, start)[1].float()


LIKELIHOOD = BetaBinomial()
