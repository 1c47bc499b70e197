// The text in the address: #example=NAME where it is an example's, else #text=... compressed.
const base64 = bytes => btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''))
  .replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
const bytes = text => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0));

async function through(stream, data) {
  return new Uint8Array(await new Response(new Blob([data]).stream().pipeThrough(stream)).arrayBuffer());
}

export const gunzipped = data => through(new DecompressionStream('gzip'), data);

export async function packed(text) {
  return base64(await through(new CompressionStream('deflate-raw'), new TextEncoder().encode(text)));
}

export async function unpacked(word) {
  return new TextDecoder().decode(await through(new DecompressionStream('deflate-raw'), bytes(word)));
}

// A stranger's name becomes one for files.
const nameOf = word => (word ?? '').replace(/\W/g, '_').slice(0, 60) || 'network';

// { example } or { text, name }, or {} if the address holds nothing that can be read.
export async function readAddress() {
  const words = new URLSearchParams(location.hash.slice(1));
  if (words.has('example'))
    return { example: words.get('example') };
  try {
    return words.has('text') ? { text: await unpacked(words.get('text')), name: nameOf(words.get('name')) } : {};
  } catch {
    return {};
  }
}

export async function writeAddress(name, text, isExample) {
  const hash = isExample ? `#example=${encodeURIComponent(name)}`
    : `#name=${encodeURIComponent(name)}&text=${await packed(text)}`;
  history.replaceState(null, '', hash);
}

export function download(name, content, type) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
