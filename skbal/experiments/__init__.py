"""Paired comparisons of query strategies, and experiments of papers.

`compare` runs every strategy several times from the same first labels. The `Comparison`
it returns tells which differences between strategies are larger than their scatter.

`reproduce` runs an experiment of a paper, which is declared as an `Experiment`, and
sets our numbers beside the published ones.

`benchmark` runs all strategies on many tables. The `BenchmarkResult` it returns has
their ranks, and says which differences are larger than the critical one.
"""

from skbal._utils.names import missing_from
from skbal.experiments._benchmark._result import BenchmarkResult
from skbal.experiments._benchmark._run import benchmark
from skbal.experiments._catalogue import list_experiments, load_experiment
from skbal.experiments._compare import compare
from skbal.experiments._comparison import Comparison
from skbal.experiments._declared._claims import Claim, Statement
from skbal.experiments._declared._experiment import (
    Experiment,
    ExperimentUnit,
    Measure,
    Published,
)
from skbal.experiments._declared._reproduction import Reproduction
from skbal.experiments._declared._running import reproduce
from skbal.experiments._difference import PairedDifference

__all__ = [
    "BenchmarkResult",
    "Claim",
    "Comparison",
    "Experiment",
    "ExperimentUnit",
    "Measure",
    "PairedDifference",
    "Published",
    "Reproduction",
    "Statement",
    "benchmark",
    "compare",
    "list_experiments",
    "load_experiment",
    "reproduce",
]

__getattr__ = missing_from(__name__)
