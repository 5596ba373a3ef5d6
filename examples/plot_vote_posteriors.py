"""
====================
Posteriors for votes
====================

Is this galaxy smooth? Does it have a bar? Volunteers are asked and do not agree: of
forty, perhaps seventeen see a bar. That is the label, 17 of 40, and not "no bar". This
example trains networks on such labels, has them predict the votes of galaxies that
nobody has looked at, and counts how often they are right. It follows Walmsley et al.
(2020), but its galaxies are synthetic.
"""

# %%
# Galaxies and their votes
# ------------------------
#
# Bulges, discs, spiral arms and bars, from all sides, blurred and noisy; forty
# volunteers each, two questions. ``votes`` holds for each galaxy and question k, those
# who say yes, and N, all who were asked.

import os

import matplotlib.pyplot as plt
import numpy as np
import torch

from skbal.audit import VoteCoverageDisplay
from skbal.datasets import make_galaxies
from skbal.models import MCDropoutVoteRegressor
from skbal.plotting import ImageGridDisplay, VotePosteriorDisplay

QUICK = os.environ.get("SKBAL_QUICK") == "1"

n_train, n_test = (300, 200) if QUICK else (1500, 1000)
galaxies = make_galaxies(n_train + n_test, image_size=32, random_state=0)
QUESTIONS = galaxies.question_names
X_train, X_test = np.split(galaxies.images, [n_train])
y_train, y_test = np.split(galaxies.votes, [n_train])

ImageGridDisplay.from_images(
    X_train[:10],
    [f"smooth {smooth}, bar {bar}" for smooth, bar in y_train[:10, :, 0]],
    title="Yes votes of 40",
)
plt.show()

# %%
# A network for votes
# -------------------
#
# The network gives rho, the chance that a volunteer says yes. Of N volunteers k say so
# with a binomial probability, and its logarithm, k log(rho) + (N - k) log(1 - rho), is
# what training raises. The network need not hit 17 of 40, only find it likely. A galaxy
# that forty people saw counts for more than one that three did, and a question that
# nobody was asked, N = 0, for nothing. Both questions share all layers but the last.
#
# Upside down or in a mirror a galaxy gets the same votes, so each batch is turned.


def turned(images):
    if torch.rand(()) < 0.5:
        images = images.flip(-1)
    return images.rot90(int(torch.randint(4, ())), (-2, -1))


def network(likelihood):
    model = MCDropoutVoteRegressor(
        likelihood=likelihood,
        n_draws=30,
        max_steps=60 if QUICK else 800,
        lr=0.002,
        augment=turned,
        random_state=0,
    )
    return model.fit(X_train, y_train)


binomial = network("binomial")
print("rho of the first:", binomial.predict(X_test[:1]).round(2))

# %%
# One model beside thirty
# -----------------------
#
# Dropout makes thirty networks of one. On the left what one model says, whose rho is
# the mean of the thirty. Its binomial is narrow, for whoever knows the coin knows forty
# throws quite well. On the right each of the thirty has its own rho, and all together
# make a mixture, which is wide where they disagree: what ``predict_votes`` returns.
# Shown are test galaxies with more and more "bar" votes.

