"""Does a deep Q-network learn on some tables which row to label in others?

It learns on synthetic tables and chooses among ten random rows on three other ones,
beside a random choice and the smallest margin among the same ten rows. Printed are the
mean accuracy over the run and the last one, with standard errors over runs.
"""

import argparse

import numpy as np
from sklearn.datasets import (
    load_breast_cancer,
    load_digits,
    make_classification,
    make_moons,
)
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from skbal.policy import (
    CANDIDATE_FEATURES,
    STATE_FEATURES,
    ActiveLearningEnv,
    DQNPolicy,
)

MARGIN = len(STATE_FEATURES) + CANDIDATE_FEATURES.index("margin")


def scaled(X, y):
    return StandardScaler().fit_transform(X), y


def training_tables():
    return [
        scaled(*make_classification(
            400, 8, n_informative=5, n_classes=n_classes, n_clusters_per_class=2,
            class_sep=1.2, random_state=seed,
        ))
        for seed, n_classes in enumerate((2, 3, 4, 2))
    ]  # fmt: skip


def other_tables():
    return {
        "breast cancer": scaled(*load_breast_cancer(return_X_y=True)),
        "four digits": scaled(*load_digits(n_class=4, return_X_y=True)),
        "two moons": make_moons(400, noise=0.2, random_state=0),
    }


def env_of(tables, reward, max_rows):
    model = LogisticRegression(max_iter=200)
    return ActiveLearningEnv(
        tables, model, actions="candidates", n_candidates=10, n_queries=15,
        max_rows=max_rows, test_size=0.7, reward=reward,
    )  # fmt: skip


def play(env, choose, n_runs):
    """Return the mean and the last accuracy of each run, (n_runs, 2)."""
    found = []
    for seed in range(n_runs):
        observation, _ = env.reset(seed=seed)
        scores = []
        for _ in range(env.n_queries):
            observation, score, *_ = env.step(choose(observation))
            scores.append(score)
        found.append([np.mean(scores), scores[-1]])
    return np.array(found)


def main():
    """Train a network, and print what it chooses on other tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=5000, help="steps of training")
    parser.add_argument("--discount", type=float, default=0.0)
    parser.add_argument("--runs", type=int, default=15, help="runs on each table")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    policy = DQNPolicy(
        (16,), n_steps=args.steps, warm_up=args.steps // 5, discount=args.discount,
        learning_rate=3e-4, batch_size=128, final_epsilon=0.3, random_state=args.seed,
    ).fit(env_of(training_tables(), "gain", 300))  # fmt: skip
    rng = np.random.default_rng(0)
    choices = {
        "random": lambda observation: rng.integers(len(observation)),
        "margin": lambda observation: observation[:, MARGIN].argmax(),
        "learned": lambda observation: policy.predict(observation[np.newaxis])[0],
    }
    for table, data in other_tables().items():
        for name, choose in choices.items():
            runs = play(env_of([data], "score", 360), choose, args.runs)
            error = runs.std(axis=0, ddof=1) / np.sqrt(len(runs))
            numbers = "  ".join(
                f"{mean:.3f} ± {one:.3f}" for mean, one in zip(runs.mean(axis=0), error)
            )
            print(f"{table:14} {name:8} {numbers}", flush=True)


if __name__ == "__main__":
    main()
