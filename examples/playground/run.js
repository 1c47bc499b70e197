// The tab "run": the evaluator computes a network on a drawn picture, and every map is shown.
import { Drawing } from './drawing.js';
import { Newest, Superseded } from './engine.js';
import { layerMaps } from './maps.js';

const $ = id => document.getElementById(id);
const grouped = number => number.toLocaleString('en-US');
const MOST_MACS = 5e8, MOST_SCORES = 20, SEEDS = 3;

export class Run {
  // `text()` is { name, text, network } of the editor, `lenet` the same with weights, `samples` pictures of digits.
  constructor(worker, { text, lenet, samples }) {
    Object.assign(this, { text, lenet, samples, next: 0, loaded: null, learned: null, shown: false });
    this.newest = new Newest(worker);
    this.drawing = new Drawing($('drawing'), () => this.compute());
    $('clear').onclick = () => this.drawing.clear();
    $('sample').onclick = () => this.sample();
    $('drawing').onkeydown = event => {
      if (event.key === 's' || event.key === 'S')
        this.sample();
    };
    $('open-picture').onclick = () => $('picture-file').click();
    $('picture-file').onchange = () => this.openPicture($('picture-file').files[0]);
    $('weights-file').onchange = () => this.openWeights($('weights-file').files[0]);
    document.querySelectorAll('[name=network]').forEach(radio => {
      radio.onchange = () => this.compute();
    });
    $('weights').onchange = () => this.chooseWeights();
    this.listWeights();
  }

  listWeights(chosen = 'he:1') {
    const options = Array.from({ length: SEEDS }, (_, i) => [`he:${i + 1}`, `random weights ${i + 1}`]);
    if (this.learned)
      options.push(['learned', 'weights learned here']);
    if (this.loaded)
      options.push(['loaded', this.loaded.name]);
    options.push(['file', 'weights of a file ...']);
    $('weights').replaceChildren(...options.map(([value, said]) => new Option(said, value, false, value === chosen)));
    this.weights = chosen;
  }

  own() {
    document.querySelector('[name=network][value=own]').checked = true;
  }

  chooseWeights() {
    this.own();
    if ($('weights').value === 'file') {
      $('weights').value = this.weights;
      $('weights-file').click();
      return;
    }
    this.weights = $('weights').value;
    this.compute();
  }

  async openWeights(file) {
    if (!file)
      return;
    this.loaded = { name: file.name.replace(/[^\w.-]/g, '_'), bytes: new Uint8Array(await file.arrayBuffer()) };
    this.listWeights('loaded');
    this.own();
    this.compute();
  }

  async openPicture(file) {
    if (!file)
      return;
    try {
      this.drawing.showPicture(await createImageBitmap(file));
    } catch {
      this.say(`${file.name} is not a picture that this browser can read`);
    }
  }

  // What was learned in the tab "train".
  learn(bytes) {
    this.learned = { name: 'learned.safetensors', bytes };
    this.listWeights('learned');
    this.own();
    this.compute();
  }

  sample() {
    const count = this.samples.length / 784;
    this.drawing.showDigit(this.samples.subarray(784 * this.next, 784 * (this.next + 1)));
    this.next = (this.next + 1) % count;
  }

  say(what, wrong = true) {
    $('run-said').textContent = what;
    $('run-said').classList.toggle('wrong', wrong && Boolean(what));
  }

  request() {
    if (document.querySelector('[name=network]:checked').value === 'lenet5')
      return this.lenet;
    const { name, text, network } = this.text();
    if (!network)
      return { refused: 'The text has errors.' };
    if (network.total.macs > MOST_MACS)
      return { refused: `This network takes ${grouped(network.total.macs)} multiply-accumulates, and the page ` +
        `computes up to ${grouped(MOST_MACS)}: cnnc --emit=main ${name}.cnn makes a program of it.` };
    const weights = { loaded: this.loaded, learned: this.learned }[this.weights];
    return { name, text, weights, seed: Number(this.weights.split(':')[1] ?? 1) };
  }

  // As soon as the tab is seen; drawing asks again with every line.
  async compute() {
    if (!this.shown)
      return;
    const request = this.request();
    if (request.refused) {
      this.say(request.refused);
      this.clear();
      return;
    }
    if (this.drawing.empty) {
      this.say('Draw a digit, or choose Sample.', false);
      this.clear();
      return;
    }
    try {
      const { layers, numbers } = await this.newest.ask({ task: 'evaluate', ...request, ...this.drawing.pixels() });
      this.say('', false);
      if (!this.drawing.empty)
        this.draw(layers, numbers);
    } catch (error) {
      if (error instanceof Superseded)
        return;
      this.say(error.message);
      this.clear();
    }
  }

  clear() {
    $('scores').replaceChildren();
    delete $('scores').dataset.answer;
    $('maps').replaceChildren();
  }

  draw(layers, numbers) {
    const output = layers.filter(layer => layer.output).pop(), [h, w, c] = output.shape;
    this.scores(h * w === 1 && c <= MOST_SCORES ? numbers.slice(output.offset, output.offset + c) : null, output.kind);
    $('maps').replaceChildren(...layers.map(layer => layerMaps(layer, numbers)));
  }

  // Shares by softmax, unless the network's last layer made them.
  scores(values, kind) {
    const box = $('scores');
    if (!values) {
      box.replaceChildren();
      return;
    }
    const most = Math.max(...values), powers = values.map(value => Math.exp(value - most));
    const sum = powers.reduce((a, b) => a + b, 0);
    const shares = kind === 'SOFTMAX' ? values : powers.map(power => power / sum);
    const best = shares.indexOf(Math.max(...shares));
    box.dataset.answer = best;
    box.replaceChildren(...Array.from(shares, (share, i) => {
      const row = document.createElement('div');
      row.className = i === best ? 'score best' : 'score';
      const [name, track, said] = ['b', 'div', 'span'].map(tag => document.createElement(tag));
      name.textContent = i;
      track.className = 'track';
      track.append(document.createElement('div'));
      track.firstChild.style.width = `${100 * share}%`;
      said.textContent = `${(100 * share).toFixed(1)} %`;
      row.append(name, track, said);
      return row;
    }));
  }
}
