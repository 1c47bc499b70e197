// Starts the language server, and shows what cnnc makes of the text: its summary, and its picture, in which the layer
// at the cursor is marked.
'use strict';
const { execFile } = require('child_process');
const crypto = require('crypto');
const path = require('path');
const vscode = require('vscode');
const follow = require('./follow');

let client;
const pictures = new Map(); // for each text a panel, and the places of its layers
const summaries = new Map(); // for each text its summary's editor, text, and the places of its layers
let marked; // how a row of the summary is marked

function command() {
  return vscode.workspace.getConfiguration('cnnc').get('command', 'cnnc');
}

// Words of the text's settings for a command line.
function options(document) {
  const all = vscode.workspace.getConfiguration('cnnc', document);
  const own = all.get('files', {})[path.basename(document.fileName)] || {};
  const define = { ...all.get('define', {}), ...own.define };
  return Object.entries(define).map(([name, value]) => `-D${name}=${value}`);
}

// Runs cnnc on the text as it stands in the editor, saved or not.
function run(document, words) {
  return new Promise((resolve, reject) => {
    const child = execFile(command(), ['-w', ...options(document), ...words, '-'], { maxBuffer: 256 << 20 },
      (error, out, said) => error ? reject(new Error(said || error.message)) : resolve(out));
    child.stdin.on('error', () => {});
    child.stdin.end(document.getText());
  });
}

// The cursor's line and column, from 1, in the editor of a text.
function cursor(document) {
  const editor = vscode.window.visibleTextEditors.find((one) => one.document === document);
  return editor ? [editor.selection.active.line + 1, editor.selection.active.character + 1] : [0, 0];
}

async function showSummary() {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  try {
    const content = await run(editor.document, ['--summary']);
    const places = follow.placesOfLayers(await run(editor.document, ['--emit=json']));
    const document = await vscode.workspace.openTextDocument({ content, language: 'plaintext' });
    const shown = await vscode.window.showTextDocument(document,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
    summaries.set(editor.document.uri.toString(), { shown, content, places });
    markRows(editor.document);
  } catch (error) {
    vscode.window.showErrorMessage(error.message);
  }
}

// Marks the layer at the cursor in the summary.
function markRows(document) {
  const summary = summaries.get(document.uri.toString());
  if (!summary || !vscode.window.visibleTextEditors.includes(summary.shown)) return;
  const rows = follow.rowsAt(summary.content, summary.places, follow.placeAt(summary.places, ...cursor(document)));
  const ranges = rows.map((row) => summary.shown.document.lineAt(row).range);
  summary.shown.setDecorations(marked, ranges);
  if (ranges.length) summary.shown.revealRange(ranges[0]);
}

async function draw(document, picture) {
  try {
    const svg = await run(document, ['--emit=svg']);
    picture.places = follow.placesOfPicture(svg);
    picture.panel.webview.html = follow.page(svg, crypto.randomBytes(16).toString('hex'));
    picture.panel.title = path.basename(document.fileName);
    markPicture(document);
  } catch (error) {
    picture.panel.title = 'not up to date: the text has errors';
  }
}

// Marks the layer at the cursor in the picture.
function markPicture(document) {
  const picture = pictures.get(document.uri.toString());
  if (picture) picture.panel.webview.postMessage({ at: follow.placeAt(picture.places, ...cursor(document)) });
}

async function showPicture() {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const uri = editor.document.uri.toString();
  let picture = pictures.get(uri);
  if (!picture) {
    const panel = vscode.window.createWebviewPanel('cnnc.picture', path.basename(editor.document.fileName),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }, { enableScripts: true, localResourceRoots: [] });
    picture = { panel, places: [] };
    pictures.set(uri, picture);
    panel.onDidDispose(() => pictures.delete(uri));
  }
  await draw(editor.document, picture);
}

async function start() {
  let LanguageClient;
  try {
    ({ LanguageClient } = require('vscode-languageclient/node'));
  } catch (error) {
    vscode.window.showWarningMessage('cnnc: this extension was packed without vscode-languageclient: colours and ' +
      'snippets work, messages while typing do not.');
    return;
  }
  client = new LanguageClient('cnnc', 'cnnc', { command: command(), args: ['--lsp'] },
    { documentSelector: [{ language: 'cnn' }], synchronize: { configurationSection: 'cnnc' } });
  await client.start();
}

exports.activate = async (context) => {
  const redraw = (document) => {
    const picture = pictures.get(document.uri.toString());
    if (picture) draw(document, picture);
  };
  marked = vscode.window.createTextEditorDecorationType({ isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.findMatchHighlightBackground') });
  context.subscriptions.push(
    vscode.commands.registerCommand('cnnc.summary', showSummary),
    vscode.commands.registerCommand('cnnc.picture', showPicture),
    vscode.commands.registerCommand('cnnc.restart', async () => { await exports.deactivate(); await start(); }),
    vscode.window.onDidChangeTextEditorSelection((event) => {
      markPicture(event.textEditor.document);
      markRows(event.textEditor.document);
    }),
    marked,
    vscode.workspace.onDidSaveTextDocument(redraw));
  await start();
};

exports.deactivate = async () => {
  const old = client;
  client = undefined;
  if (old) await old.stop();
};
