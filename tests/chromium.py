"""A real headless Chromium, driven over its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/).

It is spoken through two pipes (`--remote-debugging-pipe`), so that no port is open and no library is needed.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-quic", "--disable-extensions", "--hide-scrollbars",
    "--force-color-profile=srgb",
)  # fmt: skip
PATIENCE = 60.0


class Page:
    """One page in the browser.

    Attributes:
        events: What the browser told of it: method and parameters.
    """

    def __init__(self, send: int, receive: int) -> None:
        self._send, self._receive, self._rest, self._count = send, receive, b"", 0
        self._session: str | None = None
        self.events: list[tuple[str, dict[str, Any]]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "Accessibility"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Return what the browser answers."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        content = json.dumps(message).encode() + b"\0"
        while content:
            content = content[os.write(self._send, content) :]
        until = time.monotonic() + PATIENCE
        while True:
            answer = self._read(until)
            if answer.get("id") == self._count:
                assert "error" not in answer, f"{method}: {answer['error']}"
                found: dict[str, Any] = answer["result"]
                return found

    def open(self, file: Path) -> None:
        """Open a file, and wait until it is loaded."""
        self.call("Page.navigate", url=file.as_uri())
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    def run(self, expression: str) -> Any:
        """Return the value of an expression, which may be a promise."""
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True,
                           userGesture=True)  # fmt: skip
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, expression: str) -> None:
        """Wait until an expression is true."""
        until = time.monotonic() + PATIENCE
        while not self.run(f"Boolean({expression})"):
            assert time.monotonic() < until, f"never: {expression}"
            time.sleep(0.02)

    def screen(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        """Give the page a screen."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )
        scheme = "dark" if dark else "light"
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def picture(self, file: Path, *, whole: bool = True) -> None:
        """Write what is on the screen, or the whole page, as a PNG."""
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(b64decode(answer["data"]))

    def pdf(self, file: Path) -> None:
        """Print the page."""
        answer = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        file.write_bytes(b64decode(answer["data"]))

    def requests(self) -> list[str]:
        """Return what the page asked for, but for itself and what it holds."""
        urls = [event["request"]["url"] for name, event in self.events if name == "Network.requestWillBeSent"]
        return [url for url in urls if not url.startswith(("file:", "data:", "about:", "blob:"))]

    def complaints(self) -> list[str]:
        """Return what went wrong: errors of scripts, and what the page's policy forbade."""
        found = [event["entry"]["text"] for name, event in self.events if name == "Log.entryAdded"]
        found += [str(event["exceptionDetails"]) for name, event in self.events if name == "Runtime.exceptionThrown"]
        found += [str(event["args"]) for name, event in self.events
                  if name == "Runtime.consoleAPICalled" and event["type"] in ("error", "warning")]  # fmt: skip
        return found

    def _read(self, until: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._receive], [], [], max(until - time.monotonic(), 0))
            assert ready, "Chromium does not answer"
            read = os.read(self._receive, 1 << 20)
            assert read, "Chromium ended"
            self._rest += read
        content, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(content)
        if "method" in message:
            self.events.append((message["method"], message["params"]))
        return message


@contextmanager
def chromium(profile: Path, *flags: str) -> Iterator[Page]:
    """Start a browser, and yield a page of it; it ends with the block."""
    (its_input, our_output), (our_input, its_output) = os.pipe(), os.pipe()
    shell = f'exec "$@" 3<&{its_input} 4>&{its_output}'
    command = [
        "bash",
        "-c",
        shell,
        "bash",
        "chromium",
        *FLAGS,
        *flags,
        f"--user-data-dir={profile}",
        "--remote-debugging-pipe",
    ]
    browser = subprocess.Popen(
        command, pass_fds=(its_input, its_output), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(its_input)
    os.close(its_output)
    try:
        yield Page(our_output, our_input)
    finally:
        browser.terminate()
        browser.wait(timeout=30)
        os.close(our_output)
        os.close(our_input)
