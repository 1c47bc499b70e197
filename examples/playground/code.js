// The tab "C": what cnnc writes, with the code of the editor's line marked.
import { cpp } from '@codemirror/lang-cpp';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, drawSelection, keymap, lineNumbers } from '@codemirror/view';
import { standardKeymap } from '@codemirror/commands';
import { classHighlighter } from '@lezer/highlight';
import { download } from './share.js';

const $ = id => document.getElementById(id);
const mark = StateEffect.define(), LINE = Decoration.line({ class: 'chosen-line' });
const marked = StateField.define({
  create: () => Decoration.none,
  update: (set, transaction) => transaction.effects.reduce((now, one) => one.is(mark) ? one.value : now,
                                                           set.map(transaction.changes)),
  provide: self => EditorView.decorations.from(self)
});

// The ranges of lines, from 1, that belong to a line of the text: calls, which a comment with the line's number leads,
// and the functions that they call.
export function linesOf(lines, line) {
  const calls = [], names = new Set();
  lines.forEach((text, i) => {
    if (!new RegExp(`^    /\\* .*\\(\\S+:${line}\\)`).test(text))
      return;
    let end = i;
    while (lines[end + 1]?.trim() && lines[end + 1] !== '}')
      end++;
    calls.push([i + 1, end + 1]);
    for (const called of lines.slice(i, end + 1).join('\n').matchAll(/^ {4,}(\w+)\(/gm))
      names.add(called[1]);
  });
  const functions = [];
  lines.forEach((text, i) => {
    const name = /^(?:static|void)\b.*?(\w+)\(/.exec(text)?.[1];
    if (!names.has(name) || name === 'CNN_PROBE')
      return;
    let begin = i, end = i;
    while (begin > 0 && lines[begin - 1].trim() && lines[begin - 1] !== '}')
      begin--;
    while (end < lines.length && lines[end] !== '}' && !lines[end].endsWith(';'))
      end++;
    if (lines[end] === '}' || !lines[i].endsWith(';'))
      while (end < lines.length && lines[end] !== '}')
        end++;
    functions.push([begin + 1, end + 1]);
  });
  return { calls, functions };
}

export class Code {
  constructor(parent) {
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        extensions: [
          lineNumbers(), EditorState.readOnly.of(true), cpp(), syntaxHighlighting(classHighlighter), drawSelection(),
          bracketMatching(), marked, keymap.of(standardKeymap),
          EditorView.contentAttributes.of({ 'aria-label': 'The generated C' })
        ]
      })
    });
    $('save-c').onclick = () => this.code && download(`${this.name}.c`, this.code.source, 'text/x-c');
    $('save-h').onclick = () => this.code && download(`${this.name}.h`, this.code.header, 'text/x-c');
  }

  show(name, code) {
    Object.assign(this, { name, code });
    this.lines = code.source.split('\n');
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: code.source } });
    const bytes = new TextEncoder().encode(code.source).length;
    $('code-said').textContent = `${this.lines.length.toLocaleString('en-US')} lines, ${(bytes / 1024).toFixed(0)} KiB`;
    this.mark(this.line);
  }

  mark(line) {
    this.line = line;
    if (!this.code || !line)
      return;
    const { calls, functions } = linesOf(this.lines, line), doc = this.view.state.doc, effects = [];
    const marks = [...calls, ...functions].sort((a, b) => a[0] - b[0]).flatMap(([from, to]) =>
      Array.from({ length: to - from + 1 }, (_, i) => LINE.range(doc.line(from + i).from)));
    effects.push(mark.of(Decoration.set(marks, true)));
    const first = functions[0] ?? calls[0];
    if (first)
      effects.push(EditorView.scrollIntoView(doc.line(first[0]).from, { y: 'start', yMargin: 40 }));
    this.view.dispatch({ effects });
  }
}
