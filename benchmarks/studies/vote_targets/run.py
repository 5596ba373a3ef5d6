"""Strategies that know the targets, for votes, beside VoteBALD and random rows.

``python -m benchmarks.studies.vote_targets.run RUNS.jsonl [--only bar] [--model "last
layer"]`` adds a line for each repeat, question and model that the file does not have
yet. ``--only`` and ``--model`` restrict it to one question and one model, and
``--repeats`` to the first repeats. ``report.py`` makes the table.

Data, models, sizes and scores are those of the study `vote_active`, for the models
"logistic" and "last layer". "spiral?" is about real galaxies (``--data FOLDER``, see
`spirals`), with 20 to 200 labels of one vote each, of 1,500 galaxies, and 500 to score
on. Its models are "rings", a `BayesianVoteRegression` on columns that stay the same
when a galaxy is turned, and "last layer" on the images with half as many pixels, with
the network of "smooth?". Each repeat has its own rows, first labels and models,
which are the same for all strategies. The targets of `VoteEPIG` are 100 random rows of
the pool, those of `ExpectedVarianceReduction` the whole pool.
"""

import argparse
from functools import partial
from pathlib import Path

import torch

from skbal.experiments import compare
from skbal.models import BayesianVoteRegression
from skbal.query import ExpectedVarianceReduction, VoteBALD, VoteEPIG
from skbal.seeding import RandomSeed

from ..vote_active.run import SIZES, add_missing, catalogue, galaxies, model_of
from .spirals import FILE, load_spirals, rings, small

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
N_REPEATS = {"logistic": 20, "rings": 20, "last layer": 5}
QUESTIONS = ("even", "rare", "spiral", "smooth", "bar")
MODELS = {
    "logistic": ("even", "rare"),
    "rings": ("spiral",),
    "last layer": ("spiral", "smooth", "bar"),
}
# First labels, labels per query, queries.
ALL_SIZES = {**SIZES, "spiral": (20, 10, 18)}


def data_of(question, model, repeat, folder):
    """Return rows and votes."""
    if question == "spiral":
        images, votes = load_spirals(folder)
        return rings(images) if model == "rings" else small(images), votes
    data = catalogue if model == "logistic" else galaxies
    return data(repeat, question)


def model_named(name, question):
    """Return the model with this name."""
    if name == "rings":
        return BayesianVoteRegression(n_draws=50)
    return model_of(name, "smooth" if question == "spiral" else question)


def one_run(question, model, repeat, folder=None):
    """Return the histories of all strategies as plain data."""
    first, n_instances, n_queries = ALL_SIZES[question]
    X, votes = data_of(question, model, repeat, folder)
    n_votes = int(votes[0, 1])
    kinds = (VoteBALD, VoteEPIG, ExpectedVarianceReduction)
    comparison = compare(
        [kind(n_votes=n_votes) for kind in kinds],
        model_named(model, question),
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


def run(results, questions, models, repeats=None, folder=None):
    """Add the runs that the file of results does not have yet."""
    if not Path(folder or "", FILE).exists():
        print(f"Skipped: there is no file {FILE}.")
        questions = [question for question in questions if question != "spiral"]
    wanted = (
        (question, model, repeat)
        for model in models
        for repeat in range(repeats or N_REPEATS[model])
        for question in MODELS[model]
        if question in questions
    )
    add_missing(results, wanted, partial(one_run, folder=folder))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs")
    parser.add_argument("--only", choices=QUESTIONS)
    parser.add_argument("--model", choices=list(N_REPEATS))
    parser.add_argument("--repeats", type=int)
    parser.add_argument("--data", help="folder of the packed sets")
    options = parser.parse_args()
    torch.set_num_threads(1)
    run(
        options.runs,
        [options.only] if options.only else QUESTIONS,
        [options.model] if options.model else list(N_REPEATS),
        options.repeats,
        options.data,
    )


if __name__ == "__main__":
    main()
