// The picture: cnnc's own SVG, whose layers can be chosen.
import { download } from './share.js';

const $ = id => document.getElementById(id);

export class Picture {
  constructor(parent, pick) {
    Object.assign(this, { parent, pick, zoom: null, source: '' });
    $('larger').onclick = () => this.scale(1.25);
    $('smaller').onclick = () => this.scale(0.8);
    $('fit').onclick = () => this.scale(null);
    $('save-svg').onclick = () => this.source && download(`${this.name}.svg`, this.source, 'image/svg+xml');
  }

  show(name, source) {
    Object.assign(this, { name, source });
    const svg = new DOMParser().parseFromString(source, 'image/svg+xml').documentElement;
    svg.querySelectorAll('script').forEach(script => script.remove());
    this.width = parseFloat(svg.getAttribute('width'));
    this.height = parseFloat(svg.getAttribute('height'));
    this.svg = document.importNode(svg, true);
    this.svg.setAttribute('role', 'group');
    this.svg.querySelectorAll('g.node').forEach(node => this.prepare(node));
    this.parent.replaceChildren(this.svg);
    this.resize();
  }

  // A stack of layers: the tooltip names the first.
  prepare(node) {
    const link = node.querySelector('a'), said = link?.getAttribute('xlink:title') ?? link?.getAttribute('title');
    if (!said)
      return;
    link.removeAttribute('xlink:title');
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
    this.svg?.querySelectorAll('g.node').forEach(node => node.classList.toggle('picked', node.dataset.layer === name));
  }

  scale(factor) {
    const shown = this.svg ? this.svg.getBoundingClientRect().width / this.width : 1;
    this.zoom = factor && Math.min(8, Math.max(0.05, shown * factor));
    this.resize();
  }

  // Without a zoom of its own, as wide as there is room, and no larger than drawn.
  resize() {
    if (!this.svg)
      return;
    const room = this.parent.clientWidth - 2, own = this.width * 4 / 3;
    const width = this.zoom ? this.width * this.zoom : Math.max(Math.min(room, own), Math.min(own, 240));
    this.svg.style.width = `${width}px`;
    this.svg.style.height = `${width * this.height / this.width}px`;
  }
}
