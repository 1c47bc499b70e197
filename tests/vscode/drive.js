// Drives `cnnc --lsp` through VS Code's own connection and checks each answer with its types: drive.js CNNC FILE.
// Prints a line for each answer, "ok WHAT" or "not ok WHAT", with what was said.
'use strict';
const { spawn } = require('child_process');
const fs = require('fs');
const p = require('vscode-languageserver-protocol/node');

const [, , program, file] = process.argv;
const uri = 'file://' + file;
const text = fs.readFileSync(file, 'utf8');

function report(good, what, said) {
  console.log(`${good ? 'ok' : 'not ok'} ${what}${good ? '' : ': ' + JSON.stringify(said)}`);
}

async function main() {
  const child = spawn(program, ['--lsp'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = p.createProtocolConnection(new p.StreamMessageReader(child.stdout),
    new p.StreamMessageWriter(child.stdin));
  let published;
  const next = () => new Promise((resolve) => { published = resolve; });
  connection.onNotification(p.PublishDiagnosticsNotification.type, (params) => published && published(params));
  connection.listen();
  const initialized = await connection.sendRequest(p.InitializeRequest.type,
    { processId: process.pid, rootUri: null, capabilities: {
      workspace: { workspaceEdit: { documentChanges: true } },
      textDocument: { hover: { contentFormat: ['markdown', 'plaintext'] },
        completion: { completionItem: { snippetSupport: true } } } } });
  const sync = initialized.capabilities.textDocumentSync;
  report(sync.change === p.TextDocumentSyncKind.Incremental, 'initialize', initialized);
  connection.sendNotification(p.InitializedNotification.type, {});
  let waiting = next();
  connection.sendNotification(p.DidOpenTextDocumentNotification.type,
    { textDocument: { uri, languageId: 'cnn', version: 1, text } });
  report((await waiting).diagnostics.length === 0, 'messages of a text that is right', text);

  const lines = text.split('\n');
  const line = lines.findIndex((words) => words.includes('CONV(16)')), character = lines[line].indexOf('CONV(16)') + 1;
  const textDocument = { uri }, position = { line, character };
  const ask = (type, more) => connection.sendRequest(type, { textDocument, position, ...more });
  const all = (list, is) => Array.isArray(list) && list.length > 0 && 
    list.every((one) => is.is ? is.is(one) : one.label || one.range);
  const check = async (what, type, more, good) => {
    const answer = await ask(type, more);
    report(good(answer), what, answer);
    return answer;
  };
  const whole = { start: { line: 0, character: 0 }, end: { line: lines.length, character: 0 } };
  await check('hover', p.HoverRequest.type, {}, (a) => p.Hover.is(a) && a.contents.value.includes('MACs'));
  await check('completion', p.CompletionRequest.type, {}, (a) => all(a.items, p.CompletionItem));
  await check('hints', p.InlayHintRequest.type, { range: whole }, (a) => all(a, p.InlayHint));
  await check('outline', p.DocumentSymbolRequest.type, {}, (a) => all(a, p.DocumentSymbol));
  await check('folding', p.FoldingRangeRequest.type, {}, (a) => all(a, p.FoldingRange));
  await check('tokens', p.SemanticTokensRequest.type, {}, (a) => p.SemanticTokens.is(a) && a.data.length % 5 === 0);
  const at = lines.findIndex((words) => words.startsWith('param ')), name = { line: at, character: 6 };
  await check('definition', p.DefinitionRequest.type, { position: name }, (a) => all(a, p.Location));
  await check('uses', p.ReferencesRequest.type, { position: name, context: { includeDeclaration: true } },
    (a) => all(a, p.Location) && a.length > 1);
  await check('highlights', p.DocumentHighlightRequest.type, { position: name }, (a) => all(a, p.DocumentHighlight));
  await check('what would be renamed', p.PrepareRenameRequest.type, { position: name }, (a) => p.Range.is(a.range));
  await check('rename', p.RenameRequest.type, { position: name, newName: 'times' },
    (a) => p.WorkspaceEdit.is(a) && p.TextDocumentEdit.is(a.documentChanges[0]));

  waiting = next();
  connection.sendNotification(p.DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version: 2 },
    contentChanges: [{ range: { start: position, end: { line, character: character + 1 } }, text: 'OO' }] });
  const wrong = await waiting;
  report(wrong.version === 2 && all(wrong.diagnostics, p.Diagnostic), 'messages after an edit', wrong);
  const range = wrong.diagnostics[0].range;
  await check('fixes', p.CodeActionRequest.type, { range, context: { diagnostics: wrong.diagnostics } },
    (a) => all(a, p.CodeAction) && p.WorkspaceEdit.is(a[0].edit));
  waiting = next();
  connection.sendNotification(p.DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version: 3 }, contentChanges: [{ text: text.replace('->', '  →') }] });
  await waiting;
  await check('formatting', p.DocumentFormattingRequest.type, { options: { tabSize: 4, insertSpaces: true } },
    (a) => all(a, p.TextEdit));
  const token = new p.CancellationTokenSource();
  const cancelled = connection.sendRequest(p.HoverRequest.type, { textDocument, position }, token.token);
  token.cancel();
  await cancelled.then(() => report(true, 'cancellation'),
    (error) => report(error.code === p.LSPErrorCodes.RequestCancelled, 'cancellation', error));
  await connection.sendRequest(p.ShutdownRequest.type);
  const status = new Promise((resolve) => child.on('exit', resolve));
  connection.sendNotification(p.ExitNotification.type);
  report(await status === 0, 'the end', await status);
}

main().catch((error) => { console.log('not ok ' + error.stack); process.exit(1); });
