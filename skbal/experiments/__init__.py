"""Is it better than random? Paired runs of query strategies, and honest words.

`compare` runs every strategy from the same first labels, several times, and its
`Comparison` says which differences the repeats can show and which they cannot.
"""

from skbal.experiments._compare import compare
from skbal.experiments._comparison import Comparison
from skbal.experiments._difference import PairedDifference

__all__ = ["Comparison", "PairedDifference", "compare"]
