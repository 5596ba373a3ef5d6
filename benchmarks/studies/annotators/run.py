"""Intervals of people's skill, and whether to ask again about a row or about a new one.

``python -m benchmarks.studies.annotators.run coverage`` draws answers of people whose
skill is known, and counts how many are inside their 90 % interval of
`DawidSkene.accuracy_interval`.

``python -m benchmarks.studies.annotators.run labels`` buys answers about scikit-learn's
digits from people who err, 40 at a time, by several rules. For each number of answers
it prints the accuracy of a forest on test rows, that of the labels of the rows asked
about, and their number. ActiveLab (cleanlab) is among the rules where cleanlab is
installed.

Each prints its table, with the mean and the standard error over ``--repeats`` runs.
"""

import argparse

import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_predict

from skbal._utils.random import stream
from skbal.query import BALD, RelabelOrNew
from skbal.votes import DawidSkene

# Items, people, classes, and answers about an item.
CROWDS = [(100, 8, 2, 3), (100, 8, 4, 3), (100, 8, 4, 5), (500, 25, 2, 5)]
SKILLS = {
    "alike": [0.75] * 8,
    "mixed": [0.95, 0.95, 0.6, 0.6, 0.6, 0.4, 0.4, 0.4],
}
FIRST, BATCH, CHECKED = 40, 40, (240, 400, 600)


def answer(rng, truth, skill, n_classes):
    """Return answers that are right with a probability, else any other class."""
    wrong = (truth + rng.integers(1, n_classes, len(truth))) % n_classes
    return np.where(rng.random(len(truth)) < skill, truth, wrong)


def share_inside(n_items, n_people, n_classes, each, seed):
    """Return the share of people inside their interval, and its mean width."""
    rng = stream(seed, "crowd", n_items, n_people, n_classes, each)
    truth = rng.integers(n_classes, size=n_items)
    skill = rng.uniform(0.5, 0.95, n_people)
    items = np.repeat(np.arange(n_items), each)
    people = np.concatenate([rng.permutation(n_people)[:each] for _ in range(n_items)])
    labels = answer(rng, truth[items], skill[people], n_classes)
    crowd = DawidSkene(tol=1e-5, max_iter=1000).fit(items, labels, people)
    low, high = crowd.accuracy_interval(random_state=seed).T
    skill = skill[crowd.annotators_]
    return np.mean((low <= skill) & (skill <= high)), np.mean(high - low)


class Purchase:
    """Answers that were bought, one of each person about a row."""

    def __init__(self, truth, skills, seed):
        self.rng, self.truth, self.skills = stream(seed, "answers"), truth, skills
        self.answers = np.full((len(truth), len(skills)), -1)

    def table(self):
        """Return items, labels and people."""
        items, people = np.nonzero(self.answers >= 0)
        return items, self.answers[items, people], people

    def buy(self, rows, people=None):
        """Buy an answer about each row, of a random person unless they are given."""
        for place, row in enumerate(rows):
            free = np.flatnonzero(self.answers[row] < 0)
            if not len(free):
                continue
            who = self.rng.choice(free) if people is None else people[place]
            said = answer(self.rng, self.truth[[row]], self.skills[who], 10)
            self.answers[row, who] = said[0]

    def crowd(self):
        return DawidSkene(range(10), tol=1e-5, max_iter=1000).fit(*self.table())


def random_rows(forest, X, bought, rng):
    return rng.choice(len(X), BATCH, replace=False), None


def new_rows(forest, X, bought, rng):
    """Return rows without answers by BALD."""
    left = np.flatnonzero((bought.answers < 0).all(axis=1))
    chosen = BALD(random_state=int(rng.integers(2**31)))(forest, X[left], BATCH)
    return left[chosen], None


def by_information(about, choose_people):
    def rule(forest, X, bought, rng):
        strategy = RelabelOrNew(
            bought.table,
            about=about,
            choose_people=choose_people,
            random_state=int(rng.integers(2**31)),
        )
        rows = strategy(forest, X, BATCH)
        who = strategy.whom_to_ask(forest, X, rows) if choose_people else None
        return rows, who

    return rule


