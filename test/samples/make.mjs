// Names of samples come in (none means all), the pictures of test/samples/workspace go out.
// `node test/samples/make.mjs photo.jpg`; the two photographs take minutes, the rest a second.
// The texts of the drawings use the fonts DejaVu and Liberation, as Debian has them.
import { mkdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { photograph } from './stillLife.mjs';

const folder = fileURLToPath(new URL('workspace/', import.meta.url));

const escapeXml = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const drawing = (width, height, body) =>
  sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body}</svg>`,
    ),
  );

/** A photograph as a telephone stores it: a wide-gamut profile and EXIF, but no place and no name. */
async function photo(file, camera, width, height, samples) {
  const bytes = await photograph({ camera, width, height, samples });
  return sharp(bytes, { raw: { width, height, channels: 3 } })
    .withIccProfile('p3')
    .withExif({
      IFD0: { Make: 'Retouch', Model: 'Path tracer', Orientation: '1' },
      IFD2: { DateTimeOriginal: '2026:11:22 09:41:00', FNumber: '2/1' },
    })
    .jpeg({ quality: 84, chromaSubsampling: '4:4:4', mozjpeg: true })
    .toFile(folder + file);
}

/** A telephone held upright: stored lying on its side, with EXIF orientation 6 to say so. */
async function portrait(file, camera, width, height, samples) {
  const bytes = await photograph({ camera, width, height, samples });
  const lying = await sharp(bytes, { raw: { width, height, channels: 3 } })
    .rotate(270)
    .raw()
    .toBuffer();
  return sharp(lying, { raw: { width: height, height: width, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 82, mozjpeg: true })
    .toFile(folder + file);
}

const code = `
import { readFile } from 'node:fs/promises';
import type { Harbour, Tide } from './harbour';

/** Reads the tide table and says when a boat may leave. */
export async function departures(file: string, draught: number) {
  const tides: Tide[] = JSON.parse(await readFile(file, 'utf8'));
  const harbours = new Map<string, Harbour>();

  for (const tide of tides) {
    const harbour = harbours.get(tide.harbour) ?? { name: tide.harbour, open: [] };
    if (tide.metres > draught + 0.5) {
      harbour.open.push({ from: tide.rises, until: tide.falls });
    }
    harbours.set(harbour.name, harbour);
  }

  // The harbour master wants the longest opening first.
  return [...harbours.values()]
    .filter((harbour) => harbour.open.length > 0)
    .sort((a, b) => b.open.length - a.open.length);
}

