"""Shrinks a network that shows a fault for as long as it still does: shrink(text, fails, shapes, seconds).

It knows the form of generate.py's texts (a statement per line, every tensor labelled) and nothing about the
fault: `fails` decides whether a text still shows it, `shapes` gives the shape of each label in a valid text."""
import re
import time

LABEL = re.compile(r"\b(t\d+):")


def labels_in(line):
    return LABEL.findall(line)


def is_read(label, lines):
    return any(re.search(rf"\b(FROM|SHARE)\({label}\)", line) for line in lines)


def without_statements(lines, sizes):
    """A statement that nobody reads goes, from the last one on; one that is read becomes an INPUT."""
    for i in reversed(range(len(lines))):
        if not any(is_read(label, lines) for label in labels_in(lines[i])):
            yield lines[:i] + lines[i + 1:]
    for i in reversed(range(len(lines))):
        found = labels_in(lines[i])
        if len(found) == 1 and found[0] in sizes and "INPUT" not in lines[i] and "INPUT(" not in lines[i]:
            h, w, c = sizes[found[0]]
            yield lines[:i] + [f"{found[0]}: INPUT({h}x{w}x{c})"] + lines[i + 1:]


def without_readings(lines, sizes):
    """Readers of one tensor read another one of the same shape."""
    names = sorted(sizes, key=lambda name: int(name[1:]) if name[1:].isdigit() else 0)
    for b in reversed(names):
        for a in names:
            if a == b:
                break
            if sizes[a] == sizes[b] and is_read(b, lines):
                yield [line.replace(f"FROM({b})", f"FROM({a})") for line in lines]


def without_layers(lines, _):
    """One layer of a chain goes; its label goes to the one before."""
    for i, line in enumerate(lines):
        parts = line.split(" -> ")
        for k in range(1, len(parts)):
            if "{" in parts[k] or "}" in parts[k] or "|" in parts[k]:
                continue
            rest = parts[:k] + parts[k + 1:]
            if labels_in(parts[k]) and k > 1:
                rest[k - 1] = f"{labels_in(parts[k])[0]}: {rest[k - 1]}"
            yield lines[:i] + [" -> ".join(rest)] + lines[i + 1:]
        for found in re.finditer(r" \| [^|{}]*", line):
            yield lines[:i] + [line[:found.start()] + " " + line[found.end():]] + lines[i + 1:]


def without_arguments(lines, _):
    for i, line in enumerate(lines):
        for found in re.finditer(r", [a-z_]+=(\([^()]*\)|\[[^]]*\]|[^,()]+)", line):
            yield lines[:i] + [line[:found.start()] + line[found.end():]] + lines[i + 1:]


def smaller_numbers(lines, _):
    for i, line in enumerate(lines):
        for found in re.finditer(r"(?<![\w.])(\d+)(?=[x,) ]|$)|(?<=\dx)(\d+)", line):
            number = int(found.group())
            for smaller in dict.fromkeys([1, number // 2, number - 1]):
                if 0 < smaller < number:
                    yield lines[:i] + [line[:found.start()] + str(smaller) + line[found.end():]] + lines[i + 1:]


def shrink(text, fails, shapes, seconds):
    """The smallest text that still fails and was found in time."""
    end = time.monotonic() + seconds
    lines, improved = text.strip().split("\n"), True
    while improved:
        improved = False
        for edit in (without_statements, without_layers, without_arguments, without_readings, smaller_numbers):
            again = True
            while again:
                again = False
                for candidate in edit(lines, shapes("\n".join(lines))):
                    if time.monotonic() > end:
                        return "\n".join(lines)
                    if candidate and fails("\n".join(candidate)):
                        lines, again, improved = candidate, True, True
                        break
    return "\n".join(lines)