def by_activelab(forest, X, bought, rng):
    """Return the rows with the lowest scores of ActiveLab."""
    from cleanlab.multiannotator import get_active_learning_scores

    known = np.flatnonzero((bought.answers >= 0).any(axis=1))
    left = np.setdiff1d(np.arange(len(X)), known)
    crowd, given = bought.crowd(), bought.answers[known].astype(float)
    given[given < 0] = np.nan
    narrow, wide = np.zeros((len(known), 10)), np.zeros((len(left), 10))
    labels = crowd.predict(known)
    # Only classes with an example in each part; the others get probability 0.
    found = cross_val_predict(
        RandomForestClassifier(50, random_state=0),
        X[known],
        labels,
        cv=5,
        method="predict_proba",
    )
    narrow[:, np.unique(labels)] = found
    wide[:, forest.classes_] = forest.predict_proba(X[left])
    scores = np.empty(len(X))
    scores[known], scores[left] = get_active_learning_scores(given, narrow, wide)
    return np.argsort(scores)[:BATCH], None


RULES = {
    "random": random_rows,
    "new by BALD": new_rows,
    "RelabelOrNew weights": by_information("weights", False),
    "RelabelOrNew class": by_information("class", False),
    "weights, people chosen": by_information("weights", True),
    "class, people chosen": by_information("class", True),
    "ActiveLab": by_activelab,
}


def run(rule, skills, seed):
    """Return test and label accuracy at each number of answers checked."""
    X, y = load_digits(return_X_y=True)
    order = stream(seed, "rows").permutation(len(X))
    X, y = X[order], y[order]
    pool, test = slice(0, 800), slice(800, None)
    bought = Purchase(y[pool], np.array(skills), seed)
    for _ in range(4):  # answers about each of some rows, so that people are known
        bought.buy(np.arange(FIRST))
    rng, found = stream(seed, "rule"), {}
    while True:
        items, crowd = np.unique(bought.table()[0]), bought.crowd()
        labels = crowd.predict(items)
        forest = RandomForestClassifier(50, random_state=seed).fit(X[items], labels)
        n_bought = int((bought.answers >= 0).sum())
        for number in CHECKED:
            if n_bought >= number and number not in found:
                right = np.mean(labels == y[items])
                found[number] = forest.score(X[test], y[test]), right, len(items)
        if len(found) == len(CHECKED):
            return [found[number] for number in CHECKED]
        bought.buy(*rule(forest, X[pool], bought, rng))


def installed(name):
    if name != "ActiveLab":
        return True
    try:
        import cleanlab  # noqa: F401
    except ImportError:
        return False
    return True


def show_coverage(n_repeats):
    for case in CROWDS:
        shares = np.array([share_inside(*case, seed) for seed in range(n_repeats)])
        error = shares[:, 0].std(ddof=1) / np.sqrt(n_repeats)
        items, people, classes, each = case
        print(
            f"{items} items, {people} people, {classes} classes, {each} answers each: "
            f"{shares[:, 0].mean():.3f} +- {error:.3f} inside, "
            f"mean width {shares[:, 1].mean():.3f}",
            flush=True,
        )


def show_labels(n_repeats):
    for crowd, skills in SKILLS.items():
        for name, rule in RULES.items():
            if not installed(name):
                print(f"{crowd}, {name}: cleanlab is not installed")
                continue
            runs = np.array([run(rule, skills, seed) for seed in range(n_repeats)])
            mean = runs.mean(axis=0)
            error = runs.std(axis=0, ddof=1) / np.sqrt(n_repeats)
            cells = [
                f"{n}: test {m[0]:.3f} +- {e[0]:.3f}, labels {m[1]:.3f} of {m[2]:.0f}"
                for n, m, e in zip(CHECKED, mean, error)
            ]
            print(f"{crowd}, {name}: {'; '.join(cells)}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("part", choices=["coverage", "labels"])
    parser.add_argument("--repeats", type=int, default=20)
    options = parser.parse_args()
    {"coverage": show_coverage, "labels": show_labels}[options.part](options.repeats)


if __name__ == "__main__":
    main()
