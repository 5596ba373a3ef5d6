"""
=========================================
Q-learning, from a frozen lake to queries
=========================================

A learner finds its way over a frozen lake by trial and error. Then the same learner
finds out which query strategy should ask, and when.
"""

# %%
# A frozen lake
# -------------
#
# The start is the upper left corner, and the goal is the lower right one. Dark fields
# are holes, which end an episode. The reward is 1 at the goal and 0 elsewhere. At first
# all actions are random. Their share falls, and in the last episode it is 5%.

import gymnasium
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from skbal.policy import ActiveLearningEnv, QLearner
from skbal.query import Margin, Random, TypiClust
from skbal.seeding import RandomSeed

board = ["SFFFF", "FHFFF", "FFFHF", "FHFFF", "FFFHG"]
lake = gymnasium.make("FrozenLake-v1", desc=board, is_slippery=False)
learner = QLearner(
    learning_rate=0.5,
    discount=0.9,
    epsilon=1.0,
    final_epsilon=0.05,
    n_episodes=1000,
    random_state=0,
).fit(lake)

# %%
# The table
# ---------
#
# Each field shows the value of its best action. Next to the goal it is 1, and each step
# away from there takes a tenth of it. The arrows are the best actions.

arrows = {0: (-1, 0), 1: (0, 1), 2: (1, 0), 3: (0, -1)}  # left, down, right, up
fields = np.array([list(row) for row in board])
size = len(board)
values = learner.q_table_.max(axis=1).reshape(size, size)

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained")
image = left.imshow(np.where(fields == "H", np.nan, values), cmap="YlGn", vmin=0)
left.set_facecolor("0.35")
figure.colorbar(image, ax=left, label="value of the best action")
for (row, column), kind in np.ndenumerate(fields):
    if kind == "G":
        left.text(column, row, "goal", ha="center", va="center")
    of_actions = learner.q_table_[row * size + column]
    for action, (x, y) in arrows.items():
        if kind in "SF" and of_actions[action] == of_actions.max() > 0:
            left.arrow(column, row, 0.25 * x, 0.25 * y, head_width=0.12, color="k")
left.set(xticks=[], yticks=[], title="What the learner knows")

# The share of the last hundred episodes that reached the goal.
width = 100
reached = np.convolve(learner.episode_returns_, np.ones(width) / width, mode="valid")
right.plot(np.arange(width, len(reached) + width), reached)
right.set(
    xlabel="episode",
    ylabel=f"share of the last {width} that reached the goal",
    ylim=(0, 1),
    title="How it became better",
)
plt.show()

# %%
# Along the upper and the right edge the table is right. Where the learner rarely was,
# it is not. In the third row, the second field points to the left, although the way to
# the right is shorter, and the third one points up, although the way down is shorter.
# In the last row, the second field has no arrow: nothing was learned there. The last
# episodes have few random actions, and nearly all of them reach the goal. Without
# random actions, the learner takes a shortest way, which has eight steps:

state, _ = lake.reset()
n_steps, is_over = 0, False
while not is_over:
    state, reward, terminated, truncated, _ = lake.step(learner.predict([state])[0])
    n_steps, is_over = n_steps + 1, terminated or truncated
print(f"{n_steps} steps, reward {reward}")

# %%
# Which strategy should ask?
# --------------------------
#
# Now an episode is a run of active learning on handwritten digits: a random pool and a
# test set, ten random labels, and five steps of sixteen labels each. The action says
# which strategy asks, and the reward is how much the accuracy grows. *TypiClust*
# chooses typical rows, and *Margin* rows between two classes.

X, y = load_digits(return_X_y=True)
X = PCA(20, random_state=0).fit_transform(X / 16)
strategies = {
    "Random": Random(),
    "Margin": Margin(),
    "TypiClust": TypiClust(features="input"),
}
labelling = ActiveLearningEnv(
    [(X, y)],
    LogisticRegression(C=10, max_iter=300),
    list(strategies.values()),
    n_queries=5,
    n_instances=16,
    initial=RandomSeed(10),
    max_rows=1200,
    test_size=0.75,
)

# %%
# A table needs few states. So the state is nothing but the number of steps made, which
# follows from the number of labels. It is observed as a logarithm to base 2.


def n_steps_made(observation):
    return (round(2 ** float(observation[0])) - 10) // 16


states = gymnasium.spaces.Discrete(6)
coarse = gymnasium.wrappers.TransformObservation(labelling, n_steps_made, states)
chooser = QLearner(
    learning_rate=0.5,
    discount=1.0,
    epsilon=1.0,
    n_episodes=400,
    final_learning_rate=0.02,
    final_epsilon=0.2,
    random_state=0,
).fit(coarse)

# %%
# The learned choice is compared with each strategy alone, on new random splits.


def scores_of(choose, n_runs):
    curves = []
    for seed in range(1000, 1000 + n_runs):
        state, info = coarse.reset(seed=seed)
        curve, is_over = [info["score"]], False
        while not is_over:
            state, _, terminated, truncated, info = coarse.step(choose(state))
            curve.append(info["score"])
            is_over = terminated or truncated
        curves.append(curve)
    return np.mean(curves, axis=0)


n_runs = 20
curves = {
    name: scores_of(lambda state, number=number: number, n_runs)
    for number, name in enumerate(strategies)
}
curves["learned"] = scores_of(lambda state: chooser.predict([state])[0], n_runs)

# %%
# On the left is the table: how much the accuracy will grow until the end, if a strategy
# asks now and the best ever after. A frame is around the largest value of each row.

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained")
table = chooser.q_table_[:5]
left.imshow(np.log(np.maximum(table, 1e-3)), cmap="YlGn", aspect="auto", vmax=2)
for (row, column), value in np.ndenumerate(table):
    left.text(column, row, f"{value:.3f}", ha="center", va="center")
for row, column in enumerate(table.argmax(axis=1)):
    left.add_patch(plt.Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, fill=False))
left.set(
    xticks=range(3),
    xticklabels=list(strategies),
    yticks=range(5),
    yticklabels=[10 + 16 * step for step in range(5)],
    ylabel="number of labels",
    title="Growth that is expected until the end",
)
n_labels = 10 + 16 * np.arange(6)
for number, (name, curve) in enumerate(curves.items()):
    style = {"color": "k", "lw": 2, "ls": "--"} if name == "learned" else {}
    right.plot(n_labels, curve, label=name, zorder=3 - number, **style)
right.set(xlabel="number of labels", ylabel="accuracy", title="On new splits")
right.legend(loc="lower right")
plt.show()

# %%
# It has learned to begin with typical rows, and to go on with rows between two classes.
# This makes sense: *TypiClust* was made for runs with few labels. On new splits the
# learned choice has the largest mean accuracy over the run, but not by much. And at the
# end *Margin* alone is a little better. A table can be wrong in this: its state is the
# number of labels, and forgets how they were chosen. After 58 typical labels it expects
# as much to gain as after 58 others.

for name, curve in curves.items():
    print(f"{name:10} mean {curve[1:].mean():.3f}, last {curve[-1]:.3f}")
