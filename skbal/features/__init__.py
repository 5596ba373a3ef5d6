"""What a pool teaches without labels: transformers fitted on unlabelled rows.

`GradientFeatures` are those of rows as a fitted network sees them.
"""

from skbal._utils.names import missing_from
from skbal.features._deslant import Deslant
from skbal.features._gradient_features import GradientFeatures
from skbal.features._gradient_histograms import GradientHistograms
from skbal.features._patch_features import PatchFeatures
from skbal.features._pool_graph import PoolGraph

__all__ = [
    "Deslant",
    "GradientFeatures",
    "GradientHistograms",
    "PatchFeatures",
    "PoolGraph",
]

__getattr__ = missing_from(__name__)
