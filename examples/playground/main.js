// The page: what follows what. The text is looked at after each edit; views that are seen follow it.
import { parts } from './assets.js';
import { Code } from './code.js';
import { applyEdits, apply, choose, makeEditor, replace, show } from './editor.js';
import { Newest, Superseded, Worker } from './engine.js';
import { Picture } from './picture.js';
import { Problems } from './problems.js';
import { Run } from './run.js';
import { download, readAddress, writeAddress } from './share.js';
import { Table } from './table.js';
import { Tabs } from './tabs.js';
import { Train } from './train.js';

const $ = id => document.getElementById(id);
const PAUSE = 60, FIRST = 'lenet5';
const examples = JSON.parse(new TextDecoder().decode(parts.examples));
const language = new Worker(['cnnc']), drawer = new Worker(['cnnc']);
const writer = new Worker(['cnnc', 'm4', 'templates']);
const looks = new Newest(language), pictures = new Newest(drawer), codes = new Newest(writer);
const state = { name: FIRST, text: '', network: null, line: 1, picked: null, pictured: null, coded: null };

// Failures of requests that were overtaken are no news.
const quietly = promise => promise.catch(error => {
  if (!(error instanceof Superseded))
    console.error(error);
});

// ---- the editor ----

let timer;
const view = makeEditor($('editor'), {
  ask: (task, position) =>
    language.send({ task, name: state.name, text: view.state.doc.toString(), position }).catch(() => null),
  changed() {
    clearTimeout(timer);
    timer = setTimeout(() => quietly(look()), PAUSE); // a burst of keys is looked at once
  },
  moved(line) {
    state.line = line;
    table.mark(line, state.picked);
    if (tabs.shown === 'code')
      code.mark(line);
  },
  format() {
    quietly(format());
    return true;
  }
});
const problems = new Problems($('problems'), {
  go(from) {
    view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
    view.focus();
  },
  fix: edits => apply(view, edits)
});

async function format() {
  const text = view.state.doc.toString();
  const edits = await language.send({ task: 'format', name: state.name, text });
  if (edits && text === view.state.doc.toString())
    applyEdits(view, edits);
}

async function look() {
  const text = view.state.doc.toString(), { name } = state;
  const options = $('rules').checked ? ['-Wrules'] : [];
  let answer;
  try {
    answer = await looks.ask({ task: 'look', name, text, options });
  } catch (error) {
    if (!(error instanceof Superseded))
      problems.fail(error.message);
    throw error;
  }
  if (text !== view.state.doc.toString())
    return;
  Object.assign(state, { text, wrong: !answer.network });
  if (answer.network)
    Object.assign(state, { network: answer.network, right: text });
  show(view, answer);
  problems.show(view.state.doc, answer);
  $('stale').hidden = !state.wrong || !state.network || ['run', 'train'].includes(tabs.shown);
  state.seen = text;
  document.body.dataset.looked = text.length;
  if (answer.network) {
    table.show(answer.network);
    follow();
  }
  quietly(writeAddress(name, text, examples.find(one => one.name === name)?.text === text));
}

function open(name, text) {
  Object.assign(state, { name, network: null, picked: null, pictured: null, coded: null });
  close();
  replace(view, text);
  document.title = `${name} – cnnc playground`;
  $('examples').value = examples.some(one => one.name === name && one.text === text) ? name : '';
}

// ---- views ----

const table = new Table($('table'), $('totals'), pick);
const picture = new Picture($('picture'), pick);
const code = new Code($('code'));
const tabs = new Tabs(document.querySelector('[role=tablist]'), () => {
  $('stale').hidden = !state.wrong || !state.network || ['run', 'train'].includes(tabs.shown);
  close();
  follow();
});

// What is seen is brought up to date.
function follow() {
  run.shown = tabs.shown === 'run';
  if (tabs.shown === 'picture')
    quietly(drawPicture());
  else if (tabs.shown === 'code')
    quietly(writeCode());
  else if (tabs.shown === 'run')
    quietly(run.compute());
  else if (tabs.shown === 'train')
    train.curve();
}

