"""The features of the language server, mostly tables: a text, a place in it (a bar), and what must be said there."""
import re
import subprocess

import client as clients
from client import applied, place, span
from fresh import fresh
from report import BUILD, CNNC, report
from sessions import NET, Session, at, examples

OUT = BUILD / "tests" / "serve"

# ---- fixes ----

FIXES = [
    ("a misspelt layer", "INPUT(8x8) -> CONVV(4)\n", "replace 'CONVV' by 'CONV'", "INPUT(8x8) -> CONV(4)\n"),
    ("a layer of another framework", "INPUT(8x8) -> Conv2d(4)\n", None, "INPUT(8x8) -> CONV(4)\n"),
    ("an argument", "INPUT(8x8) -> CONV(4, strid=2)\n", "replace 'strid' by 'stride'",
     "INPUT(8x8) -> CONV(4, stride=2)\n"),
    ("a param", "param width = 4\nINPUT(8x8) -> CONV(widht)\n", None, "param width = 4\nINPUT(8x8) -> CONV(width)\n"),
    ("a label", "INPUT(8x8) -> here: CONV(4) -> ADD{ | FROM(her) }\n", None,
     "INPUT(8x8) -> here: CONV(4) -> ADD{ | FROM(here) }\n"),
    ("a word of train", "INPUT(8x8) -> FC(4)\ntrain SDG(0.1)\n", None, "INPUT(8x8) -> FC(4)\ntrain SGD(0.1)\n"),
    ("a value", "INPUT(8x8) -> CONV(4, bias=False)\n", None, "INPUT(8x8) -> CONV(4, bias=no)\n"),
    ("an arrow", "INPUT(8x8) => CONV(4)\n", None, "INPUT(8x8) -> CONV(4)\n"),
    ("an operator", "INPUT(8x8) -> CONV(4 if H > 1 && W > 1 else 2)\n", None,
     "INPUT(8x8) -> CONV(4 if H > 1 and W > 1 else 2)\n"),
    ("padding that is missing", "INPUT(7x7x32) -> CONV(64, 9x9, pad=valid)\n", "set pad=1",
     "INPUT(7x7x32) -> CONV(64, 9x9, pad=1)\n"),
    ("a window that is too large", "INPUT(7x7x32) -> CONV(64, 9x9, pad=valid)\n", "set window=7x7",
     "INPUT(7x7x32) -> CONV(64, 7x7, pad=valid)\n"),
    ("groups", "INPUT(8x8x6) -> CONV(12, groups=4)\n", None, "INPUT(8x8x6) -> CONV(12, groups=3)\n"),
    ("padding in the place of a word", "INPUT(8x8) -> CONV(8, 4x4)\n", "set pad=valid",
     "INPUT(8x8) -> CONV(8, 4x4, pad=valid)\n"),
    ("a bias before BN", "INPUT(8x8) -> CONV(8) -> BN -> FC(2)\ntrain SGD(0.1)\n", "set bias=no",
     "INPUT(8x8) -> CONV(8, bias=no) -> BN -> FC(2)\ntrain SGD(0.1)\n"),
    ("a param that is not used", "param N = 2\n  param M = 3  # three\nINPUT(8x8) -> FC(N)\n", "remove M",
     "param N = 2\nINPUT(8x8) -> FC(N)\n"),
    ("a block that is not used", "block b(c) =\n    CONV(c)\nINPUT(8x8) -> FC(2)\n", "remove b",
     "INPUT(8x8) -> FC(2)\n"),
]


def fixes():
    for name, text, title, wanted in FIXES:
        with Session(text) as s:
            found = s.client.messages(NET)
            actions = s.ask("codeAction", range=span(text, 0, len(text)), context={"diagnostics": found})
            chosen = [a for a in actions if title in (None, a["title"])]
            results = [s.edited(a["edit"]) for a in chosen]
            report(wanted in results[:1] and all(a["kind"] == "quickfix" and a["diagnostics"][0] in found
                                                 for a in actions), f"fixes: {name}", actions, results)
    with Session("INPUT(8x8) -> CONVV(4) -> RELUU\n") as s:
        only = s.ask("codeAction", range=span(s.text, 26, 28), context={"diagnostics": []})
        report([a["title"] for a in only] == ["replace 'RELUU' by 'RELU'"], "fixes: only those at the cursor", only)
        report(s.ask("codeAction", range=span(s.text, 0, 30), context={"diagnostics": [], "only": ["refactor"]}) == [],
               "fixes: none where others are asked for")


