"""Run the examples in full, and store what they print and draw for their pages.

``python docs/gallery_run.py plot_ising`` runs this example, and without a name all
whose code has changed since their last full run. The results in ``docs/gallery_full/``
are committed, since a full run of all examples takes long. The pages show them.
"""

import argparse
import ast
import contextlib
import datetime
import io
import json
import os
import re
import sys
import types

# Before NumPy is loaded: the times that the pages tell are those of one core.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["MPLBACKEND"] = "agg"

from gallery_pages import EXAMPLES, STORE, code_hash, read_run

# What Python says of an object that has no words of its own, such as a legend.
NO_WORDS = re.compile(r" at 0x[0-9a-f]+>")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="plot_NAME")
    names = parser.parse_args().names
    for name in names or [path.stem for path in sorted(EXAMPLES.glob("plot_*.py"))]:
        if names or read_run(name) is None:
            run = store(name)
            print(f"{name}: {run['seconds']:.0f} s on one core", flush=True)


def store(name):
    """Run an example and store its results in place of those of its last run."""
    path = EXAMPLES / f"{name}.py"
    started = sum(os.times()[:4])  # of this process and its children
    outputs = run_blocks(path)
    seconds = sum(os.times()[:4]) - started
    STORE.mkdir(exist_ok=True)
    for old in STORE.glob(f"{name}_[0-9][0-9].png"):
        old.unlink()
    number = 0
    for output in outputs:
        for figure in output["figures"]:
            number += 1
            figure["file"] = f"{name}_{number:02}.png"
            (STORE / figure["file"]).write_bytes(figure.pop("png"))
    from skbal import __version__

    run = {
        "code": code_hash(path),
        "version": __version__,
        "date": datetime.date.today().isoformat(),
        "seconds": round(seconds, 1),
        "outputs": outputs,
    }
    text = json.dumps(run, indent=1, ensure_ascii=False)
    (STORE / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    return run


def run_blocks(path):
    """Run the cells of an example, and return what each prints, shows and draws."""
    import matplotlib as mpl
    from sphinx_gallery.py_source_parser import split_code_and_text_blocks

    mpl.rcdefaults()
    mpl.use("agg")
    # Functions of an example are pickled for other processes by way of their module.
    module = types.ModuleType("__main__")
    own, sys.modules["__main__"] = sys.modules["__main__"], module
    try:
        return [
            run_block(block.content, block.lineno, path, module.__dict__)
            for block in split_code_and_text_blocks(path)[1]
            if block.type == "code"
        ]
    finally:
        sys.modules["__main__"] = own


def run_block(code, line, path, names):
    """Run one cell. A value in its last line is shown, as in a notebook."""
    tree = ast.parse("\n" * (line - 1) + code, str(path))
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = ast.Expression(tree.body.pop().value)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, path, "exec"), names)
        value = None if last is None else eval(compile(last, path, "eval"), names)
    output = {"text": printed.getvalue(), "html": "", "figures": take_figures()}
    if hasattr(value, "_repr_html_"):
        output["html"] = value._repr_html_()
    elif value is not None and not NO_WORDS.search(repr(value)):
        output["text"] += repr(value) + "\n"
    return output


def take_figures():
    """Close the open figures, and return each as a small PNG file with a text."""
    import matplotlib.pyplot as plt
    from PIL import Image

    figures = []
    for number in plt.get_fignums():
        figure = plt.figure(number)
        picture = io.BytesIO()
        figure.savefig(picture, format="png")
        image = Image.open(picture).convert("RGB")
        figures.append({"png": small_png(image), "alt": describe(figure)})
    plt.close("all")
    return figures


def small_png(image):
    """Return a PNG file of few colours, as many as 150 kB allow. The eye misses none.

    Many photographs need a smaller image, too.
    """
    for scale in (1, 0.8, 0.65, 0.5, 0.4):
        size = [round(scale * n_pixels) for n_pixels in image.size]
        smaller = image if scale == 1 else image.resize(size)
        for n_colours in (256, 192, 128, 64, 32):
            file = io.BytesIO()
            # Without dithering, whose dots would cost more than the colours save.
            few = smaller.quantize(n_colours, dither=0)
            few.save(file, format="png", optimize=True)
            if file.tell() <= 150_000:
                return file.getvalue()
    return file.getvalue()


def describe(figure):
    """Return a text for those who do not see a figure: its words, in reading order."""
    words = [figure.get_suptitle()]
    for axes in figure.axes:
        axis = [axes.get_title(), axes.get_title("left")]
        if axes.get_ylabel() and axes.get_xlabel():
            axis.append(f"{axes.get_ylabel()} against {axes.get_xlabel()}")
        else:
            axis += [axes.get_ylabel(), axes.get_xlabel()]
        legend = axes.get_legend()
        if legend is not None:
            axis.append(", ".join(text.get_text() for text in legend.get_texts()))
        words.append(": ".join(filter(None, axis)))
    unique = list(dict.fromkeys(" ".join(text.split()) for text in words if text))
    return ". ".join(unique) or "Figure without words"


if __name__ == "__main__":
    main()
