// Takes what the compare panel's page is made of; gives the static page that the webview starts with.
import { escapeHtml, pageHtml, type PageSources } from './pageHtml';

export const panelFiles = ['webview.js', ['panel.css']] as const;

/** The view modes in the order of the toolbar: what the webview calls them, and what people read. */
const modes = [
  { value: 'sideBySide', label: 'Side by Side' },
  { value: 'swipe', label: 'Swipe' },
  { value: 'onionSkin', label: 'Onion Skin' },
  { value: 'difference', label: 'Difference' },
  { value: 'blink', label: 'Blink' },
];

/** What a region is marked with. */
const tools = [
  { value: 'rectangle', label: 'Rectangle', key: 'R' },
  { value: 'brush', label: 'Brush', key: 'B' },
  { value: 'eraser', label: 'Eraser', key: 'E' },
  { value: 'lasso', label: 'Lasso', key: 'L' },
];

/** How an edited picture of another shape lies in the original. */
const fits = [
  { value: 'fit', label: 'Fit', title: 'The whole edited picture, with bars where it ends' },
  { value: 'crop', label: 'Crop', title: 'Without bars: what sticks out is cut off' },
  { value: 'stretch', label: 'Stretch', title: 'Pulled into the original’s shape' },
];

/** Every key of the panel, as `?` lists them. */
const keys: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['Enter'], 'Accept'],
  [['Escape'], 'Discard'],
  [['Backspace'], 'Discard and go on, while several are reviewed'],
  [['M'], 'Next view mode'],
  [['Space'], 'Hold to see the original'],
  [['N', 'P'], 'Next or previous change'],
  [['Space'], 'Keep or reject the change that has the focus'],
  [['O'], 'Keep only the change that has the focus'],
  [['→', '←'], 'Unfold or fold the minor differences that have the focus'],
  [['+', '-'], 'Zoom in or out'],
  [['0', 'Ctrl+0'], 'Zoom to fit'],
  [['1', 'Ctrl+1'], 'Actual size'],
  [['←', '→', '↑', '↓'], 'Move the pictures; while they fit, the divider or the slider'],
  [['Page Up', 'Page Down'], 'Previous or next version'],
  [['E'], 'Say what else to change'],
  [['Ctrl+Wheel'], 'Zoom about the pointer; without Ctrl it moves the pictures'],
  [['Double-click'], 'Between fit and actual size'],
  [['?'], 'This list'],
];

/** Those that mean something else, or anything at all, only while a region is marked. */
const markingKeys: typeof keys = [
  [['R', 'B', 'E', 'L'], 'Rectangle, brush, eraser, lasso'],
  [['[', ']'], 'Narrower or wider brush'],
  [['I'], 'Invert the region'],
  [['Ctrl+Z'], 'Undo'],
  [['←', '→', '↑', '↓'], 'Move the pen'],
  [['Space'], 'Put the pen down, or lift it'],
  [['Alt+Drag'], 'Take away with the rectangle or the lasso'],
  [['Enter'], 'Continue'],
  [['Escape'], 'Cancel'],
];

/** Outlines of 16 × 16. */
const icons = {
  zoomOut: 'M3 8h10',
  zoomIn: 'M3 8h10M8 3v10',
  fit: 'M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3M5.5 6.500h5v3h-5z',
  actual: 'M3 5l1.5-1v8M11 5l1.5-1v8M7.5 6.250v.5M7.5 9.750v.5',
  chevron: 'M6 4l4 4-4 4',
};

/**
 * The page of the compare panel, as HTML. It holds every control there is, hidden until the first
 * state message says which ones the phase offers.
 */
