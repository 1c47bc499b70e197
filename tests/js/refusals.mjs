// What a module refuses, and what its messages say: refusals.mjs FOLDER, which holds one.mjs (a network with weights
// inside), two.mjs (two inputs, weights in two.cnnw) and bytes.mjs (an input of bytes).
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import assert from "node:assert";

const folder = process.argv[2];
const at = name => pathToFileURL(`${folder}/${name}`);
const [one, two, bytes] = await Promise.all(["one.mjs", "two.mjs", "bytes.mjs"].map(name => import(at(name))));
const failed = [];

async function refuses(what, action, words) {
    try {
        await action();
        failed.push(`${what}: not refused`);
    } catch (error) {
        if (!words.test(error.message))
            failed.push(`${what}: ${error.message}`);
    }
}

const net = await one.load(), pair = await two.load(), pixels = await bytes.load();
const floats = net.inputs[0].length;
assert.deepEqual(net.inputs[0].shape, [3, 6, 5]);
assert.equal(net.inputs[0].layout, "chw");
assert.deepEqual(pair.inputs.map(input => input.name), ["left", "right"]);
assert.deepEqual(pair.outputs.map(output => output.name), ["sum", "both"]);
assert.equal(pixels.inputs[0].type, "u8");
assert.deepEqual(pixels.inputs[0].shape, [6, 5, 3]);

await refuses("too few numbers", () => net.run({ input: new Float32Array(floats - 1) }),
    /one: input1 takes a Float32Array of 90 numbers \(3x6x5, chw\), but the Float32Array has 89$/);
await refuses("doubles", () => net.run({ input: new Float64Array(floats) }), /but the Float64Array has 90$/);
await refuses("a list", () => net.run({ input: new Array(floats).fill(0) }), /but an Array of 90 is given$/);
await refuses("floats for bytes", () => pixels.run(new Float32Array(90)), /takes a Uint8Array of 90 numbers/);
await refuses("an unknown input", () => net.run({ image: new Float32Array(floats) }),
    /no input image; its inputs: input1$/);
await refuses("a missing input", () => pair.run({ left: new Float32Array(8) }),
    /the input right is missing: it takes a/);
await refuses("one array for two inputs", () => pair.run(new Float32Array(8)), /for each input: left, right$/);
await refuses("a number", () => net.run(3), /for each input: input1$/);
await refuses("null", () => net.run(null), /for each input: input1$/);

const wasm = readFileSync(at("one.wasm")), packed = readFileSync(at("two.cnnw"));
const damaged = (position, bytes = packed) => {
    const copy = Buffer.from(bytes);
    copy[position] ^= 1;
    return copy;
};
const weights = bytes => two.load(undefined, { weights: bytes });
await refuses("another program", () => one.load(at("two.wasm")), /two.wasm: the program of another network/);
await refuses("no program", () => one.load(at("none.wasm")), /none.wasm/);
await refuses("no WebAssembly", () => one.load(new Uint8Array(9)), /^one.wasm does not compile here: /);
await refuses("half a program", () => one.load(wasm.subarray(0, wasm.length / 2)), /does not compile here: /);
await refuses("something else", () => one.load({}), /must be a URL, a Response or bytes$/);
await refuses("weights that are inside", () => one.load(undefined, { weights: packed }), /its weights are in one.wasm/);
await refuses("few bytes of weights", () => weights(packed.subarray(0, 63)), /its 63 bytes are too few for a header$/);
await refuses("other bytes", () => weights(damaged(0)), /not a .cnnw file$/);
await refuses("another version", () => weights(damaged(8)), /version 0 of the .cnnw format, but this module reads/);
await refuses("a damaged header", () => weights(damaged(63)), /its header is damaged$/);
await refuses("weights of another network", () => weights(damaged(16)), /weights of another network, or packed diff/);
await refuses("another size", () => weights(damaged(24)), /bytes of weights, but two needs/);
await refuses("truncated weights", () => weights(packed.subarray(0, packed.length - 4)), /truncated: /);
await refuses("too many weights", () => weights(Buffer.concat([packed, packed])), /too long: /);
await refuses("damaged weights", () => weights(damaged(packed.length - 40)), /damaged: the checksum of its weights is/);

// What is right, in other ways.
const image = Float32Array.from({ length: floats }, (_, i) => Math.sin(i));
const result = net.run({ input: image }).output.slice();
const equal = (array, what) => assert.deepEqual(Array.from(array), Array.from(result), what);
equal(net.run(image).output, "an array by itself");
equal(net.run({ input1: image }).fc1, "by its own name");
assert.equal(net.run(net.inputs[0].data), net.results, "the network's own array is not copied");
equal((await one.load(wasm)).run(image).output, "from bytes");
const buffer = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.length);
equal((await one.load(buffer)).run(image).output, "from a buffer");
equal((await one.load(new Response(wasm))).run(image).output, "from a Response");
equal((await one.load(Promise.resolve(at("one.wasm").href))).run(image).output, "from a promised URL");
equal((await one.load(`${folder}/one.wasm`)).run(image).output, "from a path");
equal((await one.load(net.module)).run(image).output, "from a module");
pixels.run({ input: new Uint8ClampedArray(90).fill(200) });
await weights(at("two.cnnw"));
await two.load(at("two.wasm"));
assert.equal(Object.keys(net.results).length, 1, "the word `output' is not a second result");

// In a worker, with the module that was compiled here.
const code = `const { parentPort, workerData: { url, module, image } } = require("node:worker_threads");
    import(url).then(one => one.load(module)).then(net => parentPort.postMessage(net.run(image).output.slice()));`;
const worker = new Worker(code, { eval: true, workerData: { url: at("one.mjs").href, module: net.module, image } });
equal(await new Promise((resolve, reject) => worker.on("message", resolve).on("error", reject)), "in a worker");

console.log(failed.join("\n"));
process.exit(failed.length ? 1 : 0);
