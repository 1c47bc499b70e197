// A program of WebAssembly in a system of its own: a folder of files in memory, standard streams, and the few programs
// that it may run. Each run begins with fresh memory.
import { Directory, File, OpenFile, PreopenDirectory, WASI } from '@bjorn3/browser_wasi_shim';

const encoder = new TextEncoder();
export const bytesOf = content => typeof content === 'string' ? encoder.encode(content) : content;

// { 'a/b.txt': content } as nested folders.
export function folder(files) {
  const root = new Directory(new Map());
  for (const [path, content] of Object.entries(files))
    place(root, path, content);
  return root;
}

function place(root, path, content) {
  const names = path.split('/').filter(name => name), last = names.pop();
  let at = root;
  for (const name of names) {
    if (!at.contents.has(name))
      at.contents.set(name, new Directory(new Map()));
    at = at.contents.get(name);
  }
  at.contents.set(last, content instanceof Directory ? content : new File(bytesOf(content)));
}

// The bytes of a file, or null.
export function read(root, path) {
  let at = root;
  for (const name of path.split('/').filter(part => part))
    at = at?.contents?.get?.(name);
  return at?.data ?? null;
}

function words(memory, address) {
  const view = new DataView(memory.buffer), list = [];
  for (; view.getUint32(address, true); address += 4)
    list.push(string(memory, view.getUint32(address, true)));
  return list;
}

function string(memory, address) {
  const bytes = new Uint8Array(memory.buffer);
  return address ? new TextDecoder().decode(bytes.slice(address, bytes.indexOf(0, address))) : null;
}

// Runs a program to its end: { status, out, err }. `programs` maps names to functions ({ root, args, input }) that
// return the same; a trap is status 70, as a fault of cnnc's own is.
export function run(module, { root, args, env = {}, input = new Uint8Array(), programs = {} }) {
  const streams = [new File(input), new File(new Uint8Array()), new File(new Uint8Array())];
  const fds = [...streams.map(file => new OpenFile(file)), new PreopenDirectory('/', root.contents)];
  const wasi = new WASI(args, Object.entries(env).map(([name, value]) => `${name}=${value}`), fds, { debug: false });
  const page = {
    run(argv, stdin, stdout, stderr) {
      const memory = instance.exports.memory, list = words(memory, argv), program = programs[list[0]];
      if (!program)
        return -1;
      const from = string(memory, stdin);
      const done = program({ root, args: list, input: from ? read(root, from) : new Uint8Array() });
      if (stdout)
        place(root, string(memory, stdout), done.out);
      if (stderr && stderr !== stdout)
        place(root, string(memory, stderr), done.err);
      return done.status;
    }
  };
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport, page });
  let status, fault = '';
  try {
    status = wasi.start(instance);
  } catch (error) {
    status = 70;
    fault = `${args[0]}: ${error.message}\n`;
  }
  const err = new TextDecoder().decode(streams[2].data) + fault;
  return { status, out: streams[1].data, err };
}
