"""The course: ten lessons, kept as text, that become notebooks in a folder of yours."""

from skbal._course._copying import copy_lessons
from skbal._course._lessons import lesson_paths
from skbal._course._notebook import notebook_of

__all__ = ["copy_lessons", "lesson_paths", "notebook_of"]
