"""Displays of learning curves, comparisons, images and votes, as in scikit-learn.

A display with one plot takes a matplotlib Axes as ``ax`` and has the attribute ``ax_``.
A display with several plots takes an array of Axes as ``ax`` and has the attribute
``axes_``. `ImageGridDisplay` takes a ``figure`` and makes the axes itself.
"""

from skbal._utils.names import missing_from
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

__getattr__ = missing_from(__name__)
