// The tab "train": LeNet-5 learns digits in a worker, and its curves grow.
import { digitsLoaded } from './assets.js';
import { tiles } from './maps.js';
import { download, gunzipped } from './share.js';

const $ = id => document.getElementById(id);
const STEPS = 20, IDX_IMAGES = 16, IDX_LABELS = 8; // bytes of the headers of IDX files

// The tensors of the network by name and shape, each from a multiple of 16 numbers on, as .safetensors.
export function safetensors(tensors, numbers) {
  const header = {}, parts = [];
  let at = 0, offset = 0;
  for (const { name, shape } of tensors) {
    const count = shape.reduce((product, side) => product * side, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + 4 * count] };
    parts.push(numbers.subarray(at, at + count));
    at = Math.ceil((at + count) / 16) * 16;
    offset += 4 * count;
  }
  const text = new TextEncoder().encode(JSON.stringify(header)), bytes = new Uint8Array(8 + text.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  let to = 8 + text.length;
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), to);
    to += part.byteLength;
  }
  return bytes;
}

export class Train {
  // `tensors()` lists the weights of the network that learns; `use(bytes)` takes what it learned.
  constructor(worker, { tensors, use }) {
    Object.assign(this, { worker, tensors, running: false, ready: false, losses: [], tests: [], done: 0 });
    $('start').onclick = () => this.running ? this.stop() : this.start();
    $('restart').onclick = () => this.again();
    $('use').onclick = async () => use(safetensors(await tensors(), this.weights));
    $('save-weights').onclick = async () =>
      download('digits.safetensors', safetensors(await tensors(), this.weights), 'application/octet-stream');
    this.seed = 1;
    this.cards();
  }

  async begin() {
    this.say('Reading the digits ...');
    const request = { task: 'train', kind: 'begin', seed: this.seed };
    if (!this.ready) {
      const packed = await digitsLoaded();
      const [images, labels, testImages, testLabels] = await Promise.all(
        [packed.images, packed.labels, packed.testImages, packed.testLabels].map(gunzipped));
      Object.assign(request, {
        images: images.subarray(IDX_IMAGES), labels: labels.subarray(IDX_LABELS),
        testImages: testImages.subarray(IDX_IMAGES), testLabels: testLabels.subarray(IDX_LABELS)
      });
    }
    Object.assign(this, await this.worker.send(request), { ready: true, begun: true, losses: [], tests: [], done: 0 });
  }

  async start() {
    const turn = this.turn = (this.turn ?? 0) + 1;
    this.running = true;
    this.buttons();
    try {
      if (!this.begun)
        await this.begin();
      while (this.running && turn === this.turn && this.done < this.steps) {
        const answer = await this.worker.send({ task: 'train', kind: 'learn', count: STEPS });
        if (turn !== this.turn)
          return;
        Object.assign(this, { done: answer.done, weights: answer.weights, right: answer.right });
        this.losses.push([answer.done, answer.loss]);
        this.tests.push([answer.done, answer.right / this.testCount]);
        this.draw();
      }
    } catch (error) {
      this.say(error.message);
    }
    if (turn === this.turn)
      this.stop();
  }

  stop() {
    this.running = false;
    this.buttons();
  }

  async again() {
    this.stop();
    this.seed++;
    this.begun = false;
    this.start();
  }

  buttons() {
    $('start').textContent = this.running ? 'Pause' : !this.done ? 'Train' : this.done < this.steps ? 'Go on' : 'Done';
    $('start').disabled = Boolean(this.done && this.done >= this.steps);
    $('use').disabled = $('save-weights').disabled = !this.weights || !this.done;
  }

  say(what) {
    $('progress').replaceChildren();
    $('progress').textContent = what;
  }

  cards() {
    const loss = this.losses.at(-1)?.[1];
    const list = [['Step', this.steps ? `${this.done} of ${this.steps}` : '–'],
                  ['Loss', loss === undefined ? '–' : loss.toFixed(3)],
                  ['Test accuracy', this.done ? `${(this.right / this.testCount * 100).toFixed(1)} %` : '–']];
    $('progress').replaceChildren(...list.map(([title, said]) => {
      const card = document.createElement('div'), dt = document.createElement('dt'), dd = document.createElement('dd');
      card.className = 'card';
      dt.textContent = title;
      dd.textContent = said;
      card.append(dt, dd);
      return card;
    }));
    $('progress').dataset.right = this.right ?? '';
  }

  draw() {
    this.cards();
    this.curve();
    if (this.weights)
      tiles($('filters'), 6, 5, 5, this.weights.subarray(0, 150));
    this.buttons();
  }

  curve() {
    const canvas = $('curve'), ratio = devicePixelRatio || 1, wide = canvas.clientWidth, high = canvas.clientHeight;
    if (!wide)
      return;
    canvas.width = wide * ratio;
    canvas.height = high * ratio;
    const paper = canvas.getContext('2d'), style = getComputedStyle(document.documentElement);
    const colour = name => style.getPropertyValue(name).trim();
    paper.scale(ratio, ratio);
    const left = 34, right = wide - 44, top = 10, bottom = high - 22;
    const most = Math.max(2.4, ...this.losses.map(([, loss]) => loss));
    const x = step => left + (right - left) * step / this.steps;
    paper.font = '12px system-ui, sans-serif';
    paper.fillStyle = colour('--pale');
    paper.strokeStyle = colour('--line');
    for (const part of [0, 0.5, 1]) {
      const y = bottom - (bottom - top) * part;
      paper.beginPath();
      paper.moveTo(left, y);
      paper.lineTo(right, y);
      paper.stroke();
      paper.fillText((most * part).toFixed(1), 6, y + 4);
      paper.fillText(`${100 * part} %`, right + 6, y + 4);
    }
    for (let epoch = 1; epoch * this.perEpoch <= this.steps; epoch++)
      paper.fillText(`epoch ${epoch}`, x((epoch - 1) * this.perEpoch), high - 5);
    const line = (points, colourName, y) => {
      paper.strokeStyle = colour(colourName);
      paper.lineWidth = 2;
      paper.beginPath();
      points.forEach(([step, value]) => paper.lineTo(x(step), bottom - (bottom - top) * y(value)));
      paper.stroke();
    };
    line(this.losses, '--accent', value => Math.min(1, value / most));
    line(this.tests, '--second', value => value);
  }
}