# ---- hover ----

HOVER = [
    ("a layer", "INPUT(32x32x3) -> CO|NV(6, 5x5, pad=valid) -> RELU", ["CONV(filters", "(32 - 5)/1 + 1 = 28",
     "28x28x6", "MACs", "receptive field", "(5*5*3 + 1)*6 = 456", "convolution; connect"]),
    ("a layer of a text that is wrong behind it", "INPUT(32x32x3) -> CO|NV(6) -> FOO -> (", ["32x32x6"]),
    ("a layer behind a mistake", "INPUT(32x32x3) -> FOO -> CO|NV(6)", ["convolution"]),
    ("a layer in a repeat", "INPUT(8x8) -> [CO|NV(4*2^i) -> POOL]*2 as i", ["2 layers", "- conv1: 8x8x4",
                                                                            "- conv2: 4x4x8"]),
    ("an argument", "INPUT(8x8) -> CONV(4, str|ide=2)", ["**stride** of CONV", "default 1"]),
    ("a value without a name", "INPUT(8x8) -> CONV(4, 3|x3)", ["**window** of CONV", "HxW"]),
    ("a value behind a named one", "INPUT(8x8) -> CONV(4, stride=2, 5|x5)", ["**window** of CONV"]),
    ("a param", "# how wide\n# it is\nparam N = 2*3\nINPUT(8x8) -> CONV(|N)", ["param N = 2*3", "how wide\nit is",
                                                                               "N = 6"]),
    ("a block's use", "# two of them\nblock b(c, s=1) = CONV(c, stride=s)\nINPUT(8x8) -> |b(4, 2)",
     ["block b(c, s=1)", "two of them", "result: 4x4x4"]),
    ("a block's argument", "block b(c) = CONV(|c)\nINPUT(8x8) -> b(4)", ["argument of the block b"]),
    ("an argument of a call of a block", "block b(c) = CONV(c)\nINPUT(8x8) -> b(|c=4)", ["block b(c)"]),
    ("a label", "INPUT(8x8) -> [con|v: CONV(4)]*2", ["label of"]),
    ("a label in a group", "INPUT(8x8) -> enc: [con|v: CONV(4)]", ["enc.conv: 8x8x4"]),
    ("a reference", "INPUT(8x8) -> a: CONV(4) -> ADD{ || FROM(|a) }", ["refers to", "a: 8x8x4"]),
    ("a word of train", "INPUT(8x8) -> FC(4)\ntrain S|GD(0.1)", ["SGD(lr=0.01", "gradient descent", "**momentum**"]),
    ("an argument of a word of train", "INPUT(8x8) -> FC(4)\ntrain SGD(0.1, mom|entum=0.9)", ["**momentum** of SGD"]),
    ("a setting", "INPUT(8x8) -> FC(4)\ntrain bat|ch=32", ["pictures a step"]),
    ("a keyword", "par|am N = 2\nINPUT(8x8) -> FC(N)", ["a number of the network"]),
    ("a shape's side", "INPUT(8x8) -> CONV(2*|C)", ["channels of the tensor"]),
    ("the network's name", "network n|et\nINPUT(8x8) -> FC(10)", ["650 parameters"]),
    ("a quantity", "INPUT(8x8) -> FC(10)\nexpect ma|cs < 10^6", ["multiply-accumulates"]),
]


def hover():
    for name, marked, words in HOVER:
        text, offset = at(marked)
        with Session(text) as s:
            found = s.ask("hover", offset)
            value = found["contents"]["value"] if found else ""
            lacking = [word for word in words if word not in value]
            report(found and not lacking, f"hover: {name}", f"lacking: {lacking}", value)
    with Session("INPUT(8x8) -> FC(10)  # a comment\n") as s:
        report(s.ask("hover", 26) is None and s.ask("hover", 11) is None, "hover: nothing over comments and arrows")
    with Session("INPUT(8x8) -> CONV(4)\n", capabilities={}) as s:
        value = s.ask("hover", 15)["contents"]
        report(value["kind"] == "plaintext" and "```" not in value["value"] and "8x8x4" in value["value"],
               "hover: plain text for a client that shows no other", value)


# ---- completion ----

