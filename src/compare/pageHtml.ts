// The body of a panel's page goes in; the whole page comes out, which may load Retouch's own script and styles and nothing
// else. Imports nothing.

export interface PageSources {
  /** `webview.cspSource`. */
  readonly cspSource: string;
  /** New and random for each page. */
  readonly nonce: string;
  /** From `webview.asWebviewUri`, as the styles'. */
  readonly scriptUri: string;
  readonly title: string;
}

/** @param body HTML, with whatever comes from elsewhere escaped already */
export function pageHtml(
  { cspSource, nonce, scriptUri, title }: PageSources,
  styleUris: readonly string[],
  body: string,
): string {
  const policy = [
    `default-src 'none'`,
    `img-src ${cspSource} blob:`,
    `style-src ${cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  const styles = styleUris.map((uri) => `<link rel="stylesheet" href="${escapeHtml(uri)}" />`);
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escapeHtml(title)}</title>
    ${styles.join('\n    ')}
  </head>
  <body>
    ${body}
    <script nonce="${escapeHtml(nonce)}" src="${escapeHtml(scriptUri)}"></script>
  </body>
</html>
`;
}

/** Safe in text and in attribute values with either kind of quote. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
