"""How long strategies take to choose one of 5,000 rows, against `Margin`.

Run by asv, or as ``python -m benchmarks.speed.bench_policies``. The learner is a random
forest or a logistic regression that was taught 60 rows of 20 columns. All of them need
the predictions of the model for the whole pool, whose time is printed apart.
"""

import numpy as np
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from skbal import ActiveLearner
from skbal.policy import BanditQuery, LearnedQuery
from skbal.query import BALD, EPIG, KCenterGreedy, Margin, Random

from ._timing import command_line, seconds

N_POOL, N_COLUMNS, N_TAUGHT = 5000, 20, 60

STRATEGIES = {
    "Random": Random(random_state=0),
    "KCenterGreedy": KCenterGreedy(features="input", random_state=0),
    "BALD": BALD(random_state=0),
    "EPIG": EPIG(random_state=0),
    "BanditQuery": BanditQuery(random_state=0),
    "BanditQuery of four": BanditQuery(
        [Random(), Margin(), KCenterGreedy(features="input"), BALD()], random_state=0
    ),
    "LearnedQuery": LearnedQuery(random_state=0),
}
MODELS = {
    "forest": RandomForestClassifier(50, n_jobs=1, random_state=0),
    "logistic": LogisticRegression(max_iter=1000),
}
NEED_DRAWS = ("BALD", "EPIG", "BanditQuery of four")


def setting(model):
    """Return a taught learner and a pool."""
    X, y = make_classification(
        N_POOL + N_TAUGHT, N_COLUMNS, n_informative=10, n_classes=3, random_state=0
    )
    learner = ActiveLearner(MODELS[model], Margin(), X[:N_TAUGHT], y[:N_TAUGHT])
    return learner, np.ascontiguousarray(X[N_TAUGHT:])


def measured(name, learner, X_pool, n_pairs):
    """Return median seconds of a strategy and of `Margin`, and of their ratio."""
    strategy, margin = STRATEGIES[name], Margin(random_state=0)
    strategy(learner, X_pool)  # not timed cold: what depends on the pool alone is kept
    pairs = np.array([
        (seconds(strategy, learner, X_pool), seconds(margin, learner, X_pool))
        for _ in range(n_pairs)
    ])  # fmt: skip
    return (*np.median(pairs, axis=0), np.median(pairs[:, 0] / pairs[:, 1]))


class Choosing:
    """asv: one of 5,000 rows with a forest."""

    params = tuple(STRATEGIES)
    timeout = 300

    def setup(self, name):
        self.learner, self.X_pool = setting("forest")
        STRATEGIES[name](self.learner, self.X_pool)

    def time_one_row(self, name):
        STRATEGIES[name](self.learner, self.X_pool)

    def track_ratio_to_margin(self, name):
        return measured(name, self.learner, self.X_pool, 5)[2]


def main():
    options = command_line(__doc__, pairs=9).parse_args()
    for model in MODELS:
        learner, X_pool = setting(model)
        alone = [seconds(learner.predict_proba, X_pool) for _ in range(options.pairs)]
        print(f"{model}: predictions of the pool take {1e3 * np.median(alone):.1f} ms")
        for name in STRATEGIES:
            if model == "logistic" and name in NEED_DRAWS:
                continue
            ours, margin, ratio = measured(name, learner, X_pool, options.pairs)
            print(
                f"  {name}: {1e3 * ours:.1f} ms, Margin {1e3 * margin:.1f} ms, ratio "
                f"{ratio:.1f}"
            )


if __name__ == "__main__":
    main()