by_votes = np.argsort(y_test[:, 1, 0], kind="stable")
shown = by_votes[[len(by_votes) * i // 20 for i in (4, 11, 15, 18, 19)]]


def draw_posteriors(model):
    VotePosteriorDisplay.from_estimator(
        model,
        X_test[shown],
        y_test[shown],
        question="bar",
        question_names=QUESTIONS,
        random_state=0,
    )
    plt.show()


draw_posteriors(binomial)

# %%
# The last two galaxies got more votes than any of the thirty thinks possible. In these
# images a bar is a few pixels long, and galaxies that look alike to the network get
# different votes. A binomial has no room for that: it says that with the right weights
# rho would be known exactly.
#
# With ``likelihood="beta-binomial"`` rho of a galaxy is itself drawn from a beta
# distribution around what the network says, and how wide it is the network learns as
# well. The same galaxies again:

beta_binomial = network("beta-binomial")
draw_posteriors(beta_binomial)

# %%
# Of the fourth galaxy, a disc with something in its middle, the network now says that
# it does not know. The last one it still takes for an elliptical: a likelihood does not
# make a network see better.
#
# How often are they right?
# -------------------------
#
# The middle half of a distribution should hold the observed k in half of all galaxies,
# the middle 95% in 95 of a hundred. Below the dotted diagonal the votes fall outside
# more often than the model thinks: it is too sure.


def draw_coverage(model, ax):
    display = VoteCoverageDisplay.from_estimator(
        model,
        X_test,
        y_test,
        levels=np.linspace(0.05, 0.95, 19),
        single=True,
        question_names=QUESTIONS,
        random_state=0,
        ax=ax,
    )
    ax.set_title(model.likelihood)
    for number, name in enumerate(QUESTIONS):
        one, many = display.single_coverage[number], display.coverage[number]
        for level in (0.5, 0.8, 0.95):
            place = np.argmin(abs(display.levels - level))
            print(
                f"{model.likelihood}, {name}: {level:.0%} intervals hold "
                f"{one[place]:.0%} by one model, {many[place]:.0%} by thirty"
            )


figure, axes = plt.subplots(
    ncols=2, figsize=(9, 5.2), sharey=True, layout="constrained"
)
draw_coverage(binomial, axes[0])
draw_coverage(beta_binomial, axes[1])
axes[1].set_ylabel("")
plt.show()

# %%
# In the full run one binomial model is far too sure: its 95% intervals hold the votes
# of 76 ("smooth?") and 63 ("bar?") galaxies of a hundred. Thirty are better, 84 and 72,
# as Walmsley et al. found, and still too sure, since they cannot disagree about what
# none of them sees. Most of what was missing comes with the beta-binomial: its thirty
# hold 98 and 97, one of them nearly as many. In the middle it is too modest: the 50%
# intervals for "smooth?" hold 62 of a hundred.
#
# Votes, intervals, scores
# ------------------------
#
# In numbers, for the third galaxy of the figures and "bar?": ``predict`` gives rho,
# ``predict_votes`` the probability of each k, ``predict_interval`` the lowest and the
# highest k of an interval. Fewer volunteers are a different question to the same model.
# ``n_votes=None`` asks for rho itself, as far as the weights leave it open; it does not
# see what the beta-binomial adds.

galaxy = X_test[shown[2:3]]
print("observed:", y_test[shown[2], 1])
for model in (binomial, beta_binomial):
    print(f"{model.likelihood}: rho {model.predict(galaxy)[0, 1]:.2f}")
    for n_votes in (40, 3):
        votes = model.predict_votes(galaxy, n_votes)[0, 1]
        low, high = model.predict_interval(galaxy, n_votes, level=0.95)[0, 1]
        print(f"  {n_votes} votes: most likely {votes.argmax()}, 95% {low} to {high}")
    low, high = model.predict_interval(galaxy, level=0.95)[0, 1]
    print(f"  rho 95%: {low:.2f} to {high:.2f}")

# %%
# And one number for all: ``score`` is the mean log-likelihood of a vote, in nats.
# Higher is better, 0 would be certainty. A model that is too sure pays dearly where it
# is wrong. The best possible is what the true rho get, which only a simulation knows.

rho, k, n = galaxies.rho[n_train:], y_test[..., 0], y_test[..., 1]
best = np.sum(k * np.log(rho) + (n - k) * np.log(1 - rho)) / n.sum()
for name, score in {
    "binomial": binomial.score(X_test, y_test),
    "beta-binomial": beta_binomial.score(X_test, y_test),
    "the true rho": best,
}.items():
    print(f"{name:>14}: {score:.4f}")
