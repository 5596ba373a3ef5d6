"""Show stored results of full runs on the pages of the examples."""

import ast
import datetime
import hashlib
import json
import re
import textwrap
import zipfile
from pathlib import Path

from docutils.parsers.rst import Directive
from sphinx.errors import ExtensionError

EXAMPLES = Path(__file__).parents[1] / "examples"
STORE = Path(__file__).parent / "gallery_full"


def code_hash(path):
    """Return a hash of the code of an example, without its text and its comments."""
    text = path.read_text(encoding="utf-8")
    first = ast.parse(text).body[0]
    docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    lines = text.splitlines()[first.end_lineno if docstring else 0 :]
    code = [line for line in lines if line.strip() and not line.strip().startswith("#")]
    return hashlib.sha256("\n".join(code).encode()).hexdigest()[:16]


def read_run(name):
    """Return the stored full run of an example, or None if its code has changed."""
    path = STORE / f"{name}.json"
    if not path.exists():
        return None
    run = json.loads(path.read_text(encoding="utf-8"))
    return run if run["code"] == code_hash(EXAMPLES / f"{name}.py") else None


def setup(app):
    """Show what is stored, on pages that sphinx-gallery makes without running them."""
    app.add_directive("gallery-times", Times)
    app.connect("source-read", add_results)
    # After sphinx-gallery, which puts a grey picture where it has run nothing.
    app.connect("builder-inited", make_thumbnails, priority=900)
    app.connect("builder-inited", tidy_notebooks, priority=900)
    return {"parallel_read_safe": True}


class Times(Directive):
    """A table of the examples, with the time that each takes in full."""

    def run(self):
        lines = ["example,full run on one core"]
        for path in sorted(EXAMPLES.glob("plot_*.py")):
            run = read_run(path.stem)
            time = "not measured" if run is None else say_time(run["seconds"])
            lines.append(f':ref:`sphx_glr_auto_examples_{path.name}`,"{time}"')
        table = [".. csv-table::", "   :header-rows: 1", ""]
        table += [f"   {line}" for line in lines]
        self.state_machine.insert_input(table, "gallery-times")
        return []


def say_time(seconds):
    """Say a time roughly, since it is another on another computer."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 90:
        return f"{round(seconds, -1):.0f} seconds"
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 90 else f"{minutes / 60:.1f} hours"


# Sphinx-gallery heads each cell by a comment with its lines in the example.
CELL = re.compile(
    r"^\.\. GENERATED FROM PYTHON SOURCE LINES .*\n\n"
    r"\.\. code-block:: Python\n\n(?:    .*\n|[ ]*\n)+",
    re.MULTILINE,
)


def add_results(app, docname, source):
    """Put the stored results below the cells of an example's page."""
    folder, _, name = docname.partition("/")
    if folder != "auto_examples" or not name.startswith("plot_"):
        return
    run = read_run(name)
    start = source[0].index(".. GENERATED FROM PYTHON SOURCE LINES")
    head, text = source[0][:start], source[0][start:]
    if run is not None:
        outputs = iter(run["outputs"])
        text = CELL.sub(lambda cell: cell.group() + results(next(outputs)), text)
        if next(outputs, None) is not None:
            raise ExtensionError(f"docs/gallery_full/{name}.json has too many outputs.")
    source[0] = f"{head}{note(name, run)}\n\n{text}"


def note(name, run):
    """Say when the results of a page were made, and how long this took."""
    if run is None:
        return (
            "*The results are missing here, since nobody has run this version of the "
            f"example in full.* ``python docs/gallery_run.py {name}`` *runs it.*"
        )
    day = datetime.date.fromisoformat(run["date"])
    return (
        "*The results on this page are those of a full run with skbal "
        f"{run['version']} on {day.day} {day:%B %Y}. "
        f"It took {say_time(run['seconds'])} on one core.*"
    )


def results(output):
    """Return what a cell has printed, shown and drawn, as reStructuredText."""
    parts = []
    for figure in output["figures"]:
        parts.append(
            f".. image:: /gallery_full/{figure['file']}\n"
            f"   :alt: {figure['alt']}\n"
            "   :class: sphx-glr-single-img"
        )
    if output["text"].strip():
        # A language "none": what was printed is not Python.
        text = textwrap.indent(output["text"].rstrip(), "    ")
        parts.append(
            f".. rst-class:: sphx-glr-script-out\n\n.. code-block:: none\n\n{text}"
        )
    if output["html"]:
        html = textwrap.indent(output["html"], "    ")
        parts.append(
            ".. raw:: html\n\n"
            '    <div class="output_subarea output_html rendered_html output_result">\n'
            f"{html}\n    </div>"
        )
    return "".join(f"\n\n{part}\n\n" for part in parts)


def make_thumbnails(app):
    """Make the small pictures of the gallery from the stored figures."""
    from sphinx_gallery.py_source_parser import extract_file_config
    from sphinx_gallery.utils import scale_image

    folder = Path(app.srcdir) / "auto_examples" / "images" / "thumb"
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(EXAMPLES.glob("plot_*.py")):
        chosen = extract_file_config(path.read_text(encoding="utf-8"))
        number = chosen.get("thumbnail_number", 1)
        figure = STORE / f"{path.stem}_{number:02}.png"
        if figure.exists():
            target = folder / f"sphx_glr_{path.stem}_thumb.png"
            scale_image(figure, target, 400, 280)


def position(path):
    """Return where the page of all examples names one, to sort them in this order."""
    return (EXAMPLES / "index.rst").read_text(encoding="utf-8").index(Path(path).name)


# What a notebook leaves of ":ref:`name`" and of ":class:`~skbal.query.BALD`".
REFERENCE = re.compile(r"(?<![`:])`(\w+(?:\.py)?)`(?!`)")
ROLE = re.compile(r":\w+:`~?(?:[\w.]+\.)?(\w+)`")


def tidy_notebooks(app):
    """Write what only Sphinx understands plainly in notebooks and their archive."""
    folder = Path(app.srcdir) / "auto_examples"
    titles = find_titles(Path(app.srcdir))
    notebooks = sorted(folder.glob("*.ipynb"))
    for path in notebooks:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                cell["source"] = [tidy("".join(cell["source"]), titles)]
        path.write_text(json.dumps(notebook, indent=2), encoding="utf-8")
    archive = folder / "auto_examples_jupyter.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in notebooks:
            file.write(path, path.name)


def tidy(text, titles):
    """Return a text with titles in place of labels, and names without roles."""
    text = ROLE.sub(r"`\1`", text)
    return REFERENCE.sub(
        lambda match: f'"{titles[match[1]]}"' if match[1] in titles else match[0], text
    )


def find_titles(folder):
    """Return the title below each label of the user guide."""
    titles = {}
    for path in folder.glob("**/*.rst"):
        lines = path.read_text(encoding="utf-8").splitlines()
        for label, *below in zip(lines, lines[2:], lines[3:]):
            if found := re.fullmatch(r"\.\. _([\w.]+):", label):
                titles[found[1]] = below[set(below[0]) == {"="}]  # it has a line above
    return titles
