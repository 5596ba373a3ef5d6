"""Binomial votes: all volunteers say yes to a row with the same probability rho."""

from torch import nn
from torch.nn.functional import logsigmoid

from skbal.models._networks._likelihoods._base import Likelihood


class BinomialLoss(nn.Module):
    """Minus the log-likelihood of a row's votes, averaged over rows, in nats.

    ``-(k log rho + (N - k) log(1 - rho))``, where rho is the sigmoid of the logit,
    summed over the questions.

    Parameters
    ----------
    reduction : {"mean", "none"}, default="mean"
        "none" gives one loss per row.
    """

    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, votes):
        """Return the loss.

        Parameters
        ----------
        logits : torch.Tensor of shape (n_rows, n_questions)
            The outputs of the network.
        votes : torch.Tensor of shape (n_rows, n_questions, 2)
            Yes votes k and all votes N.

        Returns
        -------
        loss : torch.Tensor of shape () or (n_rows,)
        """
        k, n = votes.unbind(dim=-1)
        likelihood = k * logsigmoid(logits) + (n - k) * logsigmoid(-logits)
        losses = -likelihood.sum(dim=1)
        return losses if self.reduction == "none" else losses.mean()


class Binomial(Likelihood):
    """Binomial votes. The outputs of the network are the logits of rho."""

    loss_class = BinomialLoss


LIKELIHOOD = Binomial()
