"""
========================
A campaign, week by week
========================

Galaxy Zoo runs live: every galaxy is shown to at least three volunteers, a network
learns from the votes so far, and each week it requests more of them for some galaxies
(Walmsley et al. 2020). This example simulates such a campaign, with ``VoteBALD``
choosing or with chance, and asks what each vote was worth. Not every answer is one that
we had hoped for.
"""

# %%
# Three for all, or forty for some?
# ---------------------------------
#
# 2,400 visits of volunteers can be spent in two ways: forty look at each of 60
# galaxies, or three at each of 800. And what would forty more be worth, for each of the
# 800? A ``VoteOracle`` knows rho, the chance that a volunteer says yes, of each galaxy,
# and lets volunteers vote.

import os

import matplotlib.pyplot as plt
import numpy as np
import torch
from skorch.callbacks import LRScheduler

from skbal import ActiveLearner
from skbal.datasets import make_galaxies
from skbal.experiments import Comparison
from skbal.loop import ActiveLearningLoop
from skbal.models import MCDropoutVoteRegressor
from skbal.oracles import VoteOracle
from skbal.query import Random, VoteBALD

QUICK = os.environ.get("SKBAL_QUICK") == "1"

n_pool, n_test = (240, 100) if QUICK else (800, 500)
n_steps = 40 if QUICK else 300
repeats = range(2 if QUICK else 3)
skies = [make_galaxies(n_pool + n_test, 32, random_state=repeat) for repeat in repeats]


def turned(images):
    if torch.rand(()) < 0.5:
        images = images.flip(-1)
    return images.rot90(int(torch.randint(4, ())), (-2, -1))


def network(repeat):
    # A rate that ends near zero: the last steps no longer shake the score.
    one_cycle = LRScheduler(
        torch.optim.lr_scheduler.OneCycleLR,
        step_every="batch",
        max_lr=0.006,
        total_steps=n_steps + 1,
    )
    return MCDropoutVoteRegressor(
        likelihood="beta-binomial",
        n_draws=30,
        max_steps=n_steps,
        batch_size=32,
        augment=turned,
        callbacks=[one_cycle],
        random_state=repeat,
        module__n_filters=(8, 16, 16),
    )


def volunteers(repeat, n_volunteers):
    rho = skies[repeat].rho[:n_pool]
    return VoteOracle(rho, n_volunteers, random_state=repeat)


def test_set(repeat):
    return skies[repeat].images[n_pool:], skies[repeat].votes[n_pool:]


def score_of_votes(n_galaxies, n_volunteers):
    rows, scores = np.arange(n_galaxies), []
    for repeat in repeats:
        votes = volunteers(repeat, n_volunteers)(rows)
        model = network(repeat).fit(skies[repeat].images[rows], votes)
        scores.append(model.score(*test_set(repeat)))
    print(f"{n_volunteers:2} votes on {n_galaxies:3} galaxies: {np.mean(scores):.4f}")
    return np.mean(scores)


