"""
====================
Posteriors for votes
====================

Is this galaxy smooth? Does it have a bar? Volunteers do not agree: of forty, perhaps
seventeen see a bar. The label is then 17 of 40, not "no bar". This example trains
networks on such labels, predicts the votes on galaxies that the networks have not seen,
and counts how often the predictions are right. It follows Walmsley et al. (2020), but
its galaxies are synthetic.
"""

# %%
# Galaxies and their votes
# ------------------------
#
# The galaxies have bulges, discs, spiral arms and bars. They are seen from all sides,
# blurred and noisy. Forty volunteers answer two questions about each. For each galaxy
# and question, ``votes`` holds the yes votes k and all votes N.

import matplotlib.pyplot as plt
import numpy as np
import torch

from skbal.audit import VoteCoverageDisplay
from skbal.datasets import make_galaxies
from skbal.models import MCDropoutVoteRegressor
from skbal.plotting import ImageGridDisplay, VotePosteriorDisplay

n_train, n_test = 1500, 1000
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
# The network predicts rho, the probability that a volunteer says yes. The number k of
# yes votes among N volunteers is binomial. Its log-likelihood is k log(rho) + (N - k)
# log(1 - rho) plus a constant, and the training maximises it. A galaxy with forty votes
# counts more than a galaxy with three, and a question with N = 0 does not count. Both
# questions share all layers except the last.
#
# A galaxy gets the same votes upside down or in a mirror, so the images of each batch
# are turned at random.


def turned(images):
    if torch.rand(()) < 0.5:
        images = images.flip(-1)
    return images.rot90(int(torch.randint(4, ())), (-2, -1))


def network(likelihood):
    model = MCDropoutVoteRegressor(
        standardize=False,
        likelihood=likelihood,
        n_draws=30,
        max_steps=800,
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
# With dropout, one network makes thirty models. The left panels show a single model,
# whose rho is the mean of the thirty. Its binomial is narrow, because forty tosses of a
# known coin vary little. In the right panels, each of the thirty models has its own
# rho. Their mixture is wide where they disagree. ``predict_votes`` returns this
# mixture. The test galaxies are sorted by their "bar" votes, from few to many.

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


# sphinx_gallery_thumbnail_number = 2
draw_posteriors(binomial)

# %%
# The last two galaxies have more votes than any of the thirty models expects. In these
# images a bar is only a few pixels long, so galaxies that look alike to the network get
# different votes. A binomial does not allow for that. It assumes that the right weights
# would give rho exactly.
#
# With ``likelihood="beta-binomial"`` the rho of a galaxy comes from a beta distribution
# around the output of the network. The network also learns the width of this
# distribution. The figure shows the same galaxies again:

beta_binomial = network("beta-binomial")
draw_posteriors(beta_binomial)

# %%
# The prediction for the fourth galaxy, a disc with something in its centre, is now very
# uncertain. The last galaxy is still taken for an elliptical. A likelihood does not
# help a network to see better.
#
# How often are the predictions right?
# ------------------------------------
#
# If the model is right, the central 50% of the predicted distribution contains the
# observed k for 50% of all galaxies, the central 95% for 95%, and so on. Below the
# dotted diagonal, the observed votes lie outside more often than the model expects: it
# is overconfident.


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
                f"{model.likelihood}, {name}: {level:.0%} intervals contain "
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
# One binomial model is far too confident. Its 95% intervals contain the votes of about
# 76 ("smooth?") and 63 ("bar?") of 100 galaxies. Thirty models are better, as Walmsley
# et al. found, with about 84 and 72. They are still too confident, because they cannot
# disagree about what none of them sees. The beta-binomial closes most of the gap: its
# thirty models contain about 98 and 96, and a single model nearly as many. In the
# middle the beta-binomial is too cautious: its 50% intervals for "smooth?" contain
# about 60 of 100.
#
# Votes, intervals, scores
# ------------------------
#
# The next lines print the predictions for the third galaxy of the figures and "bar?".
# ``predict`` returns rho, ``predict_votes`` the probability of each k, and
# ``predict_interval`` the lowest and the highest k of an interval. The number of
# volunteers is an argument, so the same model also predicts the votes of three
# volunteers. With ``n_votes=None``, the interval is one of rho itself. It shows only
# the uncertainty of the weights, without the beta distribution.

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
# ``score`` is a single number for all predictions: the mean log-likelihood per vote, in
# nats. Higher is better, and 0 is the maximum. A model that is confident and wrong gets
# a low score. The best possible score is that of the true rho, which only a simulation
# knows.

rho, k, n = galaxies.rho[n_train:], y_test[..., 0], y_test[..., 1]
best = np.sum(k * np.log(rho) + (n - k) * np.log(1 - rho)) / n.sum()
for name, score in {
    "binomial": binomial.score(X_test, y_test),
    "beta-binomial": beta_binomial.score(X_test, y_test),
    "the true rho": best,
}.items():
    print(f"{name:>14}: {score:.4f}")
