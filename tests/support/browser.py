"""A headless Chromium for tests of pages: with what it logs and asks the network for.

Debian has it as `apt-get install chromium chromium-driver`; where it is missing the tests fail, and say so.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

OPTIONS = """
    --headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --disable-dev-shm-usage --window-size=1400,900
""".split()


def program(*names: str) -> str:
    """The first of these programs that is installed."""
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    pytest.fail(f"{names[0]} is not installed, which the tests of pages need: apt-get install chromium chromium-driver")


class Browser:
    """A browser with one page.

    Args:
        driver: selenium's driver.
    """

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(
        self, page: Path, width: int = 1400, height: int = 900, dark: bool = False, script: bool = True, media: str = ""
    ) -> None:
        """Show a file in a window of a size; `media` may be "print"."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": [scheme]})
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
        self.driver.get(page.as_uri())

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page, and give what it returns."""
        return self.driver.execute_script(script, *arguments)

    def complaints(self) -> list[str]:
        """What the page has written to the console since this was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def addresses(self) -> set[str]:
        """What has been asked for since this was last asked: of the file system, and of any network.

        What a browser starts with, its own page for a new tab, does not count, nor does what an address itself holds.
        """
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
        urls = {one["request"]["url"] for one in sent if not one["documentURL"].startswith(("chrome:", "data:,"))}
        return {url for url in urls if not url.startswith("data:")}


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser of one's own, which is gone afterwards."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = webdriver.ChromeOptions()
        options.binary_location = program("chromium", "chromium-browser", "google-chrome")
        for option in (*OPTIONS, f"--user-data-dir={profile}"):
            options.add_argument(option)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver = webdriver.Chrome(options=options, service=Service(program("chromedriver")))
        try:
            yield Browser(driver)
        finally:
            driver.quit()
