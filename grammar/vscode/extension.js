// Starts the language server, and shows what cnnc makes of the text: its summary, and its picture.
'use strict';
const { execFile } = require('child_process');
const path = require('path');
const vscode = require('vscode');

let client;
const pictures = new Map(); // a panel for each text

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

async function showSummary() {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  try {
    const content = await run(editor.document, ['--summary']);
    const document = await vscode.workspace.openTextDocument({ content, language: 'plaintext' });
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
  } catch (error) {
    vscode.window.showErrorMessage(error.message);
  }
}

async function draw(document, panel) {
  try {
    const svg = await run(document, ['--emit=svg']);
    panel.webview.html = `<!DOCTYPE html><body style="background:white">${svg.replace(/<script[^]*?<\/script>/g, '')}</body>`;
  } catch (error) {
    panel.title = 'not up to date: the text has errors';
  }
}

async function showPicture() {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  const uri = editor.document.uri.toString();
  let panel = pictures.get(uri);
  if (!panel) {
    panel = vscode.window.createWebviewPanel('cnnc.picture', path.basename(editor.document.fileName),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }, { enableScripts: false });
    pictures.set(uri, panel);
    panel.onDidDispose(() => pictures.delete(uri));
  }
  await draw(editor.document, panel);
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
    const panel = pictures.get(document.uri.toString());
    if (panel) draw(document, panel);
  };
  context.subscriptions.push(
    vscode.commands.registerCommand('cnnc.summary', showSummary),
    vscode.commands.registerCommand('cnnc.picture', showPicture),
    vscode.commands.registerCommand('cnnc.restart', async () => { await exports.deactivate(); await start(); }),
    vscode.workspace.onDidSaveTextDocument(redraw));
  await start();
};

exports.deactivate = async () => {
  const old = client;
  client = undefined;
  if (old) await old.stop();
};
