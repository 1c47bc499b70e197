"""Random edits: of a text as a person makes them, and as nobody does."""
import random

PIECES = ["CONV(16)", "-> RELU", " -> ", "→", "×", "[", "]", "(", ")", "{", "}", "|", ",", "*3", " as i", "?", "=",
          "= 8x8x16",
          "\n", "\r\n", "\r", " ", "\t", "# note → \U0001f600\n", "x: ", "FROM(x)", "SHARE(x)", "ADD{ | CONV(8) }",
          "param N = 2\n",
          "block b(c=4) = CONV(c)\n", "b(8)", "b", "train SGD(0.1), COSINE\n", "expect macs <= 10^6\n",
          "default CONV(bias=no)\n",
          "network n\n", "table t = [1 2; 3 4]\n", "N", "1", "0", "-", "-1", "1.5e", "\"", "\"a b\": ", "é",
          "\U0001f600", "pad=1",
          "window=9", "stride=2", " if N > 1 else TANH", "_", "POOL", "FC(10)", "INPUT(8x8x3) -> ", "H", "{i}",
          "conv{i}: ",
          "freeze=x", "NONE", "=>", "&&", "//", "min(1, 2)", "K8F3", "groups=3", "dilation=2"]


def change(random_numbers, text):
    """(start, end, new): one edit."""
    r = random_numbers
    start = r.randrange(len(text) + 1)
    kind = r.randrange(8)
    if kind == 0 and text:  # a part goes
        return start, min(len(text), start + r.randrange(1, 12)), ""
    if kind == 1:  # a part is doubled
        end = min(len(text), start + r.randrange(1, 60))
        return end, end, text[start:end]
    if kind == 2:  # a line goes
        begin = text.rfind("\n", 0, start) + 1
        end = text.find("\n", start)
        return begin, len(text) if end < 0 else end + 1, ""
    if kind == 3 and start < len(text):  # a character becomes another
        return start, start + 1, r.choice("()[]{}|,=*-+>:?#x0123456789 \nCNabc\"→")
    if kind == 4:  # a word is cut
        return start, min(len(text), start + r.randrange(3)), r.choice(["", "x", "R", "CO"])
    return start, start, r.choice(PIECES)


def session(seed, text, count):
    """Yields (changes, text): changes that are sent together, and the text after them. Now and then it is the first
    text again."""
    r, first = random.Random(seed), text
    for number in range(count):
        if number % 6 == 5 or len(text) > 3 * len(first) + 2000:
            changes, text = [(0, len(text), first)], first
        else:
            changes = []
            for _ in range(1 + (r.randrange(4) == 0)):
                changes.append(change(r, text))
                start, end, new = changes[-1]
                text = text[:start] + new + text[end:]
        yield changes, text
