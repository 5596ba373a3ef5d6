"""
===================================
What the pool knows: rows of tables
===================================

The graph of a pool needs no images. Here it learns from two tables of scikit-learn.
In one, the wines of three growers, the classes are clusters. In the other, benign and
malignant tumours, they are not quite. Is the graph better than logistic regression that
asks well? :ref:`pool` explains the graph.
"""

# %%
# Two tables
# ----------
#
# The columns have different units, so they are scaled first. Half of the rows are the
# pool. This is the share of the weight of edges that join rows of one class: the higher
# it is, the more the graph can tell. You can look at it as soon as some neighbours have
# labels.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner
from skbal.features import PoolGraph
from skbal.loop import ActiveLearningLoop
from skbal.models import BayesianLogisticRegression, GraphClassifier
from skbal.oracles import LabelOracle
from skbal.plotting import AcquisitionCurveDisplay
from skbal.query import BALD, ExpectedVarianceReduction, Margin, Random
from skbal.seeding import ClusterSeed, RandomSeed

TABLES = {"wine": load_wine, "tumours": load_breast_cancer}
N_FIRST, N_LABELS = 6, 40


def halves(load, seed):
    """Return rows and labels of the pool and of the test set."""
    X, y = load(return_X_y=True)
    return train_test_split(X, y, test_size=0.5, stratify=y, random_state=seed)


def pool_graph(X_pool):
    return PoolGraph(StandardScaler(), n_components=50, random_state=0).fit(X_pool)


for name, load in TABLES.items():
    X_pool, _, y_pool, _ = halves(load, seed=0)
    graph = pool_graph(X_pool)
    edges, labels = graph.affinity_.tocoo(), np.empty_like(y_pool)
    labels[graph.node_of_row_] = y_pool  # of each node
    agree = np.average(labels[edges.row] == labels[edges.col], weights=edges.data)
    print(f"{name:>8}: {graph.n_clusters_} clusters, edges agree {agree:.2f}")

# %%
# Curves
# ------
#
# Each run starts with six labels and asks for two at a time. The graph begins with the
# rows of `ClusterSeed`, and logistic regression with random rows. In each run the
# columns are scaled by all rows of the pool.


def run(estimator, strategy, first, X_pool, X_test, y_pool, y_test):
    loop = ActiveLearningLoop(
        ActiveLearner(estimator, strategy),
        X_pool,
        LabelOracle(y_pool),
        n_queries=(N_LABELS - N_FIRST) // 2,
        n_instances=2,
        initial=first,
        X_test=X_test,
        y_test=y_test,
    )
    return loop.run().history_


def runs(load, seed):
    """Return the history of each way to choose and learn."""
    data = halves(load, seed)
    X_pool, _, y_pool, _ = data
    graph = pool_graph(X_pool)
    clusters = ClusterSeed(N_FIRST, features=graph, random_state=seed).select(X_pool)
    anywhere = RandomSeed(N_FIRST, random_state=seed).select(X_pool, y_pool)

    def field():
        return GraphClassifier(graph, random_state=seed)

    def scaled(model):
        return make_pipeline(FrozenEstimator(StandardScaler().fit(X_pool)), model)

    bayes = scaled(BayesianLogisticRegression(random_state=seed))
    variance = ExpectedVarianceReduction(random_state=seed)
    return {
        "graph, variance": run(field(), variance, clusters, *data),
        "graph, random": run(field(), Random(random_state=seed), anywhere, *data),
        "Bayesian logistic, BALD": run(bayes, BALD(random_state=seed), anywhere, *data),
        "logistic, Margin": run(
            scaled(LogisticRegression()), Margin(random_state=seed), anywhere, *data
        ),
        "logistic, random": run(
            scaled(LogisticRegression()), Random(random_state=seed), anywhere, *data
        ),
    }


figure, axes = plt.subplots(ncols=2, figsize=(10, 4), layout="constrained")
for axis, (name, load) in zip(axes, TABLES.items()):
    repeats = [runs(load, seed) for seed in range(5)]
    histories = {way: [one[way] for one in repeats] for way in repeats[0]}
    AcquisitionCurveDisplay.from_histories(
        histories, score_name="accuracy on the other half", ax=axis, band=None
    )
    axis.set_title(name)
    print(f"{name}, with {N_FIRST}, {N_FIRST + 6} and {N_LABELS} labels:")
    for way, found in histories.items():
        scores = np.mean([one.scores for one in found], axis=0)
        print(f"{way:>25}: {scores[0]:.3f} {scores[3]:.3f} {scores[-1]:.3f}")
plt.show()

# %%
# With six labels the graph is ahead in both tables, because its first questions name
# the clusters. Then it rises little. Seven or eight percent of the weight of its edges
# joins different classes, and questions do not change the edges. Logistic regression
# learns which columns matter. If it asks by the margin, it is about as good or better
# with twelve labels, and two to three points better with 40. Even with random rows it
# is no worse than the graph by then.
#
# So in a table the graph is good for the first labels. `ClusterSeed` may choose them
# for any model. After that, compare on rows that were labelled at random.