async function drawPicture() {
  const { name, text } = state;
  if (state.wrong || state.pictured === text) {
    picture.resize();
    return;
  }
  const slow = setTimeout(() => $('picture').classList.add('busy'), 400);
  try {
    picture.show(name, await pictures.ask({ task: 'picture', name, text }));
    state.pictured = text;
  } catch (error) {
    if (error instanceof Superseded)
      throw error;
    $('picture').textContent = error.message;
  } finally {
    clearTimeout(slow);
    $('picture').classList.remove('busy');
  }
  picture.mark(state.picked);
}

async function writeCode() {
  const { name, text } = state, target = $('target').value, key = `${target} ${text}`;
  if (state.wrong || state.coded === key)
    return;
  const slow = setTimeout(() => { $('code-said').textContent = 'writing ...'; }, 300);
  try {
    const made = await codes.ask({ task: 'code', name, text, target });
    code.line = state.line;
    code.show(name, made);
    state.coded = key;
  } catch (error) {
    if (error instanceof Superseded)
      throw error;
    $('code-said').textContent = error.message;
  } finally {
    clearTimeout(slow);
  }
}

// A layer was chosen: its line is marked, its arithmetic shown.
async function pick({ name, line = state.network?.layers.find(layer => layer.name === name)?.line }) {
  state.picked = name;
  table.mark(state.line, name);
  picture.mark(name);
  choose(view, line);
  $('detail-name').textContent = name;
  $('explanation').textContent = '';
  $('detail').hidden = false;
  try {
    const request = { task: 'explain', name: state.name, text: state.right, layer: name };
    $('explanation').textContent = await language.send(request);
  } catch (error) {
    $('explanation').textContent = error.message;
  }
}

function close() {
  state.picked = null;
  $('detail').hidden = true;
  table.mark(state.line, null);
  picture.mark(null);
  choose(view, null);
}

// ---- running and learning ----

const exampleText = name => examples.find(one => one.name === name).text;
const run = new Run(new Worker(['cnnc']), {
  text: () => ({ name: state.name, text: state.text, network: state.wrong ? null : state.network }),
  lenet: { name: 'lenet5', text: exampleText('lenet5'), weights: { name: 'lenet5.safetensors', bytes: parts.lenet5 } },
  samples: parts.samples
});
const train = new Train(new Worker(['train']), {
  async tensors() {
    const { network } = await language.send({ task: 'look', name: 'digits', text: exampleText('digits'), options: [] });
    return network.layers.flatMap(layer => layer.weights);
  },
  use(bytes) {
    open('digits', exampleText('digits'));
    quietly(look().then(() => {
      tabs.choose('run');
      run.learn(bytes);
    }));
  }
});

// ---- the top ----

$('examples').append(new Option('Examples', '', true, true));
$('examples').options[0].disabled = true;
for (const group of [...new Set(examples.map(one => one.group))]) {
  const box = Object.assign(document.createElement('optgroup'), { label: group });
  box.append(...examples.filter(one => one.group === group).map(one => new Option(one.name, one.name)));
  $('examples').append(box);
}
$('examples').onchange = () => open($('examples').value, exampleText($('examples').value));
$('save').onclick = () => download(`${state.name}.cnn`, view.state.doc.toString(), 'text/plain');
$('copy').onclick = async () => {
  await writeAddress(state.name, view.state.doc.toString(), $('examples').value !== '' &&
    exampleText($('examples').value) === view.state.doc.toString());
  let said = 'Copied';
  try {
    await navigator.clipboard.writeText(location.href);
  } catch {
    said = 'It is in the address';
  }
  $('copy').textContent = said;
  setTimeout(() => { $('copy').textContent = 'Copy link'; }, 1500);
};
$('target').onchange = () => follow();
$('rules').onchange = () => quietly(look());
$('detail-close').onclick = () => close();
addEventListener('keydown', event => {
  if (event.key === 'Escape' && !$('detail').hidden && !$('editor').contains(event.target))
    close();
});
addEventListener('resize', () => {
  picture.resize();
  train.curve();
});
addEventListener('hashchange', () => quietly(openAddress()));
$('version').textContent = parts.version;

async function openAddress() {
  const { example, text, name } = await readAddress();
  const known = examples.find(one => one.name === (example ?? FIRST)) ?? examples[0];
  if (text === undefined)
    open(known.name, known.text);
  else
    open(name, text);
}

quietly(openAddress());
globalThis.cnncPlayground = { view, state, examples, language, drawer, writer }; // for tests, and for the curious
