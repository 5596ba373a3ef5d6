"""Write equations as MathML, which browsers show without script and network."""

import re
from html import escape

from docutils.nodes import SkipNode
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

logger = logging.getLogger(__name__)


def setup(app):
    app.add_html_math_renderer("mathml", (write_inline, None), (write_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def write_inline(writer, node):
    writer.body.append(convert(node, as_block=False))
    raise SkipNode


def write_block(writer, node):
    # Focus by the keyboard, so that a long equation can be scrolled without a mouse.
    writer.body.append('<div class="equation" tabindex="0">')
    writer.body.append(convert(node, as_block=True))
    writer.body.append("</div>\n")
    raise SkipNode


def convert(node, as_block):
    """Return a formula in MathML, or as it was written with a warning."""
    text = prepare(node.astext().strip())
    if ">>>" in text:
        # Reached, if no sentence stands between an equation and indented code.
        logger.warning("Code belongs to an equation: %r", text, location=node)
    try:
        return tex2mathml(text, as_block=as_block)
    except MathError as error:
        logger.warning("No MathML for %r: %s", text, error, location=node)
        return f"<code>{escape(text)}</code>"


def prepare(text):
    r"""Write what docutils reads wrongly in another way, such as ``\frac12``."""
    text = re.sub(r"\\[bB]igg?(?![A-Za-z])", "", text)  # brackets grow by themselves
    text = re.sub(r"\\dots(?![A-Za-z])", r"\\ldots", text)
    text = re.sub(r"\\([td]?frac)\s*(\w)\s*(\w)", r"\\\1{\2}{\3}", text)
    # Chromium puts no space between a function's name and its argument.
    text = re.sub(r"\\(log|det|exp)\s+(?!\\left|[(\[])", r"\\\1\\, ", text)
    if r"\begin" not in text and ("&" in text or r"\\" in text):
        return rf"\begin{{aligned}}{text}\end{{aligned}}"
    return text