export function panelHtml(sources: PageSources): string {
  return pageHtml(
    sources,
    `<main id="panel" class="panel" tabindex="-1">
      <h1 class="visuallyHidden">${escapeHtml(sources.title)}</h1>
      ${toolbarHtml()}
      <div id="request" class="request" hidden>
        <div id="asked" class="asked">
          <p class="instruction"><span class="visuallyHidden">Instruction: </span><span id="instruction"></span></p>
          <button id="more" class="link" type="button" aria-expanded="false" aria-controls="instruction" hidden>More</button>
          <p class="model"><span class="visuallyHidden">Model: </span><span id="model"></span></p>
        </div>
        <div id="saveOptions" class="saveOptions" role="group" aria-label="What is saved" hidden>
          <label id="matchLabel" class="check"><input id="match" type="checkbox" /> Match Original</label>
          <div id="fits" class="segments" role="radiogroup" aria-label="Shape" hidden>
            ${fits.map(fitHtml).join('\n            ')}
          </div>
          <span class="saves"><span id="saves"></span> <span id="losses"></span></span>
        </div>
      </div>
      ${againHtml}
      <div class="workspace">
        ${stageHtml()}
        ${inspectorHtml()}
      </div>
      <ul id="versions" class="versions" aria-label="Versions" hidden></ul>
      <div id="footer" class="footer">
        <p class="status" role="status"><span id="status"></span><span id="statusUnseen" class="visuallyHidden"></span></p>
        <span id="clock" class="clock" aria-hidden="true" hidden></span>
      </div>
      <div id="spoken" class="visuallyHidden" aria-live="polite"></div>
    </main>
    ${helpHtml()}`,
  );
}

function toolbarHtml(): string {
  return `<div class="toolbar">
        <div id="modes" class="segments modes" role="radiogroup" aria-label="View mode" hidden>
          ${modes.map(modeHtml).join('\n          ')}
        </div>
        <div id="zooms" class="zooms" role="group" aria-label="Zoom" hidden>
          ${iconButtonHtml('zoomOut', 'Zoom Out', '-')}
          <span id="percent" class="percent"></span>
          ${iconButtonHtml('zoomIn', 'Zoom In', '+')}
          ${iconButtonHtml('fit', 'Zoom to Fit', '0', ' aria-pressed="true"')}
          ${iconButtonHtml('actual', 'Actual Size', '1', ' aria-pressed="false"')}
          <button id="helpButton" class="icon" type="button" aria-label="Keyboard Shortcuts" title="Keyboard Shortcuts (?)">?</button>
        </div>
        ${regionToolsHtml()}
        <div id="actions" class="actions" role="group" aria-label="Actions">
          <button id="marked" class="button primary" type="button" title="Continue (Enter)" hidden>Continue</button>
          <button id="accept" class="button primary" type="button" title="Accept (Enter)" aria-describedby="saves losses" hidden>Accept</button>
          <button id="savePng" class="button" type="button" title="Save beside the original as PNG, which keeps every pixel as it is shown" hidden>Save as PNG</button>
          <button id="saveAs" class="button" type="button" hidden>Save As…</button>
          <button id="copy" class="button" type="button" title="Copy the edited picture as PNG" hidden>Copy</button>
          <button id="replace" class="button" type="button" title="Put the edited picture in the original’s place" hidden>Replace Original</button>
          <button id="discard" class="button" type="button" title="Discard (Escape)" hidden>Discard</button>
          <button id="cancel" class="button" type="button" title="Cancel the edit" hidden>Cancel</button>
        </div>
      </div>`;
}

/** Another round, from what is shown or from the start. */
const againHtml = `<form id="again" class="again" aria-label="Edit Again" hidden>
        <input id="againInstruction" class="field" type="text" aria-label="Instruction" placeholder="What else to change" title="What else to change (E)" autocomplete="off" />
        <select id="againModel" class="select" aria-label="Model" title="Model"></select>
        <select id="againFrom" class="select" aria-label="Start from" title="What the edit starts from">
          <option value="shown">From this version</option>
          <option value="original">From the original</option>
        </select>
        <button id="againButton" class="button" type="submit">Edit Again</button>
      </form>`;

function regionToolsHtml(): string {
  return `<div id="regionTools" class="regionTools" role="group" aria-label="Region" hidden>
          <div class="segments" role="radiogroup" aria-label="Tool">
            ${tools.map(toolHtml).join('\n            ')}
          </div>
          <label class="option" title="Width of brush and eraser ([ and ])">Width <input id="brushWidth" type="range" min="0" max="100" step="1" aria-label="Width" /></label>
          <span id="brushWidthValue" class="value" aria-hidden="true"></span>
          <button id="invert" class="button small" type="button" title="Invert (I)">Invert</button>
          <button id="undo" class="button small" type="button" title="Undo (Ctrl+Z)">Undo</button>
          <button id="clear" class="button small" type="button" title="Mark nothing">Clear</button>
        </div>`;
}

function toolHtml({ value, label, key }: (typeof tools)[number]): string {
  return `<label class="segment" title="${label} (${key})"><input type="radio" name="tool" value="${value}" /><span>${label}</span></label>`;
}

