"""Figures of a loop, in the form of scikit-learn's displays."""

from skbal.plotting._comparison import ComparisonDisplay
from skbal.plotting._curves import AcquisitionCurveDisplay

__all__ = ["AcquisitionCurveDisplay", "ComparisonDisplay"]
