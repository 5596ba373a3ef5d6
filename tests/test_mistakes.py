"""What newcomers get wrong is answered by an error that says what to do.

Each row is a mistake that people made with this toolkit, and words that the answer must
contain: the argument, whose it is, or the cure. Mistakes with loops, learners and
networks are tested where these are.
"""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skbal import (
    ActiveLearner,
    ActiveLearningClassifier,
    ActiveLearningRegressor,
    predict_samples,
)
from skbal.datasets import count_votes
from skbal.experiments import compare
from skbal.filters import LabelLikelihoodFilter, find_label_errors
from skbal.loop import History
from skbal.models import BayesianVoteRegression, MCDropoutClassifier
from skbal.oracles import CallableOracle, CrowdOracle, LabelOracle, VoteOracle
from skbal.query import BALD, EPIG, DiversityPenalised, Random, VoteBALD
from skbal.seeding import BalancedSeed, KMeansSeed
from skbal.stopping import MaxLabels
from skbal.votes import DawidSkene

X = np.random.default_rng(0).random((30, 4))
Y = np.arange(30) % 3
VOTES = np.stack([Y, np.full(30, 3)], axis=1)
FOREST = RandomForestClassifier(5, random_state=0).fit(X, Y)
REGRESSION = RandomForestRegressor(5, random_state=0).fit(X, Y)
VOTE_MODEL = BayesianVoteRegression(random_state=0).fit(X, VOTES)
MASKED = np.ma.masked_array(X, X > 0.9)


def imported(line):
    return lambda: exec(line, {})


def searched(**grid):
    estimator = ActiveLearningClassifier(FOREST, DiversityPenalised(BALD()))
    return GridSearchCV(estimator, grid, error_score="raise").fit(X, Y)


