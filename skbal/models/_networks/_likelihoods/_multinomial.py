"""Multinomial counts: all volunteers choose an answer with the same shares."""

import torch
from torch import nn
from torch.nn.functional import log_softmax

from skbal.models._networks._likelihoods._base import SMALLEST, Likelihood


def log_shares(logits, sizes):
    """Return the logarithms of shares, which sum to one within each question.

    Parameters
    ----------
    logits : torch.Tensor of shape (..., n_columns)
        One logit per answer, question by question.
    sizes : list of int
        The number of answers to each question.

    Returns
    -------
    log_shares : torch.Tensor of the same shape
    """
    parts = logits.split([int(size) for size in sizes], dim=-1)
    return torch.cat([log_softmax(part, dim=-1) for part in parts], dim=-1)


class MultinomialLoss(nn.Module):
    """Minus the log-likelihood of a row's counts, averaged over rows, in nats.

    ``-sum_a k_a log p_a``, where the shares p are the softmax of the logits of a
    question, summed over the questions.

    Parameters
    ----------
    sizes : array-like of int of shape (n_questions,)
        The number of answers to each question.
    reduction : {"mean", "none"}, default="mean"
        "none" gives one loss per row.
    """

    def __init__(self, sizes, reduction="mean"):
        super().__init__()
        self.reduction = reduction
        self.sizes = [int(size) for size in sizes]

    def forward(self, logits, counts):
        """Return the loss.

        Parameters
        ----------
        logits, counts : torch.Tensor of shape (n_rows, n_columns)
            The outputs of the network, and the counts of each answer.

        Returns
        -------
        loss : torch.Tensor of shape () or (n_rows,)
        """
        losses = -(counts * log_shares(logits, self.sizes)).sum(dim=1)
        return losses if self.reduction == "none" else losses.mean()


class Multinomial(Likelihood):
    """Multinomial counts. The outputs of the network are the logits of the answers."""

    loss_class = MultinomialLoss
    columns = "one column per answer"
    last_layers = (nn.Sigmoid, nn.Softmax)

    def n_outputs(self, labels):
        """Return the number of answers to all questions."""
        return labels.n_columns

    def loss_parameters(self, start, labels):
        """Return the number of answers to each question."""
        return {"criterion__sizes": labels.sizes}

    def rho(self, outputs, labels):
        """Return the shares of the answers, never closer to 0 than float32 can be."""
        logits = outputs[..., : labels.n_columns]
        parts = log_shares(logits, labels.sizes).exp().clamp(min=SMALLEST)
        parts = parts.split(labels.sizes.tolist(), dim=-1)
        return torch.cat([part / part.sum(-1, keepdim=True) for part in parts], dim=-1)


LIKELIHOOD = Multinomial()
