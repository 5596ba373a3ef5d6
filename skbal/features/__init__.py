"""What a pool tells before the first label: features that need none."""

from skbal._utils.names import missing_from
from skbal.features._deslant import Deslant
from skbal.features._gradient_histograms import GradientHistograms

__all__ = ["Deslant", "GradientHistograms"]

__getattr__ = missing_from(__name__)
