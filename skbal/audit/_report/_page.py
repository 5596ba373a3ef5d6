"""A report as one HTML page that needs no network and no JavaScript."""

from html import escape

from skbal.audit._report._style import STYLE
from skbal.audit._report._words import counted

_BADGES = {
    True: ("doubt", "A reason for doubt"),
    False: ("fine", "Nothing found"),
    None: ("unclear", "Cannot be told"),
}
_TO_JUDGE = ("unclear", "For you to judge")
# Nothing is loaded from elsewhere, whatever stands in the texts.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page_of(content, images):
    """Return a report as an HTML page.

    Parameters
    ----------
    content : dict
        As `content_of` returns it.
    images : dict of str to str
        The figures as data URIs.

    Returns
    -------
    html : str
    """
    body = [
        _head(content),
        '<main id="main">',
        _short(content),
        _doubts(content),
        _not_checked(content),
        *(_section(section, images) for section in content["sections"]),
        _rubric(content["rubric"]),
        "</main>",
        f"<footer><p>Made by skbal {_text(content['skbal_version'])} on "
        f"{_text(content['date'])}. The same numbers are in the JSON form of this "
        "report.</p></footer>",
    ]
    return "\n".join(
        [
            "<!DOCTYPE html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light">',
            f"<title>{_text(content['title'])}</title>",
            f"<style>{STYLE}</style>",
            "</head>",
            "<body>",
            *body,
            "</body>",
            "</html>",
            "",
        ]
    )


def _text(value):
    return escape(str(value))


def _head(content):
    links = [("short", "In short"), ("doubts", "What to doubt")]
    links += [("not-checked", "What was not checked")]
    links += [(part["key"], part["title"]) for part in content["sections"]]
    links += [("rubric", "Rubric")]
    items = "".join(f'<li><a href="#{key}">{_text(t)}</a></li>' for key, t in links)
    return (
        f"<header><h1>{_text(content['title'])}</h1>"
        f'<nav aria-label="Contents"><ul>{items}</ul></nav></header>'
    )


def _short(content):
    items = "".join(f"<li>{_text(words)}</li>" for words in content["summary"])
    return (
        f'<section id="short"><h2>In short</h2><ul class="short">{items}</ul></section>'
    )


def _doubts(content):
    checks = [
        c for s in content["sections"] for c in s["checks"] if c["status"] == "ran"
    ]
    doubts = [check for check in checks if check["concern"] is True]
    unclear = [c for c in checks if c["concern"] is None and c["judged"]]
    parts = ['<section id="doubts"><h2>What to doubt</h2>']
    if not doubts:
        parts.append(
            f"<p>{_text(counted(len(checks), 'check'))} ran, and none of them found a "
            "reason for doubt. That is no proof that there is none.</p>"
        )
    if 0 < len(doubts) < 3:
        parts.append(
            "<p>Most checks raise an alarm in up to one of twenty cases in which "
            "nothing is wrong. With many checks, a single doubt may be chance: look at "
            "it, and repeat the check with other rows.</p>"
        )
    parts.append(_list_of(doubts))
    if unclear:
        parts += ["<h3>What cannot be told</h3>", _list_of(unclear)]
    return "".join([*parts, "</section>"])


def _list_of(checks):
    if not checks:
        return ""
    items = "".join(
        f"<li>{_badge(check)} <b>{_text(check['question'])}</b> "
        f"{_text(check['verdict'])} {_text(check['meaning'])} "
        f'<a href="#{_key(check)}">Details</a></li>'
        for check in checks
    )
    return f'<ul class="checks">{items}</ul>'


def _badge(check):
    kind, words = _BADGES[check["concern"]] if check["judged"] else _TO_JUDGE
    return f'<span class="badge {kind}">{words}</span>'


def _key(check):
    return "check-" + check["name"].replace(" ", "-").replace("_", "-")


