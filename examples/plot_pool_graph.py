"""
======================================
What the pool knows: digits as a graph
======================================

A pool tells which rows belong together before anyone has labelled one. Here 900 digits
become a graph, the graph tells clusters apart, and twelve questions name the clusters.
How many labels does a forest need for the same? And what happens if some digits are
rare? The data are the 8 x 8 digits of scikit-learn, and no torch is needed.
:ref:`pool` explains each step.
"""

# %%
# The graph
# ---------
#
# Half of the digits are the pool, and the others test. Each digit is described by the
# directions of its strokes and joined to its ten nearest neighbours. No label is used.

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import recall_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from skbal import ActiveLearner
from skbal.features import GradientHistograms, PoolGraph
from skbal.loop import ActiveLearningLoop
from skbal.models import GraphClassifier
from skbal.oracles import LabelOracle
from skbal.plotting import AcquisitionCurveDisplay, ImageGridDisplay
from skbal.query import ExpectedVarianceReduction, Margin, Random
from skbal.seeding import ClusterSeed, RandomSeed

digits = load_digits()
strokes = GradientHistograms(n_cells=4, image_shape=(8, 8))


def halves(seed):
    """Return rows and labels of the pool and of the test set."""
    return train_test_split(
        digits.data, digits.target, test_size=0.5, random_state=seed
    )


X_pool, X_test, y_pool, y_test = halves(seed=0)
graph = PoolGraph(strokes, n_components=100, random_state=0).fit(X_pool)
images = X_pool.reshape(-1, 8, 8)
print(f"{graph.n_clusters_} clusters, {graph.n_connected_components_} component")

# %%
# Eigenfunctions
# --------------
#
# An eigenfunction is a number for each digit that changes little from a digit to its
# neighbours. The first one is constant. For each of the next eight, these are the
# digits with the lowest and with the highest values.

n_shown, n_each = 8, 6
figure, axes = plt.subplots(
    n_shown,
    2 * n_each + 1,
    figsize=(8, 5.2),
    gridspec_kw={"width_ratios": [1] * n_each + [0.5] + [1] * n_each},
    layout="constrained",
)
for axis in axes.flat:
    axis.set(xticks=[], yticks=[], frame_on=False)
for k, line in enumerate(axes, start=1):
    order = graph.embedding_[:, k].argsort()
    for axis, row in zip(line, [*order[:n_each], None, *order[-n_each:]]):
        if row is not None:
            axis.imshow(images[row], cmap="gray_r")
    line[0].set_ylabel(k, rotation=0, ha="right", va="center")
