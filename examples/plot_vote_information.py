"""
============================
Which galaxies to ask about?
============================

Votes tell a network most about galaxies on which confident models disagree. That is the
mutual information between the votes and the weights, the score of ``VoteBALD``. This
example shows galaxies with much of it and with little, why it is not the same as being
unsure, and how many volunteers are enough.
"""

# %%
# A young network
# ---------------
#
# Three hundred galaxies with forty votes each to learn from, and a pool of 1,500 that
# nobody has seen.

import os

import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy.special import entr
from scipy.stats import spearmanr

from skbal import predict_samples
from skbal.datasets import make_galaxies
from skbal.information import vote_distribution
from skbal.models import MCDropoutVoteRegressor
from skbal.plotting import ImageGridDisplay, VoteInformationDisplay
from skbal.query import VoteBALD

QUICK = os.environ.get("SKBAL_QUICK") == "1"

n_train, n_pool = (150, 300) if QUICK else (300, 1500)
galaxies = make_galaxies(n_train + n_pool, image_size=32, random_state=0)
QUESTIONS = galaxies.question_names
X_train, X_pool = np.split(galaxies.images, [n_train])
y_train, y_pool = np.split(galaxies.votes, [n_train])


def turned(images):
    if torch.rand(()) < 0.5:
        images = images.flip(-1)
    return images.rot90(int(torch.randint(4, ())), (-2, -1))


def network(likelihood):
    model = MCDropoutVoteRegressor(
        likelihood=likelihood,
        n_draws=100,
        max_steps=60 if QUICK else 700,
        lr=0.002,
        augment=turned,
        random_state=0,
    )
    return model.fit(X_train, y_train)


binomial = network("binomial")

# %%
# Much to learn, little to learn
# ------------------------------
#
# What would the votes of forty volunteers tell about the weights? ``question`` picks
# one of the two questions.

strategies = [VoteBALD(40, question=q, random_state=0) for q in (0, 1)]
information = [strategy.score_pool(binomial, X_pool) for strategy in strategies]

figure = plt.figure(figsize=(11, 9), layout="constrained")
for question, part in enumerate(figure.subfigures(1, 2, wspace=0.05)):
    order = np.argsort(-information[question])
    groups = {"high": order[:15], "low": order[-15:]}
    for half, (size, rows) in zip(part.subfigures(2, 1), groups.items()):
        ImageGridDisplay.from_images(
            X_pool[rows],
            [f"{k} of 40" for k in y_pool[rows, question, 0]],
            title=f'"{QUESTIONS[question]}?": {size} mutual information',
            figure=half,
        )
plt.show()

# %%
# Above the images are the yes votes that volunteers gave in fact, which the strategy
# does not know. For "bar?" it wants discs from above, full of arms, where a bar may end
# in the arms or hide between them: some have a bar, most have none, and the network
# cannot tell yet. From small and faint galaxies it expects nothing. Forty people would
# disagree about them, too, but in a way that no weights foresee.
#
# Not the same as being unsure
# ----------------------------
#
# Above, the entropy of the forty votes; below, what these votes would tell about the
# weights; each dot a galaxy.

rho_draws = predict_samples(binomial, X_pool, random_state=0)
rho = rho_draws.mean(axis=1)
p = vote_distribution(rho_draws, n_votes=40)
entropy = entr(p).sum(axis=2)

figure, axes = plt.subplots(2, 2, figsize=(9, 6.5), sharex=True, layout="constrained")
for question, (above, below) in enumerate(axes.T):
    above.scatter(rho[:, question], entropy[:, question], s=6, color="0.5")
    below.scatter(rho[:, question], information[question], s=6, color="#0072B2")
    above.set(title=f'"{QUESTIONS[question]}?"', ylim=(0, None))
    below.set(xlabel="predicted rho", xlim=(0, 1), ylim=(0, None))
axes[0, 0].set_ylabel("entropy of the votes (nats)")
axes[1, 0].set_ylabel("information of the votes (nats)")
plt.show()

# %%
# Entropy is high wherever rho is neither 0 nor 1: a coin lands on either side. It would
# ask about everything in the middle. Information is lowest just there, where rho is one
# half and all models say so. They know that volunteers will disagree, and votes have
# nothing to teach them.
#
# They *say* that they know. The dropout of this network is before its last layer only,
# so the draws scatter the more the larger the logit is, and where it is 0, rho one
# half, they hardly do, whether the network has good reasons for it or knows nothing.
# A simulation can tell: the rank correlation between the information and how far the
# predicted rho really is off should be above 0.

for question, name in enumerate(QUESTIONS):
    error = abs(rho - galaxies.rho[n_train:])[:, question]
    correlation = spearmanr(information[question], error).statistic
    print(f'"{name}?": rank correlation of information and error {correlation:.2f}')

# %%
# It is not. Some of this is as it should be, as the faint galaxies have large errors
# that nobody can learn to avoid. But do not take a posterior on trust, and see
# :ref:`what it does to a campaign <sphx_glr_auto_examples_plot_vote_campaign.py>`.
#
# How many volunteers?
# --------------------
#
# The information of one vote, two, up to eighty, the mean over the pool. On the left
# the binomial network, on the right one that has learned, by a beta-binomial, that
# galaxies which look alike have different rho.

beta_binomial = network("beta-binomial")
figure, axes = plt.subplots(
    ncols=2, figsize=(9, 3.8), sharey=True, layout="constrained"
)
for axis, model in zip(axes, (binomial, beta_binomial)):
    display = VoteInformationDisplay.from_estimator(
        model, X_pool, question_names=QUESTIONS, random_state=0, ax=axis
    )
    axis.set_title(model.likelihood)
    few, many = display.information.mean(axis=0)[:, [4, 7]].T  # of 10 and 80 votes
    print(f"{model.likelihood}: 80 votes tell {(many / few).round(1)} times what 10 do")
axes[1].get_legend().remove()
axes[1].set_ylabel("")
plt.show()

# %%
# To the binomial network eighty votes on a galaxy tell more than five times what ten
# do. To the beta-binomial one it is two and a half times: the more people have seen a
# galaxy, the more a further vote tells about this one galaxy alone, and the less about
# others. Ten votes each on eight galaxies are worth more. ``VoteBALD`` takes account of
# the concentration if a model has one.
