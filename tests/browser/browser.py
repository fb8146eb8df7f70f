# SPDX-License-Identifier: GPL-2.0-or-later
"""Chromium without a window, as the tests of the dashboard use it."""

import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, List, Optional, Type, Union

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

# Counts colours and painted pixels of a canvas.
_PAINTED = """
const canvas = arguments[0];
const { width, height } = canvas;
const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
const colours = new Set();
let painted = 0;
for (let i = 0; i < pixels.length; i += 4)
    if (pixels[i + 3]) {
        painted++;
        colours.add(pixels[i] << 16 | pixels[i + 1] << 8 | pixels[i + 2]);
    }
return [painted, colours.size];
"""


class Browser:
    """A browser that cannot reach any other machine."""

    def __init__(self) -> None:
        self._profile = tempfile.mkdtemp()
        options = Options()
        options.binary_location = shutil.which("chromium") or ""
        for argument in (
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            f"--user-data-dir={self._profile}",
        ):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = Service(shutil.which("chromedriver") or "")
        self.driver = webdriver.Chrome(service=service, options=options)

    def __enter__(self) -> "Browser":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.driver.quit()
        shutil.rmtree(self._profile, ignore_errors=True)

    def look(self, width: int = 1200, height: int = 900, dark: bool = False) -> None:
        """Choose the size of the window in CSS pixels, and light or dark."""
        size = {"width": width, "height": height}
        self._devtools(
            "Emulation.setDeviceMetricsOverride",
            {**size, "deviceScaleFactor": 1, "mobile": False},
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._devtools("Emulation.setEmulatedMedia", {"features": [scheme]})

    def open(self, page: Union[Path, str]) -> None:
        """Load a page anew, a file or an address."""
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get(page.as_uri() if isinstance(page, Path) else page)

    def complaints(self) -> List[str]:
        """What the console has since the page was opened."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def js(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page."""
        return self.driver.execute_script(script, *arguments)

    def settle(self) -> None:
        """Wait until all is drawn that was asked for."""
        self.driver.execute_async_script(
            "const done = arguments[0];"
            "requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))"
        )

    def all(self, selector: str) -> List[Any]:
        """The elements of a CSS selector."""
        return list(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def one(self, selector: str) -> Any:
        """The first element of a CSS selector."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        """The text of the first element of a CSS selector."""
        return str(self.one(selector).text)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, wherever the focus is."""
        for key in keys:
            ActionChains(self.driver).send_keys(key).perform()

    def painted(self, canvas: Any) -> List[int]:
        """How many pixels of a canvas are painted, and in how many colours."""
        return list(self.js(_PAINTED, canvas))

    def picture(self, canvas: Any) -> str:
        """What a canvas shows, to be compared."""
        self.settle()
        return str(self.js("return arguments[0].toDataURL()", canvas))

    def seconds_to_open(self) -> float:
        """From the start of loading to the end of it, charts drawn."""
        entry = "performance.getEntriesByType('navigation')[0]"
        return float(self.js(f"return {entry}.loadEventEnd")) / 1000

    def _devtools(self, command: str, arguments: Any) -> None:
        self.driver.execute_cdp_cmd(command, arguments)
