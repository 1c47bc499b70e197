"""The numbers of QUANTISATION.md, from the files that it names: one number of LeNet-5's first result, in floats and in
integers."""
import gzip

import reference as ref
import tensors

FILTER, ROW, COLUMN, SIDE, BORDER = 0, 17, 14, 28, 2


def window(path):
    """The 25 bytes below that number of the first test picture, which gets a border of zeros."""
    pixels = gzip.decompress(path.read_bytes())[16:16 + SIDE * SIDE]

    def pixel(row, column):
        inside = BORDER <= row < SIDE + BORDER and BORDER <= column < SIDE + BORDER
        return pixels[(row - BORDER) * SIDE + column - BORDER] if inside else 0
    return [pixel(ROW + i, COLUMN + j) for i in range(5) for j in range(5)]


# What calibration finds, which sums of floats on another machine may change in the last digit.
RESULT_SCALE, BIAS = 0.00848262, -868


def close(integers):
    """Is what was found now what the page has?"""
    q = tensors.read(integers)
    return (abs(q["relu1.output_scale"][2][0] / RESULT_SCALE - 1) < 0.01 and abs(q["conv1.bias"][2][FILTER] - BIAS) < 9 and
            q["relu1.output_zero_point"][2][0] == q["input1.output_zero_point"][2][0] == -128)


def numbers(pictures, floats, integers):
    """{what: as the page writes it}"""
    f, q, seen = tensors.read(floats), tensors.read(integers), window(pictures)
    weights, bias = f["conv1.weight"][2][FILTER * 25:FILTER * 25 + 25], f["conv1.bias"][2][FILTER]
    real = sum(w * x / 255 for w, x in zip(weights, seen)) + bias
    scale_in, zero_in = q["input1.output_scale"][2][0], q["input1.output_zero_point"][2][0]
    scale_out, zero_out = tensors.single(RESULT_SCALE), -128
    scale_w, bias_q = q["conv1.weight_scale"][2][FILTER], BIAS
    whole = q["conv1.weight"][2][FILTER * 25:FILTER * 25 + 25]
    inputs = [ref.number_of(x / 255, scale_in, zero_in) for x in seen]
    products = sum(w * (x - zero_in) for w, x in zip(whole, inputs))
    total = products + bias_q
    factor = scale_in * scale_w / scale_out
    multiplier, shift = ref.quantise_multiplier(factor)
    steps = ref.multiply(total, factor)
    result = max(-128, min(127, steps + zero_out))
    middle = 12
    return {
        "the largest weight": f"{max(map(abs, weights)):.6f}", "its scale": f"{scale_w:.8f}",
        "a weight": f"{weights[middle]:.6f}", "as an integer": str(whole[middle]),
        "where the result ends": f"{scale_out * 255:.6f}", "what that means": f"{whole[middle] * scale_w:.6f}",
        "a pixel": str(seen[middle]), "its integer": str(inputs[middle]),
        "the input's scale": f"{scale_in:.8f}", "the result's scale": f"{scale_out:.8f}",
        "the products": str(products), "the bias": str(bias_q), "the sum": str(total),
        "the factor": f"{factor:.10f}", "the multiplier": str(multiplier), "the shift": str(shift),
        "steps": str(steps), "the unrounded steps": f"{total * factor:.4f}", "the integer": str(result),
        "the result": f"{(result - zero_out) * scale_out:.6f}", "the result in floats": f"{max(real, 0):.6f}",
        "scales of the filters, least": f"{min(q['conv1.weight_scale'][2]):.6f}",
        "scales of the filters, most": f"{max(q['conv1.weight_scale'][2]):.6f}",
        "scales of fc1, least": f"{min(q['fc1.weight_scale'][2]):.6f}",
        "scales of fc1, most": f"{max(q['fc1.weight_scale'][2]):.6f}",
    }
