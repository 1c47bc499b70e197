"""Texts as starting points for the fuzzer, for the parts of the front end, mostly messages, that the tests' networks do
not reach. Imported by `seeds`; texts() yields them."""

AFTER_INPUT = """
CONV(0)|CONV(-1)|CONV(3000000000)|CONV(2^31)|CONV(4, 0x3)|CONV(4, 3x3000000000)|CONV(4, stride=0)|CONV(4, dilation=0)
CONV(4, pad=-1)|CONV(4, pad=4294967296)|CONV(4, pad=(1, 2, 3))|CONV(4, groups=0)|CONV(4, groups=3)|CONV(3, groups=2)
CONV(4, groups=2, connect=[1 1 1 1])|CONV(4, connect=[2 0])|CONV(4, connect=[1 0; 1 1; 1 0])|CONV(4, weight=[1 2])
CONV(4, bias=no, weight=1)
DECONV(0)|DECONV(4, 3, stride=0)|DECONV(4, 1, pad=9)|DECONV(4, 2000000000, stride=2000000000)|DECONV(4, outpad=9)
DECONV(4, groups=3)
DWCONV(3, mult=0)|DWCONV(3, mult=3000000000)|FC(0)|FC(-3)|FC(3000000000)|FC(2000000000) -> FC(2000000000)|RBF(0)
RBF(3, weight=[1 0; 0 1])
POOL(9)|POOL(0)|POOL(2, kind=gauss)|POOL(3000000000)|AVGPOOL(out=0x1)|AVGPOOL(out=3x3000000000)|MAXPOOL(out=2x2)
GAP -> GAP|POOL(2, pad=2)
UPSAMPLE(0)|UPSAMPLE(1000000)|UPSAMPLE((1, 0))|UPSAMPLE(2, bilinear, align=yes)|PAD(-1)|PAD(1, c=-1)|PAD(2147483647)
PAD(1, c=4294967296)
CROP(-1)|CROP(9)|SLICE(3, 1)|SLICE(0, 9)|SLICE(-9, 9)|SLICE(0, 1, axis=h)|RESHAPE(3x3x3)|RESHAPE(0x0x0)|TRANSPOSE(hwc)
SHUFFLE(3)|SHUFFLE(0)
GN(3)|GN(0)|LN(eps=-1)|LRN(0)|LRN(3, 1, 1, 0)|BN(eps=0)|SCALE(weight=[1 2 3])|CLIP(2, 1)|ELU(1e400)|LEAKY(slope=H)
DROPOUT(2)|SOFTMAX -> POOL
L2POOL?|POOL? -> POOL? -> POOL? -> POOL?|GMP?|AVGPOOL(out=2x2)?|GAP -> POOL?|[POOL]? -> [POOL]?*9|CONV(4)=3x3x3
CONV(4) = 8x8x4 = 8x8x5
a: CONV(4) -> SHARE(a)|a: CONV(2) -> SHARE(a) -> POOL -> SHARE(a)|a: FC(4) -> SHARE(a)|a: [CONV(2) -> POOL?] -> SHARE(a)
a: [CONV(H) -> BN] -> SHARE(a)
ADD{ | a: CONV(2) } -> SHARE(a)|a: POOL -> SHARE(a)|[a: CONV(2)]*2 -> SHARE(a.0)|SHARE(b)|FROM(b)
CONV(2) -> a: [RELU]*2 -> SHARE(a)
a: CONV(2) if H > 3 else POOL -> SHARE(a)|a: ADD{ | CONV(2) } -> POOL -> SHARE(a)|a: LN -> POOL -> SHARE(a)
a: CONV(2, connect=[1 0; 0 1]) -> SHARE(a)
[a: CONV(H)]*1 -> POOL -> SHARE(a.0)|a: PRELU -> CONV(3) -> SHARE(a)|a: SCALE -> CONV(3) -> SHARE(a)
a: FC(2) -> FC(3) -> SHARE(a)
ADD{ | POOL }|MAX{ | CONV(3) }|SUB{ CONV(1) | PAD((0, 1)) }|CONCAT{ | POOL }|CONCAT{ PAD(0, c=2000000000) 
 PAD(0, c=2000000000) }|ADD{ }|ADD{ NONE | }|MUL{ NONE | NONE }
CONV(floor(-2.5) + 7)|CONV(ceil(2.5))|CONV(ceil(-2.5) + 7)|CONV(floor(1e19))|CONV(abs(-9223372036854775807 - 1))
CONV(-(-9223372036854775807 - 1))|CONV((-9223372036854775807 - 1) / -1)
CONV((-9223372036854775807 - 1) % -1)|CONV(7 % 0)|CONV(7.5 % 2)|CONV(1 / 0)|CONV(10 ^ 400)|CONV(2 ^ 63)|CONV(2 ^ -1)
CONV(0 ^ -1)|CONV(1e308 * 1e308)|CONV(9223372036854775807 + 1)
CONV(3 if same == same else 4)|CONV(3 if same != valid else 4)|CONV(3 if same < valid else 4)
CONV(3 if (1, 2) == 1 else 4)|CONV(min(3, 2) + max(1, 2, 3))|CONV(1 and 0 or not 0)|CONV(min())|CONV(T)
CONV(abs(-2.5) * 2)|CONV(T(0, 1))|CONV(T(0))|CONV(T(9, 0))|CONV(T(0.5, 0))|CONV(T(0, 0, 0))|CONV(U(0, 0))|CONV(4, T(0))
CONV(4, connect=T)|CONV(4, T)|CONV(T + 1)|CONV((1, 2) + 1)|CONV(3, bias=T)
RELU and|RELU or|RELU not|RELU word|CONV(3x3) 3x3|CONV(not)|CONV(and)|CONV(or 2)|CONV(word word)|CONV(3x3 3x3)|RELU 0.5
CONV(3 4)|CONV(=)|CONV(, )|-> ->|RELU -> |[RELU|RELU]|{|}|CONV(3|"unended|a:b: RELU|1e|0x|3x|é|$
""".strip().replace("\n", "|").split("|")