function stageHtml(): string {
  return `<div id="stage" class="stage" data-mode="sideBySide" data-layout="apart" hidden>
          ${captionHtml('original', 'Original', compareWithHtml)}
          ${captionHtml('edited', 'Edited')}
          ${modeOptionsHtml}
          ${sideHtml('original', 'Original', '', regionHtml)}
          ${sideHtml('edited', 'Edited', placeholderHtml, peekHtml)}
          <div id="bothView" class="view both" tabindex="0" role="group" aria-label="Both pictures">
            <div id="bothFrame" class="frame">
              <div id="heatLayer" class="layer heat" aria-hidden="true"><canvas id="heat" class="picture"></canvas></div>
              <div id="divider" class="divider">
                <div class="grip">
                  <input id="swipe" type="range" min="0" max="100" step="1" value="50" aria-label="Swipe position" title="Swipe position (←, →, Home, End)" />
                </div>
              </div>
              <span id="bothMark" class="mark" aria-hidden="true" hidden></span>
            </div>
            <div class="boxes" aria-hidden="true" hidden></div>
          </div>
          <p id="readout" class="readout" hidden></p>
          <div id="navigator" class="navigator" aria-hidden="true" hidden>
            <img id="overview" alt="" draggable="false" /><div id="seen" class="seen"></div>
          </div>
        </div>`;
}

/** What is marked, over the original. */
const regionHtml = `<div id="regionLayer" class="layer region" aria-hidden="true" hidden><canvas id="region" class="picture"></canvas></div>`;

/** Another version in the original's place. */
const compareWithHtml = `<select id="compareWith" class="select" aria-label="Compare with" title="Compare with" hidden></select> `;

/** What the mode that is on can be told, one of each. */
const modeOptionsHtml = `<div class="modeOptions">
            <div id="onionOptions" class="option">
              <span aria-hidden="true">Original</span>
              <input id="onion" type="range" min="0" max="100" step="1" aria-label="Onion Skin opacity" title="How much of the edited picture shows (←, →)" />
              <span aria-hidden="true">Edited</span>
            </div>
            <div id="differenceOptions" class="option">
              <label class="option">Threshold <input id="threshold" type="range" min="0" max="100" step="1" aria-label="Threshold" title="How different a pixel must be to count: less to the left, more to the right of Auto. A double-click brings Auto back" /></label>
              <span id="thresholdValue" class="value" aria-hidden="true"></span>
              <label class="check" title="All that differs: overall colour and what redrawing moved are not measured out"><input id="rawHeat" type="checkbox" role="switch" /> Raw Differences</label>
              <span class="legend"><span>less</span><span class="ramp" aria-hidden="true"></span><span>more different</span></span>
            </div>
            <div id="blinkOptions" class="option">
              <button id="blinking" class="button small" type="button">Pause</button>
              <label class="option">Interval <input id="interval" type="range" min="0.2" max="3" step="0.1" aria-label="Blink interval" title="How long each picture shows" /></label>
              <span id="intervalValue" class="value" aria-hidden="true"></span>
            </div>
          </div>`;

function inspectorHtml(): string {
  return `<div id="inspector" class="inspector" hidden>
          <div class="inspectorHead">
            <h2><button id="changesToggle" class="toggle" type="button" aria-expanded="true" aria-controls="inspectorBody">${iconHtml('chevron')}<span>Changes</span> <span id="changesCount" class="count"></span></button></h2>
            <span id="busy" class="busy" hidden>Comparing…</span>
          </div>
          <div id="inspectorBody" class="inspectorBody">
            <p id="problem" class="problem" hidden></p>
            <div id="changesPart" class="changesPart">
              <p id="changesSummary" class="summary"></p>
              <div id="changesActions" class="changesActions">
                <button id="keepAll" class="button small" type="button">Keep All</button>
                <button id="rejectAll" class="button small" type="button">Reject All</button>
                <button id="mainOnly" class="button small" type="button" title="Keep the first change, reject all others, minor differences and the overall colour">Main Change Only</button>
              </div>
              <ul id="changes" class="changes" aria-label="Changes"></ul>
            </div>
            ${redrawnHtml}
            <div id="alignment" class="alignment">
              <label class="check"><input id="align" type="checkbox" role="switch" aria-describedby="alignWords" /> Align</label>
              <span id="alignWords" class="summary"></span>
            </div>
          </div>
        </div>`;
}

