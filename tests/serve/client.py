"""A client of `cnnc --lsp`, as an editor is one: it sends requests and edits, and keeps what the server says unasked.
Its texts are Python strings; positions are what the protocol counts, units of UTF-16 unless another encoding was agreed
on."""
import json
import os
import re
import select
import subprocess
import time

SECONDS = 120  # until a silent server counts as hung


class Failure(Exception):
    pass


def units(text, encoding="utf-16"):
    """How many units of the encoding a text takes."""
    return len(text.encode("utf-16-le")) // 2 if encoding == "utf-16" else \
        len(text.encode()) if encoding == "utf-8" else len(text)


def place(text, offset, encoding="utf-16"):
    """The protocol's position of an offset in a text. Lines end at line feeds, carriage returns, or both."""
    before = re.sub("\r\n", " \n", text[:offset] + ("x" if text[offset - 1:offset + 1] != "\r\n" else ""))
    lines = re.split("[\n\r]", before)
    start = offset + 1 - len(lines[-1]) if text[offset - 1:offset + 1] != "\r\n" else offset - len(lines[-1])
    return {"line": len(lines) - 1, "character": units(text[start:offset], encoding)}


def offset_of(text, position, encoding="utf-16"):
    """The offset of a position."""
    at = 0
    for _ in range(position["line"]):
        at += re.search("\r\n|\n|\r|$", text[at:]).end()
    left = position["character"]
    while left > 0:
        left -= units(text[at], encoding)
        at += 1
    return at


def span(text, start, end, encoding="utf-16"):
    return {"start": place(text, start, encoding), "end": place(text, end, encoding)}


def applied(text, edits, encoding="utf-16"):
    """The text after edits of the protocol, which all refer to the old one."""
    found = [(offset_of(text, e["range"]["start"], encoding), offset_of(text, e["range"]["end"], encoding),
              e["newText"])
             for e in edits]
    for start, end, new in sorted(found, reverse=True):
        text = text[:start] + new + text[end:]
    return text


class Client:
    def __init__(self, program, *options, capabilities=None, settings=None, start=True, folder=None):
        self.process = subprocess.Popen([program, "--lsp", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, cwd=folder)
        self.buffer, self.last, self.answers = b"", 0, {}
        self.diagnostics, self.shown, self.versions = {}, [], {}
        self.encoding = "utf-16"
        if start:
            if capabilities is None:
                capabilities = {"textDocument": {"hover": {"contentFormat": ["markdown"]}, "completion": {
                    "completionItem": {"snippetSupport": False}}}}
            self.initialized = self.request("initialize", {"processId": os.getpid(), "capabilities": capabilities,
                                                           "initializationOptions": settings})
            self.encoding = self.initialized["capabilities"]["positionEncoding"]
            self.notify("initialized", {})

    # ---- messages ----

    @staticmethod
    def frame(message):
        body = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
        return b"Content-Length: %d\r\n\r\n" % len(body) + body

    def write(self, data):
        try:
            self.process.stdin.write(data)
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Failure("the server has gone: " + self.process.stderr.read().decode()) from None

    def receive(self):
        """The next message from the server."""
        while True:
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            length = int(re.search(rb"Content-Length: (\d+)", head).group(1)) if found else 0
            if found and len(rest) >= length:
                self.buffer = rest[length:]
                return json.loads(rest[:length])
            if not select.select([self.process.stdout], [], [], SECONDS)[0]:
                raise Failure("the server does not answer")
            data = os.read(self.process.stdout.fileno(), 1 << 16)
            if not data:
                raise Failure("the server has gone: " + self.process.stderr.read().decode())
            self.buffer += data

    def take(self):
        """Receives a message and files it."""
        message = self.receive()
        if "method" not in message:
            self.answers[message["id"]] = message
        elif message["method"] == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]
        elif message["method"] == "window/showMessage":
            self.shown.append(message["params"]["message"])

    def ask(self, method, params):
        """The number of a request, which is sent."""
        self.last += 1
        self.write(self.frame({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params}))
        return self.last

    def answer(self, number):
        while number not in self.answers:
            self.take()
        return self.answers.pop(number)

    def request(self, method, params):
        answer = self.answer(self.ask(method, params))
        if "error" in answer:
            raise Failure(answer["error"]["message"])
        return answer["result"]

    def refusal(self, method, params):
        """(code, message) of a request that fails; (0, result) of one that does not."""
        answer = self.answer(self.ask(method, params))
        return (answer["error"]["code"], answer["error"]["message"]) if "error" in answer else (0, answer["result"])

    def notify(self, method, params):
        self.write(self.frame({"jsonrpc": "2.0", "method": method, "params": params}))

    def end(self, shutdown=True):
        """Ends the session; the exit status."""
        if shutdown:
            self.request("shutdown", None)
        self.notify("exit", None)
        self.process.stdin.close()
        status = self.process.wait(SECONDS)
        self.said = self.process.stderr.read().decode()
        self.process.stdout.close()
        self.process.stderr.close()
        return status

    # ---- texts ----

    def open(self, uri, text):
        self.versions[uri] = 1
        self.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "cnn", "version": 1,
                                                              "text": text}})

    def close(self, uri):
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def change(self, uri, *changes):
        """Each change is (range or None, text)."""
        self.versions[uri] += 1
        self.notify("textDocument/didChange", {
            "textDocument": {"uri": uri, "version": self.versions[uri]},
            "contentChanges": [{"range": where, "text": text} if where else {"text": text} for where, text in changes]})

    def messages(self, uri):
        """The diagnostics of the newest version."""
        while self.diagnostics.get(uri, {}).get("version") != self.versions[uri]:
            self.take()
        return self.diagnostics[uri]["diagnostics"]

    def about(self, method, uri, text=None, offset=None, **more):
        params = {"textDocument": {"uri": uri}, **more}
        if offset is not None:
            params["position"] = place(text, offset, self.encoding)
        return self.request("textDocument/" + method, params)

    def memory(self):
        """KiB that the server takes."""
        with open("/proc/%d/status" % self.process.pid, encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))

    @staticmethod
    def clock():
        return time.monotonic()
