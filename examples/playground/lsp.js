// The language server's protocol as one batch: a session opens a text, asks everything at once, and ends. The server
// keeps nothing between two batches, so that a fault in one text cannot reach the next.
const encoder = new TextEncoder(), decoder = new TextDecoder();

function frame(message) {
  const body = encoder.encode(JSON.stringify({ jsonrpc: '2.0', ...message }));
  const header = encoder.encode(`Content-Length: ${body.length}\r\n\r\n`);
  const bytes = new Uint8Array(header.length + body.length);
  bytes.set(header);
  bytes.set(body, header.length);
  return bytes;
}

export function concatenated(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const CAPABILITIES = {
  textDocument: {
    hover: { contentFormat: ['markdown'] },
    completion: { completionItem: { snippetSupport: true } }
  }
};

// What the server reads: `requests` are [method, params without textDocument].
export function session(uri, text, requests) {
  const textDocument = { uri };
  const messages = [
    { id: 'initialize', method: 'initialize', params: { processId: null, rootUri: null, capabilities: CAPABILITIES,
                                                             initializationOptions: { hints: 'changes' } } },
    { method: 'initialized', params: {} },
    { method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'cnn', version: 1, text } } },
    ...requests.map(([method, params], id) => ({ id, method, params: { textDocument, ...params } }))
  ];
  return concatenated(messages.map(frame));
}

// What the server wrote: { legend, diagnostics, answers }, answers in the order of the requests.
export function answersOf(bytes) {
  const found = { legend: [], diagnostics: [], answers: [] };
  for (let at = 0; at < bytes.length;) {
    const header = /^Content-Length: (\d+)\r\n\r\n/.exec(decoder.decode(bytes.subarray(at, at + 64)));
    if (!header)
      throw new Error('the language server wrote something else than its protocol');
    const begin = at + header[0].length, end = begin + Number(header[1]);
    const message = JSON.parse(decoder.decode(bytes.subarray(begin, end)));
    at = end;
    if (message.method === 'textDocument/publishDiagnostics')
      found.diagnostics = message.params.diagnostics;
    else if (message.id === 'initialize')
      found.legend = message.result.capabilities.semanticTokensProvider.legend.tokenTypes;
    else if (typeof message.id === 'number')
      found.answers[message.id] = message.error ? null : message.result;
  }
  return found;
}
