// Maps as small pictures: zero is the ground, positive numbers one colour, negative ones another, as strong as the
// largest of the layer.
const MOST_MAPS = 64, MOST_NUMBERS = 256;

function shades() {
  const style = getComputedStyle(document.documentElement);
  return ['--map-zero', '--map-more', '--map-less'].map(name =>
    style.getPropertyValue(name).trim().match(/[\da-f]{2}/gi).map(two => parseInt(two, 16)));
}

const largest = numbers => numbers.reduce((most, number) => Math.max(most, Math.abs(number)), 1e-30);

function paint(canvas, width, height, numbers, most, [zero, more, less]) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d'), image = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const part = Math.min(1, Math.abs(numbers[i]) / most), to = numbers[i] < 0 ? less : more;
    for (let k = 0; k < 3; k++)
      image.data[4 * i + k] = zero[k] + (to[k] - zero[k]) * part;
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

export function tiles(parent, count, width, height, numbers) {
  const colours = shades(), most = largest(numbers), size = width * height;
  while (parent.children.length > count)
    parent.lastChild.remove();
  while (parent.children.length < count)
    parent.append(document.createElement('canvas'));
  [...parent.children].forEach((canvas, i) =>
    paint(canvas, width, height, numbers.subarray(i * size, (i + 1) * size), most, colours));
}

// One layer: its maps side by side, or its numbers as a strip. Of many, a button shows the rest.
export function layerMaps(layer, all, most = { maps: MOST_MAPS, numbers: MOST_NUMBERS }) {
  const { name, kind, shape: [h, w, c], offset } = layer;
  const [section, title, box] = ['section', 'h3', 'div'].map(tag => document.createElement(tag));
  const numbers = all.subarray(offset, offset + h * w * c), flat = h * w === 1;
  const shown = Math.min(c, flat ? most.numbers : most.maps);
  title.textContent = name;
  const said = document.createElement('span');
  said.className = 'pale';
  said.textContent = ` ${kind}, ${h}x${w}x${c} `;
  title.append(said);
  if (shown < c) {
    const more = document.createElement('button');
    more.type = 'button';
    more.className = 'link';
    more.textContent = `${shown} of ${c}: show all`;
    more.onclick = () => section.replaceWith(layerMaps(layer, all, { maps: c, numbers: c }));
    title.append(more);
  }
  box.className = flat ? 'strip' : 'maps';
  if (flat)
    tiles(box, 1, shown, 1, numbers.subarray(0, shown));
  else
    tiles(box, shown, w, h, numbers.subarray(0, shown * h * w));
  if (!flat)
    box.style.setProperty('--side', `${Math.max(28, Math.min(96, 2 * w))}px`);
  section.dataset.layer = name;
  section.append(title, box);
  return section;
}
