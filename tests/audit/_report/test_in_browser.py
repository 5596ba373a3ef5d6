"""The page of a report in a real browser, wide, narrow, and on paper."""

import base64
import shutil

import pytest

from skbal.audit import audit_report
from tests.audit._report.small import loop

webdriver = pytest.importorskip("selenium.webdriver")
DRIVER = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        DRIVER is None,
        reason="needs a browser (Debian: apt-get install chromium chromium-driver)",
    ),
]


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    audit_report(loop().run(), compare_random=True, path=path)
    options = webdriver.ChromeOptions()
    for option in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage",
                   "--disable-gpu"):  # fmt: skip
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    # Without JavaScript in the page; commands of the driver still run.
    options.add_experimental_option(
        "prefs", {"profile.managed_default_content_settings.javascript": 2}
    )
    # Named, so that nothing is downloaded.
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    browser.get(path.as_uri())
    yield browser
    browser.quit()


@pytest.mark.parametrize("width", [1400, 400])
def test_nothing_scrolls_sideways_but_tables_in_their_own_box(driver, width):
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    wide, seen = driver.execute_script(
        "const page = document.documentElement;"
        "return [page.scrollWidth, page.clientWidth]"
    )
    assert wide <= seen <= width
    outside = driver.execute_script(
        "return [...document.querySelectorAll('body *')].filter(one =>"
        " !one.closest('.scroll') && one.getBoundingClientRect().right >"
        " document.documentElement.clientWidth + 1).map(one => one.outerHTML)"
    )
    assert outside == []


def test_figures_are_drawn_and_nothing_is_asked_from_the_network(driver):
    sizes = driver.execute_script(
        "return [...document.images].map(one => [one.complete, one.naturalWidth])"
    )
    assert len(sizes) >= 2
    assert all(complete and width > 100 for complete, width in sizes)
    loaded = driver.execute_script(
        "return performance.getEntriesByType('resource').map(one => one.name)"
    )
    assert [name for name in loaded if not name.startswith("data:")] == []
    assert driver.get_log("browser") == []


def test_text_is_dark_on_light(driver):
    # WCAG 2.2, 1.4.3: the contrast of all text with the colour behind it.
    contrasts = driver.execute_script("""
        const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v =>
            v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
        const numbers = text => text.match(/[\\d.]+/g).map(Number);
        const behind = one => {
            for (let at = one; at; at = at.parentElement) {
                const colour = numbers(getComputedStyle(at).backgroundColor);
                if (colour.length < 4 || colour[3] > 0) return colour;
            }
            return [255, 255, 255];
        };
        return [...document.querySelectorAll('p,li,td,th,h1,h2,h3,a,dt,dd,.badge')]
            .map(one => [light(numbers(getComputedStyle(one).color)),
                         light(behind(one))])
            .map(([text, ground]) => (ground + 0.05) / (text + 0.05));
    """)
    assert len(contrasts) > 100
    assert min(contrasts) >= 4.5


def test_it_prints(driver):
    content = base64.b64decode(driver.print_page())
    assert content.startswith(b"%PDF")
    assert len(content) > 20_000
