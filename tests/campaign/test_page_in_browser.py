"""The page to label on in a real browser, without a window.

It needs Chromium with its driver and, for the rules of accessibility, the file
axe.min.js of the package axe-playwright-python, whose other parts are not used.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import uvicorn

from skbal.campaign import Campaign, make_app

webdriver = pytest.importorskip("selenium.webdriver")
from selenium.common.exceptions import WebDriverException  # noqa: E402
from selenium.webdriver.common.actions.wheel_input import ScrollOrigin  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

DRIVER = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        DRIVER is None,
        reason="needs a browser (Debian: apt-get install chromium chromium-driver)",
    ),
]
PATIENCE = 30  # seconds; a busy machine may take a few for what takes a moment
TREE = [
    ("shape", ["smooth", "featured or disk", "star"]),
    ("bar", ["yes", "no"], "featured or disk"),
]


class Page:
    """A browser with one window, and what a person does with it."""

    def __init__(self):
        options = webdriver.ChromeOptions()
        for option in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage",
                       "--disable-gpu", "--window-size=1400,900"):  # fmt: skip
            options.add_argument(option)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        # Named, so that nothing is downloaded.
        service = webdriver.ChromeService(DRIVER)
        self.driver = webdriver.Chrome(options=options, service=service)

    def set_size(self, width, height, dark=False):
        is_phone = width < 500
        commands = {
            "Emulation.setDeviceMetricsOverride": {
                "width": width, "height": height, "deviceScaleFactor": 1,
                "mobile": is_phone,
            },
            "Emulation.setTouchEmulationEnabled": {"enabled": is_phone},
            "Emulation.setEmulatedMedia": {"features": [
                {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
                {"name": "prefers-reduced-motion", "value": "reduce"},
            ]},
        }  # fmt: skip
        for command, arguments in commands.items():
            self.driver.execute_cdp_cmd(command, arguments)

    def open(self, address, name=None):
        """Open the page, and give a name if it is asked for."""
        self.driver.get(address)
        if name is not None:
            self.find("#name").send_keys(name, Keys.ENTER)
        self.wait(lambda: self.item is not None or self.find("#end").is_displayed())

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def wait(self, condition):
        """Wait until something holds, and return it."""

        def holds(driver):
            try:
                return condition()
            except WebDriverException as error:
                if "aborted by navigation" in str(error):
                    return False  # asked while one page made way for the next
                raise

        wait = WebDriverWait(self.driver, PATIENCE, poll_frequency=0.02)
        return wait.until(holds)

    @property
    def item(self):
        """The number of the item in sight once it is seen, or None."""
        number = self.run(
            "const picture = document.querySelector('#stage img');"
            "const seen = !picture || (picture.stateNow === 'shown');"
            "return seen ? document.body.dataset.item : null"
        )
        return None if number is None else int(number)

    @property
    def focus(self):
        return self.driver.switch_to.active_element

    def press(self, keys):
        webdriver.ActionChains(self.driver).send_keys(keys).perform()

    def answer(self, keys):
        """Answer about the item in sight, and wait for the next one."""
        before = self.wait(lambda: self.item is not None and [self.item])[0]
        self.press(keys)
        self.wait(lambda: self.run("return document.body.dataset.item") != str(before))
        return before

    def settle(self):
        """Wait until a click is no second click about the item before."""
        start = self.run("return performance.now()")
        self.wait(lambda: self.run("return performance.now()") > start + 350)

    def tap(self):
        """Touch the first answer as a finger does."""
        box = self.find("#answers button").rect
        point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        for kind, points in (("touchStart", [point]), ("touchEnd", [])):
            self.driver.execute_cdp_cmd(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
            )

    def words(self, selector="#notice"):
        return self.find(selector).text


@pytest.fixture(scope="module")
def browser():
    page = Page()
    yield page
    page.driver.quit()


@pytest.fixture
def page(browser):
    """Give a browser that knows nobody, and hold that its console stays empty."""
    browser.driver.get("about:blank")
    browser.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    browser.set_size(1400, 900)
    browser.driver.get_log("browser")
    yield browser
    messages = [entry["message"] for entry in browser.driver.get_log("browser")]
    expected = ("net::ERR_CONNECTION", "/nothing - ")  # a server is killed, and a 404
    assert [m for m in messages if not any(e in m for e in expected)] == []


@pytest.fixture
def served(tmp_path):
    """Give a function that makes a campaign and serves it, and returns both."""
    ends = []

    def serve(*arguments, page=None, **options):
        campaign = Campaign.create(tmp_path / "votes.db", *arguments, **options)
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        app = make_app(campaign, **(page or {}))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        ends.append((server, thread, listening, campaign))
        return campaign, f"http://127.0.0.1:{listening.getsockname()[1]}/"

    yield serve
    for server, thread, listening, campaign in ends:
        server.should_exit = True
        thread.join()
        listening.close()
        campaign.close()


def pictures(n=30):
    return np.random.default_rng(0).random((n, 24, 32), dtype=np.float32)


def said(campaign):
    """Return what was said and not taken back, by item."""
    frame = campaign.answers()
    return dict(zip(frame["item"].tolist(), frame["answer"]))


def test_ten_pictures_by_keys_with_an_undo_and_a_skip(page, served):
    campaign, address = served(pictures(), range(10), page={"token": "a-long-secret"})
    page.open(f"{address}?token=a-long-secret", "Zoë <i>")
    assert page.words(".who .name") == "Zoë <i>"
    expected = {}
    for key in "3141592650":
        expected[page.answer(key)] = int(key)
    skipped = page.answer("s")
    page.wait(lambda: campaign.status().n_skipped == 1)
    assert said(campaign) == expected
    # The skip is taken back, then the last answer, which is given anew.
    page.press("u")
    page.wait(lambda: page.item == skipped)
    assert page.words() == f"Item {skipped}. Taken back. You had skipped it."
    last = list(expected)[-1]
    page.press(Keys.BACKSPACE)
    page.wait(lambda: page.item == last)
    assert page.words() == f"Item {last}. Taken back. You had said: 0."
    page.answer("7")
    expected[last] = 7
    expected[page.answer("?")] = None
    page.wait(lambda: len(said(campaign)) == 11)
    assert said(campaign) == expected
    assert campaign.status().n_cannot_tell == 1
    page.wait(lambda: page.words("#done") == "10 answered, 19 left")
    assert "token" not in page.driver.current_url


def test_two_people_at_once(page, served):
    campaign, address = served(pictures(8), ["cat", "dog"])
    page.open(address, "Ann")
    other = Page()
    try:
        other.open(address, "Ben")
        for _ in range(4):
            page.answer("1")
            other.answer("2")
        page.wait(lambda: page.find("#end").is_displayed())
        other.wait(lambda: other.find("#end").is_displayed())
        assert page.words("#end-title") == "Thank you, Ann!"
        assert "You have answered 4 items." in page.words("#end-words")
        assert page.focus.get_attribute("id") == "end-title"
    finally:
        other.driver.quit()
    frame = campaign.answers()
    assert sorted(frame["item"]) == list(range(8))
    assert frame.groupby("annotator")["answer"].unique().map(list).to_dict() == {
        "Ann": ["cat"],
        "Ben": ["dog"],
    }
    # At the end an answer can still be taken back.
    page.press("u")
    page.wait(lambda: page.item is not None)
    assert page.find("#stage img").is_displayed()
    assert len(said(campaign)) == 7


def start(path, port):
    """Start the server as people do, and return its process once it serves."""
    process = subprocess.Popen(
        [sys.executable, "-m", "skbal", "label", path, "--port", str(port)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    line = process.stdout.readline()
    assert f"http://127.0.0.1:{port}/" in line
    return process


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def test_after_the_server_was_killed_people_go_on_where_they_were(page, tmp_path):
    path = tmp_path / "votes.db"
    Campaign.create(path, pictures(), ["cat", "dog"]).close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = start(path, port)
    try:
        page.open(f"http://127.0.0.1:{port}/", "Ann")
        expected = {page.answer("1"): "cat", page.answer("2"): "dog"}
        page.wait(lambda: page.words("#done").startswith("2 answered"))
        kill(process)
        # Items that were fetched before can be answered, and the person is told.
        expected[page.answer("2")] = "dog"
        page.wait(lambda: page.find("#trouble").is_displayed())
        assert "Your answer is kept here and sent again" in page.words("#trouble")
        expected[page.answer("1")] = "cat"
        page.wait(lambda: "Your 2 answers are kept here" in page.words("#trouble"))
        page.driver.get("about:blank")
        process = start(path, port)
        page.open(f"http://127.0.0.1:{port}/")
        page.wait(lambda: page.words("#done") == "4 answered, 26 left")
        assert not page.find("#trouble").is_displayed()
        assert page.item not in expected
        expected[page.answer("1")] = "cat"
        page.wait(lambda: page.words("#done").startswith("5 answered"))
    finally:
        kill(process)
    with Campaign.open(path) as campaign:
        assert said(campaign) == expected


def test_the_server_is_back_while_the_page_is_open(page, served, monkeypatch):
    campaign, address = served(["one", "two", "three"], ["good", "bad"])
    page.open(address, "Ann")
    # The answer is kept, and the reply to it is lost.
    page.run(
        "const send = window.fetch; let lost = 0;"
        "window.fetch = async (where, how) => {"
        "  const reply = await send(where, how);"
        "  if (where === 'api/answer' && lost++ < 1) throw new TypeError('lost');"
        "  return reply; }"
    )
    first = page.answer("1")
    page.wait(lambda: page.words("#done") == "1 answered, 2 left")
    assert not page.find("#trouble").is_displayed()
    assert said(campaign) == {first: "good"}
    assert campaign.status().n_answers == 1


def test_an_item_that_had_enough_answers_meanwhile(page, served):
    campaign, address = served(["one", "two", "three"], ["good", "bad"])
    page.open(address, "Ann")
    ids = [item.id for item in campaign.ask(3, "Ann")]
    campaign.tell(ids[0], "bad", "Ben")
    campaign.tell(ids[2], "bad", "Ben")
    assert page.answer("1") == ids[0]
    page.wait(lambda: "had enough answers meanwhile" in page.words())
    assert campaign.status().n_late == 1
    # The last one, which was fetched already, is not asked about.
    assert page.answer("1") == ids[1]
    page.wait(lambda: page.find("#end").is_displayed())
    assert campaign.status().n_late == 1


def test_questions_come_one_after_the_other(page, served):
    campaign, address = served([f"Galaxy {i}" for i in range(4)], TREE, min_votes=2)
    page.open(address, "Ann")
    assert page.words("#question") == "shape"
    first = page.item
    page.press("2")
    assert page.words("#question") == "bar"
    assert page.words("#given") == "shape: featured or disk"
    # Back, to another answer, which no question follows.
    page.press("u")
    assert page.words("#question") == "shape"
    assert page.answer("1") == first
    second = page.item
    page.press("2")
    page.answer("1")
    page.wait(lambda: len(said(campaign)) == 2)
    assert said(campaign) == {
        first: {"shape": "smooth"},
        second: {"shape": "featured or disk", "bar": "yes"},
    }


def test_a_picture_is_enlarged_moved_and_inverted(page, served):
    _, address = served(pictures(), ["cat", "dog"])
    page.open(address, "Ann")
    page.wait(lambda: page.item is not None)

    def scale():
        return page.run(
            "const {transform} = document.querySelector('#stage img').style;"
            "return new DOMMatrix(transform).a"
        )

    at_first = scale()
    stage = page.run(
        "const {clientWidth: w, clientHeight: h} = document.querySelector('#stage');"
        "return Math.min(w / 32, h / 24)"
    )
    assert at_first == pytest.approx(min(stage, 32), rel=1e-3)
    page.press("++")
    assert scale() == pytest.approx(at_first * 1.25**2, rel=1e-3)
    page.press("-")
    assert scale() == pytest.approx(at_first * 1.25, rel=1e-3)
    page.press("f")
    assert scale() == pytest.approx(at_first, rel=1e-3)
    origin = ScrollOrigin.from_element(page.find("#stage"))
    wheel = webdriver.ActionChains(page.driver)
    wheel.scroll_from_origin(origin, 0, -100).perform()
    page.wait(lambda: scale() > at_first * 1.1)
    page.press("i")
    assert "invert(1)" in page.find("#stage img").get_attribute("style")
    # The next picture is as the person has set it, and fits.
    page.answer("1")
    page.wait(lambda: page.item is not None)
    assert "invert(1)" in page.find("#stage img").get_attribute("style")
    assert scale() == pytest.approx(at_first, rel=1e-3)


def test_without_a_mouse_the_focus_stays(page, served):
    campaign, address = served(["one", "two", "three"], ["good", "bad"])
    page.open(address, "Ann")
    for _ in range(20):
        page.press(Keys.TAB)
        if "bad" in page.focus.text:
            break
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    assert page.run(outline) == "solid"
    page.answer(Keys.ENTER)
    assert "bad" in page.focus.text
    # Single keys can be switched off, for those whose keyboard is a voice.
    page.run("document.querySelector('#keys-box').open = true")
    page.find("#use-keys").click()
    before = page.item
    page.press("1su?")
    assert page.item == before
    page.settle()
    page.find("#answers button").click()
    page.wait(lambda: len(said(campaign)) == 2)
    assert sorted(said(campaign).values()) == ["bad", "good"]


def test_one_of_many_answers_is_found_by_a_search(page, served):
    campaign, address = served(["one", "two"], [f"class {i}" for i in range(40)])
    page.open(address, "Ann")
    page.press("/")
    page.press("ss 37")
    buttons = page.driver.find_elements(By.CSS_SELECTOR, "#answers button")
    assert [b.text for b in buttons if b.is_displayed()] == ["class 37"]
    page.answer(Keys.ENTER)
    page.wait(lambda: list(said(campaign).values()) == ["class 37"])
    assert sum(b.is_displayed() for b in buttons) == 40


def test_on_a_phone_all_is_within_reach(page, served):
    campaign, address = served(pictures(), TREE)
    page.set_size(400, 800)
    page.open(address, "A name that is rather long for so small a screen")
    page.wait(lambda: page.item is not None)
    assert page.run("return document.documentElement.scrollWidth") <= 400
    buttons = page.driver.find_elements(
        By.CSS_SELECTOR, "#answers button, #others button"
    )
    assert len(buttons) == 6
    for button in buttons:
        box = button.rect
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 400
    # All without scrolling.
    assert max(b.rect["y"] + b.rect["height"] for b in buttons) <= 800
    before = page.item
    page.settle()
    page.tap()
    page.wait(lambda: said(campaign) == {before: {"shape": "smooth"}})
    person = page.words(".who .name")
    ids = [item.id for item in campaign.ask(3, person)]
    page.wait(lambda: page.item == ids[0])
    page.settle()
    # The second of two taps is about an item that nobody has seen, and does nothing.
    page.tap()
    page.tap()
    page.wait(lambda: page.words("#done").startswith("2 answered"))
    page.settle()
    assert page.item == ids[1]
    assert set(said(campaign)) == {before, ids[0]}


def axe():
    """Return the rules of accessibility as a script."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None:
        pytest.skip("needs pip install --no-deps axe-playwright-python")
    return Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8")


def test_axe_finds_nothing(page, served):
    rules = axe()
    _, address = served(pictures(3), TREE)

    def check(what):
        # Through the protocol of the browser, which the page's policy does not bind.
        page.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": rules})
        n_passed, found = page.driver.execute_async_script(
            "const [done] = arguments; axe.run().then((r) => done([r.passes.length, "
            "r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html)}`)]))"
        )
        assert found == [], what
        assert n_passed > 10

    page.driver.get(address)
    check("name")
    page.driver.get(f"{address}nothing")
    check("message")
    page.open(address, "Ann")
    for width, dark in ((1400, False), (1400, True), (400, False)):
        page.set_size(width, 900, dark)
        page.run("document.querySelectorAll('details').forEach((d) => (d.open = true))")
        page.wait(lambda: page.words("#panel") != "")
        check(f"questions {width} {dark}")
    page.press("2")
    check("second question")
    page.press("1")
    page.answer("1")
    page.answer("?")
    page.wait(lambda: page.find("#end").is_displayed())
    check("end")
