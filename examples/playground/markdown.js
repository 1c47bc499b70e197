// The little Markdown that the server writes (fences, `code`, **bold**, paragraphs), as elements: never as HTML.
function inline(parent, text) {
  for (const part of text.split(/(`[^`]+`|\*\*[^*]+\*\*)/)) {
    const code = /^`(.+)`$/.exec(part), bold = /^\*\*(.+)\*\*$/.exec(part);
    if (!code && !bold) {
      parent.append(part.replace(/\\([\\`*_{}[\]()#+\-.!<>|])/g, '$1'));
      continue;
    }
    const element = document.createElement(code ? 'code' : 'strong');
    element.textContent = (code ?? bold)[1];
    parent.append(element);
  }
}

export function markdown(text) {
  const box = document.createElement('div');
  box.className = 'markdown';
  for (const block of text.split(/(^```[^]*?^```$)/m)) {
    const fence = /^```\w*\n([^]*?)\n?```$/.exec(block);
    for (const paragraph of fence ? [fence[1]] : block.split(/\n{2,}/).filter(one => one.trim())) {
      const element = document.createElement(fence ? 'pre' : 'p');
      if (fence)
        element.textContent = paragraph;
      else
        inline(element, paragraph.trim());
      box.append(element);
    }
  }
  return box;
}
