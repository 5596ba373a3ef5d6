"""Settings of Sphinx.

To build the pages: ``sphinx-build -W --keep-going -b html docs docs/_build/html``.
"""

import os
import sys
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from markdown_it import MarkdownIt

from skbal import __version__
from skbal.audit import rubric

sys.path.append(
    str(Path(__file__).parent)
)  # for gallery_pages, strategy_pages and mathml

project = "skbal"
author = "The skbal developers"
copyright = author
release = __version__
version = ".".join(release.split(".")[:2])

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
    "myst_nb",
    "gallery_pages",
    "strategy_pages",
    "mathml",
]
# The gallery writes a notebook beside each of its pages.
exclude_patterns = ["_build", "**/conftest.py", "auto_examples/*.ipynb"]
templates_path = ["_templates"]
# Names in single backticks become links where Sphinx knows them, as in docstrings.
default_role = "py:obj"

autosummary_generate = True
autodoc_typehints = "none"
autodoc_default_options = {"member-order": "bysource"}
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    # Examples are not run here: gallery_pages.py shows what gallery_run.py has stored.
    "plot_gallery": False,
    "write_computation_times": False,
    "copyfile_regex": r"index\.rst",
    "minigallery_sort_order": "gallery_pages.position",
    "backreferences_dir": "api/generated/backreferences",
    "doc_module": ("skbal",),
    "reference_url": {"skbal": None},
    "show_memory": False,
    "remove_config_comments": True,  # the choice of a small picture
    "first_notebook_cell": "# Once, in a terminal: pip install 'skbal[examples]'",
}

# The lessons of the course are run here, and run again only if their code changes
# (``-D nb_execution_mode=off`` does not run them). A cell that fails ends the build.
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
nb_execution_timeout = 600  # for a cell, on a busy machine
nb_execution_show_tb = True
nb_output_stderr = "warn"  # a lesson that prints warnings ends the build, too
myst_enable_extensions = ["dollarmath"]
suppress_warnings = ["mystnb.mime_priority"]
# With another backend a notebook shows no figures. The gallery sets its own.
os.environ.pop("MPLBACKEND", None)

# The button leaves out prompts and what is printed.
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["skbal.css"]
html_theme = "pydata_sphinx_theme"
html_title = f"skbal {version}"
html_theme_options = {
    "show_prev_next": False,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
}
html_sidebars = {
    "index": [],
    "api": [],
    "getting_started": [],
    "what_other_code_computes": [],
    "references": [],
    "changelog": [],
    "deprecations": [],
    "faq": [],
    "comparison": [],
    "promises": [],
}
html_show_sourcelink = False


class Markdown(Directive):
    """Show a Markdown file on the page: ``.. markdown:: FILE``."""

    required_arguments = 1

    def run(self):
        environment = self.state.document.settings.env
        _, path = environment.relfn2path(self.arguments[0])
        environment.note_dependency(path)
        lines = Path(path).read_text(encoding="utf-8").splitlines()
        # The page has its own title.
        text = "\n".join(line for line in lines if not line.startswith("# "))
        return [nodes.raw("", MarkdownIt().render(text), format="html")]


class RubricOfCourse(Directive):
    """Show the rubric that work of students is judged by: ``.. rubric-of-course::``."""

    def run(self):
        return [nodes.raw("", rubric("course")._repr_html_(), format="html")]


def skip_foreign(app, what, name, obj, skip, options):
    """Skip members that a class inherits from scikit-learn or modAL."""
    if what != "class" or skip:
        return skip
    function = obj.fget if isinstance(obj, property) else obj
    module = getattr(function, "__module__", None)
    if not callable(function) or module is None:
        return skip
    return not module.startswith("skbal")


FOLDED = {"Solution": "Show the solution", "For the teacher": "Show these notes"}


def fold_sections(app, doctree, docname):
    """Fold the solutions and the notes for the teacher on the pages of lessons."""
    if app.builder.format != "html" or not docname.startswith("course/"):
        return
    for section in doctree.findall(nodes.section):
        title = section[0].astext()
        labels = [text for begin, text in FOLDED.items() if title.startswith(begin)]
        for text in labels:
            details = f"<details class='course'><summary>{text}</summary>"
            section.insert(1, nodes.raw("", details, format="html"))
            section.append(nodes.raw("", "</details>", format="html"))


def setup(app):
    app.add_directive("markdown", Markdown)
    app.add_directive("rubric-of-course", RubricOfCourse)
    app.connect("autodoc-skip-member", skip_foreign)
    app.connect("doctree-resolved", fold_sections)
