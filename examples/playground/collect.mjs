// What the page takes from the tree, as JSON.
//
//     node collect.mjs examples EXAMPLES-FOLDER       the texts: [{ name, group, text }]
//     node collect.mjs templates TEMPLATES-FOLDER     cnnc's templates: { path: content }
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

function examples(folder) {
  const texts = (from, group) => readdirSync(from).filter(name => name.endsWith('.cnn')).sort()
    .map(name => ({ name: basename(name, '.cnn'), group, text: readFileSync(join(from, name), 'utf8') }));
  return [...texts(folder, 'Networks'), ...texts(join(folder, 'train'), 'Networks that learn')];
}

function templates(folder, below = '', all = {}) {
  for (const name of readdirSync(join(folder, below)).sort()) {
    const path = join(below, name);
    if (statSync(join(folder, path)).isDirectory())
      templates(folder, path, all);
    else if (name.endsWith('.m4'))
      all[path] = readFileSync(join(folder, path), 'utf8');
  }
  return all;
}

const [what, folder] = process.argv.slice(2);
process.stdout.write(JSON.stringify({ examples, templates }[what](folder)));
