"""A server with one text, for one case, and what suites say of it."""
import re

from client import Client, applied
from fresh import uri_of
from report import CNNC, ROOT, BUILD

NET = uri_of(BUILD / "tests" / "serve" / "net.cnn")


def examples():
    return sorted([*(ROOT / "examples").glob("*.cnn"), *(ROOT / "examples/train").glob("*.cnn")])


def at(marked):
    """A text with | at the cursor (|| is a bar of the language): the text, and the cursor's offset."""
    offset = re.search(r"(?<!\|)\|(?!\|)", marked).start()
    before = marked[:offset].replace("||", "|")
    return before + marked[offset + 1:].replace("||", "|"), len(before)


class Session:
    """A server with one text, for one case."""

    def __init__(self, text, *options, **more):
        self.client = Client(CNNC, *options, **more)
        self.text = text
        self.client.open(NET, text)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.process.kill()
        self.client.process.wait()
        for pipe in (self.client.process.stdin, self.client.process.stdout, self.client.process.stderr):
            try:
                pipe.close()
            except BrokenPipeError:
                pass

    def ask(self, method, offset=None, **more):
        return self.client.about(method, NET, self.text, offset, **more)

    def edited(self, edit):
        changes = edit["changes"][NET] if "changes" in edit else edit["documentChanges"][0]["edits"]
        return applied(self.text, changes, self.client.encoding)