/** In place of the list, where one would lie. */
const redrawnHtml = `<div id="redrawn" class="redrawn" hidden>
              <p><strong>Redrawn as a whole:</strong> everything was painted anew, so that single changes cannot be told apart.</p>
              <div id="redrawnHelp" class="redrawnHelp">
                <p>What helps:</p>
                <div id="markRegionHelp"><button id="markRegion" class="button small" type="button" aria-describedby="markRegionWords">Mark Region…</button><p id="markRegionWords" class="summary">Edit the original once more, and only where you mark it.</p></div>
                <div id="otherModelHelp"><button id="otherModel" class="button small" type="button" aria-describedby="otherModelWords">Another Model…</button><p id="otherModelWords" class="summary">Some leave more of the picture as it is.</p></div>
                <div><button id="keepWhole" class="button small" type="button" aria-describedby="keepWholeWords">Keep as It Came</button><p id="keepWholeWords" class="summary">Accept the whole picture.</p></div>
              </div>
            </div>`;

function helpHtml(): string {
  return `<dialog id="help" class="help" aria-labelledby="helpTitle">
      <h2 id="helpTitle">Keyboard Shortcuts</h2>
      <dl>
        ${keys.map(keyHtml).join('\n        ')}
      </dl>
      <h3>While a region is marked</h3>
      <dl>
        ${markingKeys.map(keyHtml).join('\n        ')}
      </dl>
      <form method="dialog"><button class="button" autofocus>Close</button></form>
    </dialog>`;
}

function keyHtml([names, what]: (typeof keys)[number]): string {
  return `<div><dt>${names.map((name) => `<kbd>${name}</kbd>`).join(' ')}</dt><dd>${what}</dd></div>`;
}

function modeHtml({ value, label }: { value: string; label: string }): string {
  return `<label class="segment" title="${label} (M changes the mode)"><input type="radio" name="mode" value="${value}" /><span>${label}</span></label>`;
}

function fitHtml({ value, label, title }: (typeof fits)[number]): string {
  return `<label class="segment" title="${title}"><input type="radio" name="fit" value="${value}" /><span>${label}</span></label>`;
}

function iconButtonHtml(
  id: 'zoomOut' | 'zoomIn' | 'fit' | 'actual',
  name: string,
  key: string,
  more = '',
): string {
  return `<button id="${id}" class="icon" type="button" aria-label="${name}" title="${name} (${key})"${more}>${iconHtml(id)}</button>`;
}

function iconHtml(name: keyof typeof icons): string {
  return `<svg class="glyph ${name}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="${icons[name]}" /></svg>`;
}

/** The role of the placeholder is played by the status line for those who cannot see it. */
const placeholderHtml = `<div id="placeholder" class="placeholder" aria-hidden="true" hidden><span id="placeholderWords"></span><span id="placeholderClock" class="clock"></span></div>`;

/** The original once more, in the edited picture's place while Space is held. */
const peekHtml = `<div id="peekLayer" class="layer peek" hidden><div class="squares"></div><img id="peek" class="picture" alt="" draggable="false" /><span id="peekMark" class="mark" aria-hidden="true"></span></div>`;

function captionHtml(side: string, name: string, before = ''): string {
  return `<p id="${side}Caption" class="caption ${side}">${before}<strong id="${side}Name">${name}</strong> <span id="${side}Facts" class="facts"></span></p>`;
}

function sideHtml(side: string, name: string, inFrame = '', layers = ''): string {
  return `<div id="${side}View" class="view ${side}" tabindex="0" role="group" aria-label="${name} picture">
            <div id="${side}Frame" class="frame">
              <div id="${side}Layer" class="layer ${side}"><div class="squares"></div><img id="${side}" class="picture" alt="${name}" aria-describedby="${side}Facts" draggable="false" hidden /></div>${layers}
              <span id="${side}Mark" class="mark" aria-hidden="true" hidden></span>
              <p id="${side}Unshown" class="unshown" hidden></p>${inFrame}
            </div>
            <div class="boxes" aria-hidden="true" hidden></div>${side === 'original' ? brushRingHtml : ''}
          </div>`;
}

/** How wide the brush is, and where the keys have moved it. */
const brushRingHtml = `<div id="brushRing" class="brushRing" aria-hidden="true" hidden></div>`;
