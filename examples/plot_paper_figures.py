"""
===================
Figures for a paper
===================

A learning curve in a paper has to be read at a width of 85 mm, also in print without
colour, and it should say how sure it is. Two displays make such figures of what you
have: `RunDisplay` of runs, `SearchDisplay` of a search over runs.
"""

# %%
# Runs
# ----
#
# Three strategies choose digits for a random forest, ten times each. In each repeat,
# all of them begin with the same labels. As a reference, another forest learns all
# labels. Published curves can be given in the same way.

import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score

from skbal import ActiveLearningClassifier
from skbal.experiments import compare
from skbal.plotting import RunDisplay, SearchDisplay
from skbal.query import BALD, Margin, Random
from skbal.simulation import LearningCurveScores

X, y = load_digits(return_X_y=True)
forest = RandomForestClassifier(50)
runs = compare(
    [BALD(), Margin(), Random()],
    forest,
    X,
    y,
    n_repeats=10,
    n_queries=14,
    n_instances=10,
    random_state=0,
)
best = cross_val_score(RandomForestClassifier(50, random_state=0), X, y, cv=5).mean()
ends = [20, 160]
display = RunDisplay.from_runs(
    runs,
    target_score=0.9,
    reference={"all labels": (ends, [best, best])},
    score_name="Accuracy",
)

# %%
# The bands are 95 % intervals of the mean. Below them are the labels that were needed
# for an accuracy of 0.9: a small marker for each run, the median, and an interval for
# the median. This interval lies between two of the runs, so it cannot have exactly
# 95 %: the axis says what it has. A run that did not get there is an open triangle at
# its end, and the name says how many did.
#
# Margin needed 105 labels and BALD 135. By random choice, three of ten runs got there
# within 160 labels, so their median is not known: it is beyond the end.
#
# The numbers are in ``needed``, for a table:

for name, row in display.needed[0.9].items():
    print(f"{name:>7}: median {row.median:g}, from {row.low:g} to {row.high:g}, "
          f"{row.n_reached} of {len(row.values)} runs")  # fmt: skip

# %%
# ``display.save("runs.pdf")`` writes a file with embedded fonts.
#
# A search
# --------
#
# ``GridSearchCV`` keeps scores and forgets models. `LearningCurveScores` returns the
# learning curve as scores, so they are kept, too. Here the search is over the strategy
# and the size of the leaves of the forest.

labels = np.arange(20, 121, 10)
run = ActiveLearningClassifier(
    RandomForestClassifier(30),
    n_queries=10,
    n_instances=10,
    keep_stages=True,
    test_size=None,
    random_state=0,
)
search = GridSearchCV(
    run,
    {
        "query_strategy": [Random(), BALD(), Margin()],
        "estimator__min_samples_leaf": [1, 3, 9],
    },
    scoring=LearningCurveScores(labels),
    refit="score",
    cv=5,
)
search.fit(X, y)
display = SearchDisplay.from_search(search)

# %%
# The number in a cell is the mean accuracy over the labels, with half of its 95 %
# interval. The darker the cell, the larger the number. The best cell has a frame, and
# its curve is the dashed line in the others.
#
# Margin with small leaves is best, but in the column of small leaves the strategies
# differ less than their intervals are wide. Large leaves are worse with every strategy.
# Their curves begin at 0.1, no better than guessing: a tree of the forest sees some 13
# different rows of the first 20, too few for two leaves of nine.
