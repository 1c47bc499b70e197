// The messages below the editor, with their fixes as buttons: for fingers, keyboards and screen readers.
import { offsetOf } from './editor.js';

const WORDS = ['', 'error', 'warning', 'note', 'hint'], MOST = 20;

export class Problems {
  constructor(parent, { go, fix }) {
    Object.assign(this, { parent, go, fix });
  }

  // cnnc itself failed.
  fail(what) {
    const item = document.createElement('div');
    item.className = 'problem error';
    item.textContent = what;
    this.parent.replaceChildren(item);
  }

  show(doc, { diagnostics, fixes }) {
    const items = diagnostics.slice(0, MOST).map((one, index) => {
      const [item, place, text] = ['div', 'button', 'span'].map(tag => document.createElement(tag));
      const { line, character } = one.range.start;
      item.className = `problem ${WORDS[one.severity ?? 1]}`;
      place.type = 'button';
      place.className = 'link';
      place.textContent = `${line + 1}:${character + 1}`;
      place.setAttribute('aria-label', `Go to line ${line + 1}`);
      place.onclick = () => this.go(offsetOf(doc, one.range.start));
      text.textContent = one.message;
      item.append(place, text);
      for (const fix of fixes.filter(each => each.diagnostic === index)) {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'fix';
        button.textContent = fix.title;
        button.onclick = () => this.fix(fix.edits);
        item.append(button);
      }
      return item;
    });
    this.parent.replaceChildren(...items);
    this.parent.dataset.count = diagnostics.length;
  }
}
