"""The built pages: no dead link, no picture without a text, nothing from a network.

They are in ``docs/_build/html`` where CI has built them before the tests.
"""

import functools
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

SITE = Path(__file__).parents[1] / "docs" / "_build" / "html"
PAGES = sorted(SITE.glob("**/*.html"))
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
    file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    return file, unquote(parts.fragment)


def test_no_link_within_the_site_is_dead():
    dead = set()
    for path in PAGES:
        for link in read(path).links:
            place = target(path, link)
            if place is None:
                continue
            file, part = place
            found = file.is_file()
            if found and part and file.suffix == ".html":
                found = part in read(file).names
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


WIDE = """
const page = document.documentElement;
if (page.scrollWidth <= 400 && page.clientWidth <= 400) return [];
const inBox = one => {
  for (let at = one.parentElement; at; at = at.parentElement)
    if (getComputedStyle(at).overflowX != 'visible' && at != document.body) return true;
  return false;
};
const wide = [...document.querySelectorAll('body *')].filter(
  one => one.getBoundingClientRect().right > 401 && !inBox(one));
return [page.scrollWidth + ' px', ...wide.slice(0, 3).map(
  one => one.outerHTML.slice(0, 80))];
"""


def test_no_page_scrolls_sideways_on_a_phone(driver):
    wide = {}
    for path in PAGES:
        driver.get(path.as_uri())
        found = driver.execute_script(WIDE)
        if found:
            wide[str(path.relative_to(SITE))] = found
    assert wide == {}