WHOLE = ["expect params > 3", "expect params >= 3", "expect params != 0", "expect params == 3", "expect ram < 1",
         "expect flash <= 9e9", "expect macs < 0.5",
         "expect receptive_field < 3", "expect layers < 3", "expect params < H", "param A = A",
         "param A = B\nparam B = A", "param A = 1\nparam A = 2",
         "param A = [1 2; 3]", "param A = [1 2; 3 4]", "param A = (1, 2)", "param A = same", "param A = 1/3",
         "param A = T(0, 1) + 1", "table U = [1 2; 3]",
         "table U = [(1/0) 2]", "table U = [(H) 2]", "table U = [same]", "table U = [1 -2 (3)]", "block b = b",
         "block b = c\nblock c = b", "block b(k, k) = RELU",
         "block RELU = ABS", "block b(k=H) = CONV(k)", "default CONV(H)", "default b(3)", "default CONV(K=0)",
         "network a\nnetwork b", "network 3", "expect", "param", "table", "block", "default"]

# Train statements, after the network; A is a param, conv1 and fc1 are layers.
TRAIN = """
SGD|SGD(0.1, momentum=0.9, decay=5e-4, nesterov=yes), COSINE(to=1e-3, warmup=2), batch=128, epochs=30|ADAM
ADAMW(1e-3)|RMSPROP(0.1, 0.9, 1e-6), STEP(0.5, (1, 3, 9)), epochs=9|STEP(at=7), LINEAR|ONECYCLE(0.2, 0.1, 0)
PLATEAU(0.5, 0), epochs=1|CROSSENTROPY(0.1), HE|MSE, XAVIER|MAE, NORMAL(0.1)|HINGE(2), UNIFORM(0.1)|BCE, DIRAC
FLIP, FLIP(1), CROP(4), SHIFT(1)|ROTATE(10), ZOOM(0.5, 2), CUTOUT(3), NOISE(1), BRIGHTNESS(0.5), MIXUP(0.2)
seed=0, clip=1, average=0.99|freeze=conv1|freeze=conv1, freeze="fc1", head=fc1, weight=0.5|freeze=relu1|freeze=fc1.x
head=conv1|head=fc1, head=fc1|weight=1|freeze=|freeze=x{A}|freeze={1/0}|SGD, ADAM|SGD(A), batch=A, epochs=A*A
SGD(lr=A, lr=A)|SGD(momentum=1)|SGD(1, nesterov=yes)|STEP|STEP(at=(3, 2))|STEP(at=T)|CROP(9)|ZOOM(2, 1)|ZOOM(1)
COSINE(to=9)|COSINE(warmup=99)|XYZ|xyz=1|lr=1|RELU|batch(3)|batch=1.5|batch=0|seed=-1|clip=0|average=1|epochs=no
whiten=yes|SGD(H)|SGD(1e400)|MSE(1)|MSE(x=1)|SGD()|SGD SGD|SGD -> SGD|,|SGD,|=|3
batch=1 if A else 2|SGD(|SGD)
""".strip().replace("\n", "|").split("|")


