// The picture: cnnc's own SVG, whose layers can be chosen.
import { download } from './share.js';

const $ = id => document.getElementById(id);
const SMALLEST = 0.45;
const ELEMENTS = new Set(('g a title path polygon polyline ellipse rect text tspan style marker defs linearGradient ' +
  'stop clipPath').split(' '));
const LAYERS = 'g.node, g.layer'; // of Graphviz, which draws what cnnc leaves to it, and of cnnc

// Graphviz has guessed how wide words are: what is wider in this browser's font is squeezed into its box.
function squeeze(node) {
  const box = [...node.querySelectorAll('path, polygon')].reduce((right, one) => {
    const { x, width } = one.getBBox();
    return Math.max(right, x + width);
  }, 0);
  const texts = [...node.querySelectorAll('text')];
  texts.forEach(text => {
    const x = Number(text.getAttribute('x')), y = text.getAttribute('y');
    const next = texts.filter(one => one.getAttribute('y') === y).map(one => Number(one.getAttribute('x')))
      .filter(other => other > x);
    const room = Math.min(box - 4, ...next) - x;
    if (text.getAttribute('text-anchor') === 'start' && room > 0 && text.getComputedTextLength() > room) {
      text.setAttribute('textLength', room);
      text.setAttribute('lengthAdjust', 'spacingAndGlyphs');
    }
  });
}

// A text may come from a stranger's link: what a drawing does not need is taken out, whatever Graphviz makes of words.
function harmless(one) {
  if (!ELEMENTS.has(one.localName)) {
    one.remove();
    return;
  }
  for (const { name } of [...one.attributes])
    if (/^on|href$/i.test(name))
      one.removeAttribute(name);
}

export class Picture {
  constructor(parent, pick) {
    Object.assign(this, { parent, pick, zoom: null, source: '' });
    $('larger').onclick = () => this.scale(1.25);
    $('smaller').onclick = () => this.scale(0.8);
    $('fit').onclick = () => this.fit();
    $('save-svg').onclick = () => this.source && download(`${this.name}.svg`, this.source, 'image/svg+xml');
  }

  show(name, source) {
    Object.assign(this, { name, source });
    const svg = new DOMParser().parseFromString(source, 'image/svg+xml').documentElement;
    svg.querySelectorAll('*').forEach(harmless);
    this.width = parseFloat(svg.getAttribute('width'));
    this.height = parseFloat(svg.getAttribute('height'));
    this.svg = document.importNode(svg, true);
    this.svg.setAttribute('role', 'group');
    this.svg.querySelectorAll(LAYERS).forEach(node => this.prepare(node));
    this.parent.replaceChildren(this.svg);
    this.svg.querySelectorAll('g.node, g.cluster').forEach(squeeze);
    this.resize();
  }

  // A stack of layers: the tooltip names the first.
  prepare(node) {
    const link = node.querySelector('a'), own = node.dataset.layer && node.querySelector('title')?.textContent;
    const said = own ?? link?.getAttribute('xlink:title') ?? link?.getAttribute('title');
    if (!said)
      return;
    link?.removeAttribute('xlink:title');
    const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
    title.textContent = said;
    node.querySelector('title')?.remove();
    node.prepend(title);
    const layer = said.slice(0, said.lastIndexOf(': '));
    node.dataset.layer = layer;
    node.setAttribute('tabindex', '0');
    node.setAttribute('role', 'button');
    node.setAttribute('aria-label', said);
    node.onclick = () => this.pick({ name: layer });
    node.onkeydown = event => {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        this.pick({ name: layer });
      }
    };
  }

  mark(name) {
    this.svg?.querySelectorAll(LAYERS).forEach(node => node.classList.toggle('picked', node.dataset.layer === name));
  }

  // All of it is seen.
  fit() {
    const { clientWidth, clientHeight } = this.parent;
    this.zoom = this.svg && Math.min(clientWidth / this.width, clientHeight / this.height);
    this.resize();
  }

  scale(factor) {
    const shown = this.svg ? this.svg.getBoundingClientRect().width / this.width : 1;
    this.zoom = Math.min(8, Math.max(0.05, shown * factor));
    this.resize();
  }

  // Without a zoom of its own, as wide as there is room, no larger than drawn, and not too small to be read.
  resize() {
    if (!this.svg)
      return;
    const room = this.parent.clientWidth - 2, own = this.width * 4 / 3;
    const width = this.zoom ? this.width * this.zoom : Math.max(Math.min(room, own), SMALLEST * own);
    this.svg.style.width = `${width}px`;
    this.svg.style.height = `${width * this.height / this.width}px`;
  }
}