COMPLETION = [
    ("a layer", "INPUT(8x8) -> CO|", ["CONV", "CONCAT", "FROM", "POOL"], ["param", "NONE", "stride"]),
    ("a layer where the text is open", "INPUT(8x8) -> [CONV(4) -> |", ["RELU"], ["param"]),
    ("a layer within a word", "INPUT(8x8) -> RE|LU -> FC(10)", ["RELU", "RESHAPE"], []),
    ("a block", "block res(c) = CONV(c)\nINPUT(8x8) -> r|", ["res", "CONV"], []),
    ("a branch", "INPUT(8x8) -> ADD{ || |}", ["CONV", "NONE"], ["param"]),
    ("behind a label", "INPUT(8x8) -> a: |", ["CONV"], ["param"]),
    ("a statement", "|", ["param", "block", "INPUT", "train"], []),
    ("a statement below others", "param N = 2\n|\nINPUT(8x8) -> FC(10)", ["param", "INPUT"], []),
    ("an argument", "INPUT(8x8) -> CONV(4, |", ["stride", "pad", "bias"], ["CONV", "filters"]),
    ("an argument that was given", "INPUT(8x8) -> CONV(4, stride=2, |)", ["pad"], ["stride"]),
    ("a value", "INPUT(8x8) -> CONV(4, pad=|)", ["same", "valid", "full", "H"], ["yes", "stride"]),
    ("a word by its place", "INPUT(8x8) -> UPSAMPLE(2, |)", ["nearest", "bilinear", "mode"], []),
    ("a flag", "INPUT(8x8) -> POOL(2, ceil=|)", ["yes", "no"], ["same"]),
    ("a param", "param depth = 2\nINPUT(8x8) -> CONV(de|)", ["depth", "C", "min"], []),
    ("a param in a param", "param depth = 2\nparam N = |", ["depth"], ["CONV", "stride"]),
    ("a formal", "block b(chan, s=1) = CONV(|)\nINPUT(8x8) -> b(4)", ["chan", "s", "window"], []),
    ("an argument of a block", "block b(chan, s=1) = CONV(chan)\nINPUT(8x8) -> b(|)", ["chan", "s"], ["stride"]),
    ("an index", "INPUT(8x8) -> [CONV(|)]*3 as round", ["round"], []),
    ("a count", "param N = 2\nINPUT(8x8) -> [RELU]*|", ["N"], ["CONV"]),
    ("a reference", "INPUT(8x8) -> stem: CONV(4) -> ADD{ || FROM(|) }", ["stem", "input1"], ["CONV"]),
    ("a reference in a broken text", "INPUT(8x8) -> stem: CONV(4) -> ADD{ || FROM(s|", ["stem"], []),
    ("a default's layer", "default |", ["CONV", "FC"], ["ADD", "param"]),
    ("a default's argument", "default CONV(|)", ["bias", "stride"], []),
    ("a word of train", "INPUT(8x8) -> FC(4)\ntrain |", ["SGD", "COSINE", "batch", "freeze"], ["CONV"]),
    ("a second word of train", "INPUT(8x8) -> FC(4)\ntrain SGD(0.1), C|", ["COSINE", "CROP"], ["CONV"]),
    ("an argument of train's", "INPUT(8x8) -> FC(4)\ntrain SGD(0.1, |)", ["momentum", "decay"], ["stride"]),
    ("a label to freeze", "INPUT(8x8) -> last: FC(4)\ntrain freeze=|", ["last"], ["SGD"]),
    ("a quantity", "INPUT(8x8) -> FC(4)\nexpect |", ["macs", "params"], ["CONV"]),
    ("behind a layer", "INPUT(8x8) -> CONV(4) |", ["if"], ["CONV"]),
    ("a new name", "param |", [], ["CONV", "param"]),
    ("a comment", "INPUT(8x8) # CO|", [], ["CONV"]),
]


def completion():
    for name, marked, wanted, unwanted in COMPLETION:
        text, offset = at(marked)
        with Session(text) as s:
            items = s.ask("completion", offset)["items"]
            labels = [item["label"] for item in items]
            results = {item["label"]: applied(text, [item["textEdit"]]) for item in items}
            start = len(re.sub(r"[\w.]*$", "", text[:offset]))
            edits = all(results[label].startswith(text[:start]) and results[label].endswith(text[offset:])
                        for label in labels)
            report(edits and not [w for w in wanted if w not in labels] and not [w for w in unwanted if w in labels],
                   f"completion: {name}", labels)
    with Session("INPUT(8x8) -> ", capabilities={"textDocument": {"completion": {"completionItem": {
            "snippetSupport": True}}}}) as s:
        items = {item["label"]: item for item in s.ask("completion", 14)["items"]}
        report(items["CONV"]["textEdit"]["newText"] == "CONV($1)" and items["CONV"]["insertTextFormat"] == 2 and
               items["RELU"]["textEdit"]["newText"] == "RELU" and "documentation" in items["RELU"] and
               items["CONV"]["detail"].startswith("CONV(filters, window=3x3"),
               "completion: snippets, signatures, documentation", items["CONV"])
    everything_is_complete()


