"""Which likelihood fits the counts of three answers of real volunteers?

``python -m benchmarks.studies.galaxy_zoo_answers.run PATH`` prints a table. PATH is the
file ``gz_decals_votes.npz`` or its folder: the counts of smooth, featured and artifact
for 7,884 galaxies. No model of galaxies is needed. Three distributions are fitted by
`BayesianVoteRegression` on a column of zeros:

- one question, multinomial: the shares are the same for all galaxies;
- one question, Dirichlet-multinomial: they have a Dirichlet distribution, with one
  concentration;
- two questions in a tree, Dirichlet-multinomial: "artifact or galaxy", and of those who
  said galaxy "smooth or featured", each with its own concentration. The volunteers
  clicked once. The counts of the two questions are sums of their counts, and together
  they have the same information as the three.

Each is fitted on one half of the galaxies and measured on the other, both ways, for
random halves: the log-likelihood of the votes in the order in which they came, in nats
per galaxy, and the coverage of intervals, answer by answer. Differences have a standard
error over galaxies, of their mean over all halves.
"""

import argparse

import numpy as np

from skbal.audit import vote_coverage
from skbal.datasets import load_galaxy_votes
from skbal.information import answer_log_likelihood
from skbal.models import BayesianVoteRegression

LEVELS = (0.5, 0.8, 0.95)
N_HALVES = 5
ONE = [("answer", ["smooth", "featured", "artifact"])]
TREE = [
    ("kind", ["artifact", "galaxy"]),
    ("shape", ["smooth", "featured"], "galaxy"),
]
FITS = {
    "one question, multinomial": ("multinomial", ONE),
    "one question, Dirichlet-multinomial": ("dirichlet-multinomial", ONE),
    "tree, Dirichlet-multinomial": ("dirichlet-multinomial", TREE),
}


def as_columns(votes, questions):
    """Return the counts of the columns of the questions, from those of ``ONE``."""
    if questions is ONE:
        return votes
    smooth, featured, artifact = votes.T
    return np.column_stack([artifact, smooth + featured, smooth, featured])


def one_half(votes, fit, rest, likelihood, questions):
    """Return log-likelihoods per galaxy, coverage and concentrations of a fit."""
    y = as_columns(votes, questions)
    model = BayesianVoteRegression(
        likelihood, intercept_variance=1e4, questions=questions, random_state=0
    ).fit(np.zeros((len(fit), 1)), y[fit])
    X = np.zeros((len(rest), 1))
    draws = model.predict_samples(X, random_state=0)
    concentration = model.predict_concentration(X)
    found = vote_coverage(
        draws, y[rest], levels=LEVELS, concentration=concentration, questions=questions
    )
    parts = np.cumsum([len(question[1]) for question in questions])[:-1]
    logs = sum(
        answer_log_likelihood(shares, counts, numbers)
        for shares, counts, numbers in zip(
            np.split(draws, parts, axis=2),
            np.split(y[rest], parts, axis=1),
            concentration.T,
            strict=True,
        )
    )
    return logs, found, model.concentration_


def both_ways(votes, rng):
    """Yield the results of each fit on random halves, by name."""
    for _ in range(N_HALVES):
        order = rng.permutation(len(votes))
        halves = order[: len(order) // 2], order[len(order) // 2 :]
        for fit, rest in (halves, halves[::-1]):
            yield (
                rest,
                {
                    name: one_half(votes, fit, rest, *settings)
                    for name, settings in FITS.items()
                },
            )


def report(votes):
    logs = {name: np.zeros(len(votes)) for name in FITS}
    coverage = {name: [] for name in FITS}
    concentrations = {name: [] for name in FITS}
    for rest, results in both_ways(votes, np.random.default_rng(0)):
        for name, (own, found, concentration) in results.items():
            logs[name][rest] += own / N_HALVES
            coverage[name].append(found)
            concentrations[name].append(concentration)
    before = None
    for name, own in logs.items():
        print(f"{name}: {own.mean():.3f} nats per galaxy")
        if before is not None:
            gain = own - before
            error = gain.std(ddof=1) / np.sqrt(len(gain))
            print(f"  gain over the one above: {gain.mean():.3f} +- {error:.3f}")
        before = own
        print(f"  concentrations: {np.mean(concentrations[name], axis=0).round(2)}")
        mean = np.mean([found.coverage for found in coverage[name]], axis=0)
        for answer, row in zip(coverage[name][0].question_names, mean, strict=True):
            shares = " / ".join(f"{100 * share:.0f}" for share in row)
            print(f"  {answer}: {shares} % inside of 50 / 80 / 95 %")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", help="gz_decals_votes.npz or its folder")
    arguments = parser.parse_args()
    report(np.asarray(load_galaxy_votes(arguments.path).votes))


if __name__ == "__main__":
    main()
