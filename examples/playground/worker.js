// What runs beside the page, so that typing never waits: cnnc, m4, Graphviz, the evaluator, and training. A worker
// answers one request after the other: { id, task, ... } with { id, result } or { id, error }.
import { instance as graphviz } from '@viz-js/viz';
import { answersOf, session } from './lsp.js';
import { bytesOf, folder, read, run } from './system.js';
import { trainer } from './trainer.js';

const decoder = new TextDecoder();
let modules = {}, templates, viz;

async function init({ cnnc, m4, train, templates: files }) {
  const compiled = async bytes => bytes && WebAssembly.compile(bytes);
  modules = { cnnc: await compiled(cnnc), m4: await compiled(m4), train: await compiled(train) };
  templates = files && folder(JSON.parse(decoder.decode(files)));
}

// The programs that cnnc may run.
const programs = {
  dot({ input }) {
    try {
      return { status: 0, out: bytesOf(viz.renderString(decoder.decode(input), { format: 'svg' })), err: '' };
    } catch (error) {
      return { status: 1, out: '', err: error.message };
    }
  }
};
programs.m4 = ({ root, args, input }) => run(modules.m4, { root, args, input });

function cnnc(args, { files = {}, input } = {}) {
  const root = folder({ ...files, tmp: folder({}) });
  if (templates)
    root.contents.set('templates', templates);
  const env = { CNNC_TEMPLATES: '/templates', TMPDIR: '/tmp' };
  const done = run(modules.cnnc, { root, args: ['cnnc', ...args], env, input: input && bytesOf(input), programs });
  return { ...done, root };
}

function said(done) {
  const out = decoder.decode(done.out);
  if (done.status !== 0)
    throw new Error(done.err.trim() || `cnnc ended with status ${done.status}`);
  return out;
}

// What cnnc prints about a text.
const about = (name, text, option) =>
  said(cnnc(['-w', option, `${name}.cnn`], { files: { [`${name}.cnn`]: text } }));

// ---- the editor's questions ----

const uriOf = name => `file:///${name}.cnn`;

function ask(name, text, requests, options = []) {
  const done = cnnc(['--lsp', ...options], { input: session(uriOf(name), text, requests) });
  if (done.status !== 0 && done.out.length === 0)
    throw new Error(done.err.trim() || `cnnc --lsp ended with status ${done.status}`);
  return answersOf(done.out);
}

// A quick fix as { title, edits, diagnostic }, the latter its place in the list.
function fixesOf(actions, diagnostics, uri) {
  const keys = diagnostics.map(one => JSON.stringify(one));
  return (actions ?? []).map(action => ({
    title: action.title,
    edits: action.edit.changes?.[uri] ?? action.edit.documentChanges[0].edits,
    diagnostic: keys.indexOf(JSON.stringify(action.diagnostics[0]))
  }));
}

// All that the page shows of a text.
function look({ name, text, options }) {
  const end = { line: text.split('\n').length, character: 0 }, everything = { start: { line: 0, character: 0 }, end };
  const { legend, diagnostics, answers } = ask(name, text, [
    ['textDocument/codeAction', { range: everything, context: { diagnostics: [] } }],
    ['textDocument/inlayHint', { range: everything }],
    ['textDocument/semanticTokens/full', {}]
  ], options);
  const [actions, hints, tokens] = answers;
  const wrong = diagnostics.some(one => one.severity === 1);
  return {
    diagnostics, legend, hints: hints ?? [], tokens: tokens?.data ?? [],
    fixes: fixesOf(actions, diagnostics, uriOf(name)),
    network: wrong ? null : JSON.parse(about(name, text, '--emit=json'))
  };
}

const tasks = {
  init,
  look,
  hover: ({ name, text, position }) => ask(name, text, [['textDocument/hover', { position }]]).answers[0],
  complete: ({ name, text, position }) => ask(name, text, [['textDocument/completion', { position }]]).answers[0],
  format: ({ name, text }) => ask(name, text, [['textDocument/formatting', { options: {} }]]).answers[0],
  explain: ({ name, text, layer }) => about(name, text, `--explain=${layer}`),
  async picture({ name, text }) {
    viz ??= await graphviz();
    return about(name, text, '--emit=svg');
  },
  code({ name, text, target }) {
    const file = `${name}.cnn`;
    const done = cnnc(['-w', `--target=${target}`, '--embed=no', '-o', `${name}.c`, file], { files: { [file]: text } });
    said(done);
    const written = ending => decoder.decode(read(done.root, `${name}.${ending}`));
    return { source: written('c'), header: written('h') };
  },
  evaluate({ name, text, weights, seed, kind, width, height, pixels }) {
    const file = `${name}.cnn`, files = { [file]: text, picture: pixels };
    if (weights)
      files[weights.name] = weights.bytes;
    const numbers = weights ? `--weights=${weights.name}` : `--init=he:${seed}`;
    const done = cnnc(['--evaluate', kind, `${width}`, `${height}`, '-w', numbers, file], { files });
    said(done);
    return { layers: JSON.parse(decoder.decode(read(done.root, 'maps.json'))),
             numbers: new Float32Array(read(done.root, 'maps').slice().buffer) };
  },
  train: request => trainer(modules.train, request)
};

async function answer({ id, task, ...request }) {
  try {
    self.postMessage({ id, result: await tasks[task](request) });
  } catch (error) {
    self.postMessage({ id, error: error.message });
  }
}

let last = Promise.resolve();
self.onmessage = ({ data }) => {
  last = last.then(() => answer(data));
};