axes[0, n_each // 2].set_title("lowest")
axes[0, n_each + 1 + n_each // 2].set_title("highest")
plt.show()

# %%
# Each end of a row shows one kind of digit. Two functions together are a map of the
# pool. Grey dots are all digits, and some are shown.

first, second = graph.embedding_[:, 1], graph.embedding_[:, 2]
figure, axis = plt.subplots(figsize=(7, 5.5), layout="constrained")
axis.plot(first, second, ".", color="0.8", zorder=0)
place = np.column_stack([first / np.ptp(first), second / np.ptp(second)])
shown = []
for row in np.random.default_rng(0).permutation(len(images)):
    if all(np.linalg.norm(place[row] - place[other]) > 0.05 for other in shown):
        shown.append(row)
for row in shown:
    picture = OffsetImage(16 - images[row], zoom=2, cmap="gray")
    axis.add_artist(
        AnnotationBbox(picture, (first[row], second[row]), pad=0, frameon=False)
    )
axis.set(xlabel="eigenfunction 1", ylabel="eigenfunction 2")
# sphinx_gallery_thumbnail_number = 2
plt.show()

# %%
# The first twelve questions
# --------------------------
#
# Some digits are written in several ways, so there are more clusters than digits. With
# twelve labels, `ClusterSeed` joins clusters that are near each other. It asks for the
# row that tells most of each. If labels are left, they go to the clusters with most
# rows per label. It sees no label. The titles are the answers.

questions = ClusterSeed(12, features=graph, random_state=0).select(X_pool)
ImageGridDisplay.from_images(
    images[questions],
    [f"it is a {y_pool[row]}" for row in questions],
    n_columns=6,
    image_kw={"cmap": "gray_r"},
)
plt.show()
model = GraphClassifier(graph, random_state=0)
model.fit(X_pool[questions], y_pool[questions])
print(f"accuracy on the other half: {model.score(X_test, y_test):.3f}")

# %%
# More labels
# -----------
#
# After the first twelve, one run lets `ExpectedVarianceReduction` ask where a label
# makes the whole pool most certain. Another lets `Margin` ask where two classes are
# nearly equally probable. The same model and a random forest learn from random rows.
# The forest sees the same histograms.

N_LABELS = 60


def run(estimator, strategy, first, X_pool, y_pool, X_test=None, y_test=None):
    """Return a loop that has run, six labels at a time."""
    loop = ActiveLearningLoop(
        ActiveLearner(estimator, strategy),
        X_pool,
        LabelOracle(y_pool),
        n_queries=(N_LABELS - 12) // 6,
        n_instances=6,
        initial=first,
        X_test=X_test,
        y_test=y_test,
    )
    return loop.run()


def run_all(seed, X_pool, y_pool, X_test=None, y_test=None):
    """Return the loop of each way to choose rows."""
    graph = PoolGraph(strokes, n_components=100, random_state=0).fit(X_pool)
    clusters = ClusterSeed(12, features=graph, random_state=seed).select(X_pool)
    anywhere = RandomSeed(12, random_state=seed).select(X_pool, y_pool)
    variance, margin, chance = (
        strategy(random_state=seed)
        for strategy in (ExpectedVarianceReduction, Margin, Random)
    )

    def field():
        return GraphClassifier(graph, random_state=seed)

    forest = make_pipeline(strokes, RandomForestClassifier(50, random_state=seed))
    data = X_pool, y_pool, X_test, y_test
    return {
        "graph, clusters, variance": run(field(), variance, clusters, *data),
        "graph, clusters, margin": run(field(), margin, clusters, *data),
        "graph, random rows": run(field(), chance, anywhere, *data),
        "forest, random rows": run(forest, chance, anywhere, *data),
    }


results = []
for seed in range(3):
    X_pool, X_test, y_pool, y_test = halves(seed)
    results.append(run_all(seed, X_pool, y_pool, X_test, y_test))
histories = {name: [one[name].history_ for one in results] for name in results[0]}
display = AcquisitionCurveDisplay.from_histories(
    histories, score_name="accuracy on the other half"
)
display.ax_.set_title("Digits from few labels")
plt.show()

for name, runs in histories.items():
    start, end = (np.mean([one.scores[k] for one in runs]) for k in (0, -1))
    print(f"{name:>25}: {start:.3f} with 12 labels, {end:.3f} with {N_LABELS}")

# %%
# The graph needs twelve labels for 95 percent. The same model with random rows needs
# over fifty, because a cluster without a label is given to a wrong class. The forest
# has 81 percent with 60 labels. It matters little here whether the model asks by
# variance or by margin.
#
# Rare classes
# ------------
#
# Now the pool has all digits from 0 to 4, but only fifteen of each from 5 to 9. The
# test set stays as it is. This is the accuracy for each class.


def unbalanced(seed):
    X_pool, X_test, y_pool, y_test = halves(seed)
    rng = np.random.default_rng(seed)
    kept = [np.flatnonzero(y_pool < 5)]
    kept += [rng.choice(np.flatnonzero(y_pool == k), 15, False) for k in range(5, 10)]
    rows = np.sort(np.concatenate(kept))
    loops = run_all(seed, X_pool[rows], y_pool[rows])
    return {
        name: recall_score(y_test, loop.learner.predict(X_test), average=None)
        for name, loop in loops.items()
    }


several = [unbalanced(seed) for seed in range(3)]
figure, axis = plt.subplots(figsize=(7, 3.6), layout="constrained")
axis.axvspan(4.5, 9.5, color="0.93", zorder=0)
for k, (name, line) in enumerate(display.lines_.items()):
    mean = np.mean([one[name] for one in several], axis=0)
    place = np.arange(10) + 0.16 * (k - 1.5)
    axis.plot(place, mean, "o", color=line.get_color(), label=name)
    print(f"{name:>25}: mean over classes {mean.mean():.3f}, lowest {mean.min():.3f}")
axis.set(xticks=range(10), xlabel="digit (grey: rare)", ylabel="accuracy of the class")
axis.set(xlim=(-0.5, 9.5), ylim=(-0.05, 1.05))
figure.legend(loc="outside upper center", ncols=2)
plt.show()

# %%
# Random questions often miss the rare digits. From the questions of the clusters, the
# graph knows most of them with 60 labels, but only half to three quarters of the 8 and
# 9: few rows make no cluster, and many of their neighbours are of another class. Here
# the margin is better than variance. Variance counts every row of the pool, so it
# spends its questions on what is frequent.
