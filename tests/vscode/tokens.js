// Colours texts as VS Code does: {"grammar": FILE, "texts": [...]} on standard input gives for each text the list of
// [line, start, end, [scope, ...]] on standard output. Columns are units of UTF-16.
'use strict';
const fs = require('fs');
const oniguruma = require('vscode-oniguruma');
const textmate = require('vscode-textmate');

async function main() {
  const task = JSON.parse(fs.readFileSync(0, 'utf8'));
  await oniguruma.loadWASM(fs.readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')).buffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (string) => new oniguruma.OnigString(string),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(fs.readFileSync(task.grammar, 'utf8'), task.grammar),
  });
  const grammar = await registry.loadGrammar('source.cnn');
  const found = task.texts.map((text) => {
    let state = textmate.INITIAL;
    const tokens = [];
    text.split('\n').forEach((line, number) => {
      const result = grammar.tokenizeLine(line, state);
      state = result.ruleStack;
      for (const token of result.tokens) tokens.push([number, token.startIndex, token.endIndex, token.scopes]);
    });
    return tokens;
  });
  process.stdout.write(JSON.stringify(found));
}

main().catch((error) => { console.error(error); process.exit(1); });
