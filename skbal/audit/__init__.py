"""Comparisons of what a model predicts with what was observed.

For models of votes: do intervals contain as many of the observed votes as they claim?
For all models: what do predictions, and their uncertainty, depend on?
"""

from skbal._utils.names import missing_from
from skbal.audit._coverage import VoteCoverage, vote_coverage
from skbal.audit._coverage_display import VoteCoverageDisplay
from skbal.audit._pit import vote_pit, vote_pit_histogram
from skbal.audit._pit_display import VotePITDisplay
from skbal.audit._saliency._display import SaliencyDisplay
from skbal.audit._saliency._feature_maps import FeatureMaps, feature_maps
from skbal.audit._saliency._feature_maps_display import FeatureMapsDisplay
from skbal.audit._saliency._maps import SaliencyMaps
from skbal.audit._saliency._saliency import saliency, uncertainty_saliency
from skbal.audit._saliency._sanity import SaliencySanity, saliency_sanity_check

__all__ = [
    "FeatureMaps",
    "FeatureMapsDisplay",
    "SaliencyDisplay",
    "SaliencyMaps",
    "SaliencySanity",
    "VoteCoverage",
    "VoteCoverageDisplay",
    "VotePITDisplay",
    "feature_maps",
    "saliency",
    "saliency_sanity_check",
    "uncertainty_saliency",
    "vote_coverage",
    "vote_pit",
    "vote_pit_histogram",
]

__getattr__ = missing_from(__name__)
