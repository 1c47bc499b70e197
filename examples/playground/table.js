// The summary: totals, and a table of the layers that sorts by any column.
const grouped = number => number.toLocaleString('en-US');
const sides = ([h, w, c]) => `${h}x${w}x${c}`;
const area = ([h, w]) => `${Number.isInteger(h) ? h : h.toFixed(1)}x${Number.isInteger(w) ? w : w.toFixed(1)}`;
const short = number => {
  for (const [size, unit] of [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']])
    if (number >= size)
      return `${(number / size).toPrecision(3)} ${unit}`;
  return `${number}`;
};
const bytes = number => number >= 1 << 20 ? `${(number / (1 << 20)).toFixed(1)} MiB`
  : number >= 1 << 10 ? `${(number / (1 << 10)).toFixed(1)} KiB` : `${number} bytes`;

// title, what is shown, what is sorted by, is it a number
const COLUMNS = [
  ['Name', layer => layer.name, (layer, index) => index],
  ['Kind', layer => layer.kind, layer => layer.kind],
  ['Output', layer => sides(layer.output), layer => layer.output[0] * layer.output[1] * layer.output[2], true],
  ['Parameters', layer => layer.params ? grouped(layer.params) : '–', layer => layer.params, true],
  ['MACs', layer => layer.macs ? grouped(layer.macs) : '–', layer => layer.macs, true],
  ['Field', layer => area(layer.receptive_field), layer => layer.receptive_field[0] * layer.receptive_field[1], true],
  ['Bytes', layer => grouped(layer.bytes), layer => layer.bytes, true]
];

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

export class Table {
  // `pick(layer)` is told of a row that was chosen.
  constructor(parent, totals, pick) {
    Object.assign(this, { parent, totals, pick, column: 0, down: false, network: null });
    this.heads = COLUMNS.map(([title, , , number], column) => {
      const button = element('button', { type: 'button', textContent: title, onclick: () => this.sortBy(column) });
      return element('th', { scope: 'col', className: number ? 'number' : '' }, button);
    });
    this.body = element('tbody');
    this.caption = element('caption', { className: 'hidden', textContent: 'The layers' });
    parent.replaceChildren(element('table', {}, this.caption, element('thead', {}, element('tr', {}, ...this.heads)),
                                   this.body));
  }

  sortBy(column) {
    this.down = column === this.column ? !this.down : Boolean(COLUMNS[column][3]);
    this.column = column;
    this.draw();
  }

  show(network) {
    this.network = network;
    const { params, macs, weight_bytes: weights, arena_bytes: arena } = network.total;
    const cards = [['Parameters', grouped(params), short(params)], ['MACs', grouped(macs), short(macs)],
                   ['Weight bytes', grouped(weights ?? 0), bytes(weights ?? 0)],
                   ['Arena bytes', grouped(arena ?? 0), bytes(arena ?? 0)]];
    this.totals.replaceChildren(...cards.map(([title, exact, rough]) => element('div', { className: 'card' },
      element('dt', { textContent: title }), element('dd', { textContent: exact }),
      element('dd', { className: 'pale', textContent: rough }))));
    this.draw();
  }

  draw() {
    const [, , key] = COLUMNS[this.column], sign = this.down ? -1 : 1;
    const rows = this.network.layers.map((layer, index) => ({ layer, index, key: key(layer, index) }));
    rows.sort((a, b) => sign * (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) || a.index - b.index);
    this.heads.forEach((head, column) => column === this.column
      ? head.setAttribute('aria-sort', this.down ? 'descending' : 'ascending') : head.removeAttribute('aria-sort'));
    this.body.replaceChildren(...rows.map(({ layer }) => this.row(layer)));
    this.mark();
  }

  row(layer) {
    const row = element('tr', { onclick: () => this.pick(layer) });
    row.dataset.layer = layer.name;
    row.dataset.line = layer.line ?? '';
    COLUMNS.forEach(([, text, , number], column) => {
      const cell = element(column ? 'td' : 'th', { className: number ? 'number' : '' });
      if (column)
        cell.textContent = text(layer);
      else
        cell.append(element('button', { type: 'button', textContent: text(layer), className: 'link' }));
      if (column === 1)
        cell.prepend(element('span', { className: `dot family-${layer.family}`, ariaHidden: 'true' }));
      row.append(cell);
    });
    return row;
  }

  // The layers of the editor's line, and the one that is explained.
  mark(line = this.line, name = this.name) {
    Object.assign(this, { line, name });
    for (const row of this.body.rows) {
      row.classList.toggle('here', row.dataset.line === String(line));
      row.classList.toggle('picked', row.dataset.layer === name);
    }
  }
}
