"""
==============================
A pool larger than the memory
==============================

A pool is read piece by piece. It may stay in a file, and neither its rows nor its draws
are ever in memory together. This example asks for a batch from files of growing size,
and measures how much memory that takes: BatchBALD, which compares rows with each other,
is the strategy for which it is hardest.
"""

# %%
# Pools in files
# --------------
#
# Images are kept as bytes, as cameras write them. NumPy's ``open_memmap`` makes an
# array that lives in a file; here it is filled with noisy copies of 5,000 real digits,
# a piece at a time.

import os
import tempfile
import tracemalloc
from pathlib import Path
from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import RandomForestClassifier

from skbal import predict_samples
from skbal.datasets import load_mnist_5k
from skbal.query import BatchBALD

QUICK = os.environ.get("SKBAL_QUICK") == "1"

digits = load_mnist_5k()
images = (255 * digits.data).astype(np.uint8)
folder = tempfile.TemporaryDirectory()


def pool_in_a_file(n_rows):
    path = Path(folder.name, f"pool_{n_rows}.npy")
    pool = np.lib.format.open_memmap(path, "w+", np.uint8, (n_rows, 784))
    rng = np.random.default_rng(0)
    for start in range(0, n_rows, len(images)):
        noise = rng.integers(0, 40, images.shape, dtype=np.uint8)
        pool[start : start + len(images)] = np.maximum(images, noise)
    pool.flush()
    return np.load(path, mmap_mode="r")


# %%
# The model is a forest that knows a thousand digits. Its trees are the draws.

known = np.random.default_rng(1).choice(len(images), 1000, replace=False)
forest = RandomForestClassifier(100, min_samples_leaf=20, random_state=0)
forest.fit(images[known], digits.target[known])

# %%
# Ask, and measure
# ----------------
#
# ``max_memory`` is what BatchBALD may hold of draws and configurations. 50 MB are few,
# so it has to make draws of some rows a second time; the default is ``"1GB"``. The
# batch is the same. tracemalloc counts what Python and NumPy allocate. Pages of the
# file are not counted, as the system drops them when it needs room.

strategy = BatchBALD(n_joint_samples=5000, max_memory="50MB", random_state=0)
sizes = [5000, 10_000] if QUICK else [5000, 10_000, 20_000, 50_000]
peaks, batches = [], []
for n_rows in sizes:
    pool = pool_in_a_file(n_rows)
    tracemalloc.start()
    start = perf_counter()
    batches.append(strategy(forest, pool, n_instances=8))
    seconds = perf_counter() - start
    peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    print(f"{n_rows:>7,} rows: {seconds:3.0f} s, at most {peaks[-1] / 1e6:.0f} MB")

# %%
# Memory
# ------
#
# What would be needed to hold all rows, or the draws of all rows, in double precision?

one = predict_samples(forest, pool[:1])
sizes = np.array(sizes)
needs = {
    "draws of the pool": (sizes * one.nbytes, "#D55E00"),
    "rows as float64": (sizes * 784 * 8, "#E69F00"),
    "measured": (np.array(peaks), "#0072B2"),
}
figure, axis = plt.subplots(figsize=(7, 4), layout="constrained")
for name, (values, colour) in needs.items():
    style = "o-" if name == "measured" else "--"
    axis.plot(sizes, values / 1e6, style, color=colour, label=name)
axis.set(xlabel="rows in the pool", ylabel="MB", title="Memory for a batch of eight")
axis.set_xticks(sizes, [f"{n_rows:,}" for n_rows in sizes])
axis.set_ylim(0)
axis.legend()
plt.show()

# %%
# The measured line is flat: 50 MB of draws, and the pieces that are worked on, some
# 64 MB whatever the pool. The scores themselves are 8 bytes a row. Time grows with the
# rows, since each has to be scored once.
#
# The same batch from memory
# --------------------------
#
# Where the pool is, and how much memory there is, must not change the answer.

in_memory = np.array(pool_in_a_file(int(sizes[0])))
strategy.set_params(max_memory="1GB")
again = strategy(forest, in_memory, n_instances=8)
print(f"from the file: {batches[0]}")
print(f"from memory:   {again}")

figure, axes = plt.subplots(1, 8, figsize=(9, 1.6), layout="constrained")
for axis, row in zip(axes, batches[-1]):
    axis.imshow(pool[row].reshape(28, 28), cmap="gray_r")
    axis.axis("off")
figure.suptitle(f"The batch from {sizes[-1]:,} rows in a file")
plt.show()

# %%
# A file on disk has to be closed before its folder can go.

del pool
folder.cleanup()

# %%
# dask arrays, ``h5py`` and ``zarr`` files and torch Datasets go the same way, and
# ``n_jobs`` or a dask cluster share the work: :ref:`large_pools`.
