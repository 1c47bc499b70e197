// @name@: the types of @module_plain@. Written by cnnc @version@; do not edit.

/** An input or an output. */
export interface Tensor {
    readonly name: string;
    /** channels, height, width if the layout is "chw"; height, width, channels if it is "hwc" */
    readonly shape: readonly number[];
    readonly layout: "chw" | "hwc";
    readonly type: "f32" | "u8" | "s8" | "s32";
    /** how many numbers it has */
    readonly length: number;
    /** of integers that mean scale*(number - zeroPoint); else 0 */
    readonly scale: number;
    readonly zeroPoint: number;
    /** the numbers themselves, in the network's memory */
    readonly data: Float32Array | Uint8Array | Int8Array | Int32Array;
}

export interface Inputs {
@inputs_type@}

export interface Outputs {
@outputs_type@}

/** A network that is ready to run. Its arrays lie in its own memory, which does not move. */
export interface Network {
    readonly name: string;
    /** the compiled program: another worker can load() it without compiling it again */
    readonly module: WebAssembly.Module;
    readonly inputs: readonly Tensor[];
    readonly outputs: readonly Tensor[];
    /** all outputs as they are now; what run() returns */
    readonly results: Outputs;
    readonly memoryBytes: number;
    /**
     * Copies the inputs into their `data`, unless they are those arrays already, or takes them as they lie there.
     * Returns the outputs' `data`, which the next run overwrites.
     */
    run(values?: @run_type@): Outputs;
}

export type Source = string | URL | Response | BufferSource;

/** Loads the network; by default @wasm_plain@ and its weights are beside the module. */
export function load(
    source?: Source | WebAssembly.Module | Promise<Source | WebAssembly.Module>,
    options?: { weights?: Source | Promise<Source> },
): Promise<Network>;
