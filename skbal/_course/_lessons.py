"""Where the lessons lie: in the package if it was installed, in docs/ in a checkout."""

from pathlib import Path

PACKAGE = Path(__file__).parent
INSTALLED = PACKAGE / "lessons"  # setup.py copies them there
CHECKOUT = PACKAGE.parents[1] / "docs" / "course"


def lesson_paths():
    """Return the files of all lessons, in the order of the course.

    Returns
    -------
    paths : list of pathlib.Path
        Text notebooks (MyST Markdown), such as ``01_uncertainty.md``.

    Raises
    ------
    FileNotFoundError
        If this installation has no lessons.
    """
    for folder in (INSTALLED, CHECKOUT):
        if paths := sorted(folder.glob("[0-9][0-9]_*.md")):
            return paths
    raise FileNotFoundError(
        f"The lessons of the course are neither in {INSTALLED} nor in {CHECKOUT}. "
        "Install skbal from a complete clone of its repository."
    )
