"""Displays of learning curves, comparisons, images and votes, as in scikit-learn.

A display with one plot takes a matplotlib Axes as ``ax`` and has the attribute ``ax_``.
A display with several plots takes an array of Axes as ``ax`` and has the attribute
``axes_``. `ImageGridDisplay` takes a ``figure`` and makes the axes itself. `RunDisplay`
and `SearchDisplay` make figures in the size of a printed column.
"""

from skbal._utils.names import missing_from
from skbal.plotting._comparison import ComparisonDisplay
from skbal.plotting._curves import AcquisitionCurveDisplay
from skbal.plotting._image_grid import ImageGridDisplay
from skbal.plotting._ranks import RankDisplay
from skbal.plotting._runs import RunDisplay
from skbal.plotting._search import SearchDisplay
from skbal.plotting._vote_information import VoteInformationDisplay
from skbal.plotting._vote_posteriors import VotePosteriorDisplay

__all__ = [
    "AcquisitionCurveDisplay",
    "ComparisonDisplay",
    "ImageGridDisplay",
    "RankDisplay",
    "RunDisplay",
    "SearchDisplay",
    "VoteInformationDisplay",
    "VotePosteriorDisplay",
]

__getattr__ = missing_from(__name__)
