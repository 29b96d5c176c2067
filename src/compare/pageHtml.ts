// The body of a panel's page goes in; the whole page comes out. It carries its script and styles, and loads nothing but the
// pictures that the script makes. Imports nothing.

export interface PageSources {
  /** New and random for each page. */
  readonly nonce: string;
  /** JavaScript, without `</script` and `<!--`: a test looks at what is built. */
  readonly script: string;
  /** CSS, without `</style`. */
  readonly style: string;
  readonly title: string;
}

/** @param body HTML, with whatever comes from elsewhere escaped already */
export function pageHtml({ nonce, script, style, title }: PageSources, body: string): string {
  const policy = [
    `default-src 'none'`,
    `img-src blob:`,
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escapeHtml(title)}</title>
    <style nonce="${escapeHtml(nonce)}">${style}</style>
  </head>
  <body>
    ${body}
    <script nonce="${escapeHtml(nonce)}">${script}</script>
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
