"""How many labels VoteBALD saves on galaxies and catalogues, compared with random rows.

``python -m benchmarks.studies.vote_active.run RUNS.jsonl [--only bar] [--model
dropout]`` adds a line for each repeat, question and model that the file does not have
yet. ``--only`` and ``--model`` restrict it to one question and one model.
``report.py`` makes the table and the figure.

Each repeat has its own rows, first labels and models, which are the same for both
strategies. There are 3,000 rows to ask about and 1,000 to score on. All models are
trained anew after each query. The score is the mean log-likelihood of a vote.

The questions "smooth?" and "bar?" are put to 40 volunteers about ``make_galaxies(4000,
image_size=32)``, with images of mean 0 and variance 1. The models are:

- "dropout": `MCDropoutVoteRegressor` as published, with dropout before the last layer
  and 30 draws; five runs of it are units of ``skbal reproduce walmsley2020``, too;
- "last layer": `BayesianVoteRegression` (beta-binomial) on the features of such a
  network, which is a Laplace approximation of the last layer.

The questions "even?" and "rare?" are put about a catalogue of 20 properties (Student's
t, 3 degrees of freedom). The logit of rho is linear in the properties. "even?" has 40
volunteers of whom half say yes, "rare?" 5 of whom few do. The model is:

- "logistic": `BayesianVoteRegression`, which is the true model.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from scipy.special import expit
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.pipeline import make_pipeline

from skbal._utils.random import stream
from skbal.experiments import compare
from skbal.experiments._catalogue._galaxy_votes import galaxy_network, made_galaxies
from skbal.models import BayesianVoteRegression
from skbal.query import VoteBALD
from skbal.seeding import RandomSeed

from .._runs import append, read

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
QUESTIONS = ("smooth", "bar", "even", "rare")
MODELS = {
    "dropout": ("smooth", "bar"),
    "last layer": ("smooth", "bar"),
    "logistic": ("even", "rare"),
}
N_REPEATS = {"dropout": 5, "last layer": 5, "logistic": 20}
# First labels, labels per query, queries.
SIZES = {
    "smooth": (20, 20, 9),
    "bar": (50, 50, 9),
    "even": (10, 5, 12),
    "rare": (10, 5, 12),
}
# "bar?" is the harder question.
N_STEPS = {"smooth": 200, "bar": 300}
# Volunteers, and the logit of rho in the middle.
CATALOGUES = {"even": (40, 0.0), "rare": (5, -3.0)}


class NetworkFeatures(TransformerMixin, BaseEstimator):
    """What enters the last layer of a network that is trained with each fit."""

    def __init__(self, network):
        self.network = network

    def fit(self, X, y):
        self.network_ = clone(self.network).fit(X, y)
        return self

    def transform(self, X):
        return self.network_.transform(X)


def model_of(name, question):
    """Return the model with this name."""
    if name == "logistic":
        return BayesianVoteRegression(n_draws=50)
    network = galaxy_network(N_STEPS[question])
    if name == "dropout":
        return network
    head = BayesianVoteRegression("beta-binomial", n_draws=30)
    return make_pipeline(NetworkFeatures(network), head)


def galaxies(repeat, question):
    """Return standardised images, and votes on a question."""
    X, votes = made_galaxies(4000, 100 + repeat)
    return X, votes[:, QUESTIONS.index(question)]


def catalogue(repeat, question):
    """Return rows of properties, and votes on a question."""
    n_votes, middle = CATALOGUES[question]
    rng = stream(repeat, "catalogue")
    X = rng.standard_t(3, size=(4000, 20))
    weights = rng.normal(size=20) * 2 / np.sqrt(20)
    yes = rng.binomial(n_votes, expit(X @ weights + middle))
    return X, np.stack([yes, np.full_like(yes, n_votes)], axis=1)


def one_run(question, model, repeat):
    """Return the histories of both strategies as plain data."""
    first, n_instances, n_queries = SIZES[question]
    data = catalogue if model == "logistic" else galaxies
    X, votes = data(repeat, question)
    comparison = compare(
        [VoteBALD(n_votes=int(votes[0, 1]))],
        model_of(model, question),
        X,
        votes,
        n_repeats=1,
        n_queries=n_queries,
        n_instances=n_instances,
        initial=RandomSeed(first),
        test_size=0.25,
        random_state=repeat,
    )
    histories = {
        name: runs[0].to_records() for name, runs in comparison.histories.items()
    }
    return {"question": question, "model": model, "repeat": repeat, **histories}


def run(results, questions, models):
    """Add the runs that the file of results does not have yet."""
    wanted = (
        (question, model, repeat)
        for model in models
        for repeat in range(N_REPEATS[model])
        for question in MODELS[model]
        if question in questions
    )
    add_missing(results, wanted, one_run)


def add_missing(results, wanted, one_run):
    """Add the wanted runs (question, model, repeat) that a file does not have yet."""
    done = {(r["question"], r["model"], r["repeat"]) for r in read(results)}
    for key in wanted:
        if key not in done:
            append(results, one_run(*key))
            print(*key, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs")
    parser.add_argument("--only", choices=QUESTIONS)
    parser.add_argument("--model", choices=list(MODELS))
    options = parser.parse_args()
    torch.set_num_threads(1)
    run(
        options.runs,
        [options.only] if options.only else QUESTIONS,
        [options.model] if options.model else list(MODELS),
    )


if __name__ == "__main__":
    main()
