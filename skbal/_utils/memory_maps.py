"""Pickles that hold a memory map by the path of its file, and not by its rows."""

import os
from dataclasses import dataclass

import numpy as np


class KeepsMaps:
    """Mixin: a pickle holds some attributes, if they are memory maps, by their paths.

    ``pickle``, ``joblib`` and ``copy.deepcopy`` would read the whole file into memory.
    A subclass names the attributes in ``_maps``.
    """

    _maps = ("X_pool",)

    def __getstate__(self):
        """Return the attributes, with files in place of memory maps."""
        state = super().__getstate__() or {}
        maps = {name: by_path(state[name]) for name in self._maps if name in state}
        return {**state, **maps}

    def __setstate__(self, state):
        """Set the attributes, with memory maps in place of files."""
        files = {k: v.opened() for k, v in state.items() if isinstance(v, MappedFile)}
        super().__setstate__({**state, **files})


@dataclass(frozen=True)
class MappedFile:
    """Where the rows of a memory map are; stands for them while there is no file.

    Parameters
    ----------
    path : str
        The file.
    dtype : numpy.dtype
        The data type.
    lengths : tuple of int
        The shape. Whoever asks for that attribute wants rows.
    offset : int
        The first byte.
    order : {"C", "F"}
        The order of the rows in the file.
    n_bytes : int
        Size of the file.
    """

    path: str
    dtype: np.dtype
    lengths: tuple
    offset: int
    order: str
    n_bytes: int

    def opened(self):
        """Return the memory map, or this object if the file is gone or was changed.

        The map can only be read. Whoever asks for rows that are gone gets an error that
        says so, so that everything else can be loaded without them.
        """
        try:
            if os.path.getsize(self.path) != self.n_bytes:
                return self
            return np.memmap(
                self.path, self.dtype, "r", self.offset, self.lengths, self.order
            )
        except OSError:
            return self

    @property
    def shape(self):
        """Raise a FileNotFoundError: there are no rows."""
        raise FileNotFoundError(
            f"The rows are a memory map of {self.path}, but there is no such file of "
            f"{self.n_bytes} bytes. Put it back and load again, or set the rows anew, "
            "for instance loop.X_pool = numpy.load(path, mmap_mode='r')."
        )

    def __len__(self):
        return self.shape[0]

    def __getitem__(self, rows):
        return self.shape[rows]

    def __array__(self, dtype=None, copy=None):
        return self.shape


def by_path(X):
    """Return where a memory map is, or X itself if that cannot be told.

    Parameters
    ----------
    X : object
        Anything.

    Returns
    -------
    kept : MappedFile or object
        X itself unless it is a memory map of consecutive bytes of a file that still
        holds them.

    Examples
    --------
    >>> by_path([1, 2])
    [1, 2]
    """
    if not isinstance(X, np.memmap) or not X.size or not _is_whole(X):
        return X
    if not _holds_rows(X):
        return X
    if X.mode != "r":
        X.flush()
    root = X
    while isinstance(root.base, np.memmap):
        root = root.base
    offset = root.offset + X.ctypes.data - root.ctypes.data
    order = "C" if X.flags.c_contiguous else "F"
    n_bytes = os.path.getsize(X.filename)
    return MappedFile(str(X.filename), X.dtype, X.shape, offset, order, n_bytes)


def _is_whole(X):
    return X.flags.c_contiguous or X.flags.f_contiguous


def _holds_rows(X):
    """Return whether the file of a memory map will still have its rows later."""
    # What was changed in a map of mode "c" is in memory only.
    if X.filename is None or X.mode == "c" or not os.path.isfile(X.filename):
        return False
    # joblib's workers get arrays in files that it removes in the end.
    if "joblib_memmapping_folder" in str(X.filename):
        return False
    # joblib.load(path, mmap_mode="r") maps arrays inside a pickle, which may be the
    # very file that is written next.
    with open(X.filename, "rb") as file:
        head = file.read(2)
    return not (len(head) == 2 and head[0] == 0x80 and head[1] <= 5 and X.offset)
