// The editor: CodeMirror, with everything that the language server knows. Colours and shapes behind layers move along
// with the text until the next answer comes.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, snippet }
  from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, indentUnit } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, WidgetType, drawSelection, highlightActiveLine, highlightActiveLineGutter,
         highlightSpecialChars, hoverTooltip, keymap, lineNumbers } from '@codemirror/view';
import { markdown } from './markdown.js';

// ---- places: the protocol counts lines and UTF-16 units, as CodeMirror does ----

export function offsetOf(doc, { line, character }) {
  if (line >= doc.lines)
    return doc.length;
  const at = doc.line(line + 1);
  return Math.min(at.from + character, at.to);
}

function positionOf(doc, offset) {
  const line = doc.lineAt(offset);
  return { line: line.number - 1, character: offset - line.from };
}

const changesOf = (doc, edits) => edits.map(({ range, newText }) => ({
  from: offsetOf(doc, range.start), to: offsetOf(doc, range.end), insert: newText }));

// ---- decorations ----

class Shape extends WidgetType {
  constructor(label) {
    super();
    this.label = label;
  }

  eq(other) {
    return other.label === this.label;
  }

  toDOM() {
    const span = document.createElement('span');
    span.className = 'shape';
    span.textContent = this.label;
    return span;
  }
}

// A set of decorations that an effect replaces and edits move.
function layer() {
  const effect = StateEffect.define();
  const field = StateField.define({
    create: () => Decoration.none,
    update: (set, transaction) => transaction.effects.reduce((now, one) => one.is(effect) ? one.value : now,
                                                             set.map(transaction.changes)),
    provide: self => EditorView.decorations.from(self)
  });
  return { effect, field };
}

const colours = layer(), shapes = layer(), chosen = layer();
const MARKS = {};

// Semantic tokens: [lines, characters, length, type, modifiers] each, relative to the one before.
function colourMarks(doc, legend, data) {
  const marks = [];
  let line = 0, character = 0;
  for (let i = 0; i + 4 < data.length; i += 5) {
    character = data[i] ? data[i + 1] : character + data[i + 1];
    line += data[i];
    const from = offsetOf(doc, { line, character }), to = offsetOf(doc, { line, character: character + data[i + 2] });
    const name = legend[data[i + 3]];
    MARKS[name] ??= Decoration.mark({ class: `token-${name}` });
    if (to > from)
      marks.push(MARKS[name].range(from, to));
  }
  return Decoration.set(marks, true);
}

const shapeMarks = (doc, hints) => Decoration.set(hints.map(({ position, label }) =>
  Decoration.widget({ widget: new Shape(label), side: 1 }).range(offsetOf(doc, position))), true);

// ---- messages ----

const SEVERITIES = ['', 'error', 'warning', 'info', 'hint'];

export const apply = (view, edits) => {
  view.dispatch({ changes: changesOf(view.state.doc, edits), userEvent: 'input.fix' });
  view.focus();
};

const messagesOf = (doc, answer) => answer.diagnostics.map((one, index) => ({
  from: offsetOf(doc, one.range.start),
  to: Math.max(offsetOf(doc, one.range.end), offsetOf(doc, one.range.start)),
  severity: SEVERITIES[one.severity ?? 1],
  message: one.message,
  actions: answer.fixes.filter(fix => fix.diagnostic === index)
    .map(fix => ({ name: fix.title, apply: view => apply(view, fix.edits) }))
}));

// ---- questions ----

const hover = ask => hoverTooltip(async (view, at) => {
  const answer = await ask('hover', positionOf(view.state.doc, at));
  if (!answer)
    return null;
  const range = answer.range;
  return {
    pos: range ? offsetOf(view.state.doc, range.start) : at,
    end: range ? offsetOf(view.state.doc, range.end) : at,
    above: true,
    create: () => ({ dom: markdown(answer.contents.value) })
  };
});