def joined(count, word, between=" "):
    return between.join(word.format(i=i, j=i + 1) for i in range(count))


def large():
    """Texts that exceed a limit."""
    yield "INPUT(3x3) -> CONV(" + "(" * 210 + "1" + ")" * 210 + ")"
    yield "INPUT(3x3) -> CONV(" + "- " * 400 + "1)"
    yield "INPUT(3x3) -> CONV(1" + " + 1" * 400 + ")"
    yield "INPUT(3x3) -> CONV(" + "1 ^ " * 400 + "1)"
    yield "INPUT(3x3) -> CONV(" + "1 if 1 else " * 400 + "1)"
    yield "INPUT(3x3) -> " + "[" * 300 + "RELU" + "]" * 300
    yield "INPUT(3x3) -> RELU" + "*1" * 300
    yield "INPUT(3x3) -> RELU" + "?" * 300
    yield "INPUT(3x3) -> " + "ADD{ | " * 300 + "RELU" + " }" * 300
    yield "INPUT(3x3) -> " + "RELU if 1 else " * 400 + "RELU"
    yield "INPUT(3x3) -> [[[RELU]*100]*100]*100"
    yield "INPUT(3x3) -> RELU*100001"
    yield "INPUT(3x3) -> [RELU]*20001"
    yield "INPUT(3x3) -> [[]*1000]*1000"
    yield "block b0 = RELU\n" + joined(250, "block b{j} = b{i}", "\n") + "\nINPUT(3x3) -> b250"
    yield joined(250, "param a{i} = a{j}", "\n") + "\nparam a250 = 1\nINPUT(3x3) -> CONV(a0)"
    yield "block b(" + joined(210, "a{i}=1", ", ") + ") = RELU\nINPUT(3x3) -> b"
    yield "INPUT(3x3) -> " + "a" * 1200 + ": RELU"
    yield "INPUT(3x3) -> " + joined(12, "x" * 99 + "{i}: [", " ") + "y: RELU" + "]" * 12
    yield "table T = [" + "1 " * 3000 + "]\nINPUT(3x3) -> [CONV(4, connect=T(0))]*2000"
    yield "table T = [" + "1 " * 3000 + "]\nINPUT(3x3) -> [CONV(1 + T(0, 1) * 0, 1)]*9999"
    yield "INPUT(30000x30000x3) -> CONV(9)"
    yield "INPUT(40000x40000) -> FC(2000000000)"
    yield "INPUT(40000x40000x1) -> CONV(1, 20001x20001) -> CONV(1, 20001x20001)"
    yield "INPUT(3x3" + joined(30, ", a{i}=1", "") + ")"
    yield "\n".join("CONV(" for _ in range(40))
    yield "INPUT(3x3) -> " + " -> ".join("CONVV" for _ in range(40))


def texts():
    head = "table T = [1 2; 3 4]\n"
    for layer in AFTER_INPUT:
        yield f"{head}INPUT(8x8x2) -> {layer}\n"
    for size in ("0x3", "3x3x0", "(0, 1, 1)", "3000000000x1", "100000x100000", "3", "3x3x3x3", "(3, 3.5, 1)", "(1, 2)",
                 "T", "2x2x2, mean=[1 2 3]", "2x2, scale=[0]",
                 "2x2, mean=1, scale=2, type=u8, layout=hwc", "2x2, type=f64", "8x1x2", "size=3x3, 3x3"):
        yield f"{head}INPUT({size}) -> RELU\n"
    for statement in TRAIN:
        yield f"{head}param A = 2\nINPUT(8x8x2) -> CONV(3) -> RELU -> FC(2)\ntrain {statement}\ntrain MSE\n"
    for statement in WHOLE:
        yield f"{head}{statement}\nINPUT(8x8x2) -> CONV(3) -> RELU -> FC(2)\n"
    yield from large()
