"""
==================================
Votes: which galaxies to ask about
==================================

The votes on a galaxy have much information about a network if its draws are confident
and disagree. The measure is the mutual information between the votes and the weights,
which is the score of ``VoteBALD``. This example shows galaxies with much and with
little information. It shows why information differs from uncertainty, and how many
volunteers are enough.
"""

# %%
# A network with few labels
# -------------------------
#
# The network learns from 300 galaxies with forty votes each. The pool holds 1,500
# galaxies that it has not seen.

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

n_train, n_pool = 300, 1500
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
        standardize=False,
        likelihood=likelihood,
        n_draws=100,
        max_steps=700,
        lr=0.002,
        augment=turned,
        random_state=0,
    )
    return model.fit(X_train, y_train)


binomial = network("binomial")

# %%
# Galaxies with much and with little information
# ----------------------------------------------
#
# How much information about the weights would the votes of forty volunteers have?
# ``question`` selects one of the two questions.

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
# The titles show the actual yes votes of the volunteers, which the strategy does not
# know. For "bar?", the strategy selects discs with bright arms. A bar may end in the
# arms or be hidden between them. Hardly one of them has many votes for a bar, but the
# network cannot tell yet. Small and faint galaxies have hardly any information. Forty
# people would disagree about them, too, but no weights could predict how.
#
# Information is not uncertainty
# ------------------------------
#
# The upper plots show the entropy of the forty votes. The lower plots show the
# information of these votes about the weights. Each dot is a galaxy.

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
# The entropy is high wherever rho is neither 0 nor 1, because a coin toss is uncertain.
# A strategy that maximises entropy would select all galaxies in the middle. The lowest
# information is near there, where rho is close to one half and all draws agree on it.
# These draws predict that volunteers will disagree, so the votes can teach them
# nothing.
#
# But the draws only *claim* to know this. The dropout of this network is before its
# last layer only, so the spread of the draws grows with the size of the logit. If the
# logit is 0, so that rho is one half, the draws hardly differ. This happens whether the
# network has learned it or knows nothing. A simulation can test it: the rank
# correlation between the information and the true error of the predicted rho should be
# above 0.

for question, name in enumerate(QUESTIONS):
    error = abs(rho - galaxies.rho[n_train:])[:, question]
    correlation = spearmanr(information[question], error).statistic
    print(f'"{name}?": rank correlation of information and error {correlation:.2f}')

# %%
# It is not. A part of this is right, because the faint galaxies have large errors that
# cannot be learned. But it is a reason to test a posterior before you trust it. The
# effect on a campaign is shown in :ref:`sphx_glr_auto_examples_plot_vote_campaign.py`.
#
# How many volunteers?
# --------------------
#
# The plots show the information of 1 to 80 votes, as the mean over the pool. The left
# network is binomial. The right network has learned, by a beta-binomial, that galaxies
# which look alike have different rho.

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
# For the binomial network, eighty votes on a galaxy have more than five times the
# information of ten. For the beta-binomial network, it is less than two and a half
# times. The more people have seen a galaxy, the more a further vote tells about this
# galaxy alone, and the less about others. Ten votes each on eight galaxies have more
# information. If a model has a concentration, ``VoteBALD`` uses it.
