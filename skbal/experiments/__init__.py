"""Paired comparisons of query strategies.

`compare` runs every strategy several times from the same first labels. The `Comparison`
it returns tells which differences between strategies are larger than their scatter.
"""

from skbal._utils.names import missing_from
from skbal.experiments._compare import compare
from skbal.experiments._comparison import Comparison
from skbal.experiments._difference import PairedDifference

__all__ = ["Comparison", "PairedDifference", "compare"]

__getattr__ = missing_from(__name__)
