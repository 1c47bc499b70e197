// Workers, as the page sees them: requests are promises. Where only the newest request of a kind matters, older ones
// that have not begun are dropped, and one that takes long is ended together with its worker.
import assets from './assets.js';

export class Superseded extends Error {}

const PATIENCE = 300; // milliseconds for a request whose answer nobody waits for any more

export class Worker {
  constructor(needs) {
    this.needs = needs;
    this.waiting = new Map();
    this.last = 0;
    this.start();
  }

  start() {
    this.worker = new self.Worker(assets.workerAddress());
    this.worker.onmessage = ({ data: { id, result, error } }) => {
      const { resolve, reject } = this.waiting.get(id) ?? {};
      this.waiting.delete(id);
      if (error === undefined)
        resolve?.(result);
      else
        reject?.(new Error(error));
    };
    this.worker.onerror = event => {
      for (const { reject } of this.waiting.values())
        reject(new Error(event.message || 'the worker stopped'));
      this.waiting.clear();
    };
    this.send({ task: 'init', ...assets.parts(this.needs) }).catch(error => {
      if (!(error instanceof Superseded))
        console.error(error);
    });
  }

  send(request) {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, ...request });
    });
  }

  // Whatever it was doing is given up.
  restart() {
    this.worker.terminate();
    for (const { reject } of this.waiting.values())
      reject(new Superseded());
    this.waiting.clear();
    this.start();
  }
}

// One request at a time, of which only the newest counts.
export class Newest {
  constructor(worker) {
    this.worker = worker;
    this.next = null;
    this.busy = false;
  }

  ask(request) {
    this.next?.reject(new Superseded());
    return new Promise((resolve, reject) => {
      this.next = { request, resolve, reject };
      if (!this.busy)
        this.go();
      else
        this.hurry();
    });
  }

  hurry() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.busy && this.next && this.worker.restart(), PATIENCE);
  }

  async go() {
    while (this.next) {
      const { request, resolve, reject } = this.next;
      this.next = null;
      this.busy = true;
      try {
        const result = await this.worker.send(request);
        if (this.next)
          reject(new Superseded());
        else
          resolve(result);
      } catch (error) {
        reject(error);
      }
    }
    this.busy = false;
  }
}
