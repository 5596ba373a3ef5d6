"""Our adapters beside scikit-activeml, baal and batchbald_redux themselves.

``python -m benchmarks.peers.adapters`` runs where these are installed beside skbal's
own requirements, and says which rows or numbers agree. It raises an error if they do
not.
"""

import importlib

import numpy as np
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from skbal import ActiveLearner, predict_samples
from skbal.adapters import (
    FromSkactiveml,
    ToSkactiveml,
    from_baal,
    from_batchbald_redux,
    to_baal,
    to_batchbald_redux,
)
from skbal.information import mutual_information, predictive_entropy
from skbal.query import BALD, Margin, MaxEntropy


def data():
    """Return rows, labels, and the rows that are labelled."""
    X, y = load_iris(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(X))
    return X[order], y[order], np.arange(20)


def check_from_skactiveml():
    pool = importlib.import_module("skactiveml.pool")
    X, y, known = data()
    left = np.arange(len(known), len(X))
    for name, ours in [("entropy", MaxEntropy()), ("margin_sampling", Margin())]:
        theirs = FromSkactiveml(pool.UncertaintySampling(name, random_state=0))
        model = LogisticRegression(max_iter=1000)
        learner = ActiveLearner(model, theirs, X[known], y[known])
        rows = learner.query(X[left], n_instances=5)[0]
        expected = ours.set_params(random_state=0)(learner, X[left], 5)
        np.testing.assert_array_equal(np.sort(rows), np.sort(expected))
        print(f"UncertaintySampling({name!r}) in our learner: the rows of {ours!r:.20}")
    for name in ("CoreSet", "TypiClust", "RandomSampling"):
        strategy = FromSkactiveml(getattr(pool, name)(random_state=0))
        learner = ActiveLearner(model, strategy, X[known], y[known])
        rows = learner.query(X[left], n_instances=5)[0]
        assert len(set(rows.tolist())) == 5
        print(f"{name} in our learner: rows {rows.tolist()}")
    forest = RandomForestClassifier(20, random_state=0)
    strategy = FromSkactiveml(pool.QueryByCommittee(random_state=0))
    learner = ActiveLearner(forest, strategy, X[known], y[known])
    print("QueryByCommittee in our learner:", learner.query(X[left], 5)[0].tolist())


def check_to_skactiveml():
    classifier = importlib.import_module("skactiveml.classifier")
    X, y, known = data()
    labels = np.full(len(y), np.nan)
    labels[known] = y[known]
    model = classifier.SklearnClassifier(
        RandomForestClassifier(20, random_state=0), classes=np.unique(y)
    )
    strategy = ToSkactiveml(BALD(random_state=0))
    for _ in range(5):  # their loop, with a strategy of ours
        rows = strategy.query(X, labels, model, batch_size=4)
        assert np.isnan(labels[rows]).all()
        labels[rows] = y[rows]
    model.fit(X, labels)
    n_labels = np.count_nonzero(~np.isnan(labels))
    print(f"BALD in their loop: {n_labels} labels, score {model.score(X, y):.3f}")
    fitted = strategy.query(X, labels, model, fit_clf=False, batch_size=4)
    print("BALD with their fitted model: rows", fitted.tolist())


def draws_of_iris():
    X, y, known = data()
    forest = RandomForestClassifier(20, max_depth=2, random_state=0)
    return predict_samples(forest.fit(X[known], y[known]), X)


def check_baal():
    heuristics = importlib.import_module("baal.active.heuristics")
    draws = draws_of_iris()
    theirs = heuristics.BALD().compute_score(np.ascontiguousarray(to_baal(draws)))
    np.testing.assert_allclose(theirs, mutual_information(draws), atol=1e-6)
    np.testing.assert_array_equal(from_baal(to_baal(draws)), draws)
    print("BALD of baal: our mutual_information, to 1e-6")


def check_batchbald_redux():
    torch = importlib.import_module("torch")
    redux = importlib.import_module("batchbald_redux.batchbald")
    draws = draws_of_iris()
    logs = torch.from_numpy(to_batchbald_redux(draws.astype(np.float64)))
    entropy = redux.compute_entropy(logs).numpy()
    np.testing.assert_allclose(entropy, predictive_entropy(draws), atol=1e-6)
    np.testing.assert_allclose(from_batchbald_redux(logs.numpy()), draws, atol=1e-12)
    print("entropy of batchbald_redux: our predictive_entropy, to 1e-6")


def main():
    checks = [check_from_skactiveml, check_to_skactiveml, check_baal]
    for check in [*checks, check_batchbald_redux]:
        try:
            check()
        except (ImportError, RuntimeError) as error:  # of torchvision, too
            print(f"{check.__name__}: not checked, {error}")


if __name__ == "__main__":
    main()
