"""The interface of a likelihood of votes.

A likelihood connects the outputs of a network to votes. A new one is a file beside this
one, with a subclass of `Likelihood` and an instance of the name ``LIKELIHOOD``, and a
line in `_table`.
"""

from abc import ABC, abstractmethod

import numpy as np
import torch

# A network is never certain. Rho that float32 rounds to 0 or 1 stays this far away;
# otherwise a single vote against it would have the probability 0.
_SMALLEST = torch.finfo(torch.float32).eps / 2


class Likelihood(ABC):
    """The distribution of votes, given the outputs of a network.

    Attributes
    ----------
    loss_class : type
        The class of the loss, called with outputs of shape (n_rows, n_questions *
        n_columns) and votes of shape (n_rows, n_questions, 2).
    n_columns : int
        Number of outputs of the network per question. The logits of rho for all
        questions come first.
    columns : str
        The outputs of the network in words, for messages.
    has_concentration : bool
        Whether rho differs between rows that look alike to the network, so that the
        network gives a concentration.
    """

    n_columns = 1
    columns = "one column per question"
    has_concentration = False

    @property
    @abstractmethod
    def loss_class(self):
        """The class of the loss."""

    def warn(self, votes, owner):
        """Warn about votes that do not tell enough.

        Parameters
        ----------
        votes : ndarray of shape (n_rows, n_questions, 2)
            Yes votes k and all votes N.
        owner : str
            The estimator's name.
        """
        return  # by default, all votes tell enough

    def start(self, votes):
        """Return the numbers with which training begins, one per question.

        Parameters
        ----------
        votes : ndarray of shape (n_rows, n_questions, 2)
            Yes votes k and all votes N.

        Returns
        -------
        start : ndarray of shape (n_questions,)
        """
        return np.full(votes.shape[1], np.inf)

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

    def loss_parameters(self, start):
        """Return skorch's parameters for the loss.

        Parameters
        ----------
        start : ndarray of shape (n_questions,)
            See `start`.

        Returns
        -------
        parameters : dict
        """
        return {}

    def rho(self, outputs, n_questions):
        """Return the probability that one volunteer says yes.

        Parameters
        ----------
        outputs : torch.Tensor of shape (..., n_questions * n_columns)
            The outputs of the network.
        n_questions : int
            The number of questions.

        Returns
        -------
        rho : torch.Tensor of shape (..., n_questions)
        """
        logits = outputs[..., :n_questions]
        return torch.sigmoid(logits).clamp(_SMALLEST, 1 - _SMALLEST)

    def log_concentration(self, outputs, start):
        """Return the logarithm of the concentration of rho.

        Parameters
        ----------
        outputs : torch.Tensor of shape (..., n_questions * n_columns)
            The outputs of the network.
        start : ndarray of shape (n_questions,)
            See `start`.

        Returns
        -------
        log_concentration : torch.Tensor of shape (..., n_questions), dtype=float32
        """
        raise NotImplementedError
