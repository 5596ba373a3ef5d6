"""Files of plain data, arrays and further files in one zip archive, without pickle.

``content.json`` is strict JSON with a format number. The arrays are members such as
``0.npy``, so that `numpy.load` can read them, too.
"""

import json
import zipfile
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from skbal._utils.archives import DAMAGE, read_array, read_head
from skbal._utils.result_files import checked, json_of, naming
from skbal._utils.whole_files import whole_file

_CONTENT = "content.json"


class Bundle(NamedTuple):
    """What a file holds.

    Parameters
    ----------
    content : dict
        Plain data.
    arrays : list of ndarray
        Arrays of numbers, booleans or strings.
    files : dict of str to bytes
        The content of further files by name.
    """

    content: dict
    arrays: list
    files: dict


def write_bundle(path, kind, bundle):
    """Write a file, which appears whole or not at all.

    Parameters
    ----------
    path : str or os.PathLike
        An existing file is replaced.
    kind : str
        The class of the result.
    bundle : Bundle
        What it is to hold.

    Raises
    ------
    TypeError
        If JSON cannot hold the content.
    ValueError
        If an array holds Python objects.
    """
    names = {"n_arrays": len(bundle.arrays), "files": list(bundle.files)}
    text = json_of(kind, {**names, **bundle.content})
    how = zipfile.ZIP_DEFLATED
    with whole_file(path) as unfinished, zipfile.ZipFile(unfinished, "w", how) as file:
        file.writestr(_CONTENT, text)
        for number, array in enumerate(bundle.arrays):
            with file.open(f"{number}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
        for name, content in bundle.files.items():
            file.writestr(name, content)


@contextmanager
def reading_bundle(path, kind):
    """Give what a file holds; errors of it and of the block name the file.

    Parameters
    ----------
    path : str or os.PathLike
        The file.
    kind : str
        The class of the result.

    Yields
    ------
    bundle : Bundle

    Raises
    ------
    ValueError
        If `write_bundle` did not write the file, for this kind and in a known format,
        or the block raises a TypeError or a ValueError.
    OSError
        If it cannot be read.
    """
    with naming(path, kind):
        with open(path, "rb") as file:
            bundle = _read(file, kind)
        yield bundle


def _read(file, kind):
    if not zipfile.is_zipfile(file):
        raise ValueError(f"it was not written by {kind}.save, or its end is missing")
    try:
        with zipfile.ZipFile(file) as archive:
            if _CONTENT not in archive.namelist():
                raise ValueError(f"it was not written by {kind}.save")
            content = checked(json.loads(archive.read(_CONTENT)), kind)
            numbers = range(_count(content))
            for number in numbers:
                read_head(archive, str(number))
            arrays = [read_array(archive, str(number)) for number in numbers]
            files = {name: archive.read(name) for name in content.get("files", ())}
    except ValueError:
        raise
    except DAMAGE as error:
        raise ValueError(f"it is damaged: {error}") from error
    return Bundle(content, arrays, files)


def _count(content):
    number = content.get("n_arrays")
    if type(number) is not int or number < 0:
        raise ValueError("n_arrays must be a number of arrays")
    return number
