"""The interface of a likelihood of votes.

A likelihood connects the outputs of a network to votes. A new one is a file beside this
one, with a subclass of `Likelihood` and an instance of the name ``LIKELIHOOD``, and a
line in `_table`.
"""

from abc import ABC, abstractmethod

import numpy as np
import torch
from torch import nn

# A network is never certain. Rho that float32 rounds to 0 or 1 stays this far away;
# otherwise a single vote against it would have the probability 0.
SMALLEST = torch.finfo(torch.float32).eps / 2


class Likelihood(ABC):
    """The distribution of votes, given the outputs of a network.

    Attributes
    ----------
    loss_class : type
        The class of the loss, called with outputs of shape (n_rows, n_outputs) and
        votes of shape (n_rows, n_questions, 2), or counts of shape (n_rows, n_columns).
    columns : str
        The outputs of the network in words, for messages. The logits of all questions
        come first.
    last_layers : tuple of type
        Layers in which a network must not end, since the likelihood applies them.
    has_concentration : bool
        Whether rho differs between rows that look alike to the network, so that the
        network gives a concentration.
    """

    columns = "one column per question"
    last_layers = (nn.Sigmoid,)
    has_concentration = False

    @property
    @abstractmethod
    def loss_class(self):
        """The class of the loss."""

    def n_outputs(self, labels):
        """Return the number of outputs of the network.

        Parameters
        ----------
        labels : Labels
            The form of the labels.

        Returns
        -------
        n_outputs : int
        """
        return labels.n_questions

    def warn(self, totals, owner):
        """Warn about votes that do not tell enough.

        Parameters
        ----------
        totals : ndarray of shape (n_rows, n_questions)
            All votes N.
        owner : str
            The estimator's name.
        """
        return  # by default, all votes tell enough

    def start(self, y, labels):
        """Return the numbers with which training begins, one per question.

        Parameters
        ----------
        y : ndarray
            The votes.
        labels : Labels
            The form of the labels.

        Returns
        -------
        start : ndarray of shape (n_questions,)
        """
        return np.full(labels.n_questions, np.inf)

    def later_start(self, start, new):
        """Return the numbers for a training that continues with other votes.

        Parameters
        ----------
        start, new : ndarray of shape (n_questions,)
            The numbers of the training so far, and those of the votes now.

        Returns
        -------
        start : ndarray of shape (n_questions,)
        """
        return start

    def loss_parameters(self, start, labels):
        """Return skorch's parameters for the loss.

        Parameters
        ----------
        start : ndarray of shape (n_questions,)
            See `start`.
        labels : Labels
            The form of the labels.

        Returns
        -------
        parameters : dict
        """
        return {}

    def rho(self, outputs, labels):
        """Return the probability that one volunteer says yes, or gives an answer.

        Parameters
        ----------
        outputs : torch.Tensor of shape (..., n_outputs)
            The outputs of the network.
        labels : Labels
            The form of the labels.

        Returns
        -------
        rho : torch.Tensor of shape (..., n_columns)
        """
        logits = outputs[..., : labels.n_questions]
        return torch.sigmoid(logits).clamp(SMALLEST, 1 - SMALLEST)

    def log_concentration(self, outputs, start):
        """Return the logarithm of the concentration of rho.

        Parameters
        ----------
        outputs : torch.Tensor of shape (..., n_outputs)
            The outputs of the network.
        start : ndarray of shape (n_questions,)
            See `start`.

        Returns
        -------
        log_concentration : torch.Tensor of shape (..., n_questions), dtype=float32
        """
        raise NotImplementedError
