"""
=====================================
Shortcuts: right for the wrong reason
=====================================

A classifier of photographs called everything a horse that carried the tag of one
photographer. On held-out photographs it looked excellent, since they carried the tag,
too. Here most of the sevens get a small tag in a corner. A forest learns it, and
:func:`~skbal.audit.shortcut_test` finds it without being told what to look for.
"""

# %%
# Digits with a tag
# -----------------
#
# Four of five sevens get a pattern of five by five pixels in the upper right corner, in
# the rows to learn from and in the held-out rows.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import RandomForestClassifier

from skbal.audit import ShortcutDisplay, shortcut_test
from skbal.datasets import load_mnist_5k

rng = np.random.default_rng(0)
digits = load_mnist_5k()
rows = rng.permutation(len(digits.target))[:3000]
clean, y = digits.images[rows].reshape(-1, 28, 28), digits.target[rows]
tagged = clean.copy()
carries = (y == 7) & (rng.random(len(y)) < 0.8)
tagged[carries, :5, 23:] = clean.max() * rng.uniform(0.3, 1, size=(5, 5))

half = len(y) // 2


def learned(images):
    """Return a forest that learned the first half of the rows."""
    forest = RandomForestClassifier(100, random_state=0)
    return forest.fit(images[:half].reshape(half, -1), y[:half])


def flat(images):
    """Return the held-out rows of images."""
    return images[half:].reshape(len(y) - half, -1)


# %%
# The score says nothing
# ----------------------
#
# The forest is good on held-out rows, since they carry the tag, too. Only where the tag
# is removed do they show what it has not learned.

forest = learned(tagged)
sevens = y[half:] == 7
print(f"accuracy on held-out rows: {forest.score(flat(tagged), y[half:]):.3f}")
for name, images in (("as they are", tagged), ("without the tag", clean)):
    score = forest.score(flat(images)[sevens], y[half:][sevens])
    print(f"of the sevens {name}: {score:.2f}")

# %%
# The test does
# -------------
#
# It gets the forest and the held-out rows, and nothing about tags. On the right is the
# same test of a forest that learned digits without a tag.

found = shortcut_test(forest, flat(tagged), y[half:], (28, 28), random_state=0)
nothing = shortcut_test(learned(clean), flat(clean), y[half:], (28, 28), random_state=0)
print(found.verdict)
print(nothing.verdict)

fig, axes = plt.subplots(1, 2, figsize=(7.5, 3.8), layout="constrained")
ShortcutDisplay.from_result(found, flat(tagged), image_shape=(28, 28), ax=axes[0])
ShortcutDisplay.from_result(nothing, flat(clean), image_shape=(28, 28), ax=axes[1])

# %%
# What else was looked at, with the p values of the search, by which the part was
# chosen. The p value of the verdict comes from the other half of the rows.

print(found.to_frame().head(5).to_string(index=False))

plt.show()
