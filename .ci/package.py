"""Build the wheel and the archive of sources, and install the wheel with each extra.

Each extra has an environment of its own, which holds it and what skbal requires. Code
that uses the extra runs there, and says what to install where the extra is missing.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]

ONE_IMAGE = """
import base64, pathlib, sys, tempfile
from skbal.datasets import load_images
png = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAA"
       "AABJRU5ErkJggg==")
cards = ["SIMPLE  =                    T", "BITPIX  =                    8",
         "NAXIS   =                    2", "NAXIS1  =                    8",
         "NAXIS2  =                    8", "END"]
header = "".join(card.ljust(80) for card in cards).ljust(2880)
files = {"a.png": base64.b64decode(png), "a.fits": header.encode() + bytes(2880)}
folder = pathlib.Path(tempfile.mkdtemp())
(folder / NAME).write_bytes(files[NAME])
load_images(folder, [NAME])
"""
COMMAND = """
import sys
from skbal.__main__ import main
sys.argv = ["skbal", *ARGUMENTS]
main()
"""
# What uses each extra. "test" and "docs" are those of CI itself.
USES = {
    "examples": COMMAND.replace("ARGUMENTS", '["--help"]'),
    "campaign": "import skbal.campaign; skbal.campaign.Campaign",
    "graph": "from skbal.features._neighbours import ApproximateSearch as s\n"
    "import numpy as np; s(np.eye(40), 'PoolGraph')",
    "images": f'NAME = "a.png"\n{ONE_IMAGE}',
    "fits": f'NAME = "a.fits"\n{ONE_IMAGE}',
    "policy": "from skbal.policy import ActiveLearningEnv",
    # The last lesson plays games of gymnasium.
    "course": "import pathlib, tempfile; from skbal._course import copy_lessons\n"
    "copy_lessons(pathlib.Path(tempfile.mkdtemp())); import gymnasium",
}
# Other packages use these, and nothing of skbal's own asks for them by name.
IMPORTS = {
    "postgresql": "import psycopg",
    "parquet": "import polars",
    "dask": "import dask, distributed",
    "saliency": "import captum.attr",
}
APART = {"test", "docs"}
WITHOUT_EXTRAS = """
import importlib, pkgutil, skbal
for room in pkgutil.iter_modules(skbal.__path__):
    if not room.name.startswith("_") and room.name != "campaign":
        importlib.import_module(f"skbal.{room.name}")
"""


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        tools = folder / "tools" / "bin" / "python"
        run(sys.executable, "-m", "venv", folder / "tools")
        run(tools, "-m", "pip", "install", "-q", "build", "setuptools>=77")
        run(tools, "-m", "build", "--no-isolation", "--outdir", folder, ROOT)
        (wheel,), (sources,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
        check_contents(wheel, sources)
        plain = environment(tools, folder / "plain", [wheel])
        run(plain, "-c", WITHOUT_EXTRAS)
        for extra, code in {**USES, **IMPORTS}.items():
            if extra in USES:
                told = run(plain, "-c", code, fails=True)
                assert f"skbal[{extra}]" in told, f"{extra}: {told}"
            package = f"skbal[{extra}] @ {wheel.as_uri()}"
            run(environment(tools, folder / extra, [package], plain), "-c", code)
            print(f"skbal[{extra}]: installed and used", flush=True)


def environment(tools, folder, packages, base=None):
    """Return the python of a new virtual environment, perhaps over another one."""
    run(tools, "-m", "venv", "--without-pip", folder)
    (site,) = folder.glob("lib/python*/site-packages")
    if base is not None:
        below = Path(base).parents[1] / site.relative_to(folder)
        (site / "below.pth").write_text(f"{below}\n")
    python = folder / "bin" / "python"
    options = ["-q", "--disable-pip-version-check", "-c", ROOT / "constraints.txt"]
    run(tools, "-m", "pip", "--python", python, "install", *options, *packages)
    return python


def run(*command, fails=False):
    """Run a command outside the tree; return what it writes where it must fail."""
    variables = {**os.environ, "PYTHONPATH": "", "COLUMNS": "300"}
    # Python looks for modules where it is started, so there must be none.
    with tempfile.TemporaryDirectory() as empty:
        options = {"env": variables, "cwd": empty, "text": True}
        if not fails:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **options)
            return ""
        done = subprocess.run(command, capture_output=True, **options)
    assert done.returncode != 0, f"ran without an extra: {command}"
    return done.stderr


def check_contents(wheel, sources):
    """Refuse results and figures in the archives, and miss nothing that is needed."""
    in_wheel = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in in_wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"skbal"}, tops
    assert "skbal/policy/shipped.json" in in_wheel
    with tarfile.open(sources) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    tops = {name.partition("/")[0] for name in names}
    assert not tops & {"benchmarks", "build", "skbal-demo"}, tops
    docs = {name.rpartition("/")[0] for name in names if name.endswith(".md")}
    assert docs <= {"", "docs/course"}, docs
    needed = {"LICENSE", "README.md", "CHANGELOG.md", "constraints.txt", "conftest.py"}
    assert needed | {"pyproject.toml", "setup.cfg", "tests/test_base.py"} <= names


if __name__ == "__main__":
    main()
