"""Warnings and errors that scikit-learn has no class for."""

__all__ = [
    "CampaignError",
    "DriftWarning",
    "MissingLabelsWarning",
    "NoDrawsError",
    "NoDropoutError",
    "NumericalWarning",
    "OneClassWarning",
    "PolicyInputsError",
    "PolicyWarning",
    "RejectedLabelsWarning",
    "TeachingWarning",
    "TooFewDrawsWarning",
    "VersionWarning",
    "VotesWarning",
]


class CampaignError(RuntimeError):
    """The database of a campaign cannot be used, as the message says."""


class DriftWarning(UserWarning):
    """The rows of a stream have changed."""


class MissingLabelsWarning(UserWarning):
    """One of several labels per row is missing in all rows."""


class NoDrawsError(TypeError):
    """Posterior draws are needed, and the estimator makes none."""


class NoDropoutError(ValueError):
    """Dropout is needed for posterior draws, and the network has none."""


class NumericalWarning(UserWarning):
    """The result is valid, but a computation was stabilised, as the message says."""


class OneClassWarning(UserWarning):
    """Rows are chosen at random, because the model knows fewer than two classes."""


class PolicyInputsError(ValueError):
    """A policy cannot see what it decides by, as the message says."""


class PolicyWarning(UserWarning):
    """Rows are chosen by their margin, because the policy is of no use here."""


class RejectedLabelsWarning(UserWarning):
    """Fewer labels were taught than wanted, because the others are not trusted."""


class TeachingWarning(UserWarning):
    """A learner is taught rows again, or its model is not the one that was expected.

    It forgets what it was taught elsewhere, or predicts otherwise than before its loop
    was saved.
    """


class TooFewDrawsWarning(UserWarning):
    """Part of a batch is nearly random, because there are too few posterior draws."""


class VersionWarning(UserWarning):
    """An object was pickled by another version of skbal than the one that loads it."""


class VotesWarning(UserWarning):
    """Votes are missing or left out, or a model learned too little from them."""
