"""The built pages: no dead link, no picture without a text, nothing from a network.

They are in ``docs/_build/html`` where CI has built them before the tests.
"""

import functools
import os
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

SITE = Path(__file__).parents[1] / "docs" / "_build" / "html"
# In _static lies a template of the theme.
PAGES = sorted(set(SITE.glob("**/*.html")) - set(SITE.glob("_static/**/*.html")))
DRIVER = shutil.which("chromedriver")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PAGES, reason="needs the pages: see CONTRIBUTING.md, docs"),
]


class Page(HTMLParser):
    """What a page links to, loads and shows, and the names of its parts."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loaded, self.images, self.names = [], [], [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.names |= {values[key] for key in ("id", "name") if values.get(key)}
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        elif tag in ("script", "img", "iframe", "source") and values.get("src"):
            self.loaded.append(values["src"])
        elif tag == "link" and values.get("rel") in ("stylesheet", "preload", "icon"):
            self.loaded.append(values["href"])
        if tag == "img":
            self.images.append(values)


@functools.cache
def read(path):
    return Page(path.read_text(encoding="utf-8"))


def target(path, link):
    """Return the file and the part of it to which a link of a page leads, or None."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    # Of strings, since there are hundreds of thousands of links.
    place = os.path.normpath(f"{path.parent}/{unquote(parts.path)}")
    return place if parts.path else str(path), unquote(parts.fragment)


is_file = functools.cache(os.path.isfile)


def test_no_link_within_the_site_is_dead():
    dead = set()
    for path in PAGES:
        for link in set(read(path).links):
            place = target(path, link)
            if place is None:
                continue
            file, part = place
            found = is_file(file)
            if found and part and file.endswith(".html"):
                found = part in read(Path(file)).names
            if not found:
                dead.add(f"{path.relative_to(SITE)}: {link}")
    assert sorted(dead) == []


def test_each_picture_has_a_text():
    bare = set()
    for path in PAGES:
        for image in read(path).images:
            # The small ones of the gallery stand beside the titles of their pages.
            small = "_thumb" in image.get("src", "")
            if image.get("alt") is None or not (small or image["alt"].strip()):
                bare.add(f"{path.relative_to(SITE)}: {image.get('src')}")
    assert sorted(bare) == []


def test_the_pages_load_nothing_from_a_network():
    loaded = {
        f"{path.relative_to(SITE)}: {source}"
        for path in PAGES
        for source in read(path).loaded
        if urlsplit(source).netloc
    }
    assert sorted(loaded) == []


@pytest.fixture(scope="module")
def driver():
    if DRIVER is None:
        pytest.skip(
            "needs a browser (Debian: apt-get install chromium chromium-driver)"
        )
    webdriver = pytest.importorskip("selenium.webdriver")
    options = webdriver.ChromeOptions()
    for option in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage",
                   "--disable-gpu"):  # fmt: skip
        options.add_argument(option)
    # The widths do not depend on the scripts, which take most of the time.
    options.add_experimental_option(
        "prefs", {"profile.managed_default_content_settings.javascript": 2}
    )
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": True},
    )
    yield browser
    browser.quit()


def merge(folder, pages):
    """Return the pages of a folder as one page, with what they share only once.

    Most of the time for a page goes into what all have in common, such as the styles.
    """
    texts = [page.read_text(encoding="utf-8") for page in pages]
    shared = texts[0].partition('<div class="bd-container">')[0]
    shared = shared.replace("<head>", f'<head><base href="{folder.as_uri()}/">', 1)
    mains = [text[text.index("<main") : text.index("</main>")] for text in texts]
    own = [
        f'<div class="bd-container" data-page="{page.relative_to(SITE)}">'
        f'<div class="bd-container__inner bd-page-width">{main}</main></div></div>'
        for page, main in zip(pages, mains)
    ]
    return "".join([shared, *own, "</body></html>"])


# The theme lets an article scroll in a box of its own, so this is looked at, too.
WIDE = """
const inBox = (one, box) => {
  for (let at = one.parentElement; at && at != box; at = at.parentElement)
    if (getComputedStyle(at).overflowX != 'visible') return true;
  return false;
};
const found = [];
for (const box of document.querySelectorAll('html, .bd-article-container')) {
  if (box.scrollWidth <= Math.min(box.clientWidth, 400)) continue;
  const right = Math.min(box.getBoundingClientRect().right, 400) + 1;
  const wide = [...box.querySelectorAll('*')].filter(
    one => one.getBoundingClientRect().right > right && !inBox(one, box));
  const own = box.closest('[data-page]');
  found.push([own ? own.dataset.page : 'all', box.scrollWidth + ' px',
              ...wide.slice(0, 3).map(one => one.outerHTML.slice(0, 80))]);
}
return found;
"""


def test_no_page_scrolls_sideways_on_a_phone(driver, tmp_path):
    wide = []
    for folder in sorted({path.parent for path in PAGES}):
        merged = tmp_path / "merged.html"
        pages = [path for path in PAGES if path.parent == folder]
        merged.write_text(merge(folder, pages), encoding="utf-8")
        driver.get(merged.as_uri())
        mains = driver.execute_script(
            "return document.querySelectorAll('[data-page] > * > main').length"
        )
        assert mains == len(pages)
        wide += driver.execute_script(WIDE)
    assert wide == []
