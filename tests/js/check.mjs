// Runs a module on the inputs of driver.c and compares the outputs with its results:
//
//     check.mjs MODULE INPUTS RESULTS [TOLERANCE]
//
// Also whether a second run, a second network and inputs written in place give the same bytes.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import assert from "node:assert";

const [file, inputsFile, resultsFile, tolerance = "1e-5"] = process.argv.slice(2);
const { load } = await import(pathToFileURL(file));
const net = await load();

const bytesOf = array => Buffer.from(array.buffer, array.byteOffset, array.byteLength);
const copyOf = result => net.outputs.map(output => result[output.name].slice());

let given = readFileSync(inputsFile), values = {};
for (const input of net.inputs) {
    const array = new input.data.constructor(input.length);
    bytesOf(array).set(given.subarray(0, array.byteLength));
    given = given.subarray(array.byteLength);
    values[input.name] = array;
}
assert.equal(given.length, 0, "the inputs have other sizes");

const first = copyOf(net.run(values));
for (const input of net.inputs)
    assert(bytesOf(input.data).equals(bytesOf(values[input.name])), `the run has changed ${input.name}`);
let at = 0;
const wanted = readFileSync(resultsFile);
net.outputs.forEach((output, i) => {
    assert.equal(output.length, output.shape.reduce((a, b) => a * b));
    let largest = 0, error = 0;
    for (const number of first[i]) {
        const expected = wanted.readDoubleLE(at);
        largest = Math.max(largest, Math.abs(expected));
        error = Math.max(error, Number.isNaN(number) ? Infinity : Math.abs(number - expected));
        at += 8;
    }
    assert(error <= tolerance * largest, `${output.name} is off by ${error}; its largest number is ${largest}`);
});
assert.equal(at, wanted.length, "the outputs have other sizes");

const same = (one, what) => one.forEach((array, i) => assert(bytesOf(array).equals(bytesOf(first[i])), what));
const other = await load(net.module);
for (const input of other.inputs)
    input.data.fill(3);
other.run();
same(copyOf(net.results), "a second network changes the first one's results");
same(copyOf(net.run(values)), "a second run differs");
for (const input of other.inputs)
    input.data.set(values[input.name]);
const again = other.run();
same(other.outputs.map(output => again[output.name]), "inputs written in place give another result");
