"""Figures of a loop and of votes, in the form of scikit-learn's displays."""

from skbal.plotting._comparison import ComparisonDisplay
from skbal.plotting._curves import AcquisitionCurveDisplay
from skbal.plotting._image_grid import ImageGridDisplay
from skbal.plotting._vote_information import VoteInformationDisplay
from skbal.plotting._vote_posteriors import VotePosteriorDisplay

__all__ = [
    "AcquisitionCurveDisplay",
    "ComparisonDisplay",
    "ImageGridDisplay",
    "VoteInformationDisplay",
    "VotePosteriorDisplay",
]
