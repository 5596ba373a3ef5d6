"""Strategies that know the targets, for votes, beside VoteBALD and random rows.

``python -m benchmarks.studies.vote_targets.run RUNS.jsonl [--only bar] [--model "last
layer"]`` adds a line for each repeat, question and model that the file does not have
yet. ``--only`` and ``--model`` restrict it to one question and one model.
``report.py`` makes the table.

Data, models, sizes and scores are those of the study `vote_active`, for the models
"logistic" and "last layer". Each repeat has its own rows, first labels and models,
which are the same for all strategies. The targets of `VoteEPIG` are 100 random rows of
the pool, those of `ExpectedVarianceReduction` the whole pool.
"""

import argparse
from pathlib import Path

import torch

from skbal.experiments import compare
from skbal.query import ExpectedVarianceReduction, VoteBALD, VoteEPIG
from skbal.seeding import RandomSeed

from ..vote_active.run import (
    MODELS,
    SIZES,
    add_missing,
    catalogue,
    galaxies,
    model_of,
)

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
N_REPEATS = {"logistic": 20, "last layer": 5}
QUESTIONS = ("even", "rare", "smooth", "bar")


def one_run(question, model, repeat):
    """Return the histories of all strategies as plain data."""
    first, n_instances, n_queries = SIZES[question]
    data = catalogue if model == "logistic" else galaxies
    X, votes = data(repeat, question)
    n_votes = int(votes[0, 1])
    kinds = (VoteBALD, VoteEPIG, ExpectedVarianceReduction)
    comparison = compare(
        [kind(n_votes=n_votes) for kind in kinds],
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs")
    parser.add_argument("--only", choices=QUESTIONS)
    parser.add_argument("--model", choices=list(N_REPEATS))
    options = parser.parse_args()
    torch.set_num_threads(1)
    run(
        options.runs,
        [options.only] if options.only else QUESTIONS,
        [options.model] if options.model else list(N_REPEATS),
    )


if __name__ == "__main__":
    main()
