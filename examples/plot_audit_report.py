"""
=================================================
A report on a run: what to believe, what to doubt
=================================================

A forest learned to read digits from labels that it chose itself. Before anybody uses
it, one page says what was done, how good it is, what to doubt, and what was not
checked. Here is one run in which every digit was asked about, and one in which somebody
forgot one.
"""

# %%
# A run
# -----
#
# The forest begins with two labels of each digit and asks for ten more at a time.

import os
import tempfile

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

from skbal import ActiveLearner
from skbal.audit import audit_report, rubric
from skbal.loop import ActiveLearningLoop
from skbal.oracles import LabelOracle
from skbal.query import Margin
from skbal.seeding import BalancedSeed

X, y = load_digits(return_X_y=True)
X_pool, X_test, y_pool, y_test = train_test_split(
    X, y, test_size=0.33, stratify=y, random_state=0
)


def run(candidates=None):
    forest = RandomForestClassifier(100, random_state=0)
    may_ask = np.arange(len(X_pool)) if candidates is None else candidates
    first = BalancedSeed(random_state=0).select(X_pool[may_ask], y_pool[may_ask])
    return ActiveLearningLoop(
        ActiveLearner(forest, Margin(random_state=0)),
        X_pool,
        LabelOracle(y_pool),
        n_queries=15,
        n_instances=10,
        initial=may_ask[first],
        candidates=may_ask,
        X_test=X_test,
        y_test=y_test,
    ).run()


loop = run()

# %%
# Its report
# ----------
#
# With ``compare_random=True`` the run is repeated once with random choice. Whether one
# run is better than one other may be luck, and the report says so.

report = audit_report(loop, compare_random=True)
for sentence in report.summary:
    print(f"- {sentence}")

# %%
# Saved as a page, it opens in any browser, without a network. The figures are inside.

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "report.html")
    report.save(path)
    print(f"{os.path.getsize(path) / 1000:.0f} kB")

# %%
# What is in doubt
# ----------------
#
# In the second run, no digit 8 may be asked about: they were in a folder that nobody
# opened. The test rows have them.

without_eight = run(np.flatnonzero(y_pool != 8))
doubtful = audit_report(without_eight)
for name in doubtful.concerns:
    print(f"{name}: {doubtful.results[name]}")

# %%
# What was not checked
# --------------------
#
# A check that lacks something says what to give.

for part in doubtful.not_checked:
    print(f"{part['question']} {part['reason']} {part['remedy']}")

# %%
# The labels of both runs
# -----------------------
#
# The results are objects with tables, from which other figures can be drawn. Bars show
# the share of each digit among the labels, the dashed lines its share among the test
# rows. On the right, 8 has no bar.

fig, axes = plt.subplots(1, 2, figsize=(9, 3.5), sharey=True, layout="constrained")
for ax, audit, title in zip(
    axes, (report, doubtful), ("All digits", "Nobody opened the folder of eights")
):
    table = audit.results["labelled classes"].to_frame()
    ax.bar(table["class"], table["share_of_labels"], label="Labels")
    ax.step(table["class"], table["share_elsewhere"], "k--", where="mid", label="Test")
    ax.set(title=title, xlabel="Digit", xticks=range(10))
axes[0].set_ylabel("Share")
axes[0].legend()
plt.show()

# %%
# The questions that no program answers
# -------------------------------------
#
# A rubric says what work of each level is like. Which level fits is for people to
# decide.

for line in rubric().lines[:3]:
    print(f"{line.head}: {line.question}\n  good: {line.levels['good']}")