MISTAKES = {
    "keyword of a strategy": (
        lambda: BALD(ndraws=20),
        "BALD has no parameter 'ndraws'. Did you mean 'n_draws'?",
    ),
    "parameter by position": (lambda: BALD(20), "BALD takes"),
    "keyword of a seed": (lambda: BalancedSeed(per_class=2), "'n_per_class'"),
    "keyword of an oracle": (lambda: VoteOracle([0.5], seed=1), "VoteOracle has no"),
    "strategy from the package": (imported("from skbal import BALD"), "skbal.query.BA"),
    "loop from the package": (
        imported("from skbal import ActiveLearningLoop"),
        "skbal.loop.ActiveLearningLoop",
    ),
    "compare from the package": (
        imported("from skbal import compare"),
        "skbal.experiments.compare",
    ),
    "capitals": (imported("from skbal.query import Bald"), "mean skbal.query.BALD"),
    "typing error in a grid": (
        lambda: searched(query_strategy__penalti=[1]),
        "Invalid parameter 'penalti'",
    ),
    "class instead of an instance": (
        lambda: compare([BALD()], RandomForestClassifier, X, Y),
        "give an instance, such as RandomForestClassifier()",
    ),
    "class instead of a strategy": (lambda: compare([BALD], FOREST, X, Y), "BALD()"),
    "fewer columns in the pool": (lambda: BALD()(FOREST, X[:, :2]), "X has 2 features"),
    "more rows than the pool": (lambda: BALD()(FOREST, X, 31), "holds only 30 rows"),
    "no row": (lambda: BALD()(FOREST, X, 0), "n_instances of BALD must be an integer"),
    "part of a row": (lambda: Random()(FOREST, X, 2.5), "n_instances of Random must"),
    "workers as a string": (lambda: BALD(n_jobs="2")(FOREST, X), "n_jobs of BALD"),
    "no pool": (lambda: BALD()(FOREST, None), "X_pool given to BALD must be"),
    "pool with a mask": (lambda: BALD()(FOREST, MASKED), "X_pool given to BALD has"),
    "target without rows": (lambda: EPIG(X_target=3)(FOREST, X), "X_target of EPIG"),
    "too many draws": (
        lambda: BALD(n_draws=100)(FOREST, X),
        "has 5 members, and each gives one draw",
    ),
    "draws beyond all memory": (lambda: BALD(n_draws=10**12)(FOREST, X), "n_draws of"),
    "BALD with a regressor": (lambda: BALD()(REGRESSION, X), "Try PredictiveVariance"),
    "BALD with votes": (lambda: BALD()(VOTE_MODEL, X), "Try VoteBALD"),
    "VoteBALD with classes": (lambda: VoteBALD()(FOREST, X), "VoteBALD"),
    "model without draws": (
        lambda: BALD()(GaussianNB().fit(X, Y), X),
        "GaussianNB makes no posterior draws",
    ),
    "typing error in scoring": (
        lambda: compare([BALD()], FOREST, X, Y, scoring="acuracy"),
        "Did you mean 'accuracy'?",
    ),
    "labels of other rows": (
        lambda: compare([BALD()], FOREST, X, Y[1:]),
        "X has 30 rows, but y has shape (29,)",
    ),
    "table of answers as votes": (
        lambda: BayesianVoteRegression().fit(X, np.ones((30, 3))),
        "skbal.datasets.count_votes(table, yes)",
    ),
    "k and N exchanged": (
        lambda: BayesianVoteRegression().fit(X, VOTES[:, ::-1] + [1, 0]),
        "must have 0 <= k <= N",
    ),
    "votes as fractions": (
        lambda: BayesianVoteRegression().fit(X, VOTES / 3),
        "must have whole numbers of votes",
    ),
    "images as rows": (
        lambda: BayesianVoteRegression().fit(X.reshape(30, 1, 2, 2), VOTES),
        "Found array with dim 4, while dim <= 2 is required by BayesianVoteRegression. "
        "Give flat rows",
    ),
    "images to predict": (
        lambda: VOTE_MODEL.predict(X.reshape(30, 1, 2, 2)),
        "X.reshape(len(X), -1)",
    ),
    "votes for a classifier": (
        lambda: MCDropoutClassifier().fit(X, VOTES),
        "For counts of votes use MCDropoutVoteRegressor",
    ),
    "answers by name": (lambda: count_votes(VOTES, ["yes"]), "yes of count_votes must"),
    "rows instead of indices": (
        lambda: LabelOracle(Y)(X[:2]),
        "indices of LabelOracle",
    ),
    "mask instead of indices": (lambda: LabelOracle(Y)(Y > 1), "np.flatnonzero(mask)"),
    "masked indices": (
        lambda: LabelOracle(Y)(np.ma.masked_array([1, 2], [True, False])),
        "indices of LabelOracle has 1 masked entry",
    ),
    "oracle without labels": (
        lambda: LabelOracle([])([0]),
        "y of LabelOracle is empty",
    ),
    "oracle over a number": (
        lambda: CallableOracle(lambda row: 1, 3)([0]),
        "X_pool of CallableOracle must be indexable by row",
    ),
    "nobody's label": (
        lambda: CrowdOracle([0, 1], ["a", None])([0]),
        "labels of CrowdOracle must hold a string or a number in each row, row 1 has",
    ),
    "nobody's number": (
        lambda: CrowdOracle([0, 1], [1.0, np.nan])([0]),
        "row 1 has it. Leave out the answers of people who could not tell",
    ),
    "nobody's answer": (
        lambda: DawidSkene().fit([0, 1], ["a", None], ["ann", "bob"]),
        "row 1 has None. Leave out the answers of people who could not tell",
    ),
    "items by name": (
        lambda: CrowdOracle(["m31", "m42"], ["a", "b"])([0]),
        "items of CrowdOracle must be integers, got dtype <U3. They are positions of",
    ),
    "row that nobody saw": (
        lambda: CrowdOracle([0, 1], ["a", "b"])([1, 2]),
        "nobody answered about later rows, got 2. A loop asks about the others alone",
    ),
    "seed of a number": (lambda: KMeansSeed().select(5), "X given to KMeansSeed"),
    "class seed without labels": (
        lambda: BalancedSeed().select(X),
        "y of BalancedSeed must hold the class of every row",
    ),
    "rule without a loop": (lambda: MaxLabels()(None), "must be an ActiveLearningLoop"),
    "filter of other labels": (
        lambda: LabelLikelihoodFilter().trust(FOREST, X, list("abc") * 10),
        "must be numbers, like the class 0 of the model, got 'a'",
    ),
    "folds of text": (
        lambda: find_label_errors(FOREST, X, Y, cv="five"),
        "cv of find_label_errors must be",
    ),
    "draws of text": (
        lambda: predict_samples(FOREST, X, "3"),
        "n_draws of predict_sam",
    ),
    "row instead of rows": (
        lambda: ActiveLearner(FOREST).teach(X[3], [1]),
        "For a single row, give arrays of one row: X[[3]] and y[[3]]",
    ),
    "indices taught as rows": (
        lambda: ActiveLearner(clone(FOREST), BALD(), X, Y).teach([3, 4], Y[[3, 4]]),
        "Give rows: not their indices",
    ),
    "class that is taught": (
        lambda: ActiveLearner(RandomForestClassifier).predict(X),
        "give an instance, such as RandomForestClassifier()",
    ),
    "fractions as classes": (
        lambda: ActiveLearningClassifier(FOREST).fit(X, X[:, 0]),
        "y given to ActiveLearningClassifier is refused: Unknown label type: cont",
    ),
    "classes as targets": (
        lambda: ActiveLearningRegressor(RandomForestRegressor()).fit(X, ["cat"] * 30),
        "y of ActiveLearningRegressor must hold numbers, got",
    ),
    "weights of other rows": (
        lambda: compare([BALD()], FOREST, X, Y, sample_weight=np.ones(29)),
        "sample_weight of compare must hold one weight per row of the pool, 30",
    ),
    "function as a network": (
        lambda: MCDropoutClassifier(lambda: None).fit(X, Y),
        "module of MCDropoutClassifier must be 'auto', a torch.nn.Module class",
    ),
    "history of a table": (lambda: History([{"step": 0}]), "must be a Record, got"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_answered_with_what_to_do(mistake):
    make, words = MISTAKES[mistake]
    with pytest.raises((TypeError, ValueError, ImportError)) as told:
        make()
    assert words in str(told.value)


def test_an_encoder_that_meets_a_new_category_tells_what_to_give_it():
    sides = np.array([["east"], ["west"]] * 10 + [["north"]], dtype=object)
    model = make_pipeline(OneHotEncoder(), RandomForestClassifier(5, random_state=0))
    model.fit(sides[:20], Y[:20] > 0)
    with pytest.raises(ValueError, match="unknown categories") as told:
        BALD()(model, sides)
    assert "handle_unknown='ignore'" in told.value.__notes__[0]
