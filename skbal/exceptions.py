"""Warnings and errors of skbal that scikit-learn has no name for."""

__all__ = [
    "NoDrawsError",
    "NoDropoutError",
    "NumericalWarning",
    "RejectedLabelsWarning",
    "TooFewDrawsWarning",
    "VotesWarning",
]


class NoDrawsError(TypeError):
    """An estimator was given where posterior draws are needed, and it makes none."""


class NoDropoutError(ValueError):
    """A network without dropout was given where dropout makes the posterior draws."""


class NumericalWarning(UserWarning):
    """A result stands, but the arithmetic needed help; the message says how much."""


class RejectedLabelsWarning(UserWarning):
    """So many labels were not trusted that fewer were taught than were to be."""


class TooFewDrawsWarning(UserWarning):
    """Part of a batch is nearly random: the draws have nothing more to choose it by."""


class VotesWarning(UserWarning):
    """The votes leave a question, or how far people disagree about it, unknown."""
