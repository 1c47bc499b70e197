// A square to draw in, with the mouse, a finger or a pen: light ink on a dark ground.
const PEN = 22;

export class Drawing {
  constructor(canvas, changed) {
    this.canvas = canvas;
    this.paper = canvas.getContext('2d', { willReadFrequently: true });
    this.changed = changed;
    this.last = null;
    canvas.onpointerdown = event => {
      canvas.setPointerCapture(event.pointerId);
      this.last = this.place(event);
      this.line(this.last);
    };
    canvas.onpointermove = event => {
      if (!this.last)
        return;
      for (const one of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event])
        this.line(this.place(one));
    };
    canvas.onpointerup = canvas.onpointercancel = () => {
      this.last = null;
    };
    this.clear();
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * this.canvas.width / box.width,
            (event.clientY - box.top) * this.canvas.height / box.height];
  }

  line(to) {
    Object.assign(this.paper, { lineWidth: PEN, lineCap: 'round', lineJoin: 'round', strokeStyle: '#fff' });
    this.paper.beginPath();
    this.paper.moveTo(...this.last);
    this.paper.lineTo(to[0] + 0.01, to[1]);
    this.paper.stroke();
    this.last = to;
    this.picture = null;
    this.empty = false;
    this.changed();
  }

  clear() {
    this.paper.fillStyle = '#000';
    this.paper.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.picture = null;
    this.empty = true;
    this.changed();
  }

  // 28x28 bytes.
  showDigit(bytes) {
    const small = new ImageData(28, 28);
    bytes.forEach((byte, i) => small.data.set([byte, byte, byte, 255], 4 * i));
    const canvas = new OffscreenCanvas(28, 28);
    canvas.getContext('2d').putImageData(small, 0, 0);
    this.paper.fillStyle = '#000';
    this.paper.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.paper.drawImage(canvas, 0, 0, this.canvas.width, this.canvas.height);
    this.picture = null;
    this.empty = false;
    this.changed();
  }

  // A picture of a file, cut to a square.
  showPicture(image) {
    const side = Math.min(image.width, image.height), { width, height } = this.canvas;
    this.paper.drawImage(image, (image.width - side) / 2, (image.height - side) / 2, side, side, 0, 0, width, height);
    this.picture = true;
    this.empty = false;
    this.changed();
  }

  // What the evaluator takes.
  pixels() {
    const { width, height } = this.canvas, { data } = this.paper.getImageData(0, 0, width, height);
    const channels = this.picture ? 3 : 1, pixels = new Uint8Array(width * height * channels);
    for (let i = 0; i < width * height; i++)
      for (let k = 0; k < channels; k++)
        pixels[i * channels + k] = data[4 * i + k];
    return { kind: this.picture ? 'picture' : 'drawing', width, height, pixels };
  }
}
