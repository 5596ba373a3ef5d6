"""
===========================================
A policy that was trained on other tables
===========================================

A query strategy need not be a formula. Here a policy is trained on three tables whose
labels are known, and then asks for labels of a table that it has never seen, beside the
policy that comes with skbal.
"""

# %%
# Train on some tables
# --------------------
#
# :class:`~skbal.policy.ImitationPolicy` plays runs of labelling. In some states it
# tries ten random rows, fits the forest with the label of each, and sees how far the
# loss on other rows falls. A small network learns to predict this from twelve features
# of a row and eight of the state, which mean the same in every table.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner
from skbal.loop import ActiveLearningLoop
from skbal.oracles import LabelOracle
from skbal.policy import (
    CANDIDATE_FEATURES,
    ImitationPolicy,
    LearnedQuery,
    policy_inputs,
    shipped_policy,
)
from skbal.query import Margin, Random
from skbal.seeding import BalancedSeed

N_QUERIES, N_RUNS, N_TREES = 30, 8, 25

tables = []
for load in (load_iris, load_wine, load_breast_cancer):
    X, y = load(return_X_y=True)
    tables.append((StandardScaler().fit_transform(X), y))

own = ImitationPolicy(
    n_episodes=4,
    n_rounds=1,
    n_queries=N_QUERIES,
    n_candidates=10,
    random_state=0,
).fit(tables, RandomForestClassifier(N_TREES))
print(f"{own.n_pairs_} labels were tried, correlation {own.correlation_:.2f}")

# %%
# The correlation of predicted and true gains is small even on the rows of training. A
# single label changes a forest little more than chance does. That is why a policy needs
# many trials, and why the network is small.
#
# The shipped policy is simpler: a weighted sum of features, whose weights change as
# labels come in. They can be read.

shipped = shipped_policy()
for name, weight in shipped.early.items():
    print(f"{name:20s} {weight:5.2f} early, {shipped.late[name]:5.2f} late")

# %%
# Ask elsewhere
# -------------
#
# A board of two by two fields is hard for the margin: with few labels, the forest
# doubts the wrong rows. All strategies begin with the same row of each class.


def board(seed):
    """Return a pool and a test set of a board of two colours."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(0, 2, size=(600, 2))
    return train_test_split(X, np.floor(X).sum(axis=1) % 2, random_state=seed)


def run(policy_or_strategy, seed):
    """Return the loop of one strategy."""
    X_pool, X_test, y_pool, y_test = board(seed)
    forest = RandomForestClassifier(N_TREES, random_state=seed)
    strategy = policy_or_strategy
    if not hasattr(strategy, "score_pool"):
        strategy = LearnedQuery(strategy)
    loop = ActiveLearningLoop(
        ActiveLearner(forest, strategy.set_params(random_state=seed)),
        X_pool,
        LabelOracle(y_pool),
        n_queries=N_QUERIES,
        n_instances=1,
        initial=BalancedSeed(n_per_class=1, random_state=seed),
        X_test=X_test,
        y_test=y_test,
    )
    return loop.run()


strategies = {
    "random": Random(),
    "margin": Margin(),
    "shipped policy": shipped,
    "policy trained above": own,
}
loops = {
    name: [run(strategy, seed) for seed in range(N_RUNS)]
    for name, strategy in strategies.items()
}

# %%
# The curves are means over runs. With the shipped policy, the forest comes closest to
# knowing all four fields. The margin is hardly better than random rows over the run,
# and no better at its end: on the right is what the first run asked for, and the rows
# of the margin crowd along borders that the forest found early, while other fields have
# hardly a label. Those of the policy cover the board.
#
# The policy that was trained above does worse than random rows for most of the run. In
# its three tables the classes are clouds, and nothing in them was like a board. A
# policy is as good as the tables that it was trained on: test it on tables like yours
# before you trust it. The user guide has a comparison on eighteen tables.

figure, axes = plt.subplots(1, 3, figsize=(12, 4), width_ratios=[1.4, 1, 1])
for name, several in loops.items():
    scores = [[record.score for record in loop.history_] for loop in several]
    labels = [record.n_labels for record in several[0].history_]
    mean = np.mean(scores, axis=0)
    print(f"{name:20s} mean accuracy over the run {mean.mean():.3f}")
    axes[0].plot(labels, mean, label=name)
axes[0].set(xlabel="number of labels", ylabel="accuracy")
axes[0].legend(fontsize=8)
X_pool, _, y_pool, _ = board(0)
for ax, name in zip(axes[1:], ("margin", "shipped policy")):
    learner = loops[name][0].learner
    ax.scatter(*X_pool.T, c=y_pool, cmap="coolwarm", s=6, alpha=0.25)
    ax.scatter(*np.transpose(learner.X_training), c="black", s=14)
    ax.set(title=f"asked by {name}", xticks=range(3), yticks=range(3), aspect="equal")
figure.tight_layout()

# %%
# What a policy sees
# ------------------
#
# :func:`~skbal.policy.policy_inputs` shows it. These are five of the twelve features of
# the ten rows that the shipped policy likes best at the end of the first run.

loop = loops["shipped policy"][0]
asked = np.concatenate([record.indices for record in loop.history_]).astype(int)
left = np.setdiff1d(np.arange(len(X_pool)), asked)
inputs = policy_inputs(loop.learner, X_pool[left])
best = np.argsort(-shipped.score_candidates(inputs.candidates, inputs.state))[:10]
print(*CANDIDATE_FEATURES[:5], sep="  ")
print(inputs.candidates[best][:, :5].round(2))

plt.show()
