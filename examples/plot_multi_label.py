"""
========================================
Several questions about each row at once
========================================

Three yes/no questions about a digit have one answer each: does it have a hole, is it
even, is it above 4? Whoever looks at a digit answers all of them. So a row is worth
what its three labels tell together, and not what the most telling one does.

This example shows how the information of the labels adds up, and whether it matters
for learning which way they are added.
"""

# %%
# Rows of three labels
# --------------------
#
# The labels are columns of 0 and 1, as in scikit-learn's multilabel data.

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import spearmanr
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier

from skbal import predict_samples
from skbal.experiments import compare
from skbal.information import joint_label_information, label_information
from skbal.query import BALD, JointLabelBALD, Random

X, digit = load_digits(return_X_y=True)
NAMES = ["has a hole", "is even", "is above 4"]
y = np.stack([np.isin(digit, [0, 6, 8, 9]), digit % 2 == 0, digit > 4], axis=1) * 1
print(y[:3])

# %%
# A forest is fitted on all labels together. Its draws are the probabilities of yes, one
# tree a draw.

forest = RandomForestClassifier(50, min_samples_leaf=2, random_state=0)
forest.fit(X[:100], y[:100])
draws = predict_samples(forest, X[100:])
print(draws.shape)

# %%
# Together and one by one
# -----------------------
#
# The information of the labels together is never more than the sum of that of each
# label, and never less than that of the best one. A tree that takes a digit for a 3
# answers all three questions by that, so the labels tell partly the same: the points of
# the figure lie below the dashed line. They lie near a common curve, so both rules
# rank the rows of this pool much alike.

each = label_information(draws)
joint = joint_label_information(draws)
share = joint.sum() / each.sum()
alike = spearmanr(each.sum(axis=1), joint).statistic
print(f"together {share:.0%} of the sum, rank correlation {alike:.2f}")

fig, left = plt.subplots(figsize=(5, 4), layout="constrained")
left.plot(each.sum(axis=1), joint, ".", alpha=0.4)
most = each.sum(axis=1).max()
left.plot([0, most], [0, most], "k--", lw=1, label="the labels tell different things")
left.set(
    xlabel="sum over labels (nats): BALD",
    ylabel="all labels together (nats): JointLabelBALD",
    title="Information of the rows of the pool",
)
left.legend(loc="upper left")
plt.show()

# %%
# Does it matter?
# ---------------
#
# Both rules and random choice run on the same splits. The score is the F1 score over
# all labels of the test rows. With so similar ranks, the curves of both rules in the
# figure are close together. Six runs do not tell either from random choice.

comparison = compare(
    {"sum (BALD)": BALD(), "together": JointLabelBALD(), "random": Random()},
    forest,
    X,
    y,
    n_repeats=6,
    n_queries=12,
    n_instances=10,
    scoring="f1_micro",
    reference="random",
    random_state=0,
)
fig, right = plt.subplots(figsize=(5, 4), layout="constrained")
for name, histories in comparison.histories.items():
    scores = np.array([history.scores for history in histories])
    n_labels = histories[0].n_labels
    right.plot(n_labels, scores.mean(axis=0), label=name)
right.set(
    xlabel="labelled rows",
    ylabel="F1 over all labels",
    title=f"Mean of {len(scores)} runs",
)
right.legend(loc="lower right")
plt.show()

# %%
# The more labels there are and the more they tell alike, the more the two rules differ.
# The sum counts one and the same doubt once for each label, ``JointLabelBALD`` counts
# it once.

for name, verdict in comparison.verdicts.items():
    print(f"{name}: {verdict}")
