"""
===============================================
Calibration: when it says 90%, is it 90% right?
===============================================

A classifier gives probabilities, and a strategy such as BALD chooses rows by them. This
example checks whether the probabilities of two models come true, makes them right by a
single number, follows them through a run of active learning, and asks whether a model
learned a rule of its simulation that the sky does not know.
"""

# %%
# Two models, wrong in opposite ways
# ----------------------------------
#
# Naive Bayes takes the pixels of a digit for independent, and counts the same evidence
# many times. A random forest is a mean of trees that disagree, and says less than it
# knows. ``calibration_error`` compares what they say with how often they are right, on
# digits that they were not fitted on. ``verdict`` is the result in words.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB

from skbal import ActiveLearner
from skbal.audit import (
    ReliabilityDisplay,
    calibration_error,
    calibration_over_steps,
    generalisation_report,
)
from skbal.loop import ActiveLearningLoop
from skbal.models import TemperatureScaling
from skbal.oracles import LabelOracle
from skbal.query import BALD, Random

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, random_state=0)
models = {
    "Naive Bayes": GaussianNB(),
    "Forest": RandomForestClassifier(100, random_state=0),
}
scaled = {
    name: TemperatureScaling(model, cv=3).fit(X_train, y_train)
    for name, model in models.items()
}
for name, model in scaled.items():
    found = calibration_error(y_test, model.estimator_.predict_proba(X_test))
    print(f"{name}: {found.verdict}")

# %%
# A reliability diagram shows it bin by bin. Below the diagonal, a model is right less
# often than it says. The bars are 95% intervals, and the grey columns show how many
# rows have such a probability.
#
# ``TemperatureScaling`` divides the logits by one number, the temperature, which is
# chosen on held-out rows. Above 1 it makes the model less sure, below 1 more sure.

figure, axes = plt.subplots(2, 2, figsize=(8, 8), layout="constrained")
for row, (name, model) in zip(axes, scaled.items()):
    titles = (name, f"{name}, temperature {model.temperature_:.2f}")
    for ax, each, title in zip(row, (model.estimator_, model), titles):
        ReliabilityDisplay.from_estimator(
            each, X_test, y_test, name="Likeliest class", ax=ax
        )
        ax.set_title(title)
plt.show()

# %%
# The forest is now right to within two points or so. Naive Bayes is better than before,
# but no single number makes up for pixels that depend on each other.

for name, model in scaled.items():
    found = calibration_error(y_test, model.predict_proba(X_test))
    print(f"{name}: {found.verdict}")

# %%
# Over the steps of a run
# -----------------------
#
# Does BALD, which asks about the rows on which the trees disagree, make a forest less
# calibrated than random rows do? The probabilities of each step are kept, and
# ``calibration_over_steps`` looks at all of them.


def run(strategy):
    learner = ActiveLearner(
        RandomForestClassifier(100, random_state=0),
        strategy,
        X_training=X_train[:20],
        y_training=y_train[:20],
    )
    loop = ActiveLearningLoop(
        learner,
        X_train[20:],
        LabelOracle(y_train[20:]),
        n_queries=15,
        n_instances=20,
    )
    probabilities = []
    for _ in loop:
        found = np.zeros((len(X_test), 10))
        found[:, learner.estimator.classes_] = learner.predict_proba(X_test)
        probabilities.append(found)
    return calibration_over_steps(
        y_test, probabilities, n_labels=loop.history_.n_labels
    )


runs = {
    "BALD": run(BALD(random_state=0)),
    "Random": run(Random(random_state=0)),
}
figure, axes = plt.subplots(ncols=2, figsize=(9, 4), layout="constrained")
for name, steps in runs.items():
    (line,) = axes[0].plot(steps.n_labels, 100 * steps.overconfidence, label=name)
    axes[0].fill_between(
        steps.n_labels,
        *(100 * steps.overconfidence_interval.T),
        color=line.get_color(),
        alpha=0.15,
        linewidth=0,
    )
    axes[1].plot(steps.n_labels, steps.log_loss, label=name)
axes[0].axhline(0, color="0.5", linestyle=":")
axes[0].set(xlabel="Labels", ylabel="Too sure by (points of percent)")
axes[1].set(xlabel="Labels", ylabel="Log loss (nats)")
axes[0].legend()
plt.show()

# %%
# Below 0 the forest is too cautious. With rows chosen by BALD it is more so: it has
# learned the difficult digits, and is surprised by how easy most are. On the right, its
# log loss is much lower at first. From about 200 labels on, the two are nearly equal.
#
# Overfit or overspecialised?
# ---------------------------
#
# A simulation of galaxies has an artefact: one pixel is brighter for spirals. A forest
# finds it. On test images from the same simulation it is nearly perfect, as good as if
# it had understood galaxies. Independent data, without the artefact, tell.

rng = np.random.default_rng(0)


def galaxies(n, artefact):
    """Return four weak signals, a pixel, and labels."""
    is_spiral = rng.random(n) < 0.5
    signals = rng.normal(size=(n, 4)) + 0.8 * is_spiral[:, np.newaxis]
    pixel = rng.normal(scale=0.1, size=n) + artefact * is_spiral
    return np.column_stack([signals, pixel]), np.where(is_spiral, "spiral", "smooth")


train, test, sky = galaxies(500, 1), galaxies(500, 1), galaxies(500, 0)
forest = RandomForestClassifier(100, random_state=0).fit(*train)
report = generalisation_report(forest, train, test, sky)
print(report.verdict)

figure, ax = plt.subplots(figsize=(5, 3.2), layout="constrained")
names = ["training", "test", "independent"]
for name, error, (low, high) in zip(names, report.errors, report.intervals):
    ax.plot([name], [100 * error], "o", color="C0")
    ax.vlines([name], 100 * low, 100 * high, color="C0")
ax.set(ylabel="Wrong (%)", title=f"This model is {report.conclusion}")
ax.margins(x=0.2)
plt.show()
