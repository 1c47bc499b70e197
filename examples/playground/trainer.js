// Training in the worker: wasm/train.c computes, a few steps at a time.
let network, steps = 0, done = 0, tests = 0;

const KINDS = {
  // The pictures, at first; then new weights.
  begin(module, { images, labels, testImages, testLabels, seed }) {
    if (!network) {
      network = new WebAssembly.Instance(module).exports;
      network._initialize?.();
      const count = labels.length;
      tests = testLabels.length;
      const at = network.data(count, tests);
      if (!at)
        throw new Error('there is no memory for the pictures');
      const memory = new Uint8Array(network.memory.buffer, at);
      memory.set(images);
      memory.set(testImages, images.length);
      memory.set(labels, images.length + testImages.length);
      memory.set(testLabels, images.length + testImages.length + count);
    }
    steps = network.begin(seed);
    done = 0;
    if (!steps)
      throw new Error('there is no memory for training');
    return { steps, perEpoch: network.per_epoch(), testCount: tests, right: network.test(), weights: weights() };
  },
  learn(module, { count }) {
    const loss = network.learn(count);
    done = Math.min(steps, done + count);
    return { done, loss, right: network.test(), weights: weights() };
  }
};

// All of them, as the trainer keeps them: each tensor from a multiple of 16 numbers on.
function weights() {
  return new Float32Array(network.memory.buffer, network.weights(), network.weight_count()).slice();
}

export const trainer = (module, request) => KINDS[request.kind](module, request);
