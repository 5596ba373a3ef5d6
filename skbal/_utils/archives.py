"""Arrays from an ``.npz`` file, which is looked at before it is unpacked.

A file of 1 MB can unpack to 1 GB. So the headers of all arrays are read first: their
shapes and dtypes, and whether they announce as many bytes as there are.
"""

import lzma
import math
import os
import struct
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

_READ_HEADER = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
# What zipfile and NumPy raise for a file in which bytes are missing or wrong.
DAMAGE = (
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)


class Head(NamedTuple):
    """What the header of an array says."""

    shape: tuple
    dtype: np.dtype


def check_path(path, name, owner):
    """Return a path on this machine, whether there is a file or not.

    Parameters
    ----------
    path : str or path-like
        The argument.
    name, owner : str
        Names of the argument and of the caller, for messages.

    Returns
    -------
    path : pathlib.Path

    Raises
    ------
    TypeError
        If it is no path.
    ValueError
        If it is the address of a web page, or a path that no file can have.

    Examples
    --------
    >>> check_path("https://example.org/mnist.npz", "data_home", "fetch_mnist")
    Traceback (most recent call last):
        ...
    ValueError: data_home of fetch_mnist must be a path on this machine, got the address
    'https://example.org/mnist.npz'. Download the file first.
    """
    text = os.fspath(path) if isinstance(path, os.PathLike) else path
    if not isinstance(text, str):
        raise TypeError(
            f"{name} of {owner} must be a path, a string or a pathlib.Path, got "
            f"{path!r} ({type(path).__name__})."
        )
    if "://" in text:
        raise ValueError(
            f"{name} of {owner} must be a path on this machine, got the address "
            f"{text!r}. Download the file first."
        )
    try:
        Path(text).stat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return Path(text)
    except (OSError, ValueError) as error:  # too long, or with a zero byte
        reason = getattr(error, "strerror", None) or error
        raise ValueError(
            f"{name} of {owner} cannot be a path: {reason}, got {text!r:.60}."
        ) from error
    return Path(text)


def read_arrays(path, names, what, check):
    """Return arrays of an ``.npz`` file, if their headers pass a check.

    Parameters
    ----------
    path : pathlib.Path
        A file that exists.
    names : sequence of str
        Names of the arrays.
    what : str
        The argument and its owner, for messages, such as "path of load_image_votes".
    check : callable
        Called with a dict of a `Head` for each name, before anything is unpacked.
        Raises a ValueError if a shape or dtype is wrong.

    Returns
    -------
    arrays : dict of str to ndarray

    Raises
    ------
    ValueError
        If the file is no such archive or is damaged, or an array is missing or holds
        Python objects.
    """
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{what}: {path} is not an .npz archive.")
    archive = _undamaged(path, what, zipfile.ZipFile, path)
    with archive:
        held = [name.removesuffix(".npy") for name in archive.namelist()]
        if missing := [name for name in names if name not in held]:
            raise ValueError(
                f"{what}: {path} must hold {', '.join(missing)}, it holds "
                f"{', '.join(held) or 'nothing'}."
            )
        heads = {n: _undamaged(path, what, read_head, archive, n) for n in names}
        check(heads)
        return {n: _undamaged(path, what, read_array, archive, n) for n in names}


def _undamaged(path, what, read, *arguments):
    try:
        return read(*arguments)
    except DAMAGE as error:
        raise ValueError(f"{what}: {path} is damaged: {error}") from error


def read_head(archive, name):
    """Return what the header of an array says, before it is unpacked.

    Parameters
    ----------
    archive : zipfile.ZipFile
        Open for reading.
    name : str
        Name of the member, without ``.npy``.

    Returns
    -------
    head : Head

    Raises
    ------
    ValueError
        If it holds Python objects, or more or fewer bytes than it announces. What is
        raised for a damaged archive is one of ``DAMAGE``.
    """
    with archive.open(f"{name}.npy") as member:
        version = np.lib.format.read_magic(member)
        if version not in _READ_HEADER:
            raise ValueError(f"{name} has the format {version}, which is not known.")
        shape, _, dtype = _READ_HEADER[version](member)
        start = member.tell()
    if dtype.hasobject:
        raise ValueError(
            f"{name} holds Python objects, which are not unpickled "
            "(allow_pickle=False)."
        )
    announced = start + math.prod(shape) * dtype.itemsize
    held = archive.getinfo(f"{name}.npy").file_size
    if announced != held:
        raise ValueError(f"{name} should have {announced} bytes, it has {held}.")
    return Head(shape, dtype)


def read_array(archive, name):
    """Return an array, and compare its checksum.

    Parameters
    ----------
    archive : zipfile.ZipFile
        Open for reading.
    name : str
        Name of the member, without ``.npy``.

    Returns
    -------
    array : ndarray
        What is raised for a damaged archive is one of ``DAMAGE``.
    """
    with archive.open(f"{name}.npy") as member:
        array = np.lib.format.read_array(member, allow_pickle=False)
        member.read()  # the end of the file, where its checksum is compared
    return array
