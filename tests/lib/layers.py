"""The tables of cnnc that say which layers there are, for suites that test all of them."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]


def rows(path, macro):
    """The rows of an X-macro table: lists of their arguments, strings joined and unquoted."""
    text = re.sub(r"/\*.*?\*/", "", (ROOT / path).read_text(encoding="utf-8"), flags=re.S)
    for body in re.findall(r"^%s\((.*?)\)$" % macro, text, re.M | re.S):
        body = re.sub(r'"\s*\n\s*"', "", body)
        yield [part.strip().strip('"') for part in re.findall(r'"[^"]*"|[^",\s][^",]*', body)]


def layers():
    """(keyword, family, arguments, documentation) of each."""
    table = [(r[0], r[1].lower(), r[2], r[3]) for r in rows("compiler/layers.def", "LAYER")]
    return table + [(r[0], "merge", "", r[1]) for r in rows("compiler/merges.def", "MERGE")]


def recipes():
    """(word, family, arguments, documentation) of each word of a train statement, and of its settings."""
    words = [(r[0], r[1].lower(), r[2], r[3]) for r in rows("compiler/recipes.def", "RECIPE")]
    return words + [(r[0], "setting", r[1], r[2]) for r in rows("compiler/recipes.def", "SETTING")]


def recipe_arguments(arguments):
    """(name, type, default or None, whether it may be left out) of each."""
    for part in arguments.split():
        name, kind, optional, default = re.fullmatch(r"(\w+):(\w+)(?:[\[(][^\])]*[\])])?(\?)?(?:=(.*))?", part).groups()
        yield name, kind, default, bool(optional or default)


def with_all_activations(layers_given, but=("SOFTMAX", "LOGSOFTMAX")):
    """Those, and each activation that is not among them, without arguments: a new one is tested as soon as it is there.
    `but` are those that need more than one number."""
    given = {layer.split("(")[0] for layer in layers_given}
    return layers_given + [keyword for keyword, family, _, _ in layers()
                           if family == "activation" and keyword not in given and keyword not in but]
