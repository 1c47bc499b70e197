// Where the cursor is in the picture and the summary. Nothing here needs VS Code.
'use strict';

// The places of layers, [line, column] from 1, of a picture's classes at-LINE-COLUMN.
function placesOfPicture(svg) {
  return [...svg.matchAll(/\bat-(\d+)-(\d+)\b/g)].map((found) => [Number(found[1]), Number(found[2])]);
}

// The same of each layer that --emit=json lists, or null.
function placesOfLayers(json) {
  return JSON.parse(json).layers.map((layer) => layer.line ? [layer.line, layer.column] : null);
}

// The place of the layer at the cursor, [line, column] from 1: the last one of its line that begins before it, or the
// first one of the line. Null where the line has none.
function placeAt(places, line, column) {
  const columns = places.filter((place) => place && place[0] === line).map((place) => place[1]);
  if (!columns.length) return null;
  const before = columns.filter((start) => start <= column);
  return [line, before.length ? Math.max(...before) : Math.min(...columns)];
}

// The lines of the summary's rows, from 0, for the layers at a place: rows are in the order of layers, below the rule.
function rowsAt(summary, places, place) {
  const first = summary.split('\n').findIndex((line) => /^-{20,}$/.test(line)) + 1;
  return place ? places.flatMap((own, i) => own && own[0] === place[0] && own[1] === place[1] ? [first + i] : []) : [];
}

// The picture as a page that marks the layers at the places that it is told, and scrolls to the first of them.
function page(svg, nonce) {
  return `<!DOCTYPE html>
<html><head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:;
style-src 'unsafe-inline'; script-src 'nonce-${nonce}'"><style>
body { background: white }
.cursor rect, .cursor polygon, .cursor path { stroke: #f97316; stroke-width: 3px }
</style></head><body>
${svg.replace(/<script[^]*?<\/script>/g, '')}
<script nonce="${nonce}">
window.addEventListener('message', ({ data }) => {
  for (const old of document.querySelectorAll('.cursor')) old.classList.remove('cursor');
  const found = data.at ? document.getElementsByClassName('at-' + data.at.join('-')) : [];
  for (const layer of found) layer.classList.add('cursor');
  if (found.length) found[0].scrollIntoView({ block: 'nearest', inline: 'nearest' });
});
</script></body></html>`;
}

module.exports = { placesOfPicture, placesOfLayers, placeAt, rowsAt, page };
