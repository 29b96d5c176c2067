// Takes the addresses of the panel's script and style; gives the static page that the webview starts with.

/** The view modes in the order of the toolbar: what the webview calls them, and what people read. */
const modes = [
  { value: 'sideBySide', label: 'Side by Side' },
  { value: 'swipe', label: 'Swipe' },
];

/**
 * The page of the compare panel, as HTML. It holds every control there is, hidden until the first
 * state message says which ones the phase offers. `cspSource` is `webview.cspSource`; the URIs come
 * from `webview.asWebviewUri`; `nonce` must be new and random for each page.
 */
export function panelHtml(options: {
  cspSource: string;
  nonce: string;
  scriptUri: string;
  styleUri: string;
  title: string;
}): string {
  const cspSource = escapeHtml(options.cspSource);
  const nonce = escapeHtml(options.nonce);
  const title = escapeHtml(options.title);
  const policy = [
    `default-src 'none'`,
    `img-src ${cspSource} blob:`,
    `style-src ${cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    <link rel="stylesheet" href="${escapeHtml(options.styleUri)}" />
  </head>
  <body>
    <main id="panel" class="panel" tabindex="-1">
      <h1 class="visuallyHidden">${title}</h1>
      <div class="toolbar">
        <div id="modes" class="segments" role="radiogroup" aria-label="View mode" hidden>
          ${modes.map(modeHtml).join('\n          ')}
        </div>
        <div id="zooms" class="segments" role="group" aria-label="Zoom" hidden>
          <button id="fit" class="segment" type="button" aria-pressed="true" title="Zoom to Fit (0)">Zoom to Fit</button>
          <button id="actual" class="segment" type="button" aria-pressed="false" title="Actual Size (1)">Actual Size</button>
        </div>
        <div id="actions" class="actions" role="group" aria-label="Actions">
          <button id="accept" class="button primary" type="button" title="Accept (Enter)" hidden>Accept</button>
          <button id="saveAs" class="button" type="button" hidden>Save As…</button>
          <button id="discard" class="button" type="button" title="Discard (Escape)" hidden>Discard</button>
          <button id="cancel" class="button" type="button" title="Cancel the edit" hidden>Cancel</button>
        </div>
      </div>
      <div id="request" class="request" hidden>
        <p class="instruction"><span class="visuallyHidden">Instruction: </span><span id="instruction"></span></p>
        <button id="more" class="link" type="button" aria-expanded="false" aria-controls="instruction" hidden>More</button>
        <p class="model"><span class="visuallyHidden">Model: </span><span id="model"></span></p>
      </div>
      <div id="stage" class="stage" data-mode="sideBySide" data-zoom="fit" hidden>
        ${sideHtml('original', 'Original')}
        ${sideHtml('edited', 'Edited', placeholderHtml)}
        <div id="bothView" class="view both" tabindex="0" role="group" aria-label="Scroll area of both pictures">
          <div id="bothFrame" class="frame">
            <div id="divider" class="divider">
              <div class="grip">
                <input id="swipe" type="range" min="0" max="100" step="1" value="50" aria-label="Swipe position" title="Swipe position (←, →, Home, End)" />
              </div>
            </div>
          </div>
        </div>
      </div>
      <div class="footer">
        <p id="status" class="status" role="status"></p>
        <span id="clock" class="clock" aria-hidden="true" hidden></span>
      </div>
    </main>
    <script nonce="${nonce}" src="${escapeHtml(options.scriptUri)}"></script>
  </body>
</html>
`;
}

function modeHtml({ value, label }: { value: string; label: string }): string {
  return `<label class="segment" title="${label} (M changes the mode)"><input type="radio" name="mode" value="${value}" /><span>${label}</span></label>`;
}

/** The role of the placeholder is played by the status line for those who cannot see it. */
const placeholderHtml = `<div id="placeholder" class="placeholder" aria-hidden="true" hidden><span>Editing…</span><span id="placeholderClock" class="clock"></span></div>`;

function sideHtml(side: string, name: string, more = ''): string {
  return `<p id="${side}Caption" class="caption ${side}"><strong>${name}</strong> <span id="${side}Facts" class="facts"></span></p>
        <div id="${side}View" class="view ${side}" tabindex="0" role="group" aria-label="Scroll area of the ${side} picture">
          <div id="${side}Frame" class="frame">
            <div id="${side}Layer" class="layer ${side}">
              <img id="${side}" alt="${name}" aria-describedby="${side}Facts" draggable="false" hidden />
              <p id="${side}Unshown" class="unshown" hidden></p>${more}
            </div>
          </div>
        </div>`;
}

/** Safe in text and in attribute values with either kind of quote. */
function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
