"""Writes an ONNX model as plain C, as a simple translator would: a loop nest per operator over static arrays in the
order of the model, sizes as constants, everything else left to the C compiler. It stands in for onnx2c, whose code has
the same form. Not meant to be fast, and knows only what the networks of the table need."""
import array
import os

from onnx_model import Model

class Unknown(Exception):
    """An operator, or a form of it, that is not known here."""

def product(dims):
    result = 1
    for n in dims:
        result *= n
    return result

class Writer:
    def __init__(self, model):
        self.model, self.shapes, self.names = model, {}, {}
        self.arrays, self.body, self.weights, self.constants = [], [], array.array("f"), {}
        for name, tensor in model.tensors.items():
            self.constant(name, tensor)
        for i, (name, dims) in enumerate(model.inputs):
            self.shapes[name], self.names[name] = dims, "inputs[%d]" % i
        for node in model.nodes:
            self.node(node)

    def constant(self, name, tensor):
        self.constants[name] = tensor
        self.shapes[name] = list(tensor.dims)
        if tensor.type == 1:
            self.names[name] = "(weights + %d)" % len(self.weights)
            self.weights.extend(tensor.values())

    def result(self, node, dims):
        """Makes the array for the node's result; returns its C name."""
        name = "t%d" % len(self.arrays)
        self.arrays.append("static float %s[%d];" % (name, product(dims)))
        self.names[node.outputs[0]], self.shapes[node.outputs[0]] = name, list(dims)
        return name

    def alias(self, node, dims):
        self.names[node.outputs[0]] = self.names[node.inputs[0]]
        self.shapes[node.outputs[0]] = list(dims)

    def say(self, text, **words):
        for line in text.strip("\n").split("\n"):
            self.body.append("    " + (line % words if words else line))

    def node(self, node):
        if node.kind == "Constant":
            self.constant(node.outputs[0], node.attributes["value"])
            return
        function = getattr(self, "write_" + node.kind, None)
        if function is None:
            raise Unknown(node.kind)
        self.body.append("    /* %s */" % node.kind)
        function(node)

    def maps(self, node):
        dims = self.shapes[node.inputs[0]]
        if len(dims) != 4 or dims[0] != 1:
            raise Unknown("%s of %d dimensions" % (node.kind, len(dims)))
        return dims[1:]

    # ---- windows ----

    def window(self, node, tall, wide):
        (_, height, width), strides = self.maps(node), node.get("strides", [1, 1])
        pads, dilations = node.get("pads", [0, 0, 0, 0]), node.get("dilations", [1, 1])
        if node.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
            raise Unknown("auto_pad")
        up = 1 if node.get("ceil_mode", 0) else 0
        sizes = []
        for i, (size, edge) in enumerate(((height, tall), (width, wide))):
            free = size + pads[i] + pads[i + 2] - dilations[i] * (edge - 1) - 1
            count = (free + (strides[i] - 1) * up) // strides[i] + 1
            if up and (count - 1) * strides[i] >= size + pads[i]:
                count -= 1
            sizes.append(count)
        words = dict(H=height, W=width, OH=sizes[0], OW=sizes[1], FH=tall, FW=wide, SH=strides[0], SW=strides[1],
                     PH=pads[0], PW=pads[1], DH=dilations[0], DW=dilations[1])
        return sizes, words

    def write_Conv(self, node):
        filters, within, tall, wide = self.shapes[node.inputs[1]]
        sizes, words = self.window(node, tall, wide)
        names = [self.names[name] for name in node.inputs]
        words.update(K=filters, C=within, KG=filters // node.get("group", 1), X=names[0], F=names[1],
                     B=names[2] + "[k]" if len(names) > 2 else "0", Y=self.result(node, [1, filters, *sizes]))
        self.say("""
for (int k = 0; k < %(K)d; k++)
    for (int y = 0; y < %(OH)d; y++)
        for (int x = 0; x < %(OW)d; x++) {
            float sum = %(B)s;
            for (int c = 0; c < %(C)d; c++)
                for (int i = 0; i < %(FH)d; i++)
                    for (int j = 0; j < %(FW)d; j++) {
                        const int row = y * %(SH)d - %(PH)d + i * %(DH)d, column = x * %(SW)d - %(PW)d + j * %(DW)d;
                        if (row < 0 || row >= %(H)d || column < 0 || column >= %(W)d)
                            continue;
                        sum += %(X)s[((k / %(KG)d * %(C)d + c) * %(H)d + row) * %(W)d + column] *
                               %(F)s[((k * %(C)d + c) * %(FH)d + i) * %(FW)d + j];
                    }
            %(Y)s[(k * %(OH)d + y) * %(OW)d + x] = sum;
        }""", **words)

    def pool(self, node, start, each, end):
        channels = self.maps(node)[0]
        sizes, words = self.window(node, *node.attributes["kernel_shape"])
        words.update(C=channels, X=self.names[node.inputs[0]], Y=self.result(node, [1, channels, *sizes]),
                     START=start, EACH=each, END=end)
        self.say("""
for (int c = 0; c < %(C)d; c++)
    for (int y = 0; y < %(OH)d; y++)
        for (int x = 0; x < %(OW)d; x++) {
            float result = %(START)s;
            int count = 0;
            for (int i = 0; i < %(FH)d; i++)
                for (int j = 0; j < %(FW)d; j++) {
                    const int row = y * %(SH)d - %(PH)d + i * %(DH)d, column = x * %(SW)d - %(PW)d + j * %(DW)d;
                    if (row < 0 || row >= %(H)d || column < 0 || column >= %(W)d)
                        continue;
                    const float value = %(X)s[(c * %(H)d + row) * %(W)d + column];
                    %(EACH)s;
                    count++;
                }
            (void)count;
            %(Y)s[(c * %(OH)d + y) * %(OW)d + x] = %(END)s;
        }""", **words)

    def write_MaxPool(self, node):
        self.pool(node, "-INFINITY", "result = value > result ? value : result", "result")

    def write_AveragePool(self, node):
        padded = node.get("count_include_pad", 0) or not any(node.get("pads", [0]))
        count = str(product(node.attributes["kernel_shape"])) if padded else "count"
        self.pool(node, "0", "result += value", "result / %s" % count)

    def write_GlobalAveragePool(self, node):
        channels, height, width = self.maps(node)
        self.say("""
for (int c = 0; c < %(C)d; c++) {
    float sum = 0;
    for (int i = 0; i < %(N)d; i++)
        sum += %(X)s[c * %(N)d + i];
    %(Y)s[c] = sum / %(N)d;
}""", C=channels, N=height * width, X=self.names[node.inputs[0]], Y=self.result(node, [1, channels, 1, 1]))

    # ---- matrices ----

    def write_Gemm(self, node):
        weights, count = self.shapes[node.inputs[1]], product(self.shapes[node.inputs[0]])
        if node.get("transA", 0) or not node.get("transB", 0) or node.get("alpha", 1) != 1 or weights[1] != count:
            raise Unknown("Gemm of another form")
        names = [self.names[name] for name in node.inputs]
        self.say("""
for (int k = 0; k < %(K)d; k++) {
    float sum = %(B)s;
    for (int i = 0; i < %(N)d; i++)
        sum += %(X)s[i] * %(F)s[k * %(N)d + i];
    %(Y)s[k] = sum;
}""", K=weights[0], N=count, B=names[2] + "[k]" if len(names) > 2 else "0", X=names[0], F=names[1],
                 Y=self.result(node, [1, weights[0]]))

    # ---- elementwise ----

    def each(self, node, formula):
        dims = self.shapes[node.inputs[0]]
        self.say("""
for (int i = 0; i < %(N)d; i++) {
    const float x = %(X)s[i];
    %(Y)s[i] = %(FORMULA)s;
}""", N=product(dims), X=self.names[node.inputs[0]], Y=self.result(node, dims), FORMULA=formula)

    def write_Relu(self, node):
        self.each(node, "x > 0 ? x : 0")

    def write_Tanh(self, node):
        self.each(node, "tanhf(x)")

    def write_Sigmoid(self, node):
        self.each(node, "1 / (1 + expf(-x))")

    def write_Clip(self, node):
        low, high = (self.constants[name].values()[0] for name in node.inputs[1:3])
        self.each(node, "x < %rf ? %rf : x > %rf ? %rf : x" % (low, low, high, high))

    def binary(self, node, sign):
        names, shapes = [self.names[name] for name in node.inputs], [self.shapes[name] for name in node.inputs]
        dims = max(shapes, key=product)
        inner = product(dims[2:])
        index = []
        for shape in shapes:
            if shape == dims:
                index.append("i")
            elif product(shape) == 1:
                index.append("0")
            elif product(shape) == product(shape[1:2]) == dims[1]:
                index.append("i / %d" % inner)
            else:
                raise Unknown("%s of %s" % (node.kind, shapes))
        self.say("for (int i = 0; i < %d; i++)\n    %s[i] = %s[%s] %s %s[%s];" % (
            product(dims), self.result(node, dims), names[0], index[0], sign, names[1], index[1]))

    def write_Add(self, node):
        self.binary(node, "+")

    def write_Sub(self, node):
        self.binary(node, "-")

    def write_Mul(self, node):
        self.binary(node, "*")

    def write_BatchNormalization(self, node):
        dims = self.shapes[node.inputs[0]]
        words = dict(zip("XABMV", (self.names[name] for name in node.inputs)))
        self.say("""
for (int c = 0; c < %(C)d; c++)
    for (int i = 0; i < %(N)d; i++)
        %(Y)s[c * %(N)d + i] = %(A)s[c] * (%(X)s[c * %(N)d + i] - %(M)s[c]) / sqrtf(%(V)s[c] + %(E)rf) + %(B)s[c];""",
                 C=dims[1], N=product(dims[2:]), E=node.get("epsilon", 1e-5), Y=self.result(node, dims), **words)

    def softmax(self, node, last):
        dims = self.shapes[node.inputs[0]]
        if product(dims) != max(dims):
            raise Unknown("%s of maps" % node.kind)
        self.say("""
{
    float most = -INFINITY, sum = 0;
    for (int i = 0; i < %(N)d; i++)
        most = %(X)s[i] > most ? %(X)s[i] : most;
    for (int i = 0; i < %(N)d; i++)
        sum += expf(%(X)s[i] - most);
    for (int i = 0; i < %(N)d; i++)
        %(Y)s[i] = %(LAST)s;
}""", N=product(dims), X=self.names[node.inputs[0]], Y=self.result(node, dims),
                 LAST=last % self.names[node.inputs[0]])

    def write_Softmax(self, node):
        self.softmax(node, "expf(%s[i] - most) / sum")

    def write_LogSoftmax(self, node):
        self.softmax(node, "%s[i] - most - logf(sum)")

    # ---- structure ----

    def write_Flatten(self, node):
        self.alias(node, [1, product(self.shapes[node.inputs[0]])])

    def write_Reshape(self, node):
        wanted, whole = list(self.constants[node.inputs[1]].values()), product(self.shapes[node.inputs[0]])
        known = product(n for n in wanted if n > 0)
        self.alias(node, [whole // known if n < 0 else n for n in wanted])

    def write_Dropout(self, node):
        self.alias(node, self.shapes[node.inputs[0]])

    def write_Identity(self, node):
        self.alias(node, self.shapes[node.inputs[0]])

    def write_Concat(self, node):
        shapes = [self.shapes[name] for name in node.inputs]
        channels, place = sum(shape[1] for shape in shapes), 0
        result = self.result(node, [1, channels, *shapes[0][2:]])
        for name, shape in zip(node.inputs, shapes):
            self.say("memcpy(%s + %d, %s, %d * sizeof(float));" % (result, place, self.names[name], product(shape)))
            place += product(shape)

    def write_Pad(self, node):
        channels, height, width = self.maps(node)
        pads = list(self.constants[node.inputs[1]].values())
        if node.get("mode", "constant") != "constant" or pads[0] or pads[4]:
            raise Unknown("Pad of another form")
        if len(node.inputs) > 2 and self.constants[node.inputs[2]].values()[0] != 0:
            raise Unknown("Pad with a number")
        dims = [1, channels + pads[1] + pads[5], height + pads[2] + pads[6], width + pads[3] + pads[7]]
        self.say("""
memset(%(Y)s, 0, sizeof %(Y)s);
for (int c = 0; c < %(C)d; c++)
    for (int y = 0; y < %(H)d; y++)
        for (int x = 0; x < %(W)d; x++)
            %(Y)s[((c + %(PC)d) * %(OH)d + y + %(PH)d) * %(OW)d + x + %(PW)d] = %(X)s[(c * %(H)d + y) * %(W)d + x];""",
                 Y=self.result(node, dims), C=channels, H=height, W=width, PC=pads[1], PH=pads[2], PW=pads[3],
                 OH=dims[2], OW=dims[3], X=self.names[node.inputs[0]])

    def text(self, file_of_weights):
        outputs = "".join("    memcpy(outputs[%d], %s, %d * sizeof(float));\n" % (
            i, self.names[name], product(self.shapes[name])) for i, (name, _) in enumerate(self.model.outputs))
        return ("#include <math.h>\n#include <string.h>\n\n"
                '__asm__(".section .rodata\\n.balign 64\\nnaive_weights: .incbin \\"%s\\"\\n.text");\n'
                'extern const float weights[] __asm__("naive_weights");\n%s\n\n'
                "void naive_run(const float *const *inputs, float *const *outputs);\n"
                "void naive_run(const float *const *inputs, float *const *outputs)\n{\n%s\n%s}\n" % (
                    file_of_weights, "\n".join(self.arrays), "\n".join(self.body), outputs))

def write(model, path):
    """Writes the C at `path`, and its weights beside it, which the assembler puts into the object."""
    writer = Writer(Model(model))
    weights = os.path.splitext(path)[0] + ".weights"
    with open(weights, "wb") as file:
        writer.weights.tofile(file)
        file.write(bytes(64))
    with open(path, "w", encoding="utf-8") as file:
        file.write(writer.text(weights))
