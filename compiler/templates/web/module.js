// @name@: @summary@
// Written by cnnc @version@; do not edit. @wasm_plain@ belongs to it.
//
//     import { load } from "./@module_plain@";
//     const net = await load();
//     const result = net.run({ @example@ });
//
// Works in browsers, in their workers, and in node. Each load() makes a network with a memory of its own.

/**
 * @typedef {object} Tensor  An input or an output.
 * @property {string} name
 * @property {readonly number[]} shape  channels, height, width if the layout is "chw"; height, width, channels if "hwc"
 * @property {"chw" | "hwc"} layout
 * @property {"f32" | "u8" | "s8" | "s32"} type
 * @property {number} length  how many numbers it has
 * @property {number} scale  of integers that mean scale*(number - zeroPoint); else 0
 * @property {number} zeroPoint
 * @property {Float32Array | Uint8Array | Int8Array | Int32Array} data  the numbers themselves, in the network's memory
 */

const network = @network@;

const ARRAYS = { f32: Float32Array, u8: Uint8Array, s8: Int8Array, s32: Int32Array };
const HEADER_BYTES = 64;
const MAGIC = [0x43, 0x4e, 0x4e, 0x57, 0x0d, 0x0a, 0x1a, 0x0a];

const inNode = () => typeof process === "object" && Boolean(process.versions?.node);

/** What a message calls a source. */
const nameOf = (source, otherwise) =>
    typeof source === "string" || source instanceof URL ? String(source).slice(0, 200) : otherwise;

/** A text that is no whole URL is relative to the page or worker; in node it is a path. */
async function urlOf(source) {
    if (source instanceof URL)
        return source;
    if (URL.canParse ? URL.canParse(source) : /^[a-z][a-z0-9+.-]+:/i.test(source))
        return new URL(source);
    if (inNode())
        return (await import(/* @vite-ignore */ /* webpackIgnore: true */ "node:url")).pathToFileURL(source);
    return new URL(source, globalThis.location?.href ?? import.meta.url);
}

async function fetchBytes(source) {
    const url = await urlOf(source);
    if (url.protocol === "file:" && inNode()) {
        const { readFile } = await import(/* @vite-ignore */ /* webpackIgnore: true */ "node:fs/promises");
        return readFile(url);
    }
    const response = await fetch(url);
    if (!response.ok)
        throw new Error(`${url}: the server answers ${response.status} ${response.statusText}`);
    return new Uint8Array(await response.arrayBuffer());
}

/** Bytes as they are; else what a Response holds, or what lies at a URL. */
async function bytesOf(source, what) {
    const given = await source;
    if (typeof given === "string" || given instanceof URL)
        return fetchBytes(given);
    if (ArrayBuffer.isView(given))
        return new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
    if (Object.prototype.toString.call(given) === "[object ArrayBuffer]")
        return new Uint8Array(given);
    if (typeof given?.arrayBuffer === "function")
        return new Uint8Array(await given.arrayBuffer());
    throw new TypeError(`${network.name}: ${what} must be a URL, a Response or bytes`);
}

async function compile(source) {
    const given = await source;
    if (given instanceof WebAssembly.Module)
        return given;
    const bytes = await bytesOf(given, "what load() gets");
    try {
        return await WebAssembly.compile(bytes);
    } catch (error) {
        throw new Error(`${nameOf(given, network.wasm)} does not compile here: ${error.message}@simd_hint@`,
            { cause: error });
    }
}

