"""Warnings and errors that scikit-learn has no class for."""

__all__ = [
    "NoDrawsError",
    "NoDropoutError",
    "NumericalWarning",
    "RejectedLabelsWarning",
    "TooFewDrawsWarning",
    "VotesWarning",
]


class NoDrawsError(TypeError):
    """Posterior draws are needed, and the estimator makes none."""


class NoDropoutError(ValueError):
    """Dropout is needed for posterior draws, and the network has none."""


class NumericalWarning(UserWarning):
    """The result is valid, but a computation was stabilised, as the message says."""


class RejectedLabelsWarning(UserWarning):
    """Fewer labels were taught than wanted, because the others are not trusted."""


class TooFewDrawsWarning(UserWarning):
    """Part of a batch is nearly random, because there are too few posterior draws."""


class VotesWarning(UserWarning):
    """A question has no votes, or too few to learn a concentration."""