score_of_votes(3 * n_pool // 40, 40)
score_of_votes(n_pool, 3)
ceiling = score_of_votes(n_pool, 43)

# %%
# The score is the mean log-likelihood of a vote on 500 other galaxies, the mean of
# three skies. In the full run three votes on many galaxies are better than forty on
# few, by 0.005 nats. Forty more for all, 32,000 visits, add just 0.002. What three
# people say of one galaxy is noisy, but a network averages over galaxies that look
# alike. So three for all is a good rule, and leaves little for the rest of the campaign
# to gain. (In a run not shown, training five times as long gained 0.005, with three
# votes as with forty-three.)
#
# Week by week
# ------------
#
# Everybody has three votes; the learner begins with these. Then, for six weeks, forty
# further volunteers look at forty galaxies each, and the network is trained anew. An
# oracle that is asked again answers with the votes of the further volunteers only, so
# that a galaxy has two rows, one of three votes and one of forty, and no vote twice.
# (A beta-binomial takes these for two galaxies that look alike. Fitted to the totals,
# ``oracle.votes``, the last networks of both strategies are better by 0.001.)

n_weeks, n_galaxies, n_more = (2, 10, 40) if QUICK else (6, 40, 40)


def campaign(strategy, repeat):
    pool = skies[repeat].images[:n_pool]
    oracle = volunteers(repeat, 3)
    learner = ActiveLearner(network(repeat), strategy, pool, oracle(range(n_pool)))
    X_test, y_test = test_set(repeat)
    loop = ActiveLearningLoop(
        learner,
        pool,
        oracle.set_params(n_volunteers=n_more),
        n_queries=n_weeks,
        n_instances=n_galaxies,
        X_test=X_test,
        y_test=y_test,
    )
    return loop.run().history_


histories = {
    "VoteBALD": [campaign(VoteBALD(n_more, random_state=r), r) for r in repeats],
    "Random": [campaign(Random(random_state=r), r) for r in repeats],
}
print(Comparison(histories))

COLOURS = {"VoteBALD": "#0072B2", "Random": "0.5"}
figure, axis = plt.subplots(figsize=(7, 4), layout="constrained")
for name, runs in histories.items():
    visits = [record.cost for record in runs[0]]
    scores = np.array([run.scores for run in runs])
    axis.plot(visits, scores.T, color=COLOURS[name], linewidth=0.7, alpha=0.6)
    axis.plot(visits, scores.mean(axis=0), "o-", color=COLOURS[name], label=name)
axis.axhline(ceiling, color="0.5", linestyle=":", label="forty more for all")
axis.set(xlabel="visits of volunteers", ylabel="test log-likelihood a vote (nats)")
figure.legend(loc="outside upper center", ncols=3)
plt.show()

# %%
# Thin lines are single runs, thick ones their mean. There is not much to gain, the way
# up to the dotted line, and six weeks with 9,600 visits do not gain it. Random galaxies
# leave the score about where it was. Those of VoteBALD lower it by 0.003. Of the
# difference between the two the interval goes from -0.006 to +0.002: three pairs cannot
# tell them apart, and nothing here says that choosing helps.
#
# Where the visits went
# ---------------------


def asked(name):
    """Return rho and whether it is a disc, for each galaxy that was asked about."""
    rho, disc = [], []
    for sky, history in zip(skies, histories[name]):
        rows = [row for record in history for row in record.indices]
        rho.append(sky.rho[rows])
        disc.append(sky.parameters["is_disc"][rows])
    return np.concatenate(rho), np.concatenate(disc)


figure, axes = plt.subplots(
    ncols=2, figsize=(9, 3.4), sharey=True, layout="constrained"
)
bins = np.linspace(0, 1, 11)
for name, colour in COLOURS.items():
    rho, disc = asked(name)
    print(f"{name}: {disc.mean():.0%} discs")
    for question, axis in enumerate(axes):
        axis.hist(
            rho[:, question], bins, histtype="step", color=colour, lw=1.5, label=name
        )
        axis.set(xlabel=f'true rho of "{skies[0].question_names[question]}?"')
axes[0].set_ylabel("galaxies asked about")
axes[1].legend()
plt.show()

# %%
# VoteBALD asks about many ellipticals, on which volunteers agree: more than eight of
# ten say "smooth", hardly one "bar". Of its galaxies 41% are discs, of random ones 59%.
# A network with dropout before its last layer only disagrees with itself most where rho
# is far from one half (:ref:`sphx_glr_auto_examples_plot_vote_information.py`), so that
# is where it asks, whether it knows these galaxies well already or not.
#
# None of this is a law about campaigns. Here the pool is small, three votes on each of
# its galaxies are enough, and the network has other limits than votes. It is a reason
# to simulate yours before it begins. Ask first what *all* the votes would be worth; if
# it is as little as here, no choice among them can do better.
