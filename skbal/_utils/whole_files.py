"""Files that appear whole or not at all."""

import os
import uuid
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path):
    """Give the path of a file to write, which then takes the place of another.

    Parameters
    ----------
    path : str or os.PathLike
        The file to write in the end. If the block raises an error or is interrupted,
        it is what it was before.

    Yields
    ------
    unfinished : pathlib.Path
        A file in the same folder, for the block to write.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no such folder, or the path is one.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name, "notes.txt")
    >>> with whole_file(path) as unfinished:
    ...     _ = unfinished.write_text("all of it")
    >>> path.read_text()
    'all of it'
    >>> folder.cleanup()
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"{path} cannot be written: {path.parent} is no folder."
        )
    if path.is_dir():
        raise IsADirectoryError(f"{path} cannot be written: it is a folder.")
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex}.unfinished")
    try:
        yield unfinished
        with open(unfinished, "rb+") as file:
            os.fsync(file.fileno())  # before the name, also if the power fails
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
