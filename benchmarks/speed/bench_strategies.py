"""Processor time that each strategy takes to choose ten of 10,000 rows.

Run as ``OMP_NUM_THREADS=1 python -m benchmarks.speed.bench_strategies``. The draws are
there, 100 of ten classes for each row, and the estimator only copies them. So the time
is that of the strategy itself, and it is printed beside the time of copying the draws.
Regressors and models of votes are linear models of skbal, whose draws are counted.
"""

import time

import numpy as np

from ._timing import command_line

N_ROWS, N_DRAWS, N_CLASSES, N_FEATURES = 10_000, 100, 10, 64
N_LABELLED, N_INSTANCES = 100, 10
REGRESSION = "BatchVariance ExpectedVarianceReduction GreedySampling PredictiveVariance"
VOTES = "VoteBALD VoteEPIG"
LABELS = "JointLabelBALD"
# Two bases, and one that needs the answers of several people.
APART = {"DrawStrategy", "QueryStrategy", "RelabelOrNew"}


def rows():
    """Return rows whose first column is their number, of shape (N_ROWS, N_FEATURES)."""
    X = np.random.default_rng(0).standard_normal((N_ROWS, N_FEATURES))
    X[:, 0] = np.arange(N_ROWS)
    return X


def classifier(X):
    """Return a classifier that copies draws, those of softmax regressions."""
    from scipy.special import softmax

    return copies(softmax(logits(X), axis=2), np.arange(N_CLASSES))


def labeller(X):
    """Return a classifier of ten yes/no labels per row that copies draws."""
    from scipy.special import expit

    return copies(expit(logits(X)), [np.arange(2)] * N_CLASSES)


def logits(X):
    """Return logits of softmax regressions, shape (N_ROWS, N_DRAWS, N_CLASSES)."""
    rng = np.random.default_rng(1)
    common = rng.standard_normal((N_FEATURES, 1, N_CLASSES))
    weights = common + 0.3 * rng.standard_normal((N_FEATURES, N_DRAWS, N_CLASSES))
    return np.tensordot(X[:, 1:], weights[1:], axes=1) / 4


def copies(draws, classes):
    """Return a classifier that looks its draws up."""
    from sklearn.base import BaseEstimator, ClassifierMixin

    draws = draws.astype(np.float32)

    class Copies(ClassifierMixin, BaseEstimator):
        def fit(self, X, y):
            self.classes_ = classes
            return self

        def predict_samples(self, X, n_draws=None, random_state=None):
            return draws[X[:, 0].astype(int)]

        def predict_proba(self, X):
            return self.predict_samples(X).mean(axis=1)

        def predict(self, X):
            return self.predict_proba(X).argmax(axis=1)

    return Copies()


def regressor(X):
    from skbal.models import BayesianLinearRegression

    return BayesianLinearRegression()


def votes(X):
    from skbal.models import BayesianVoteRegression

    return BayesianVoteRegression(random_state=0)


def strategies(names):
    """Yield a kind of estimator and a strategy, for each name."""
    from skbal import query

    for name in names:
        kind = getattr(query, name)
        given = {"features": "input"} if "features" in kind().get_params() else {}
        if name == "ProbCover":
            given["delta"] = 9.0  # a few neighbours for each of the rows
        kinds = {regressor: REGRESSION, votes: VOTES, labeller: LABELS}
        of = [model for model, names in kinds.items() if name in names.split()]
        yield name, (of or [classifier])[0], kind(random_state=0, **given)


def labels(model, X):
    """Return labels of rows, of the kind that a model learns from."""
    y = np.random.default_rng(2).permutation(len(X)) % N_CLASSES
    if model is labeller:
        return (y[:, np.newaxis] == np.arange(N_CLASSES)).astype(int)
    return np.column_stack([y, np.full(len(X), 10)]) if model is votes else y


def seconds_of(function, *arguments, **keywords):
    start = time.process_time()
    function(*arguments, **keywords)
    return time.process_time() - start


def measure(names=None):
    """Yield the name of each strategy and its seconds, those of copying draws first."""
    from skbal import ActiveLearner, query

    names = names or sorted({*query.__all__} - APART)
    X = rows()
    models = {model: model(X) for model in (classifier, regressor, votes, labeller)}
    draws = models[classifier].fit(None, None).predict_samples
    yield "(copying the draws)", seconds_of(draws, X)
    for name, model, strategy in strategies(names):
        known = X[:N_LABELLED]
        learner = ActiveLearner(models[model], strategy, known, labels(model, known))
        learner.query(X[: 2 * N_LABELLED])  # so that it is not timed cold
        taken = seconds_of(learner.query, X[N_LABELLED:], n_instances=N_INSTANCES)
        yield name, taken


def main():
    parser = command_line(__doc__)
    parser.add_argument("names", nargs="*", help="strategies, all without this")
    for name, taken in measure(parser.parse_args().names):
        print(f"{name:28} {taken:8.2f} s", flush=True)


if __name__ == "__main__":
    main()
