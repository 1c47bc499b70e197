"""Chromium without a window, driven through its DevTools protocol over two pipes: messages are JSON with a zero byte
after each."""
import base64
import json
import os
import subprocess
import time

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --disable-extensions --disable-dev-shm-usage --hide-scrollbars
--remote-debugging-pipe""".split()
SECONDS = 60  # for each answer of the browser


class Browser:
    def __init__(self, program, home, flags=()):
        commands, self.output = os.pipe()
        self.input, answers = os.pipe()

        def connect():  # the browser reads from 3 and writes to 4
            high = os.dup(answers), os.dup(commands)
            os.dup2(high[1], 3)
            os.dup2(high[0], 4)

        self.process = subprocess.Popen(
            [program, *FLAGS, *flags, "--user-data-dir=" + home + "/profile", "about:blank"],
            preexec_fn=connect, close_fds=False, env={**os.environ, "HOME": home},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=open(home + "/stderr", "wb"))
        os.close(commands)
        os.close(answers)
        os.set_blocking(self.input, False)
        self.number, self.buffer, self.session = 0, b"", None

    def read(self):
        deadline = time.monotonic() + SECONDS
        while b"\0" not in self.buffer:
            try:
                part = os.read(self.input, 1 << 16)
                if not part:
                    raise RuntimeError("the browser ended")
                self.buffer += part
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise RuntimeError("the browser does not answer")
                time.sleep(0.005)
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        text = json.dumps(message).encode() + b"\0"
        while text:
            text = text[os.write(self.output, text):]
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(method + ": " + answer["error"]["message"])
                return answer["result"]

    def open(self, address):
        target = self.call("Target.createTarget", url=address)["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"].get("description", "an error in the page"))
        return result["result"].get("value")

    def mouse(self, kind, point):
        self.call("Input.dispatchMouseEvent", type=kind, x=point[0], y=point[1], button="left", clickCount=1,
                  buttons=0 if kind == "mouseReleased" else 1)

    def click(self, selector):
        """In the middle of the first element that matches."""
        point = self.value("(b => [b.left + b.width/2, b.top + b.height/2])(document.querySelector(%s)"
                           ".getBoundingClientRect())" % json.dumps(selector))
        self.mouse("mousePressed", point)
        self.mouse("mouseReleased", point)

    def key(self, key, code=None, number=0, modifiers=0):
        """Presses one key, as "Enter", "Tab" or "ArrowRight"."""
        names = dict(key=key, code=code or key, windowsVirtualKeyCode=number, modifiers=modifiers)
        text = {"Enter": "\r", " ": " "}.get(key)
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **names,
                  **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **names)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def until(self, expression, seconds=SECONDS):
        """The expression's value once it is true as JavaScript sees it; None if it does not become so in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.value(f"(value => value ? [value] : null)({expression})")
            if found:
                return found[0] or True
            time.sleep(0.05)
        return None

    def picture(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def close(self):
        self.process.terminate()
        self.process.wait()
