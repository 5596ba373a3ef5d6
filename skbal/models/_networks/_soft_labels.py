"""Soft labels: a probability for each class, in place of one class for each row."""

import numpy as np
import torch

from skbal._utils.validation import as_numbers

_TOLERANCE = 1e-3  # for the sum of a row, enough for probabilities in float16


class LabelsOrSoftLabels(torch.nn.NLLLoss):
    """The cross-entropy of log-probabilities, with labels or soft labels as targets.

    torch's ``NLLLoss`` takes labels only, unlike its ``CrossEntropyLoss``.
    """

    def forward(self, input, target):
        """Return the loss.

        Parameters
        ----------
        input : torch.Tensor of shape (n_samples, n_classes)
            Log-probabilities.
        target : torch.Tensor of shape (n_samples,) or (n_samples, n_classes)
            Numbers of classes, or their probabilities.

        Returns
        -------
        loss : torch.Tensor
            The mean over rows, or with ``reduction="none"`` one loss per row.
        """
        if not target.is_floating_point():
            return super().forward(input, target)
        losses = -(target * input).sum(dim=1)
        return losses if self.reduction == "none" else losses.mean()


def check_soft_labels(y, owner):
    """Return soft labels as float32, with rows that sum to one.

    Parameters
    ----------
    y : array-like of shape (n_samples, n_classes)
        The probability of each class.
    owner : str
        Name of the estimator, for messages.

    Returns
    -------
    probabilities : ndarray of shape (n_samples, n_classes), dtype=float32

    Raises
    ------
    ValueError
        If they are not numbers, a number is not in [0, 1], or a row does not sum to
        one.

    Examples
    --------
    >>> check_soft_labels([[0.5, 0.4]], "MCDropoutClassifier")
    Traceback (most recent call last):
        ...
    ValueError: y given to MCDropoutClassifier has 2 columns, so each row must hold the
    probabilities of the classes, which sum to 1, got the sum 0.9 in row 0.
    """
    must = (
        f"y given to {owner} has {np.shape(y)[1]} columns, so each row must hold the "
        "probabilities of the classes, which"
    )
    values = as_numbers(y, f"{must} are numbers")
    wrong = ~((values >= 0) & (values <= 1 + _TOLERANCE))  # true for NaN, too
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        hint = ""
        if (values >= 0).all() and (values % 1 == 0).all():
            hint = " For counts of votes use MCDropoutVoteRegressor."
        raise ValueError(
            f"{must} are in [0, 1], got {values[row, column]} in row {row}.{hint}"
        )
    sums = values.sum(axis=1, dtype=np.float64)
    off = np.abs(sums - 1) > _TOLERANCE
    if off.any():
        row = int(off.argmax())
        hint = ""
        if np.isin(values, [0, 1]).all():
            hint = (
                " For several yes/no labels per row use MCDropoutMultiLabelClassifier."
            )
        raise ValueError(
            f"{must} sum to 1, got the sum {sums[row]:.4g} in row {row}.{hint}"
        )
    return (values / sums[:, np.newaxis]).astype(np.float32)