def everything_is_complete():
    """Where layers stand, every row of layers.def is proposed; behind train every row of recipes.def."""
    from layers import layers, recipes
    with Session("INPUT(8x8) -> \ntrain \n") as s:
        labels = {item["label"] for item in s.ask("completion", 14)["items"]}
        missing = {keyword for keyword, *_ in layers()} - labels
        labels = {item["label"] for item in s.ask("completion", 21)["items"]}
        missing |= {word for word, *_ in recipes()} - labels
        report(not missing, "completion: every layer and word of train statements", missing)


# ---- names ----

NAMES = """\
param width = 4
table t = [1 2; 3 4]
block unit(c, s=1) = body: CONV(c + width, stride=s)
block unused = FROM(lone) -> unit(width)
INPUT(8x8) -> enc: [conv: CONV(width*2) -> unit(s=1, c=t(0, 1))] -> [CONV(2^i + i)]*2 as i
  -> lone: RELU -> "a b": RELU -> ADD{ | FROM(lone) | FROM("a b") }
  -> CONV(4) -> ADD{ | FROM(conv3) }
FROM(enc.conv) -> OUTPUT
FROM(enc.1.body) -> OUTPUT
train freeze=lone, SGD(0.1*width)
"""
OCCURRENCES = [  # name, a place in the text (before it), how many places, the new name
    ("param", "width = 4", 5, "w"), ("table", "t = [", 2, "numbers"), ("block", "unit(c, s=1) =", 3, "piece"),
    ("block's argument", "c, s=1) =", 3, "maps"), ("block's argument with a default", "s=1) =", 3, "step"),
    ("index", "i + i)", 3, "round"), ("label", "lone: RELU", 4, "alone"), ("label in quotes", "a b\": RELU", 2, "c d"),
    ("label of a group", "enc: [", 3, "encoder"), ("label in a group", "conv: CONV", 2, "first"),
    ("label in a block", "body: CONV", 2, "inner"),
]


def names():
    with Session(NAMES) as s:
        report(s.client.messages(NET) and not [d for d in s.client.messages(NET) if d["severity"] == 1],
               "names: the text is right", s.client.messages(NET))
        for name, word, count, new in OCCURRENCES:
            offset = NAMES.index(word)
            old = re.match(r"a b|\w+", word).group()
            uses = s.ask("references", offset, context={"includeDeclaration": True})
            texts = [NAMES[clients.offset_of(NAMES, u["range"]["start"]):clients.offset_of(NAMES, u["range"]["end"])]
                     for u in uses]
            good = len(uses) == count and all(text.strip('"') == old for text in texts)
            definition = s.ask("definition", clients.offset_of(NAMES, uses[-1]["range"]["start"]))
            good = good and len(definition) == 1 and definition[0] in uses
            lights = s.ask("documentHighlight", offset)
            good = good and [h["range"] for h in lights] == [u["range"] for u in uses]
            report(good and sum(h["kind"] == 3 for h in lights) == 1, f"names: uses and definition of a {name}", texts,
                   definition)
            prepared = s.ask("prepareRename", offset)
            renamed = s.edited(s.ask("rename", offset, newName=new))
            checked, status = fresh(CNNC, OUT / "renamed.cnn", renamed)
            changed = len(re.findall(r"\b%s\b" % new, renamed)) == count
            report(prepared["placeholder"] == old and status == 0 and changed, f"names: rename a {name}", renamed,
                   checked)
        place_of = s.ask("definition", NAMES.index("conv3"))
        report([p["range"] for p in place_of] == [span(NAMES, NAMES.index("CONV(4)"), NAMES.index("CONV(4)") + 4)],
               "names: the definition of a layer without a label is the layer", place_of)
    refused_names()


