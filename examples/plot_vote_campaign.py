"""
===============================
Votes: a campaign, week by week
===============================

Galaxy Zoo runs live (Walmsley et al. 2020). Every galaxy is shown to at least three
volunteers. A network learns from the votes so far, and each week it requests more votes
on some galaxies. This example simulates such a campaign, once with ``VoteBALD`` and
once with random choice, and measures the value of the votes. Not every result is the
one that we had hoped for.
"""

# %%
# Three votes for all, or forty for some?
# ---------------------------------------
#
# A campaign has 2,400 visits of volunteers to spend. Either forty volunteers look at
# each of 60 galaxies, or three look at each of 800. For comparison, we also give each
# of the 800 galaxies forty more votes. A ``VoteOracle`` knows the rho of each galaxy,
# which is the probability that a volunteer says yes, and simulates the votes.

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

n_pool, n_test = 800, 500
n_steps = 300
repeats = range(3)
skies = [make_galaxies(n_pool + n_test, 32, random_state=repeat) for repeat in repeats]


def turned(images):
    if torch.rand(()) < 0.5:
        images = images.flip(-1)
    return images.rot90(int(torch.randint(4, ())), (-2, -1))


def network(repeat):
    # The learning rate ends near zero, so the last steps hardly change the score.
    one_cycle = LRScheduler(
        torch.optim.lr_scheduler.OneCycleLR,
        step_every="batch",
        max_lr=0.006,
        total_steps=n_steps + 1,
    )
    return MCDropoutVoteRegressor(
        standardize=False,
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
# The score is the mean log-likelihood per vote on 500 other galaxies, averaged over
# three repeats with different galaxies. Three votes on many galaxies are better than
# forty on few, by 0.005 nats. Forty more votes for all galaxies (32,000 visits) add
# just 0.002. Three votes on a single galaxy are noisy, but a network averages over
# galaxies that look alike. So three votes for all is a good rule, and the rest of the
# campaign has little to gain. (In a run that is not shown, training five times as long
# gained 0.005, with three votes as with forty-three.)
#
# Week by week
# ------------
#
# The learner begins with three votes on each galaxy. Then, for six weeks, forty more
# volunteers look at forty galaxies each, and the network is trained again. If an oracle
# is asked again, it returns only the votes of the further volunteers. So a galaxy has
# two rows, one with three votes and one with forty, and no vote counts twice. (A
# beta-binomial treats these as two galaxies that look alike. If the last networks are
# fitted to the totals, ``oracle.votes``, both strategies are better by 0.001.)

n_weeks, n_galaxies, n_more = 6, 40, 40


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
axis.set(xlabel="visits of volunteers", ylabel="test log-likelihood per vote (nats)")
figure.legend(loc="outside upper center", ncols=3)
plt.show()

# %%
# Thin lines are single runs, and thick lines are their mean. The distance to the dotted
# line is all there is to gain, and six weeks with 9,600 visits do not gain it. With
# random galaxies, the score stays about the same. With VoteBALD, it falls by 0.003. The
# interval for the difference between the two is -0.006 to +0.002. So three pairs cannot
# tell them apart, and nothing here shows that the choice helps.
#
# Which galaxies were asked about
# -------------------------------


def asked(name):
    """Return rho of the queried galaxies, and whether each is a disc."""
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
# ten say "smooth", and hardly one says "bar". Discs are about 40% of its galaxies, but
# about 60% of the random ones. The draws of a network with dropout before its last
# layer only disagree most where rho is far from one half
# (:ref:`sphx_glr_auto_examples_plot_vote_information.py`). So VoteBALD asks there,
# whether the network knows these galaxies well or not.
#
# This result need not hold for other campaigns. Here the pool is small, three votes on
# each galaxy are enough, and votes are not what limits the network. But it is a reason
# to simulate your own campaign before it begins. First find out how much *all* votes
# would add. If it is as little as here, no choice among them can do better.
