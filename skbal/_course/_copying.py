"""Write the lessons into a folder."""

from skbal._course._lessons import lesson_paths
from skbal._course._notebook import notebook_of
from skbal._utils.optional import require


def copy_lessons(folder, teacher=False):
    """Write all lessons into a folder, as notebooks, and keep those that are there.

    Parameters
    ----------
    folder : pathlib.Path
        Where to. It is made if it does not exist.
    teacher : bool, default=False
        Whether with solutions and notes for the teacher.

    Returns
    -------
    written : dict of pathlib.Path to bool
        For each notebook whether it was written. A notebook that is there already may
        hold somebody's answers, so it stays as it is.

    Raises
    ------
    ImportError
        If jupytext is not installed.
    OSError
        If the folder cannot be made or written to.
    """
    jupytext = require("jupytext", "course", "The course")
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for path in lesson_paths():
        target = folder / f"{path.stem}.ipynb"
        written[target] = not target.exists()
        if written[target]:
            text = jupytext.writes(notebook_of(path, teacher), fmt="ipynb")
            target.write_text(text, encoding="utf-8")
    return written
