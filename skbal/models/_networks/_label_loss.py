"""The loss of several yes/no labels per row, of which some may be missing."""

import torch
from torch import nn
from torch.nn.functional import logsigmoid


class LabelLoss(nn.Module):
    """Minus the log-likelihood of a row's labels, averaged over rows, in nats.

    ``-(y log p + (1 - y) log(1 - p))``, where p is the sigmoid of the logit, summed
    over the labels. A label that is NaN adds nothing, so it moves no weight.

    Parameters
    ----------
    reduction : {"mean", "none"}, default="mean"
        "none" gives one loss per row.
    """

    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, labels):
        """Return the loss.

        Parameters
        ----------
        logits : torch.Tensor of shape (n_rows, n_labels)
            The outputs of the network.
        labels : torch.Tensor of shape (n_rows, n_labels)
            0, 1 or NaN.

        Returns
        -------
        loss : torch.Tensor of shape () or (n_rows,)
        """
        is_known = ~labels.isnan()
        # NaN is replaced before the product: 0 * NaN would be NaN, also in gradients.
        yes = torch.where(is_known, labels, 0.0)
        likelihood = yes * logsigmoid(logits) + (1 - yes) * logsigmoid(-logits)
        losses = -(likelihood * is_known).sum(dim=1)
        return losses if self.reduction == "none" else losses.mean()
