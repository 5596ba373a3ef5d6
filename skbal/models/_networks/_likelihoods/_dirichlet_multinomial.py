"""Dirichlet-multinomial counts: rows that look alike differ in their shares."""

import numpy as np
import torch
from torch import nn

from skbal.models._networks._likelihoods._beta_binomial import (
    BetaBinomial,
    log_concentration,
    log_rising,
    start_from_moments,
)
from skbal.models._networks._likelihoods._multinomial import Multinomial, log_shares


class DirichletMultinomialLoss(nn.Module):
    """Minus the log-likelihood of a row's counts, averaged over rows, in nats.

    The shares of a row have a Dirichlet distribution around the softmax of the logits
    of a question, whose parameters sum to the concentration of the question. The
    network gives the logits of all answers, and then for each question the difference
    between the log of the concentration and its start.

    Parameters
    ----------
    start : array-like of shape (n_questions,)
        The concentrations with which training begins.
    sizes : array-like of int of shape (n_questions,)
        The number of answers to each question.
    reduction : {"mean", "none"}, default="mean"
        "none" gives one loss per row.
    """

    def __init__(self, start, sizes, reduction="mean"):
        super().__init__()
        self.reduction = reduction
        self.start = np.asarray(start)
        self.sizes = [int(size) for size in sizes]

    def forward(self, outputs, counts):
        """Return the loss.

        Parameters
        ----------
        outputs : torch.Tensor of shape (n_rows, n_columns + n_questions)
            The outputs of the network.
        counts : torch.Tensor of shape (n_rows, n_columns)
            The counts of each answer.

        Returns
        -------
        loss : torch.Tensor of shape () or (n_rows,)
        """
        # In float64, since in float32 log gamma of a large number has no digits left.
        outputs, counts = outputs.double(), counts.double()
        logits, change = outputs.split([sum(self.sizes), len(self.sizes)], dim=-1)
        log_total = log_concentration(change, self.start)
        sizes = torch.tensor(self.sizes, device=outputs.device)
        per_column = log_total.repeat_interleave(sizes, dim=-1)
        shares = log_shares(logits, self.sizes)
        likelihood = log_rising(shares, per_column, counts).sum(dim=1)
        n = torch.stack([part.sum(-1) for part in counts.split(self.sizes, -1)], dim=-1)
        total = log_total.exp()
        likelihood -= (torch.lgamma(total + n) - torch.lgamma(total)).sum(dim=1)
        losses = -likelihood.float()
        return losses if self.reduction == "none" else losses.mean()


def first_concentration(counts):
    """Return the concentration of counts, had the shares one distribution for all rows.

    It follows from moments as for votes k of N, summed over the answers.

    Parameters
    ----------
    counts : ndarray of shape (n_rows, n_answers)
        The counts of the answers to one question.

    Returns
    -------
    concentration : float
        Infinity without a row of two votes, which would tell it.

    Examples
    --------
    >>> round(first_concentration(np.array([[9, 0, 0], [0, 9, 0], [0, 0, 9]])), 2)
    0.01
    >>> first_concentration(np.eye(3))
    inf
    """
    counts = counts.astype(np.float64)
    n = counts.sum(axis=1)
    shares = counts.sum(axis=0) / max(n.sum(), 1)
    coin = shares * (1 - shares)
    # Summed over rows: the squares are coin * (N + correlation * N (N - 1)).
    squares = (counts - n[:, np.newaxis] * shares) ** 2
    excess = (squares - n[:, np.newaxis] * coin).sum()
    pairs = coin.sum() * (n * (n - 1)).sum()
    return float(start_from_moments(pairs, excess, (n > 1).any()))


class DirichletMultinomial(BetaBinomial):
    """Dirichlet-multinomial counts. The network gives logits, then concentrations."""

    loss_class = DirichletMultinomialLoss
    columns = (
        "one column per answer (the logits of all questions), then one per question "
        "for the concentrations"
    )
    last_layers = Multinomial.last_layers
    rho = Multinomial.rho

    def n_outputs(self, labels):
        """Return the number of answers and of questions."""
        return labels.n_columns + labels.n_questions

    def start(self, y, labels):
        """Return the concentrations with which training begins."""
        return np.array([first_concentration(part) for part in labels.split(y)])

    def loss_parameters(self, start, labels):
        """Return the start of the concentrations and the numbers of answers."""
        return {"criterion__start": start, "criterion__sizes": labels.sizes}

    def log_concentration(self, outputs, start):
        """Return the logarithm of the concentrations."""
        change = outputs[..., -len(start) :].double()
        return log_concentration(change, start).float()


LIKELIHOOD = DirichletMultinomial()
