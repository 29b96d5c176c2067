// Nothing goes in; a script comes out that stands in a plain browser for what VS Code gives a webview, with handles for the test.

/** What VS Code gives every webview, as far as it reaches the panel: 1.139. */
const defaultSheet = `@layer vscode-default {
  html { scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background); }
  body { background-color: transparent; color: var(--vscode-editor-foreground); margin: 0; padding: 0 20px; }
  img, video { max-width: 100%; max-height: 100%; }
  a:focus, input:focus, select:focus, textarea:focus { outline: 1px solid -webkit-focus-ring-color; outline-offset: -1px; }
}`;

/** A script for the page, before its own. */
export const fakeVscode = `
  const sent = [];
  // Each life of the page has an address of its own, and so a state of its own.
  const key = location.search;
  const kept = () => JSON.parse(sessionStorage.getItem(key) ?? 'null');
  // Ends when the page has heard of it: its own listener is older.
  const deliver = (message) =>
    new Promise((resolve) => {
      window.addEventListener('message', () => resolve(), { once: true });
      window.postMessage(message, '*');
    });
  const bytesOf = (base64) => {
    const binary = atob(base64);
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at);
    return bytes.buffer;
  };
  Object.assign(window, {
    sent,
    acquireVsCodeApi: () => ({
      postMessage: (message) => sent.push(message),
      getState: () => kept() ?? undefined,
      setState: (state) => sessionStorage.setItem(key, JSON.stringify(state)),
    }),
    kept,
    receive: deliver,
    receiveBytes: (message, key, base64) => deliver({ ...message, [key]: bytesOf(base64) }),
    receiveCopy: (mime, base64) =>
      deliver({ type: 'copy', picture: { mime, bytes: bytesOf(base64) } }),
    wear: ({ body, variables }) => {
      document.body.className = 'vscode-body ' + body;
      for (const name of [...document.documentElement.style])
        document.documentElement.style.removeProperty(name);
      for (const [name, value] of Object.entries(variables))
        document.documentElement.style.setProperty(name, value);
    },
  });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(${JSON.stringify(defaultSheet)});
  document.adoptedStyleSheets = [sheet];
`;