/** Is the file the network's weights? Checks what the C runtime checks, in the same words. */
function checkHeader(bytes, name) {
    if (bytes.length < HEADER_BYTES)
        throw new Error(`${name}: not a .cnnw file: its ${bytes.length} bytes are too few for a header`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
    const word = at => view.getBigUint64(at, true);
    const hex = number => number.toString(16).padStart(16, "0");
    if (MAGIC.some((byte, i) => bytes[i] !== byte))
        throw new Error(`${name}: not a .cnnw file`);
    if (view.getUint32(8, true) !== 1)
        throw new Error(`${name}: version ${view.getUint32(8, true)} of the .cnnw format, but this module reads ` +
            "version 1");
    if (view.getUint32(12, true) !== HEADER_BYTES || word(40) || word(48) || word(56))
        throw new Error(`${name}: its header is damaged`);
    if (word(16) !== BigInt(network.plan))
        throw new Error(`${name}: weights of another network, or packed differently (plan ${hex(word(16))}; ` +
            `${network.name} needs ${network.plan.slice(2)})`);
    if (word(24) !== BigInt(network.weightBytes))
        throw new Error(`${name}: its header is damaged: ${word(24)} bytes of weights, but ${network.name} needs ` +
            `${network.weightBytes}`);
    const follows = bytes.length - HEADER_BYTES;
    if (follows !== network.weightBytes)
        throw new Error(`${name}: ${follows < network.weightBytes ? "truncated" : "too long"}: ${follows} bytes of ` +
            `weights, but its header says ${network.weightBytes}`);
    return word(32);
}

function checkSum(exports, expected, name) {
    const sum = BigInt.asUintN(64, exports.checksum());
    const hex = number => number.toString(16).padStart(16, "0");
    if (sum !== expected)
        throw new Error(`${name}: damaged: the checksum of its weights is ${hex(sum)}, not ${hex(expected)}`);
}

/** "a Float32Array of 784 numbers (1x28x28)" */
const wanted = tensor =>
    `${tensor.type.startsWith("s") ? "an" : "a"} ${ARRAYS[tensor.type].name} of ${tensor.length} numbers ` +
    `(${tensor.shape.join("x")}, ${tensor.layout})`;

const got = value =>
    ArrayBuffer.isView(value) ? `the ${value.constructor.name} has ${value.length}`
        : Array.isArray(value) ? `an Array of ${value.length} is given`
            : `${value === null ? "null" : typeof value} is given`;

/** A network that is ready to run. Its arrays lie in its own memory, which does not move. */
class Network {
    #run;

    constructor(module, exports, places) {
        const tensors = (rows, first) => rows.map((row, i) => Object.freeze({
            ...row,
            shape: Object.freeze(row.shape),
            data: new ARRAYS[row.type](exports.memory.buffer, places[first + i], row.length),
        }));
        this.#run = exports.run;
        /** Its name. */
        this.name = network.name;
        /** The compiled program: another worker can load() it without compiling it again. */
        this.module = module;
        /** @type {readonly Tensor[]} */
        this.inputs = Object.freeze(tensors(network.inputs, 1));
        /** @type {readonly Tensor[]} */
        this.outputs = Object.freeze(tensors(network.outputs, 1 + network.inputs.length));
        /** Bytes of memory, for code's data, weights and everything else. */
        this.memoryBytes = exports.memory.buffer.byteLength;
        this.results = {};
        for (const output of this.outputs)
            this.results[output.name] = output.data;
        if (this.outputs.length === 1 && !("output" in this.results))
            Object.defineProperty(this.results, "output", { value: this.outputs[0].data });
        Object.freeze(this.results);
        Object.freeze(this);
    }

    #set(input, value) {
        if (value === input.data)
            return;
        const fits = value instanceof ARRAYS[input.type] ||
            (input.type === "u8" && value instanceof Uint8ClampedArray);
        if (!fits || value.length !== input.length)
            throw new TypeError(`${network.name}: ${input.name} takes ${wanted(input)}, but ${got(value)}`);
        input.data.set(value);
    }

    /**
     * Runs the network. Each input is copied into its `data`, unless it is that array already; without `values` all are
     * taken as they lie there. Returns the outputs' `data`, by name, which the next run overwrites: slice() what is to
     * stay. Where there is one input, it may be given by itself or as `input`; one output is `output`, too.
     */
    run(values) {
        if (values !== undefined)
            this.#take(values);
        this.#run();
        return this.results;
    }

    #take(values) {
        const names = () => this.inputs.map(input => input.name).join(", ");
        const alone = this.inputs.length === 1 ? this.inputs[0] : null;
        if (ArrayBuffer.isView(values) || values === null || typeof values !== "object") {
            if (!alone || values === null || typeof values !== "object")
                throw new TypeError(`${network.name}: run() takes an object with an array for each input: ${names()}`);
            this.#set(alone, values);
            return;
        }
        const used = new Map();
        for (const key of Object.keys(values)) {
            const input = this.inputs.find(one => one.name === key) ?? (alone && key === "input" ? alone : null);
            if (!input)
                throw new TypeError(`${network.name} has no input ${key}; its inputs: ${names()}`);
            used.set(input, values[key]);
        }
        for (const input of this.inputs)
            if (!used.has(input))
                throw new TypeError(`${network.name}: the input ${input.name} is missing: it takes ${wanted(input)}`);
        for (const [input, value] of used)
            this.#set(input, value);
    }
}

/**
 * Loads the network.
 *
 * @param source  where its program is: a URL, a Response, bytes, or a compiled WebAssembly.Module; by default
 *     @wasm_plain@ beside this module
 * @param options  `weights`: where the weights are (a URL, a Response or bytes), if they are in a .cnnw file; by
 *     default it is beside the program
 * @returns {Promise<Network>}
 */
export async function load(source, options = {}) {
    const program = source ?? @wasm_url@;
    const weights = options.weights ?? (network.packed === null ? null : await weightsBeside(source));
    if (options.weights !== undefined && network.packed === null)
        throw new Error(`${network.name}: its weights are in ${network.wasm}, so options.weights cannot be used`);
    const [module, packed] =
        await Promise.all([compile(program), weights === null ? null : bytesOf(weights, "options.weights")]);
    const name = nameOf(weights, network.packed);
    const sum = packed && checkHeader(packed, name);
    const { exports } = await WebAssembly.instantiate(module, {});
    if (typeof exports.plan !== "function" || BigInt.asUintN(64, exports.plan()) !== BigInt(network.plan))
        throw new Error(`${nameOf(source, network.wasm)}: the program of another network, or compiled at another ` +
            `time than this module of ${network.name}`);
    const table = exports.open();
    if (!table)
        throw new RangeError(`${network.name}: not enough memory: it needs ${Math.ceil(network.bytes / 2 ** 20)} MiB`);
    const places = new Uint32Array(exports.memory.buffer, table, 1 + network.inputs.length + network.outputs.length);
    if (packed) {
        new Uint8Array(exports.memory.buffer).set(packed, places[0]);
        checkSum(exports, sum, name);
    }
    return new Network(module, exports, places);
}

/** The .cnnw file beside the program, if that has a URL; else beside this module. */
async function weightsBeside(source) {
    if (typeof source === "string" || source instanceof URL)
        return new URL(encodeURIComponent(network.packed), await urlOf(source));
    return @weights_url@;
}
