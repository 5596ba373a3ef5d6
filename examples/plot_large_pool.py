"""
=============================
A pool larger than the memory
=============================

A pool is read chunk by chunk. It may stay in a file, and neither its rows nor its draws
are ever in memory all at once. This example queries a batch from files of growing size
and measures the memory. The strategy is BatchBALD, for which this is hardest, because
it compares rows with each other.
"""

# %%
# Pools in files
# --------------
#
# The images are stored as bytes, as cameras write them. NumPy's ``open_memmap`` makes
# an array in a file. Here it is filled chunk by chunk with noisy copies of 5,000 real
# digits.

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

digits = load_mnist_5k()
n_images = 5000
images = (255 * digits.data[:n_images]).astype(np.uint8)
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
# The model is a forest that was fitted on a thousand digits. Its trees are the draws.

known = np.random.default_rng(1).choice(len(images), 1000, replace=False)
forest = RandomForestClassifier(100, min_samples_leaf=20, random_state=0)
forest.fit(images[known], digits.target[known])

# %%
# Query, and measure
# ------------------
#
# ``max_memory`` limits the memory of BatchBALD for draws and configurations. The
# default is ``"1GB"``. With 50 MB it has to make the draws of some rows twice, but the
# batch is the same. tracemalloc counts what Python and NumPy allocate. It does not
# count the pages of the file, which the operating system drops when it needs memory.

n_joint_samples = 5000
strategy = BatchBALD(n_joint_samples=n_joint_samples, max_memory="50MB", random_state=0)
sizes = [5000, 10_000, 20_000, 50_000]
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
# How much memory would all rows need, or the draws of all rows, in double precision?

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
# The measured line is nearly flat, at about 100 MB: at most 50 MB of draws and some 64
# MB for the current chunks, whatever the size of the pool. For a small pool this is
# more than all rows or draws would need. The scores themselves need 8 bytes per row.
# The time grows with the number of rows, because each row is scored once.
#
# The same batch from memory
# --------------------------
#
# The result must not depend on where the pool is, or on how much memory there is.

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
# On some systems, a file must be closed before its folder can be deleted.

del pool
folder.cleanup()

# %%
# dask arrays, ``h5py`` and ``zarr`` files and torch Datasets work in the same way.
# ``n_jobs`` or a dask cluster share the work: :ref:`large_pools`.