const next = await departures('tides.json', 1.8);
console.log(\`\${next.length} harbours are open today\`);
`
  .trim()
  .split('\n');

function coloured(line) {
  const pattern =
    /(\/\/.*|\/\*\*.*)|('[^']*'|`[^`]*`)|\b(import|from|export|async|function|const|await|for|of|if|return|new|type)\b|\b([A-Z]\w*|string|number)\b|\b(\d[\d.]*)\b|\b(\w+)(?=\()/g;
  const colours = ['#7a8a6a', '#d99a6c', '#c586c0', '#4fc1b0', '#b5cea8', '#dcdca0'];
  let out = '';
  let end = 0;
  for (const match of line.matchAll(pattern)) {
    const group = match.slice(1).findIndex((part) => part !== undefined);
    out += escapeXml(line.slice(end, match.index));
    out += `<tspan fill="${colours[group]}">${escapeXml(match[0])}</tspan>`;
    end = match.index + match[0].length;
  }
  return out + escapeXml(line.slice(end));
}

function screenshot() {
  const mono = 'font-family="DejaVu Sans Mono" font-size="15" xml:space="preserve"';
  const sans = 'font-family="Liberation Sans" font-size="14"';
  const files = ['boats.ts', 'departures.ts', 'harbour.ts', 'tides.json', 'README.md'];
  const lines = code.map((line, index) => {
    const y = 112 + index * 25;
    return `<text x="318" y="${y}" ${mono} fill="#6b7280" text-anchor="end">${index + 1}</text>
      <text x="340" y="${y}" ${mono} fill="#d4d7dd">${coloured(line)}</text>`;
  });
  const tree = files.map((name, index) => {
    const y = 128 + index * 28;
    const chosen = name === 'departures.ts';
    return `${chosen ? `<rect x="52" y="${y - 19}" width="218" height="28" fill="#37404f"/>` : ''}
      <rect x="84" y="${y - 11}" width="12" height="13" rx="2" fill="${name.endsWith('.ts') ? '#4a90d9' : '#d9b04a'}"/>
      <text x="106" y="${y}" ${sans} fill="${chosen ? '#ffffff' : '#b4bac4'}">${name}</text>`;
  });
  const icons = [0, 1, 2, 3, 4].map(
    (row) =>
      `<rect x="15" y="${64 + row * 50}" width="22" height="22" rx="5" fill="none" stroke="${row === 0 ? '#ffffff' : '#7d8594'}" stroke-width="2"/>`,
  );
  const map = code.map(
    (line, index) =>
      `<rect x="${1196 + (line.length - line.trimStart().length)}" y="${86 + index * 4}" width="${line.trim().length * 0.85}" height="2" fill="#6d7685"/>`,
  );
  return drawing(
    1280,
    800,
    `<rect width="1280" height="800" fill="#1e222a"/>
    <rect width="1280" height="38" fill="#2b303b"/>
    <circle cx="22" cy="19" r="6.5" fill="#ff5f57"/><circle cx="43" cy="19" r="6.5" fill="#febc2e"/><circle cx="64" cy="19" r="6.5" fill="#28c840"/>
    <rect x="430" y="8" width="420" height="22" rx="6" fill="#373e4c"/>
    <text x="640" y="24" ${sans} fill="#b4bac4" text-anchor="middle">harbour</text>
    <rect y="38" width="52" height="736" fill="#252a34"/>${icons.join('')}
    <rect x="52" y="38" width="218" height="736" fill="#222731"/>
    <text x="72" y="66" font-family="Liberation Sans" font-size="12" fill="#9aa2af" letter-spacing="1">EXPLORER</text>
    <text x="72" y="98" ${sans} font-weight="bold" fill="#d4d7dd">src</text>${tree.join('')}
    <rect x="270" y="38" width="1010" height="38" fill="#252a34"/>
    <rect x="270" y="38" width="168" height="38" fill="#1e222a"/><rect x="270" y="38" width="168" height="2" fill="#4a90d9"/>
    <text x="292" y="62" ${sans} fill="#ffffff">departures.ts</text><text x="412" y="62" ${sans} fill="#9aa2af">×</text>
    <text x="462" y="62" ${sans} fill="#8b93a1">harbour.ts</text>
    <rect x="330" y="346" width="850" height="25" fill="#2a313d"/>${lines.join('')}${map.join('')}
    <rect x="270" y="694" width="1010" height="80" fill="#191c23"/>
    <text x="292" y="718" font-family="Liberation Sans" font-size="12" fill="#ffffff">TERMINAL</text>
    <text x="292" y="750" ${mono} fill="#8fc27f">harbour $ <tspan fill="#d4d7dd">node departures.ts</tspan></text>
    <rect y="774" width="1280" height="26" fill="#2f6db5"/>
    <text x="14" y="791" font-family="Liberation Sans" font-size="12.5" fill="#ffffff">main*   0 errors   2 warnings</text>
    <text x="1264" y="791" font-family="Liberation Sans" font-size="12.5" fill="#ffffff" text-anchor="end">Ln 11, Col 12   UTF-8   TypeScript</text>`,
  )
    .png({ compressionLevel: 9, palette: true, quality: 100, colours: 256, dither: 0 })
    .toFile(`${folder}screenshot.png`);
}

/** A paper boat in a ring: transparent outside, with soft shadows that are half transparent. */
const logo = () =>
  drawing(
    640,
    640,
    `<defs><linearGradient id="sea" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#37b5c9"/><stop offset="1" stop-color="#14548a"/></linearGradient>
    <filter id="soft" x="-30%" y="-30%" width="160%" height="160%"><feGaussianBlur stdDeviation="14"/></filter></defs>
    <ellipse cx="320" cy="560" rx="190" ry="24" fill="#000000" fill-opacity="0.4" filter="url(#soft)"/>
    <circle cx="320" cy="310" r="232" fill="url(#sea)"/>
    <circle cx="320" cy="310" r="232" fill="none" stroke="#0e3a63" stroke-width="14"/>
    <path d="M320 138 L430 344 L320 344 Z" fill="#fff4e2"/><path d="M320 138 L212 344 L320 344 Z" fill="#ffd9a0"/>
    <path d="M158 344 L482 344 L418 436 L222 436 Z" fill="#ff7a45"/><path d="M158 344 L320 344 L320 436 L222 436 Z" fill="#f05a28"/>
    <path d="M112 436 q52 -34 104 0 t104 0 t104 0 t104 0" fill="none" stroke="#ffffff" stroke-width="15" stroke-linecap="round"/>
    <path d="M164 480 q39 -26 78 0 t78 0 t78 0 t78 0" fill="none" stroke="#ffffff" stroke-opacity="0.55" stroke-width="11" stroke-linecap="round"/>`,
  )
    .png({ compressionLevel: 9 })
    .toFile(`${folder}logo.png`);

function banner() {
  const ridge = (base, height, rough, shift) => {
    let path = `M0 500 L0 ${base}`;
    for (let x = 0; x <= 1500; x += 10) {
      const wave = Math.sin(x * 0.0047 + shift) + 0.5 * Math.sin(x * 0.0131 + shift * 2.3);
      const fine = Math.sin(x * 0.047 + shift * 5) + Math.sin(x * 0.083 + shift);
      path += ` L${x} ${(base - height * wave - rough * fine).toFixed(1)}`;
    }
    return `${path} L1500 500 Z`;
  };
  const trees = Array.from({ length: 60 }, (_, index) => {
    const x = index * 26 + ((index * 37) % 17);
    const size = 26 + ((index * 53) % 31);
    const y = 470 + 12 * Math.sin(x * 0.008);
    return `<path d="M${x} ${y - size * 1.9} l${size * 0.38} ${size * 1.9} h${-size * 0.76} Z"/>`;
  });
  return drawing(
    1500,
    500,
    `<defs><linearGradient id="dusk" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#2b3a67"/><stop offset="0.55" stop-color="#c9688a"/><stop offset="1" stop-color="#ffb877"/></linearGradient>
    <radialGradient id="glow"><stop offset="0" stop-color="#fff3c9"/><stop offset="0.25" stop-color="#ffd88f" stop-opacity="0.8"/><stop offset="1" stop-color="#ffb877" stop-opacity="0"/></radialGradient></defs>
    <rect width="1500" height="500" fill="url(#dusk)"/><circle cx="1120" cy="250" r="230" fill="url(#glow)"/><circle cx="1120" cy="250" r="54" fill="#fff6dc"/>
    <path d="${ridge(300, 42, 5, 0.4)}" fill="#9a5a86"/><path d="${ridge(360, 38, 6, 2.1)}" fill="#6b4675"/>
    <path d="${ridge(420, 26, 5, 4.4)}" fill="#43355f"/><path d="${ridge(468, 12, 2, 1.2)}" fill="#211f3d"/><g fill="#211f3d">${trees.join('')}</g>
    <text x="90" y="190" font-family="DejaVu Serif" font-size="76" fill="#fff8ea">Over the hills</text>
    <text x="94" y="246" font-family="Liberation Sans" font-size="30" fill="#ffe9cf" letter-spacing="3">WALKS FOR A SHORT DAY</text>`,
  )
    .webp({ quality: 86 })
    .toFile(`${folder}banner.webp`);
}

const poster = () =>
  drawing(
    900,
    900,
    `<rect width="900" height="900" fill="#f6e7cf"/>
    <g transform="rotate(-8 450 430)"><circle cx="450" cy="430" r="300" fill="#e4572e"/>
    <circle cx="450" cy="430" r="274" fill="none" stroke="#f6e7cf" stroke-width="5" stroke-dasharray="3 17" stroke-linecap="round"/>
    <text x="450" y="480" font-family="DejaVu Sans" font-weight="bold" font-size="190" fill="#fff8ec" text-anchor="middle">50%</text>
    <text x="450" y="580" font-family="DejaVu Sans" font-weight="bold" font-size="84" fill="#fff8ec" text-anchor="middle">off</text>
    <text x="450" y="290" font-family="Liberation Sans" font-size="40" fill="#fff8ec" text-anchor="middle" letter-spacing="9">ALL MUGS</text></g>
    <text x="450" y="836" font-family="DejaVu Serif" font-style="italic" font-size="46" fill="#3b3a36" text-anchor="middle">until Sunday</text>`,
  )
    .png({ compressionLevel: 9, palette: true, quality: 100, colours: 256, dither: 0 })
    .toFile(`${folder}50% off #1 "final".png`);

const samples = {
  'screenshot.png': screenshot,
  'logo.png': logo,
  'banner.webp': banner,
  '50% off #1 "final".png': poster,
  'photo.jpg': (file) =>
    photo(
      file,
      {
        eye: [0.1, 3.3, 9.4],
        target: [0.15, 1.0, 0],
        angle: 40,
        focus: 9.3,
        aperture: 0.11,
        exposure: 1.08,
      },
      1200,
      800,
      56,
    ),
  'portrait.jpg': (file) =>
    portrait(
      file,
      {
        eye: [-5.2, 3.6, 7.2],
        target: [-0.9, 1.25, -0.3],
        angle: 40,
        focus: 7.6,
        aperture: 0.13,
        exposure: 1.1,
      },
      640,
      960,
      40,
    ),
};

mkdirSync(folder, { recursive: true });
const chosen = process.argv.slice(2);
for (const name of chosen.length > 0 ? chosen : Object.keys(samples)) {
  if (!samples[name]) throw new Error(`No such sample: ${name}`);
  const { width, height } = await samples[name](name);
  console.log(`${name}: ${width}x${height}, ${statSync(folder + name).size} bytes`);
}
