"""What a fresh cnnc says of a text, in the form of the server's diagnostics, and the other way round."""
import json
import pathlib
import subprocess

from client import offset_of, units

SEVERITIES = {"error": 1, "warning": 2, "remark": 3}


def uri_of(path):
    return "file://" + str(path).replace("%", "%25").replace(" ", "%20")


def fresh(program, path, text, *options):
    """Writes the text to the file and checks it: [(severity, check, words, (line, column), (line, column))], columns in
    code points from 1; and the exit status."""
    pathlib.Path(path).write_bytes(text.encode())
    done = subprocess.run([program, "--check", "--diagnostics=json", *options, str(path)], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    if not done.stderr.startswith(b"["):
        return [(0, "broken", done.stderr.decode(errors="replace"), None, None)], done.returncode
    found = []
    for m in json.loads(done.stderr):
        words = m["message"] if m["file"] == str(path) else "%s: %s" % (m["file"], m["message"])
        words += "".join("\n" + label for label in [m.get("label")] if label)
        words += "".join("\nhelp: " + h for h in m["help"])
        words += "".join("\nnote: " + n["message"] for n in m["notes"])
        where = ((m["line"], m["column"]), (m["end_line"], m["end_column"])) \
            if "line" in m and m["file"] == str(path) else (None, None)
        found.append((SEVERITIES[m["severity"]], m["check"], words, *where))
    return found, done.returncode


def column(text, position, encoding):
    """(line, column) as cnnc counts them, whose lines end at line feeds only."""
    offset = offset_of(text, position, encoding)
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - start + 1


def served(text, diagnostics, encoding="utf-16"):
    """The server's diagnostics in the form of `fresh`."""
    found = []
    for d in diagnostics:
        words = d["message"] + "".join("\nnote: " + n["message"] for n in d.get("relatedInformation", []))
        ends = [column(text, d["range"][end], encoding) for end in ("start", "end")]
        nowhere = d["range"]["start"] == d["range"]["end"] == {"line": 0, "character": 0}
        found.append((d["severity"], d["code"], words, *((None, None) if nowhere else ends)))
    return found


def same(wanted, found):
    """A message without a place stands at the beginning, as one about nothing there does."""
    def plain(m):
        return m[:3] + ((None, None) if m[3] == m[4] == (1, 1) else tuple(m[3:]))
    return [plain(m) for m in wanted] == [plain(m) for m in found]


assert units("\u2192\U0001f600") == 3
