"""One pool in every kind that skbal takes."""

import numpy as np
import pandas as pd
import scipy.sparse as sp

from skbal._utils.pools import take
from skbal._utils.rows import RowsView


class InFile:
    """Indexed by slices and by rising integers without repeats, as h5py does it."""

    def __init__(self, X):
        self._X = np.asarray(X)
        self.shape, self.dtype = self._X.shape, self._X.dtype
        self.read = []  # how many rows, each time

    def __len__(self):
        return len(self._X)

    def __getitem__(self, key):
        if isinstance(key, np.ndarray) and not (np.diff(key) > 0).all():
            raise ValueError("Indexing elements must be in increasing order")
        part = self._X[key]
        self.read.append(len(part))
        return part


class OnlySlices(InFile):
    def __getitem__(self, key):
        if not isinstance(key, slice):
            raise TypeError(f"Only slices, got {key!r}")
        return super().__getitem__(key)


class Items:
    """Gives (x, y) by number and nothing else, as a map-style Dataset does."""

    def __init__(self, X):
        self._X = np.asarray(X)

    def __len__(self):
        return len(self._X)

    def __getitem__(self, row):
        if not isinstance(row, int) or row >= len(self):
            raise IndexError(row)
        return self._X[row], row % 2


def dask_array(X):
    import dask.array as da

    return da.from_array(np.asarray(X), chunks=(7, *np.shape(X)[1:]))


def tensor_dataset(X):
    import torch

    X = torch.tensor(np.asarray(X))
    return torch.utils.data.TensorDataset(X, torch.arange(len(X)))


def torch_subset(X):
    import torch

    doubled = np.concatenate((np.asarray(X)[::-1], np.asarray(X)))
    rows = list(range(len(X), 2 * len(X)))
    return torch.utils.data.Subset(tensor_dataset(doubled), rows)


def torch_dataset(X):
    import torch

    class Images(torch.utils.data.Dataset):
        def __len__(self):
            return len(X)

        def __getitem__(self, row):
            return torch.tensor(np.asarray(X)[row])

    return Images()


def view(X):
    rows = np.random.default_rng(0).permutation(len(X))
    return RowsView(Items(np.asarray(X)[np.argsort(rows)]), rows, take)


# What comes as an array, whatever it was.
READ = {
    "in file": InFile,
    "only slices": OnlySlices,
    "items": Items,
    "dask": dask_array,
    "TensorDataset": tensor_dataset,
    "Subset": torch_subset,
    "Dataset": torch_dataset,
    "view": view,
}
# What stays what it is.
INDEXED = {
    "array": np.asarray,
    "list": np.ndarray.tolist,
    "frame": pd.DataFrame,
    "csr": sp.csr_matrix,
    "csr array": sp.csr_array,
}
SPARSE = {"csc": sp.csc_matrix, "coo": sp.coo_array, "lil": sp.lil_matrix}
KINDS = {**READ, **INDEXED, **SPARSE}


def make(kind, X):
    """Return X as a pool of some kind, or skip the test where dask is missing."""
    if kind == "dask":
        import pytest

        pytest.importorskip("dask.array")
    return KINDS[kind](X)