// The protocol's kinds of items, as CodeMirror's icons call them.
const KINDS = { 3: 'function', 5: 'property', 6: 'variable', 7: 'class', 10: 'property', 12: 'constant', 13: 'enum',
                14: 'keyword', 20: 'enum', 22: 'type' };

function optionOf(item) {
  const text = item.textEdit?.newText ?? item.insertText ?? item.label;
  const plain = text.replace(/\$\{\d+:([^}]*)\}/g, '$1').replace(/\$\d+/g, '');
  const documentation = item.documentation?.value ?? item.documentation;
  return {
    label: item.label, sortText: item.sortText, detail: item.detail, type: KINDS[item.kind] ?? 'text',
    apply: item.insertTextFormat === 2 && text !== plain ? snippet(text.replace(/\$(\d+)/g, '${$1}')) : plain,
    info: documentation ? () => markdown(documentation) : undefined
  };
}

const complete = ask => async context => {
  const word = context.matchBefore(/[\w.]*/);
  const before = context.state.sliceDoc(Math.max(0, context.pos - 2), context.pos);
  if (!context.explicit && word.from === word.to && !/[(,=>{|[]\s?$/.test(before))
    return null;
  const answer = await ask('complete', positionOf(context.state.doc, context.pos));
  const items = answer?.items ?? answer ?? [];
  if (!items.length || context.aborted)
    return null;
  const edit = items[0].textEdit?.range;
  const from = edit ? offsetOf(context.state.doc, edit.start) : word.from;
  return { from, options: items.map(optionOf), validFor: /^\w*$/ };
};

// ---- the view ----

// `ask(question, position)` asks the server; `changed()` and `moved(line)` tell the page.
export function makeEditor(parent, { ask, changed, moved, format }) {
  return new EditorView({
    parent,
    state: EditorState.create({
      extensions: [
        lineNumbers(), highlightActiveLineGutter(), highlightSpecialChars(), history(), drawSelection(),
        EditorState.allowMultipleSelections.of(true), indentUnit.of('  '), bracketMatching(), closeBrackets(),
        highlightActiveLine(), lintGutter(), EditorView.lineWrapping,
        EditorState.languageData.of(() => [{ commentTokens: { line: '#' } }]),
        autocompletion({ override: [complete(ask)], activateOnTyping: true }), hover(ask),
        colours.field, shapes.field, chosen.field,
        EditorView.contentAttributes.of({ 'aria-label': 'The network, as text', spellcheck: 'false',
                                          autocapitalize: 'off', autocorrect: 'off' }),
        keymap.of([{ key: 'Tab', run: acceptCompletion }, { key: 'Alt-Shift-f', run: format },
                   ...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
        EditorView.updateListener.of(update => {
          if (update.docChanged)
            changed();
          if (update.docChanged || update.selectionSet)
            moved(update.state.doc.lineAt(update.state.selection.main.head).number);
        })
      ]
    })
  });
}

// What the server said of this very text.
export function show(view, answer) {
  const doc = view.state.doc;
  view.dispatch({ effects: [
    colours.effect.of(colourMarks(doc, answer.legend, answer.tokens)),
    shapes.effect.of(shapeMarks(doc, answer.hints))
  ] });
  view.dispatch(setDiagnostics(view.state, messagesOf(doc, answer)));
}

export function replace(view, text) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 },
                  scrollIntoView: true });
}

export const applyEdits = (view, edits) => view.dispatch({ changes: changesOf(view.state.doc, edits) });

// Marks the line of a layer, and moves there.
export function choose(view, line) {
  const doc = view.state.doc;
  const set = line && line <= doc.lines
    ? Decoration.set([Decoration.line({ class: 'chosen-line' }).range(doc.line(line).from)]) : Decoration.none;
  const effects = [chosen.effect.of(set)];
  if (line && line <= doc.lines)
    effects.push(EditorView.scrollIntoView(doc.line(line).from, { y: 'center' }));
  view.dispatch({ effects });
}