REFUSALS = [
    ("an automatic name", "INPUT(8x8) -> CONV(1) -> ADD{ || FROM(con|v1) }", "x", "give it a label"),
    ("a computed label", "INPUT(8x8) -> [c{|i}x: CONV(1)]*2 as i -> FC(2)", None, None),
    ("a label that is computed", "INPUT(8x8) -> [|c{i}: CONV(1)]*2 as i -> FC(2)", "x", "is computed"),
    ("a label that a computed reference reaches",
     "INPUT(8x8) -> [[|c1: CONV(1)] -> ADD{ || FROM(c{1}) }]*1 -> FC(2)", "x", "is computed"),
    ("no name", "INPUT(8x8) -> C|ONV(1)", "x", "no name here"),
    ("syntax errors", "param |N = 2\nINPUT(8x8) -> CONV(N", "x", "syntax errors"),
    ("a label in a wrong network", "INPUT(8x8) -> |a: CONV(0) -> FC(10)", "x", "while the network has errors"),
    ("a reserved word", "param |N = 2\nINPUT(8x8) -> FC(N)", "same", "reserved"),
    ("a keyword", "param |N = 2\nINPUT(8x8) -> FC(N)", "block", "reserved"),
    ("a name with a blank", "param |N = 2\nINPUT(8x8) -> FC(N)", "a b", "letters, digits"),
    ("an empty name", "param |N = 2\nINPUT(8x8) -> FC(N)", "", "letters, digits"),
    ("a side of the shape", "param |N = 2\nINPUT(8x8) -> FC(N)", "H", "cannot be defined"),
    ("a name that is taken", "param |N = 2\nparam M = 3\nINPUT(8x8) -> FC(N + M)", "M", "defined twice"),
    ("a layer's name", "block |b = RELU\nINPUT(8x8) -> b", "CONV", "is a layer"),
    ("a name that another one would catch", "param |N = 2\nblock b(c) = CONV(c*N)\nINPUT(8x8) -> b(4)", "c",
     "another one"),
    ("a quote in a label", "INPUT(8x8) -> \"|a b\": FC(2)", "a\"b", "cannot be empty or hold a quote"),
    ("an arrow in a label", "INPUT(8x8) -> |a: FC(2)", "a->b", "letters, digits, _ and dots"),
]


def refused_names():
    for name, marked, new, words in REFUSALS:
        if new is None:
            continue
        text, offset = at(marked + "\n")
        with Session(text) as s:
            code, said = s.client.refusal("textDocument/rename", {
                "textDocument": {"uri": NET}, "position": place(text, offset), "newName": new})
            report(code == -32803 and words in str(said), f"names: {name} is refused clearly", code, said)


# ---- hints, outline, folding, formatting, tokens ----

