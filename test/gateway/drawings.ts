// The size of a picture comes in, an SVG drawing to lay over it goes out.
import type { PixelSize } from './paint';

/** A small orange cat that sits in the lower middle, a little left, with its shadow. */
export function catDrawing({ width, height }: PixelSize): Buffer {
  const scale = Math.min(height * 0.42, width * 0.42) / 300;
  const left = width * 0.43 - 130 * scale;
  const top = height * 0.93 - 300 * scale;
  const stripe = 'fill="none" stroke="#c2611a" stroke-width="9" stroke-linecap="round"';
  const whisker = 'stroke="#fff3e0" stroke-width="2" stroke-linecap="round" opacity="0.9"';
  const eye = (x: number) =>
    `<ellipse cx="${x}" cy="96" rx="13" ry="15" fill="#c9d36a"/>
    <ellipse cx="${x}" cy="97" rx="7.5" ry="13" fill="#1d1712"/>
    <circle cx="${x - 3}" cy="90" r="4" fill="#fff"/>`;
  return svg(
    { width, height },
    `<defs>
      <linearGradient id="fur" x1="0" y1="0" x2="1" y2="0.3">
        <stop offset="0" stop-color="#ffb55c"/><stop offset="0.55" stop-color="#f08a2c"/>
        <stop offset="1" stop-color="#b9560f"/>
      </linearGradient>
      <radialGradient id="chest"><stop offset="0" stop-color="#fff1da"/>
        <stop offset="0.7" stop-color="#ffe3bd"/>
        <stop offset="1" stop-color="#ffd7a3" stop-opacity="0"/></radialGradient>
      <filter id="soft" x="-40%" y="-80%" width="180%" height="260%">
        <feGaussianBlur stdDeviation="9"/></filter>
    </defs>
    <g transform="translate(${left} ${top}) scale(${scale})">
      <ellipse cx="165" cy="290" rx="140" ry="17" fill="#1a0d05" opacity="0.55" filter="url(#soft)"/>
      <path d="M196 268 C262 282 288 232 262 196 C252 182 236 192 244 206 C258 230 240 250 200 240 Z"
        fill="url(#fur)"/>
      <path d="M247 243 l9 9 M254 219 l13 1" ${stripe}/>
      <path d="M130 126 C70 140 48 226 62 272 C70 296 196 296 204 270 C214 222 190 138 130 126 Z"
        fill="url(#fur)"/>
      <path d="M190 188 l-22 5 M199 216 l-24 4 M202 244 l-22 2 M66 216 l20 4 M61 244 l20 2" ${stripe}/>
      <ellipse cx="130" cy="204" rx="40" ry="60" fill="url(#chest)"/>
      <path d="M102 200 C96 236 94 262 94 276 M160 200 C166 236 168 262 168 276" fill="none"
        stroke="#b9560f" stroke-width="4" stroke-linecap="round" opacity="0.7"/>
      <ellipse cx="108" cy="284" rx="25" ry="13" fill="#fff1da"/>
      <ellipse cx="156" cy="284" rx="25" ry="13" fill="#ffe9cb"/>
      <path d="M101 281 v10 M112 281 v10 M150 281 v10 M161 281 v10" stroke="#d9a774"
        stroke-width="2.5" stroke-linecap="round"/>
      <path d="M66 78 L58 12 Q60 4 68 9 L114 44 Z M194 78 L202 12 Q200 4 192 9 L146 44 Z"
        fill="url(#fur)"/>
      <path d="M74 60 L68 26 L96 46 Z M186 60 L192 26 L164 46 Z" fill="#f7a39a"/>
      <ellipse cx="130" cy="92" rx="78" ry="64" fill="url(#fur)"/>
      <path d="M130 34 v24 M108 38 l5 20 M152 38 l-5 20 M58 92 l18 3 M60 110 l18 -2 M202 92 l-18 3
        M200 110 l-18 -2" ${stripe}/>
      <ellipse cx="130" cy="124" rx="38" ry="25" fill="#fff1da"/>
      ${eye(98)}${eye(162)}
      <path d="M121 112 Q130 108 139 112 Q136 122 130 123 Q124 122 121 112 Z" fill="#e8786f"/>
      <path d="M130 123 v7 M130 130 q-9 11 -19 4 M130 130 q9 11 19 4" fill="none" stroke="#7a3b14"
        stroke-width="3" stroke-linecap="round"/>
      <path d="M92 122 L38 112 M92 128 L36 130 M168 122 L222 112 M168 128 L224 130" ${whisker}/>
    </g>`,
  );
}

/** A frame, and a ribbon that names the instruction: the mark of an edit that was not understood. */
export function ribbonDrawing({ width, height }: PixelSize, instruction: string): Buffer {
  const edge = Math.max(4, Math.round(Math.min(width, height) * 0.014));
  const ribbon = Math.round(height * 0.09);
  const top = Math.round(height * 0.84);
  const characters = Array.from(instruction.replace(/\s+/g, ' ').trim());
  const text =
    characters.length > 60 ? `${characters.slice(0, 59).join('')}…` : characters.join('');
  const fontSize = Math.min(ribbon * 0.42, (width * 1.5) / Math.max(text.length, 1));
  return svg(
    { width, height },
    `<rect x="${edge * 2}" y="${edge * 2}" width="${width - edge * 4}" height="${height - edge * 4}"
      fill="none" stroke="#ff7a45" stroke-width="${edge}"/>
    <rect y="${top}" width="${width}" height="${ribbon}" fill="#ff7a45"/>
    <text x="${width / 2}" y="${top + ribbon * 0.64}" font-family="sans-serif" font-weight="bold"
      font-size="${fontSize}" fill="#fff" text-anchor="middle">${escapeXml(text)}</text>`,
  );
}

const svg = ({ width, height }: PixelSize, body: string) =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body}</svg>`,
  );

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Also drops what XML cannot hold at all: control characters and halves of surrogate pairs. */
const escapeXml = (text: string) =>
  text
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"']/g, (character) => entities[character] ?? '');
