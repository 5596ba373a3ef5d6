"""The strategies of the benchmark: all of `skbal.query`, or a reason why not.

A strategy has its defaults, except for what it cannot do without: distances on the
columns of a table, since a forest has no features of its own.
"""

from skbal import query
from skbal.experiments._benchmark._tables import CLASSIFICATION, REGRESSION

_ON_COLUMNS = {"features": "input"}
_OF_NUMBERS = {"strategy": query.PredictiveVariance()}

# The parameters of each strategy, for each task that it is for.
STRATEGIES = {
    "BADGE": {CLASSIFICATION: _ON_COLUMNS},
    "BAIT": {CLASSIFICATION: _ON_COLUMNS, REGRESSION: _ON_COLUMNS},
    "BALD": {CLASSIFICATION: {}},
    "BatchBALD": {CLASSIFICATION: {"n_draws": None}},  # all trees of a forest
    "BatchVariance": {REGRESSION: {}},
    "ClassBalanced": {CLASSIFICATION: {}},
    "ConsensusEntropy": {CLASSIFICATION: {}},
    "CoreLog": {CLASSIFICATION: {}},
    "CoreMSE": {CLASSIFICATION: {}},
    "DensityWeighted": {CLASSIFICATION: {}, REGRESSION: _OF_NUMBERS},
    "DiversityPenalised": {CLASSIFICATION: {}, REGRESSION: _OF_NUMBERS},
    "EPIG": {CLASSIFICATION: {}},
    "ExpectedErrorReduction": {CLASSIFICATION: {}},
    "ExpectedVarianceReduction": {CLASSIFICATION: {}, REGRESSION: {}},
    "GreedySampling": {REGRESSION: {}},
    "KCenterGreedy": {CLASSIFICATION: _ON_COLUMNS, REGRESSION: _ON_COLUMNS},
    "KMeansBatch": {CLASSIFICATION: _ON_COLUMNS, REGRESSION: _ON_COLUMNS},
    "LCMD": {CLASSIFICATION: _ON_COLUMNS, REGRESSION: _ON_COLUMNS},
    "LeastConfident": {CLASSIFICATION: {}},
    "Margin": {CLASSIFICATION: {}},
    "MaxEntropy": {CLASSIFICATION: {}},
    "MeanSTD": {CLASSIFICATION: {}, REGRESSION: {}},
    "PowerBALD": {CLASSIFICATION: {}},
    "PredictiveVariance": {CLASSIFICATION: {}, REGRESSION: {}},
    "ProbCover": {CLASSIFICATION: _ON_COLUMNS},
    "Random": {CLASSIFICATION: {}, REGRESSION: {}},
    "SoftmaxBALD": {CLASSIFICATION: {}},
    "SoftrankBALD": {CLASSIFICATION: {}},
    "Subsampled": {CLASSIFICATION: {}, REGRESSION: _OF_NUMBERS},
    "TypiClust": {CLASSIFICATION: _ON_COLUMNS, REGRESSION: _ON_COLUMNS},
    "ValueOfInformation": {CLASSIFICATION: {}},
    "VariationRatios": {CLASSIFICATION: {}},
    "VoteEntropy": {CLASSIFICATION: {}},
}
LEFT_OUT = {
    "JointLabelBALD": "a row has several labels",
    "PerCost": "if all labels have one price, it is the strategy inside it",
    "RelabelOrNew": "several people answer about a row",
    "VoteBALD": "a label is votes",
    "VoteEPIG": "a label is votes",
}


def default_strategies(task):
    """Return the strategies of a task, by the names of their classes.

    Parameters
    ----------
    task : {"classification", "regression"}
        The task.

    Returns
    -------
    strategies : dict of str to QueryStrategy

    Examples
    --------
    >>> default_strategies("regression")["GreedySampling"]
    GreedySampling()
    """
    return {
        name: getattr(query, name)(**tasks[task])
        for name, tasks in STRATEGIES.items()
        if task in tasks
    }
