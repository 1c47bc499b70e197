"""Tables of tests that are readable at sight. Each line is a row; `# ` starts a comment, and `[...]` a section.

    NAME: WORDS => WORDS

Words are split as by a shell; \\t and \\n in them are a tab and a newline."""
import pathlib
import shlex


def lines(path):
    """(section, line) of every line that is neither empty nor a comment."""
    section = ""
    for line in pathlib.Path(path).read_text(encoding="utf-8").split("\n"):
        if line.startswith("[") and line.endswith("]") and line[1:2].isalpha():
            section = line[1:-1]
        elif line.strip() and line != "#" and not line.startswith("# "):
            yield section, line


def rows(path):
    """(section, name, words before the arrow, words after it)."""
    for section, line in lines(path):
        name, _, rest = line.partition(": ")
        left, _, right = rest.partition(" =>")
        yield section, name, words(left), words(right)


def words(text):
    return [word.replace("\\t", "\t").replace("\\n", "\n") for word in shlex.split(text)]