def hints():
    def shown(text, settings=None, **more):
        with Session(text, settings=settings) as s:
            found = s.ask("inlayHint", **more)
        for hint in sorted(found, key=lambda h: (h["position"]["line"], h["position"]["character"]), reverse=True):
            at_offset = clients.offset_of(text, hint["position"])
            text = text[:at_offset] + "<" + hint["label"] + ">" + text[at_offset:]
        return text

    for name, text, wanted, settings in [
            ("every layer", "INPUT(28x28) → a: CONV(6) -> RELU -> POOL",
             "INPUT(28x28)<28x28x1> → a: CONV(6)<28x28x6> -> RELU<28x28x6> -> POOL<14x14x6>", None),
            ("changes alone", "INPUT(28x28) -> CONV(6) -> RELU -> POOL",
             "INPUT(28x28)<28x28x1> -> CONV(6)<28x28x6> -> RELU -> POOL<14x14x6>", {"hints": "changes"}),
            ("none", "INPUT(28x28) -> CONV(6)", "INPUT(28x28) -> CONV(6)", {"cnnc": {"hints": "none"}}),
            ("repeats, blocks and merges", "block b = CONV(2*C)\nINPUT(8x8x2) -> [b -> POOL]*2 -> ADD{ | RELU }",
             "block b = CONV(2*C)<8x8x4, 4x4x8>\nINPUT(8x8x2)<8x8x2> -> [b<8x8x4, 4x4x8> -> "
             "POOL<4x4x4, 2x2x8>]*2<2x2x8> "
             "-> ADD{ | RELU<2x2x8> }<2x2x8>", None),
            ("many rounds", "INPUT(32x32) -> [POOL]*5", "INPUT(32x32)<32x32x1> -> [POOL<16x16x1 ... 1x1x1>]*5<1x1x1>",
             None),
            ("what an option leaves out", "INPUT(2x2) -> CONV(2) -> POOL? -> POOL?",
             "INPUT(2x2)<2x2x1> -> CONV(2)<2x2x2> -> POOL?<1x1x2> -> POOL?<1x1x2>", None),
            ("a branch that is dropped", "INPUT(4x4) -> ADD{ | CONV(1) -> NONE }",
             "INPUT(4x4)<4x4x1> -> ADD{ | CONV(1) -> NONE }<4x4x1>", None)]:
        found = shown(text, settings)
        report(found == wanted, f"hints: {name}", found)
    text = "INPUT(8x8) -> RELU\n-> RELU\n-> RELU\n"
    with Session(text) as s:
        found = s.ask("inlayHint", range={"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 9}})
        report([h["position"]["line"] for h in found] == [1], "hints: only in the range", found)


BROKEN = [
    ("a name", "INPUT(8x8) -> CONV(4) -> CO\n", {"CONV(4)": "8x8x4"}),
    ("an open bracket", "INPUT(8x8) -> CONV(4) -> CONV(6,\n", {"CONV(4)": "8x8x4"}),
    ("an open bracket with layers behind it", "INPUT(8x8) -> CONV(4) -> CONV(6\n  -> RELU\nINPUT(6x6) -> POOL\n",
     {"CONV(4)": "8x8x4", "POOL": "3x3x1"}),
    ("an arrow at the end", "INPUT(8x8) -> CONV(4) ->\n", {"CONV(4)": "8x8x4"}),
    ("two arrows", "INPUT(8x8) -> CONV(4) -> -> POOL\n", {"CONV(4)": "8x8x4"}),
    ("an open group", "INPUT(8x8) -> [CONV(4) -> RELU\nparam N = 2\n", {"CONV(4)": "8x8x4"}),
    ("an open group with an arrow at its end", "INPUT(8x8) -> [CONV(4) -> \n", {"CONV(4)": "8x8x4"}),
    ("an open merge", "INPUT(8x8) -> ADD{ CONV(4) | POOL(3, stride=1, pad=1) -> \n", {"CONV(4)": "8x8x4"}),
    ("a broken branch", "INPUT(8x8) -> ADD{ CONV(4) -> FOO | POOL -> CONV(5) }\n", {"CONV(4)": "8x8x4",
        "CONV(5)": "4x4x5"}),
    ("a broken param", "param N = \nINPUT(8x8) -> CONV(4) -> CONV(N)\n", {"CONV(4)": "8x8x4"}),
    ("a broken block", "block b = CONV(4) -> (\nINPUT(8x8) -> CONV(4)\n", {"(8x8) -> CONV(4)": "8x8x4"}),
    ("two broken statements", "param = 3\nINPUT(8x8) -> CONV(4) -> )\nINPUT(6x6) -> POOL -> CONV(\n",
     {"CONV(4)": "8x8x4", "POOL": "3x3x1"}),
    ("a foreign arrow", "INPUT(8x8) -> CONV(4) => POOL\n", {"CONV(4)": "8x8x4", "POOL": "4x4x4"}),
    ("a shape", "INPUT(8x8) -> CONV(4) -> CONV(2, groups=3) -> RELU\n", {"CONV(4)": "8x8x4"}),
    ("a -D of no param", "INPUT(8x8) -> CONV(4)\n", {"CONV(4)": "8x8x4"}),
    ("names in several places", "param N = M\nINPUT(8x8) -> CONV(N) -> RELU\nINPUT(6x6) -> POOL -> CONV(Q)\n",
     {"INPUT(8x8)": "8x8x1", "POOL": "3x3x1"}),
    ("a label", "INPUT(8x8) -> CONV(4) -> ADD{ | FROM(x) }\n", {"CONV(4)": "8x8x4"}),
    ("an option around it", "INPUT(8x8) -> CONV(4) -> [FOO]? -> RELU\n", {"CONV(4)": "8x8x4"}),
]


def broken():
    for name, text, wanted in BROKEN:
        with Session(text, *(["-DX=1"] if "-D" in name else [])) as s:
            errors = [d for d in s.client.messages(NET) if d["severity"] == 1]
            hints_of = {clients.offset_of(text, h["position"]): h["label"] for h in s.ask("inlayHint")}
            found = {word: hints_of.get(text.index(word) + len(word)) for word in wanted}
            behind = [word for word in ("RELU", "-> FC") if name in ("a shape", "an option around it")
                      and hints_of.get(text.index("RELU") + 4)]
            report(errors and found == wanted and not behind, f"broken texts: what is known beside {name}", hints_of,
                   errors)


def outline():
    text = "network n\nparam N = 2*2\nblock b(c) = CONV(c)\nINPUT(8x8) -> enc: [a: CONV(4) -> b(4)] -> FC(N)\n" \
           "expect macs < 10^9\ntrain SGD\n"
    with Session(text) as s:
        found = s.ask("documentSymbol")
        names_of = [(f["name"], f["detail"]) for f in found]
        inner = found[3]["children"]
        report(names_of == [("n", "network"), ("N", "4"), ("b", "block"), ("INPUT -> FC", ""), ("macs", "expect"),
                            ("train", "")] and [i["name"] for i in inner] == ["enc"] and
               [(i["name"], i["detail"]) for i in inner[0]["children"]] == [("a", "CONV  8x8x4")], "outline", found)
    text = "# one\n# two\nINPUT(8x8)\n  -> [\n    RELU\n  ]*2\n  -> ADD{ | RELU }\n\n# alone\nblock b =\n  RELU\n"
    with Session(text) as s:
        found = {(f["startLine"], f["endLine"], f["kind"]) for f in s.ask("foldingRange")}
        report(found == {(0, 1, "comment"), (2, 6, "region"), (3, 4, "region"), (9, 10, "region")}, "folding", found)


def formatting():
    for path in examples():
        text = path.read_text().replace(" -> ", "→").replace("  ", " ").replace(", ", ",")
        (OUT / "format.cnn").write_text(text)
        done = subprocess.run([CNNC, "-w", "--emit=cnn", "format.cnn"], cwd=OUT, stdout=subprocess.PIPE, text=True)
        with Session(text) as s:
            found = applied(text, s.ask("formatting", options={}))
            again = Session(found)
            report(done.returncode == 0 and found == done.stdout, f"formatting: {path.name} as --emit=cnn writes it")
            with again:
                if again.ask("formatting", options={}):
                    report(False, f"formatting: {path.name} is not changed twice")
    with Session("INPUT(8x8) -> CONV(4)\nCONV(\n") as s:
        code, said = s.client.refusal("textDocument/formatting", {"textDocument": {"uri": NET}, "options": {}})
        report(code == -32803 and "line 2" in str(said), "formatting: a text with errors is refused with the place",
               said)


def tokens():
    text = "# note → \U0001f600\nparam N = 2\nblock b(c) = CONV(c*N, pad=same) → RELU\n" \
           "INPUT(8×8) -> a: [b(i + min(1, 2))]*3 as i -> FROM(a)\ntrain SGD(lr=0.1), batch=8\nexpect macs <= 10^9\n" \
           "network n\n"
    with Session(text) as s:
        legend = s.client.initialized["capabilities"]["semanticTokensProvider"]["legend"]["tokenTypes"]
        data = s.ask("semanticTokens/full")["data"]
        line = character = 0
        found = []
        for i in range(0, len(data), 5):
            character = data[i + 1] + (character if data[i] == 0 else 0)
            line += data[i]
            start = clients.offset_of(text, {"line": line, "character": character})
            end = clients.offset_of(text, {"line": line, "character": character + data[i + 2]})
            found.append((text[start:end], legend[data[i + 3]]))
        wanted = [("# note → \U0001f600", "comment"), ("param", "keyword"), ("N", "variable"), ("2", "number"),
                  ("block", "keyword"), ("b", "function"), ("c", "parameter"), ("CONV", "class"), ("pad", "property"),
                  ("same", "enumMember"), ("→", "operator"), ("8×8", "number"), ("a", "label"), ("i", "parameter"),
                  ("min", "method"), ("as", "keyword"), ("FROM", "keyword"), ("train", "keyword"), ("SGD", "type"),
                  ("lr", "property"), ("batch", "property"), ("expect", "keyword"), ("macs", "enumMember"),
                  ("network", "keyword"), ("n", "namespace")]
        report(not [w for w in wanted if w not in found], "tokens: what each word is",
               [w for w in wanted if w not in found], found)
        part = s.ask("semanticTokens/range", range={"start": {"line": 1, "character": 0}, "end": {"line": 2,
            "character": 0}})
        report(len(part["data"]) == 4 * 5 and part["data"][0] == 1, "tokens: of a range", part)
