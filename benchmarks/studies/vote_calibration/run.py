"""Whether intervals of votes cover as often as they say: galaxies and photographs.

``python -m benchmarks.studies.vote_calibration.run RUNS.jsonl [--cifar10h FILE]`` adds
a line for each data set, split and likelihood. A run that was stopped goes on when the
command is given again. FILE holds the packed images and votes of CIFAR-10H. Without it,
only the galaxies are done. ``report.py`` makes the table and the figure.

The galaxies are ``make_galaxies(4000, image_size=32)``, with another seed in each
repeat: 3,000 to learn from, 1,000 to test, 40 volunteers each, both questions at once.
CIFAR-10H has 2,000 photographs with about 51 votes each. "animal?" and "cat?" are yes
where people chose such a class. A random split has 1,500 photographs to learn from and
500 to test.

"Posterior" is the mixture of the votes that 30 dropout draws predict. "One model" takes
the mean of the draws for its rho, as one network without a posterior would. Coverage is
exact for whole numbers (see `skbal.audit.vote_coverage`).

The dropout rate was chosen from .1, .25 and .5, and 60 epochs from 30 and 60, by the
log-likelihood of other galaxies (random state 0, beta-binomial). CIFAR-10H has the same
rate, and 40 epochs.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from skbal._utils.random import stream
from skbal.audit import vote_coverage
from skbal.datasets import count_votes, load_image_votes, make_galaxies
from skbal.information import vote_log_likelihood
from skbal.models import MCDropoutVoteRegressor

from .._augment import mirrored, turned
from .._runs import append, read

RUNS = Path(__file__).parent / "results" / "runs.jsonl"
LIKELIHOODS = ("binomial", "beta-binomial")
LEVELS = np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99])
ANIMALS, CAT = (2, 3, 4, 5, 6, 7), (3,)
DATA = {"galaxies": ("smooth", "bar"), "cifar10h": ("animal", "cat")}
REPEATS = range(10, 15)
EPOCHS = {"galaxies": 60, "cifar10h": 40}


def galaxies(repeat):
    """Return rows, votes, and the number of first rows to learn from."""
    X, votes = make_galaxies(4000, 32, random_state=repeat, return_X_y=True)
    return X, votes, 3000


def photographs(repeat, path):
    """Return rows, votes, and the number of first rows to learn from."""
    found = load_image_votes(path)
    votes = count_votes(found.votes, [ANIMALS, CAT])
    order = stream(repeat, "split").permutation(len(votes))
    return found.images[order], votes[order], 1500


def one_run(name, likelihood, repeat, path=None):
    """Return the coverage and the log-likelihood of the posterior and of one model."""
    X, votes, n_train = galaxies(repeat) if name == "galaxies" else photographs(
        repeat, path
    )  # fmt: skip
    model = MCDropoutVoteRegressor(
        standardize=False,
        likelihood=likelihood,
        module__dropout=0.25,
        n_draws=30,
        max_epochs=EPOCHS[name],
        lr=0.002,
        augment=turned if name == "galaxies" else mirrored,
        random_state=repeat,
    ).fit(X[:n_train], votes[:n_train])
    X, votes = X[n_train:], votes[n_train:]
    rho = model.predict_samples(X, random_state=repeat).astype(np.float64)
    concentration = model.predict_concentration(X)
    kinds = {"posterior": rho, "one model": rho.mean(axis=1, keepdims=True)}
    return {
        "data": name,
        "likelihood": likelihood,
        "repeat": repeat,
        **{kind: held(draws, votes, concentration) for kind, draws in kinds.items()},
    }


def held(rho, votes, concentration):
    """Return coverage, its standard error and the mean log-likelihood of a vote."""
    kwargs = {"concentration": concentration}
    found = vote_coverage(rho, votes, levels=LEVELS, **kwargs)
    likelihood = vote_log_likelihood(rho, votes, **kwargs).sum(axis=0)
    return {
        "coverage": found.coverage.tolist(),
        "standard_error": found.standard_error.tolist(),
        "log_likelihood": (likelihood / votes[..., 1].sum(axis=0)).tolist(),
    }


def run(results, cifar10h):
    """Add the runs that the file of results does not have yet."""
    done = {(r["data"], r["likelihood"], r["repeat"]) for r in read(results)}
    for name in DATA if cifar10h else ["galaxies"]:
        for repeat in REPEATS:
            for likelihood in LIKELIHOODS:
                if (name, likelihood, repeat) in done:
                    continue
                append(results, one_run(name, likelihood, repeat, cifar10h))
                print(name, likelihood, repeat, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs")
    parser.add_argument("--cifar10h", help="file of the packed images and votes")
    options = parser.parse_args()
    torch.set_num_threads(1)
    run(options.runs, options.cifar10h)


if __name__ == "__main__":
    main()
