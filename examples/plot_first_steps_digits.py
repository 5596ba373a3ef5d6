"""
==============================================
First steps: a random forest asks about digits
==============================================

How many labels does a random forest need to read handwritten digits? We hide the labels
of 1,200 digits and give the forest twenty of them. It then asks for ten more at a time:
in one run where its trees disagree most (BALD), in another run at random. No torch is
needed. The data are the 8 x 8 digits of scikit-learn.
"""

# %%
# Data
# ----
#
# The learner may ask about the rows of the pool. The test set is never shown to it.

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

from skbal import ActiveLearner
from skbal.loop import ActiveLearningLoop
from skbal.oracles import LabelOracle
from skbal.plotting import AcquisitionCurveDisplay
from skbal.query import BALD, Random
from skbal.seeding import BalancedSeed

X, y = load_digits(return_X_y=True)
X_pool, X_test, y_pool, y_test = train_test_split(
    X, y, test_size=0.33, stratify=y, random_state=0
)

# %%
# One run
# -------
#
# A run has an estimator, a query strategy, a learner that holds both, and a loop that
# manages the pool. Each run starts from two random digits of each class. These depend
# only on the seed, so BALD and Random start from the same digits.
#
# Each tree is a posterior draw. A fully grown tree is certain of every prediction, so
# its expected entropy is zero, and BALD equals the entropy. With two rows or more per
# leaf, the trees can be uncertain, and the two differ.


def learning_curve(strategy, seed):
    forest = RandomForestClassifier(
        n_estimators=100, min_samples_leaf=2, random_state=seed
    )
    loop = ActiveLearningLoop(
        ActiveLearner(forest, strategy),
        X_pool,
        LabelOracle(y_pool),
        n_queries=25,
        n_instances=10,
        initial=BalancedSeed(n_per_class=2, random_state=seed).select(X_pool, y_pool),
        X_test=X_test,
        y_test=y_test,
    )
    return loop.run().history_


history = learning_curve(BALD(random_state=0), seed=0)
history.to_frame()[["n_labels", "score", "seconds_training", "seconds_querying"]].head()

# %%
# Several runs
# ------------
#
# A single run proves little, because the first twenty digits have a large effect. So we
# repeat it with other seeds and plot the mean, with one standard deviation to either
# side.

seeds = range(5)
histories = {
    "BALD": [learning_curve(BALD(random_state=seed), seed) for seed in seeds],
    "Random": [learning_curve(Random(random_state=seed), seed) for seed in seeds],
}
display = AcquisitionCurveDisplay.from_histories(
    histories, score_name="Accuracy on the test set"
)
display.ax_.set_title("A random forest queries digits, ten at a time")
plt.show()

# %%
# These are the labels that each run needed for 90 percent, and its accuracy at the end.
# ``None`` means that a run never reached 90 percent. The first twenty labels are
# included.

for name, runs in histories.items():
    last = [f"{run.scores[-1]:.3f}" for run in runs]
    print(f"{name:>6}: {[run.labels_to(0.9) for run in runs]}, {', '.join(last)}")

# %%
# Each of the five runs ends with 270 labels. For the first eighty labels or so, BALD is
# hardly better than random: the curves cross, and the bands overlap. The forest knows
# too little to know what it does not know, and the rows that it asks about are not as
# balanced as the first twenty. After that, BALD is ahead. It needed between 120 and 130
# labels for 90 percent, and random needed 140 to 230. With 270 labels, about 96 percent
# of the digits are read correctly, against 93 percent.
