"""A browser for the tests that look at pages: Chromium, driven through its own pipe.

It takes nothing but the standard library.
"""

import base64
import itertools
import json
import os
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)


class Chromium:
    """One tab. Messages are JSON that ends with a zero byte, to the browser's file 3 and from its file 4."""

    def __init__(self, program: str, folder: Path) -> None:
        hears, self._to = os.pipe()
        self._from, says = os.pipe()
        for end in (hears, says):
            os.set_inheritable(end, True)
        # the shell gives the two ends the numbers that the browser expects
        command = f'exec "$@" 3<&{hears} 4>&{says}'
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", command, "chromium", program, *FLAGS, f"--user-data-dir={folder}"],
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(hears)
        os.close(says)
        self._numbers, self._session, self._rest = itertools.count(1), "", b""
        self.messages: list[str] = []
        self._own: tuple[str, ...] = ()
        tab = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != number:
            self._note(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, page: Path | str, *, width: int, dark: bool = False, media: str = "screen") -> None:
        """Show a file or an address in a window of this width.

        Whatever the browser complains about, and requests beyond the page's own origin, are kept in ``messages``.
        """
        url = page if isinstance(page, str) else page.resolve().as_uri()
        self._own = (urljoin(url, "/"), "data:", "blob:")
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", media=media, features=scheme)
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=844, deviceScaleFactor=1, mobile=width < 500
        )
        self.messages.clear()
        self.call("Page.navigate", url=url)
        while (event := self._next()).get("method") != "Page.loadEventFired":
            self._note(event)
        self.value("document.fonts.ready.then(() => 0)")

    def value(self, script: str) -> Any:
        """Return what a script comes to in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def picture(self) -> bytes:
        """Return the whole page as PNG."""
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    def close(self) -> None:
        os.close(self._to)  # the browser ends with its pipe
        self._process.wait(timeout=20)
        os.close(self._from)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            self._rest += (piece := os.read(self._from, 1 << 16))
            assert piece, "the browser has gone"
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)

    def _note(self, event: dict[str, Any]) -> None:
        if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
            self.messages.append(json.dumps(event["params"]))
        if event.get("method") == "Network.requestWillBeSent" and not event["params"]["request"]["url"].startswith(
            self._own
        ):
            self.messages.append(event["params"]["request"]["url"][:80])