def _not_checked(content):
    parts = ['<section id="not-checked"><h2>What was not checked</h2>']
    if not content["not_checked"]:
        parts.append("<p>Every check that applies was made.</p>")
    parts.append(_reasons(content["not_checked"]))
    if content["does_not_apply"]:
        parts += ["<h3>What does not apply</h3>", _reasons(content["does_not_apply"])]
    limits = "".join(f"<li>{_text(words)}</li>" for words in content["limits"])
    parts.append(f"<h3>What no check can tell</h3><ul>{limits}</ul>")
    return "".join([*parts, "</section>"])


def _reasons(checks):
    if not checks:
        return ""
    items = "".join(
        f"<li><b>{_text(check['question'])}</b> {_text(check['reason'])} "
        f"{_text(check['remedy'])}</li>"
        for check in checks
    )
    return f'<ul class="checks">{items}</ul>'


def _section(section, images):
    parts = [f'<section id="{section["key"]}"><h2>{_text(section["title"])}</h2>']
    parts += [f"<p>{_text(words)}</p>" for words in section["paragraphs"]]
    parts += [_figure(figure, images) for figure in section["figures"]]
    parts += [_table(table) for table in section["tables"]]
    parts += [_check(check, images) for check in section["checks"]]
    if len(parts) == 1:
        parts.append("<p>No check of this kind is in this version.</p>")
    return "\n".join([*parts, "</section>"])


def _check(check, images):
    title = f'<h3 id="{_key(check)}">{_text(check["question"])}</h3>'
    if check["status"] != "ran":
        start = (
            "Not checked." if check["status"] == "not checked" else "Does not apply."
        )
        words = f"{start} {check['verdict']} {check['remedy']}"
        return f'<div class="check">{title}<p class="skipped">{_text(words)}</p></div>'
    parts = [f"<p>{_badge(check)} {_text(check['verdict'])}</p>"]
    if check["meaning"]:
        parts.append(f"<p><b>What follows.</b> {_text(check['meaning'])}</p>")
    parts += [f'<p class="note">{_text(words)}</p>' for words in check["notes"]]
    parts += [_figure(figure, images) for figure in check["figures"]]
    parts += [_table(table) for table in check["tables"]]
    return f'<div class="check">{title}{"".join(parts)}</div>'


def _figure(figure, images):
    if figure["key"] not in images:
        return (
            f'<p class="note">{_text(figure["title"])}: {_text(figure["why_not"])}</p>'
        )
    return (
        f'<figure><img src="{images[figure["key"]]}" alt="{_text(figure["alt"])}">'
        f"<figcaption>{_text(figure['title'])}</figcaption></figure>"
    )


def _table(table):
    kinds = [' class="number"' if numeric else "" for numeric in table["numeric"]]
    header = "".join(
        f'<th scope="col"{kind}>{_text(name)}</th>'
        for kind, name in zip(kinds, table["header"])
    )
    rows = "".join(
        "<tr>"
        + "".join(f"<td{kind}>{_text(cell)}</td>" for kind, cell in zip(kinds, row))
        + "</tr>"
        for row in table["rows"]
    )
    caption = _text(table["title"])
    if table["n_rows"] > len(table["rows"]):
        caption += f" ({len(table['rows'])} of {table['n_rows']:,} rows)"
    # A box that scrolls must be reachable by keys.
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}"><table>'
        f"<caption>{caption}</caption><thead><tr>{header}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _rubric(rubric):
    parts = [
        f'<section id="rubric"><h2>{_text(rubric["title"])}</h2>',
        f"<p>{_text(rubric['instruction'])}</p>",
    ]
    parts += [_line(line, rubric["levels"]) for line in rubric["lines"]]
    return "\n".join([*parts, "</section>"])


def _line(line, levels):
    items = "".join(
        f"<dt>{_text(level)}</dt><dd>{_text(line[level])}</dd>" for level in levels
    )
    answers = "".join(
        f"<li><b>{_text(answer['name'])}</b>: {_text(answer['words'])}</li>"
        for answer in line["answers"]
    )
    return (
        f'<div class="check"><h3>{_text(line["head"])}</h3>'
        f"<p>{_text(line['question'])}</p><dl>{items}</dl>"
        f'<p>Checks that help to answer:</p><ul class="checks">{answers}</ul></div>'
    )
