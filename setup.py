"""Put the lessons of the course into the package; all else is in pyproject.toml."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

LESSONS = Path("docs", "course")


class BuildWithLessons(build_py):
    """Copy docs/course/NN_name.md to skbal/_course/lessons.

    An editable installation reads them where they are.
    """

    def run(self):
        super().run()
        if self.editable_mode:
            return
        for source, target in self._lessons():
            self.mkpath(str(target.parent))
            self.copy_file(str(source), str(target))

    def get_outputs(self, include_bytecode=1):
        lessons = [] if self.editable_mode else [str(t) for _, t in self._lessons()]
        return [*super().get_outputs(include_bytecode), *lessons]

    def _lessons(self):
        folder = Path(self.build_lib, "skbal", "_course", "lessons")
        sources = sorted(LESSONS.glob("[0-9][0-9]_*.md"))
        return [(source, folder / source.name) for source in sources]


setup(cmdclass={"build_py": BuildWithLessons})
