"""
==================================
Votes: what would most people say?
==================================

A telescope finds a galaxy that nobody has looked at. Would most volunteers call it
smooth, featured or an artifact? This example asks models for the *probability* of each
answer, and compares two ways to get it: from one model, and from a posterior. It
follows the talk on galaxies with Bayesian networks by Walmsley et al. (2020).
"""

# %%
# Galaxies with votes
# -------------------
#
# Forty volunteers choose one of three answers for each galaxy. The galaxies are
# synthetic. The features are gradient histograms and a few principal components of the
# pixels, so that the example needs no network.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.decomposition import PCA
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skbal.datasets import make_galaxies
from skbal.features import GradientHistograms
from skbal.models import VoteMixtureRegression

n_train, n_test = 600, 1500
galaxies = make_galaxies(n_train + n_test, image_size=32, survey=True, random_state=0)
answers = galaxies.answer_names
train, test = np.arange(n_train), np.arange(n_train, n_train + n_test)

flat = FunctionTransformer(lambda images: images.reshape(len(images), -1))
features = make_pipeline(
    make_union(
        make_pipeline(GradientHistograms(), PCA(20, random_state=0), StandardScaler()),
        make_pipeline(flat, PCA(20, random_state=0), StandardScaler()),
    ),
)
X = features.fit(galaxies.images[train]).transform(galaxies.images)
counts = galaxies.answers

# %%
# Two ways to a probability
# -------------------------
#
# *One model* predicts the mean shares, for instance 55 % smooth. Forty volunteers with
# these shares often have a majority for smooth, so the model is too certain. Galaxies
# that look alike to the model differ, and the model itself is not known exactly.
# ``sample_shares`` draws the shares that a galaxy may have, given all this. The
# proportion of draws in which an answer has the largest share is its *posterior*
# probability.

model = VoteMixtureRegression(n_components=6, random_state=0)
model.fit(X[train], counts[train])

draws = model.sample_shares(X[test], 1000, random_state=0)  # (galaxies, draws, answers)
rng = np.random.default_rng(0)
shares = model.predict(X[test])
voters = counts[test].sum(axis=1)
of_one_model = np.stack([rng.multinomial(voters, shares) for _ in range(1000)], axis=1)


def leading(values):
    leads = values.argmax(axis=2)
    return np.stack([(leads == a).mean(axis=1) for a in range(len(answers))], axis=1)


def kept_off_zero(probabilities):
    kept = np.maximum(probabilities, 1 / 1000)
    return kept / kept.sum(axis=1, keepdims=True)


chances = {
    "one model": kept_off_zero(leading(of_one_model)),
    "posterior": kept_off_zero(leading(draws)),
}

# %%
# How good are the probabilities?
# -------------------------------
#
# The votes on the test galaxies tell which answer most people gave. The log loss
# punishes probabilities that are too certain. The AUC asks whether the model knows when
# it is right: a galaxy on which it is right should have a larger probability than one
# on which it is wrong.

most = counts[test].argmax(axis=1)
for name, probability in chances.items():
    is_right = probability.argmax(axis=1) == most
    loss = log_loss(most, probability, labels=range(len(answers)))
    auc = roc_auc_score(is_right, probability.max(axis=1))
    print(f"{name}: log loss {loss:.3f}, right {is_right.mean():.1%}, AUC {auc:.3f}")

# %%
# On the left, galaxies are sorted into bins by the probability of their most probable
# answer. A model that says 80 % should be right for 80 % of them. On the right are
# galaxies on which the two ways disagree most, with the probability that most people
# say what the model says, and what they did say.

figure = plt.figure(figsize=(10, 4), layout="constrained")
left, right = figure.subfigures(1, 2, width_ratios=[1, 1.3])
axes = left.subplots()
edges = np.linspace(1 / 3, 1, 7)
for name, probability in chances.items():
    largest, is_right = probability.max(axis=1), probability.argmax(axis=1) == most
    bins = np.clip(np.digitize(largest, edges) - 1, 0, len(edges) - 2)
    used = [b for b in range(len(edges) - 1) if (bins == b).sum() >= 10]
    said = [largest[bins == b].mean() for b in used]
    axes.plot(said, [is_right[bins == b].mean() for b in used], "o-", label=name)
axes.plot([1 / 3, 1], [1 / 3, 1], color="gray", linestyle=":")
axes.set(
    xlabel="probability of the most probable answer",
    ylabel="how often most people gave it",
)
axes.legend(loc="upper left")

gap = chances["one model"].max(axis=1) - chances["posterior"].max(axis=1)
for axes, place in zip(right.subplots(2, 4).ravel(), np.argsort(-gap)[:8]):
    axes.imshow(galaxies.images[test[place], 0], cmap="gray", origin="lower")
    said = chances["one model"][place].argmax()
    one, posterior = (chances[name][place, said] for name in chances)
    axes.set_title(
        f"{answers[said]}? {one:.0%}, {posterior:.0%}\n"
        f"{counts[test[place], said]} of {voters[place]} said so",
        fontsize=8,
    )
    axes.set_axis_off()
plt.show()

# %%
# One model says 98 % where it is right in fewer than nine of ten cases: its curve is
# below the dotted line. The curve of the posterior is closer to the line and a little
# above it, so it is slightly too cautious. Its log loss is lower. Both are right about
# equally often. The posterior does not order the galaxies better (its AUC is lower),
# but its probabilities are closer to what happens. What a further expert says is a
# single vote. Both ways give it the probability of the mean share.
