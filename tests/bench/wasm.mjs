// Times a module of `cnnc --emit=js` and the same network in onnxruntime-web, in turns, each on one thread:
//
//     wasm.mjs MODULE SECONDS median|least [ORT MODEL.onnx]
//
// ORT is the package's main file. Prints one JSON object. `least` counts processor time.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [moduleFile, seconds, way, ortFile, modelFile] = process.argv.slice(2);
const SAMPLE_MS = 20, LEAST_TURNS = 15;

const { load } = await import(pathToFileURL(moduleFile));
let begin = performance.now();
const net = await load();
const result = { cnnc_load_ms: performance.now() - begin };

// The same numbers whatever the machine, from -1 to 1.
let state = 1;
for (const input of net.inputs)
    for (let i = 0; i < input.length; i++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        input.data[i] = input.type === "f32" ? state / 2 ** 31 - 1 : state >>> 24;
    }

const engines = [{ name: "cnnc", call: () => net.run() }];

if (ortFile) {
    const ort = await import(pathToFileURL(ortFile));
    ort.env.wasm.numThreads = 1;
    begin = performance.now();
    const session = await ort.InferenceSession.create(readFileSync(modelFile),
        { executionProviders: ["wasm"], graphOptimizationLevel: "all" });
    result.ort_load_ms = performance.now() - begin;
    const feeds = {};
    session.inputNames.forEach((name, i) => {
        const { data } = net.inputs[i], type = net.inputs[i].type === "f32" ? "float32" : "uint8";
        feeds[name] = new ort.Tensor(type, data.slice(), session.inputMetadata[i].shape.map(Number));
    });
    engines.push({ name: "ort", call: () => session.run(feeds) });
    const outputs = await session.run(feeds);
    net.run();
    result.max_rel_err = 0;
    session.outputNames.forEach((name, i) => {
        const expected = outputs[name].data, found = net.outputs[i].data;
        let largest = 0, error = 0;
        expected.forEach((number, k) => {
            largest = Math.max(largest, Math.abs(number));
            error = Math.max(error, Number.isNaN(found[k]) ? Infinity : Math.abs(found[k] - number));
        });
        result.max_rel_err = Math.max(result.max_rel_err, largest ? error / largest : error);
    });
}

const clock = way === "least"
    ? () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; }
    : () => performance.now();

async function sample(engine) {
    await engine.call(); // the caches still hold the other engine's data
    const from = clock();
    for (let i = 0; i < engine.calls; i++) {
        const done = engine.call();
        if (engine.name === "ort") // only what is a promise is waited for
            await done;
    }
    engine.samples.push((clock() - from) / engine.calls);
}

// V8 compiles twice: what runs long enough is optimised meanwhile.
for (const engine of engines) {
    const from = clock(), until = from + 300;
    let calls = 0;
    do {
        await engine.call();
        calls++;
    } while (clock() < until);
    engine.calls = Math.max(1, Math.round(SAMPLE_MS * calls / Math.max(1, clock() - from)));
    engine.samples = [];
}
for (const until = performance.now() + 1000 * seconds;
     performance.now() < until || engines[0].samples.length < LEAST_TURNS;)
    for (const engine of engines)
        await sample(engine);
for (const { name, samples } of engines) {
    samples.sort((a, b) => a - b);
    result[`${name}_us`] = 1000 * (way === "least" ? samples[0] : samples[samples.length >> 1]);
}
result.memory_mb = net.memoryBytes / 2 ** 20;
console.log(JSON.stringify(result));
