// A camera and a size come in, a path-traced photograph of a still life goes out (sRGB bytes).
// Lengths are decimetres, y is up, the table top is y = 0. The same arguments give the same bytes.
import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

// ---- Random numbers and noise: seeded by the pixel, so that threads do not change the picture ----

let seed = 0;
function random() {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

function hash(x, y, z) {
  let h = Math.imul(x, 374761393) ^ Math.imul(y, 668265263) ^ Math.imul(z, 1274126177);
  h = Math.imul(h ^ (h >>> 13), 1103515245);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

function noise(x, y, z) {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const iz = Math.floor(z);
  let fx = x - ix;
  let fy = y - iy;
  let fz = z - iz;
  fx *= fx * (3 - 2 * fx);
  fy *= fy * (3 - 2 * fy);
  fz *= fz * (3 - 2 * fz);
  const mix = (a, b, t) => a + (b - a) * t;
  return mix(
    mix(
      mix(hash(ix, iy, iz), hash(ix + 1, iy, iz), fx),
      mix(hash(ix, iy + 1, iz), hash(ix + 1, iy + 1, iz), fx),
      fy,
    ),
    mix(
      mix(hash(ix, iy, iz + 1), hash(ix + 1, iy, iz + 1), fx),
      mix(hash(ix, iy + 1, iz + 1), hash(ix + 1, iy + 1, iz + 1), fx),
      fy,
    ),
    fz,
  );
}

function layers(x, y, z, count) {
  let sum = 0;
  let weight = 0.5;
  for (let layer = 0; layer < count; layer++) {
    sum += weight * noise(x, y, z);
    x = x * 2.03 + 17.1;
    y = y * 2.03 + 5.7;
    z = z * 2.03 + 9.3;
    weight *= 0.5;
  }
  return sum / (1 - 0.5 ** count);
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const smooth = (low, high, value) => {
  const t = clamp((value - low) / (high - low), 0, 1);
  return t * t * (3 - 2 * t);
};
const join = (a, b, k) => {
  const h = Math.max(k - Math.abs(a - b), 0) / k;
  return Math.min(a, b) - h * h * k * 0.25;
};
const segment = (px, py, ax, ay, bx, by) => {
  const dx = bx - ax;
  const dy = by - ay;
  const t = clamp(((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy), 0, 1);
  return Math.hypot(px - ax - dx * t, py - ay - dy * t);
};

// ---- The things on the table: each a distance function around its own origin ----

function mugDistance(x, y, z) {
  const r = Math.hypot(x, z);
  const wall = segment(r, y, 0.74, 0.1, 0.82, 1.78) - 0.055;
  const floor = segment(r, y, 0, 0.08, 0.7, 0.08) - 0.08;
  const body = join(wall, floor, 0.12);
  // The handle turns towards the camera a little, as people put mugs down.
  const hx = x * 0.9 + z * 0.436;
  const hz = -x * 0.436 + z * 0.9;
  const hy = (y - 0.98) * 0.82;
  const ring = Math.hypot(Math.hypot(hx - 0.82, hy) - 0.42, hz * 0.8) - 0.085;
  return join(body, Math.max(ring, 0.74 - r), 0.07);
}

function lemonDistance(x, y, z) {
  const k0 = Math.hypot(x / 0.72, y / 0.53, z / 0.53);
  const k1 = Math.hypot(x / 0.5184, y / 0.2809, z / 0.2809);
  const body = k1 === 0 ? -0.5 : (k0 * (k0 - 1)) / k1;
  return join(body, Math.hypot(x - 0.73, y, z) - 0.1, 0.18);
}

function appleDistance(x, y, z) {
  const r = Math.hypot(x, z);
  const body = Math.hypot(r - 0.3, (y - 0.02 * r) * 1.02) - 0.47 + y * -0.04;
  const stem = segment(x - y * 0.12, y, 0, 0.3, 0.03, 0.72);
  return Math.min(body, Math.hypot(stem, z) - 0.032);
}

function plateDistance(x, y, z) {
  const r = Math.hypot(x, z);
  const flat = segment(r, y, 0, 0.07, 1.05, 0.07);
  return join(flat, segment(r, y, 1.05, 0.07, 1.62, 0.24), 0.1) - 0.04;
}

function box(x, y, z, halfX, halfY, halfZ) {
  const qx = Math.abs(x) - halfX;
  const qy = Math.abs(y) - halfY;
  const qz = Math.abs(z) - halfZ;
  return (
    Math.hypot(Math.max(qx, 0), Math.max(qy, 0), Math.max(qz, 0)) +
    Math.min(Math.max(qx, qy, qz), 0) -
    0.025
  );
}

const booksDistance = (x, y, z) =>
  Math.min(
    box(x, y - 0.16, z, 1.25, 0.13, 0.85),
    box(x * 0.96 + z * 0.28, y - 0.46, -x * 0.28 + z * 0.96, 1.1, 0.12, 0.75),
  );

function potDistance(x, y, z) {
  const r = Math.hypot(x, z);
  return join(
    segment(r, y, 0.62, 0.1, 0.85, 1.25) - 0.07,
    segment(r, y, 0, 1.12, 0.8, 1.12) - 0.05,
    0.05,
  );
}

const [MUG, LEMON, APPLE, PLATE, BOOKS, POT] = [1, 2, 3, 4, 5, 6];
const [ORANGE, HALF, LEAF, COFFEE, TABLE, WALL, WINDOW] = [7, 8, 9, 10, 11, 12, 13];

// [kind, distance, origin, turn around y, centre and radius of a ball around it]
const shapes = [
  { kind: MUG, distance: mugDistance, at: [-2.05, 0, 0.1], turn: 0.15, ball: [0.2, 0.95, 0, 1.6] },
  {
    kind: LEMON,
    distance: lemonDistance,
    at: [2.62, 0.64, 0.72],
    turn: 0.75,
    ball: [0, 0, 0, 0.9],
  },
  {
    kind: APPLE,
    distance: appleDistance,
    at: [-0.78, 0.47, -1.7],
    turn: 0.4,
    ball: [0, 0.1, 0, 0.95],
  },
  { kind: PLATE, distance: plateDistance, at: [1.95, 0, 0.35], turn: 0, ball: [0, 0.1, 0, 1.75] },
  {
    kind: BOOKS,
    distance: booksDistance,
    at: [-3.7, 0, -2.6],
    turn: -0.35,
    ball: [0, 0.3, 0, 1.7],
  },
  { kind: POT, distance: potDistance, at: [3.7, 0, -2.9], turn: 0, ball: [0, 0.65, 0, 1.2] },
].map((shape) => ({ ...shape, cos: Math.cos(shape.turn), sin: Math.sin(shape.turn) }));

const oranges = [
  [1.05, 0.74, -1.0, 0.74],
  [2.35, 0.78, -1.15, 0.78],
  [-0.02, 0.7, -0.35, 0.7],
];
const half = { x: 1.5, y: 0.79, z: 0.72, radius: 0.68, nx: -0.22, ny: 0.63, nz: 0.745 };
const coffee = { x: -2.05, y: 1.5, z: 0.1, radius: 0.775 };

const leaves = [];
seed = 20261122;
for (let index = 0; index < 90; index++) {
  const around = random() * 6.283;
  const up = random();
  const spread = 0.25 + 1.25 * Math.sqrt(random()) * (1 - 0.45 * up);
  const [x, y, z] = [Math.cos(around) * spread, 1.3 + up * 2.1, Math.sin(around) * spread];
  const length = Math.hypot(x * 0.6, 1.1 - up * 0.5, z * 0.6);
  const lean = (random() - 0.5) * 0.9;
  const n = [(x * 0.6) / length + lean, (1.1 - up * 0.5) / length, (z * 0.6) / length - lean];
  const size = Math.hypot(...n);
  const tone = random();
  const along = random() * 3.14;
  leaves.push({
    x: 3.7 + x,
    y,
    z: -2.9 + z,
    n: n.map((v) => v / size),
    radius: 0.26 + 0.16 * random(),
    tone,
    along,
  });
}
const leafBall = [3.7, 2.3, -2.9, 2.15];

// ---- The room: a window on the left, plaster walls ----

const room = { left: -8, right: 10, back: -8.5, front: 16, top: 10 };
const pane = { yLow: 0.6, yHigh: 8.2, zLow: -6.6, zHigh: 2.6 };
const sky = [3.1, 3.5, 4.1];
const sun = (() => {
  const [x, y, z] = [-1, 0.6, -0.5];
  const length = Math.hypot(x, y, z);
  return { x: x / length, y: y / length, z: z / length, light: [10.5, 8.9, 6.6] };
})();

function paneIsOpen(y, z) {
  if (y < pane.yLow || y > pane.yHigh || z < pane.zLow || z > pane.zHigh) return false;
  const u = ((z - pane.zLow) / (pane.zHigh - pane.zLow)) * 3;
  const v = ((y - pane.yLow) / (pane.yHigh - pane.yLow)) * 3;
  return Math.abs(u - Math.round(u)) > 0.055 && Math.abs(v - Math.round(v)) > 0.055;
}

// ---- Rays: the nearest hit is left in these variables, so that nothing is allocated ----

let hitT = 0;
let hitKind = 0;
let hitIndex = 0;

function ballIsMissed(ox, oy, oz, dx, dy, dz, cx, cy, cz, radius, far) {
  const x = ox - cx;
  const y = oy - cy;
  const z = oz - cz;
  const b = x * dx + y * dy + z * dz;
  const c = x * x + y * y + z * z - radius * radius;
  if (c <= 0) return false;
  const d = b * b - c;
  return d < 0 || b > 0 || -b - Math.sqrt(d) > far;
}

/** Finds the nearest thing (not the room) along a ray; any one is enough when `any` is set. */
function hitThings(ox, oy, oz, dx, dy, dz, far, any) {
  hitT = far;
  hitKind = 0;
  for (let index = 0; index < oranges.length; index++) {
    const orange = oranges[index];
    const x = ox - orange[0];
    const y = oy - orange[1];
    const z = oz - orange[2];
    const b = x * dx + y * dy + z * dz;
    const d = b * b - (x * x + y * y + z * z - orange[3] * orange[3]);
    if (d < 0) continue;
    const t = -b - Math.sqrt(d);
    if (t > 0.002 && t < hitT) {
      hitT = t;
      hitKind = ORANGE;
      hitIndex = index;
      if (any) return true;
    }
  }
  {
    const x = ox - half.x;
    const y = oy - half.y;
    const z = oz - half.z;
    const b = x * dx + y * dy + z * dz;
    const d = b * b - (x * x + y * y + z * z - half.radius * half.radius);
    if (d > 0) {
      const side = x * half.nx + y * half.ny + z * half.nz;
      const speed = dx * half.nx + dy * half.ny + dz * half.nz;
      const root = Math.sqrt(d);
      for (const t of [-b - root, -side / speed]) {
        if (t < 0.002 || t >= hitT || t > -b + root || t < -b - root - 1e-6) continue;
        const onPeel = t === -b - root;
        if (onPeel && side + speed * t > 0) continue;
        hitT = t;
        hitKind = HALF;
        hitIndex = onPeel ? 0 : 1;
        if (any) return true;
      }
    }
  }
  if (!ballIsMissed(ox, oy, oz, dx, dy, dz, ...leafBall, hitT)) {
    for (let index = 0; index < leaves.length; index++) {
      const leaf = leaves[index];
      const [nx, ny, nz] = leaf.n;
      const t =
        ((leaf.x - ox) * nx + (leaf.y - oy) * ny + (leaf.z - oz) * nz) /
        (dx * nx + dy * ny + dz * nz);
      if (!(t > 0.002 && t < hitT)) continue;
      const x = ox + dx * t - leaf.x;
      const y = oy + dy * t - leaf.y;
      const z = oz + dz * t - leaf.z;
      const along = x * Math.cos(leaf.along) + z * Math.sin(leaf.along);
      if (x * x + y * y + z * z + along * along * -0.55 > leaf.radius * leaf.radius * 0.6) continue;
      hitT = t;
      hitKind = LEAF;
      hitIndex = index;
      if (any) return true;
    }
  }
  if (dy !== 0) {
    const t = (coffee.y - oy) / dy;
    if (t > 0.002 && t < hitT) {
      const x = ox + dx * t - coffee.x;
      const z = oz + dz * t - coffee.z;
      if (x * x + z * z < coffee.radius * coffee.radius) {
        hitT = t;
        hitKind = COFFEE;
        if (any) return true;
      }
    }
  }
  for (let index = 0; index < shapes.length; index++) {
    const { at, cos, sin, ball, distance, kind } = shapes[index];
    const wx = ox - at[0];
    const y0 = oy - at[1];
    const wz = oz - at[2];
    const x0 = wx * cos + wz * sin;
    const z0 = -wx * sin + wz * cos;
    const vx = dx * cos + dz * sin;
    const vz = -dx * sin + dz * cos;
    const [cx, cy, cz, radius] = ball;
    const bx = x0 - cx;
    const by = y0 - cy;
    const bz = z0 - cz;
    const b = bx * vx + by * dy + bz * vz;
    const d = b * b - (bx * bx + by * by + bz * bz - radius * radius);
    if (d < 0) continue;
    const root = Math.sqrt(d);
    const end = Math.min(hitT, root - b);
    let t = Math.max(0.004, -b - root);
    for (let step = 0; step < 90 && t < end; step++) {
      const gap = distance(x0 + vx * t, y0 + dy * t, z0 + vz * t);
      if (gap < 0.0012) {
        hitT = t;
        hitKind = kind;
        hitIndex = index;
        if (any) return true;
        break;
      }
      t += gap * 0.85;
    }
  }
  return hitKind !== 0;
}

function hitRoom(ox, oy, oz, dx, dy, dz) {
  if (dy < 0) {
    const t = -oy / dy;
    if (t > 0.002 && t < hitT && oz + dz * t > -4.6) {
      hitT = t;
      hitKind = TABLE;
    }
  }
  const plane = (t, side) => {
    if (t > 0.002 && t < hitT) {
      hitT = t;
      hitKind = WALL;
      hitIndex = side;
    }
  };
  plane(((dx < 0 ? room.left : room.right) - ox) / dx, dx < 0 ? 0 : 1);
  plane(((dz < 0 ? room.back : room.front) - oz) / dz, dz < 0 ? 2 : 3);
  plane(((dy < 0 ? -7 : room.top) - oy) / dy, dy < 0 ? 4 : 5);
  if (hitKind === WALL && hitIndex === 0 && paneIsOpen(oy + dy * hitT, oz + dz * hitT))
    hitKind = WINDOW;
}

// ---- Materials: normal, colour, how glossy; `rich` is off for bounced light, which sees averages ----

const normal = [0, 0, 0];
const colour = [0, 0, 0];
let gloss = 0;
let roughness = 0;

const paint = (r, g, b) => {
  colour[0] = r;
  colour[1] = g;
  colour[2] = b;
};
const face = (x, y, z) => {
  const length = Math.hypot(x, y, z) || 1;
  normal[0] = x / length;
  normal[1] = y / length;
  normal[2] = z / length;
};
const bump = (x, y, z, scale, depth) => {
  const e = 0.35;
  const here = noise(x * scale, y * scale, z * scale);
  face(
    normal[0] - depth * (noise(x * scale + e, y * scale, z * scale) - here),
    normal[1] - depth * (noise(x * scale, y * scale + e, z * scale) - here),
    normal[2] - depth * (noise(x * scale, y * scale, z * scale + e) - here),
  );
};

function peel(x, y, z, centre, rich) {
  const tone = rich ? layers(x * 1.4 + centre, y * 1.4, z * 1.4, 3) : 0.5;
  paint(0.84 + 0.07 * tone, 0.22 + 0.1 * tone, 0.012 + 0.015 * tone);
  gloss = 0.045;
  roughness = 0.26;
  if (rich) bump(x + centre, y, z, 17, 0.34);
}

function wood(x, z, rich) {
  face(0, 1, 0);
  gloss = 0.04;
  roughness = 0.2;
  if (!rich) return paint(0.36, 0.205, 0.105);
  const board = Math.floor(z / 1.55 + 100.35);
  const inBoard = z / 1.55 + 100.35 - board;
  const own = hash(board, 7, 3);
  const u = x * 0.32 + own * 61;
  const wave = layers(u * 0.7, inBoard * 1.5 + own * 9, 0.5, 3);
  const ring = Math.abs(((inBoard * 3.2 + wave * 6.5 + own * 3) % 1) * 2 - 1);
  const fibre = layers(x * 1.1 + own * 33, z * 46, own * 5, 3);
  const pore = smooth(0.62, 0.8, noise(x * 3.1 + own * 12, z * 95, 2.5));
  const tone = clamp(0.25 + 0.4 * ring + 0.5 * (fibre - 0.5) + 0.35 * (own - 0.5), 0, 1);
  const seam = smooth(0.0, 0.014, Math.min(inBoard, 1 - inBoard));
  const dark = (1 - 0.35 * pore) * (0.16 + 0.84 * seam) * (0.85 + 0.3 * own);
  paint((0.235 + 0.29 * tone) * dark, (0.118 + 0.19 * tone) * dark, (0.05 + 0.115 * tone) * dark);
  roughness = 0.16 + 0.22 * fibre;
  face((fibre - 0.5) * 0.025, 1, (ring - 0.5) * 0.03 + (noise(x * 2, z * 50, 1) - 0.5) * 0.05);
  return undefined;
}

function cutFace(px, py, pz) {
  face(half.nx, half.ny, half.nz);
  const sx = half.nz;
  const sz = -half.nx;
  const length = Math.hypot(sx, sz);
  const u = (px * sx + pz * sz) / length;
  const v =
    (px * (half.ny * sz) + py * (half.nz * sx - half.nx * sz) - pz * (half.ny * sx)) / length;
  const r = Math.hypot(u, v) / half.radius;
  const turn = (Math.atan2(v, u) / 6.2832 + 1) * 10 + 0.16 * noise(u * 4, v * 4, 3);
  const edge = Math.abs(turn - Math.round(turn)) * r;
  gloss = 0.05;
  roughness = 0.14;
  if (r > 0.955) return paint(0.85, 0.28, 0.02);
  const pith = Math.max(smooth(0.865, 0.9, r), smooth(0.1, 0.06, r), smooth(0.035, 0.014, edge));
  const cells = layers(turn * 5, r * 7 - edge * 9, 1, 3);
  const [red, green, blue] = [0.9, 0.25 + 0.22 * cells, 0.02 + 0.06 * cells];
  paint(red + (0.92 - red) * pith, green + (0.8 - green) * pith, blue + (0.56 - blue) * pith);
  if (pith < 0.5) bump(u, v, r, 15, 0.4);
  return undefined;
}

/** Fills normal, colour, gloss and roughness at the hit point. */
function look(x, y, z, dx, dy, dz, rich) {
  gloss = 0;
  roughness = 0.3;
  if (hitKind === TABLE) return wood(x, z, rich);
  if (hitKind === ORANGE) {
    const [cx, cy, cz] = oranges[hitIndex];
    face(x - cx, y - cy, z - cz);
    peel(x - cx, y - cy, z - cz, hitIndex * 7.3, rich);
    const stem = Math.hypot(x - cx + 0.2, z - cz - 0.34 + 0.2 * hitIndex);
    if (y > cy && stem < 0.055) paint(0.16, 0.2, 0.05);
    return undefined;
  }
  if (hitKind === HALF) {
    if (hitIndex === 1) return cutFace(x - half.x, y - half.y, z - half.z);
    face(x - half.x, y - half.y, z - half.z);
    return peel(x - half.x, y - half.y, z - half.z, 31, rich);
  }
  if (hitKind === LEAF) {
    const { n, tone } = leaves[hitIndex];
    const side = dx * n[0] + dy * n[1] + dz * n[2] > 0 ? -1 : 1;
    face(n[0] * side, n[1] * side, n[2] * side);
    gloss = 0.04;
    return paint(0.07 + 0.1 * tone, 0.2 + 0.16 * tone, 0.04 + 0.03 * tone);
  }
  if (hitKind === COFFEE) {
    face(0, 1, 0);
    const rim = Math.hypot(x - coffee.x, z - coffee.z) / coffee.radius;
    const foam = smooth(0.9, 0.985, rim + (rich ? 0.06 * noise(x * 14, 1, z * 14) : 0));
    gloss = 0.04;
    roughness = 0.03;
    return paint(0.035 + 0.28 * foam, 0.014 + 0.16 * foam, 0.006 + 0.075 * foam);
  }
  if (hitKind === WALL) {
    if (hitIndex < 2) face(hitIndex === 0 ? 1 : -1, 0, 0);
    else if (hitIndex < 4) face(0, 0, hitIndex === 2 ? 1 : -1);
    else face(0, hitIndex === 4 ? 1 : -1, 0);
    if (hitIndex === 4) return paint(0.2, 0.15, 0.11);
    if (hitIndex !== 2) return paint(0.66, 0.62, 0.55);
    const plaster = rich ? 0.94 + 0.1 * layers(x * 0.8, y * 0.8, 4, 3) : 1;
    paint(0.42 * plaster, 0.47 * plaster, 0.44 * plaster);
    // A framed print, far out of focus.
    const px = Math.abs(x + 1.6);
    const py = Math.abs(y - 4.75);
    if (px < 1.75 && py < 2.2) {
      if (px > 1.6 || py > 2.05) paint(0.3, 0.19, 0.1);
      else if (px > 1.15 || py > 1.6) paint(0.8, 0.78, 0.72);
      else if (y < 4.3 + 0.35 * Math.sin(x * 2.2)) paint(0.16, 0.27, 0.34);
      else if (Math.hypot(x + 1.35, y - 5.3) < 0.42) paint(0.8, 0.36, 0.13);
      else paint(0.72, 0.6, 0.42);
    }
    return undefined;
  }
  const { at, cos, sin, distance } = shapes[hitIndex];
  const wx = x - at[0];
  const wz = z - at[2];
  const lx = wx * cos + wz * sin;
  const ly = y - at[1];
  const lz = -wx * sin + wz * cos;
  const e = 0.002;
  const here = distance(lx, ly, lz);
  const gx = distance(lx + e, ly, lz) - here;
  const gy = distance(lx, ly + e, lz) - here;
  const gz = distance(lx, ly, lz + e) - here;
  face(gx * cos - gz * sin, gy, gx * sin + gz * cos);
  if (hitKind === MUG) {
    const r = Math.hypot(lx, lz);
    gloss = 0.05;
    roughness = 0.045;
    const line = 0.82 + 0.05 * (rich ? noise(Math.atan2(lz, lx) * 3, 5, 1) : 0.5);
    const speck = rich && noise(lx * 26, ly * 26, lz * 26) > 0.86 ? 0.55 : 1;
    if (ly > 0.06 && ly < line && r > 0.7) {
      roughness = 0.5;
      gloss = 0.02;
      return paint(0.6 * speck, 0.47 * speck, 0.34 * speck);
    }
    return paint(0.09 * speck + 0.05, 0.25 * speck + 0.04, 0.33 * speck + 0.04);
  }
  if (hitKind === PLATE) {
    gloss = 0.05;
    roughness = 0.06;
    return paint(0.8, 0.78, 0.73);
  }
  if (hitKind === LEMON) {
    paint(0.9, 0.6, 0.035);
    gloss = 0.045;
    roughness = 0.25;
    if (rich) bump(lx, ly, lz, 14, 0.3);
    return undefined;
  }
  if (hitKind === APPLE) {
    const r = Math.hypot(lx, lz);
    if (ly > 0.3 && r < 0.11) return paint(0.14, 0.09, 0.04);
    const around = Math.atan2(lz, lx);
    const streak = rich ? layers(around * 9, ly * 1.4, 3, 3) : 0.5;
    const red = smooth(0.3, 0.62, streak * 0.7 + 0.3 * Math.sin(around + 0.6) + 0.12);
    gloss = 0.05;
    roughness = 0.12;
    return paint(0.5 + 0.08 * red, 0.42 - 0.36 * red, 0.06 - 0.02 * red);
  }
  if (hitKind === BOOKS) {
    const upper = ly > 0.31;
    const inside = Math.abs((ly - (upper ? 0.46 : 0.16)) / 0.13) < 0.72;
    const edge = inside && Math.abs(normal[1]) < 0.5 && lx > -1.1;
    gloss = 0.03;
    if (edge) return paint(0.72, 0.67, 0.56);
    return upper ? paint(0.5, 0.16, 0.1) : paint(0.1, 0.17, 0.27);
  }
  return ly > 1 && Math.abs(normal[1]) > 0.7 ? paint(0.08, 0.05, 0.035) : paint(0.5, 0.24, 0.15);
}

// ---- Light along one path ----

const light = [0, 0, 0];
const feature = [0, 0, 0, 0, 0, 0];

function trace(ox, oy, oz, dx, dy, dz) {
  let [wr, wg, wb] = [1, 1, 1];
  let [r, g, b] = [0, 0, 0];
  let seesLight = true;
  for (let depth = 0; depth < 6; depth++) {
    hitThings(ox, oy, oz, dx, dy, dz, 1e9, false);
    hitRoom(ox, oy, oz, dx, dy, dz);
    if (hitKind === WINDOW) {
      if (seesLight) {
        r += wr * sky[0];
        g += wg * sky[1];
        b += wb * sky[2];
      }
      break;
    }
    const x = ox + dx * hitT;
    const y = oy + dy * hitT;
    const z = oz + dz * hitT;
    look(x, y, z, dx, dy, dz, depth === 0);
    const [nx, ny, nz] = normal;
    const [cr, cg, cb] = colour;
    if (depth === 0) {
      feature[0] = cr;
      feature[1] = cg;
      feature[2] = cb;
      feature[3] = nx;
      feature[4] = ny;
      feature[5] = nz;
    }
    const facing = Math.max(0, -(dx * nx + dy * ny + dz * nz));
    ox = x + nx * 0.003;
    oy = y + ny * 0.003;
    oz = z + nz * 0.003;
    // The glaze, peel or varnish mirrors a share of the light; rough ones scatter the mirror.
    const mirrored = gloss === 0 ? 0 : gloss + (1 - gloss) * (1 - facing) ** 5 * (1 - roughness);
    if (random() < mirrored) {
      const spread = roughness * roughness;
      const k = 2 * (dx * nx + dy * ny + dz * nz);
      let mx;
      let my;
      let mz;
      do {
        mx = random() * 2 - 1;
        my = random() * 2 - 1;
        mz = random() * 2 - 1;
      } while (mx * mx + my * my + mz * mz > 1);
      dx = dx - k * nx + mx * spread * 1.7;
      dy = dy - k * ny + my * spread * 1.7;
      dz = dz - k * nz + mz * spread * 1.7;
      const length = Math.hypot(dx, dy, dz);
      dx /= length;
      dy /= length;
      dz /= length;
      if (dx * nx + dy * ny + dz * nz <= 0) break;
      seesLight = true;
      continue;
    }
    wr *= cr;
    wg *= cg;
    wb *= cb;
    // Fruit lets light through under its skin: its shadow side stays warm.
    const soft =
      hitKind === ORANGE || hitKind === HALF || hitKind === LEMON || hitKind === LEAF ? 0.25 : 0;
    {
      const jx = sun.x + (random() - 0.5) * 0.035;
      const jy = sun.y + (random() - 0.5) * 0.035;
      const jz = sun.z + (random() - 0.5) * 0.035;
      const cosine = (jx * nx + jy * ny + jz * nz + soft) / (1 + soft);
      if (cosine > 0) {
        const t = (room.left - ox) / jx;
        if (paneIsOpen(oy + jy * t, oz + jz * t) && !hitThings(ox, oy, oz, jx, jy, jz, 1e9, true)) {
          r += wr * sun.light[0] * cosine * 0.3183;
          g += wg * sun.light[1] * cosine * 0.3183;
          b += wb * sun.light[2] * cosine * 0.3183;
        }
      }
    }
    {
      const py = pane.yLow + random() * (pane.yHigh - pane.yLow);
      const pz = pane.zLow + random() * (pane.zHigh - pane.zLow);
      let lx = room.left - ox;
      let ly = py - oy;
      let lz = pz - oz;
      const squared = lx * lx + ly * ly + lz * lz;
      const length = Math.sqrt(squared);
      lx /= length;
      ly /= length;
      lz /= length;
      const cosine = (lx * nx + ly * ny + lz * nz + soft) / (1 + soft);
      if (
        cosine > 0 &&
        -lx > 0 &&
        paneIsOpen(py, pz) &&
        !hitThings(ox, oy, oz, lx, ly, lz, length, true)
      ) {
        const area = (pane.yHigh - pane.yLow) * (pane.zHigh - pane.zLow);
        const share = (cosine * -lx * area * 0.3183) / Math.max(squared, 1);
        r += wr * sky[0] * share;
        g += wg * sky[1] * share;
        b += wb * sky[2] * share;
      }
    }
    if (depth > 1) {
      const keep = Math.min(0.9, Math.max(wr, wg, wb));
      if (random() > keep) break;
      wr /= keep;
      wg /= keep;
      wb /= keep;
    }
    const u = random() * 2 - 1;
    const around = random() * 6.283185;
    const side = Math.sqrt(1 - u * u);
    dx = nx + side * Math.cos(around);
    dy = ny + u;
    dz = nz + side * Math.sin(around);
    const length = Math.hypot(dx, dy, dz) || 1;
    dx /= length;
    dy /= length;
    dz /= length;
    seesLight = false;
  }
  // One path may not outshine its pixel: that would be a white dot.
  const peak = Math.max(r, g, b, 1e-9);
  const scale = Math.min(1, 9 / peak);
  light[0] = r * scale;
  light[1] = g * scale;
  light[2] = b * scale;
}

/** Renders rows [firstRow, lastRow): nine floats a pixel: light, colour, normal. */
function renderRows({ camera, width, height, samples, firstRow, lastRow }) {
  const out = new Float32Array((lastRow - firstRow) * width * 9);
  const [ex, ey, ez] = camera.eye;
  const ahead = camera.target.map((value, axis) => value - camera.eye[axis]);
  const size = Math.hypot(...ahead);
  const [fx, fy, fz] = ahead.map((value) => value / size);
  const flat = Math.hypot(fx, fz);
  const [rx, rz] = [-fz / flat, fx / flat];
  const [ux, uy, uz] = [-rz * fy, rz * fx - rx * fz, rx * fy];
  const scale = Math.tan((camera.angle * Math.PI) / 360) / Math.max(width, height);
  for (let row = firstRow; row < lastRow; row++) {
    for (let column = 0; column < width; column++) {
      seed = (Math.imul(row * width + column + 1, 0x9e3779b1) ^ 0x5bd1e995) | 0;
      const sums = new Float64Array(9);
      for (let sample = 0; sample < samples; sample++) {
        const sx = (2 * (column + random()) - width) * scale;
        const sy = (height - 2 * (row + random())) * scale;
        const angle = random() * 6.283185;
        const lens = camera.aperture * Math.sqrt(random());
        const lx = lens * Math.cos(angle);
        const ly = lens * Math.sin(angle);
        const qx = sx * camera.focus - lx;
        const qy = sy * camera.focus - ly;
        let dx = fx * camera.focus + rx * qx + ux * qy;
        let dy = fy * camera.focus + uy * qy;
        let dz = fz * camera.focus + rz * qx + uz * qy;
        const length = Math.hypot(dx, dy, dz);
        dx /= length;
        dy /= length;
        dz /= length;
        trace(ex + rx * lx + ux * ly, ey + uy * ly, ez + rz * lx + uz * ly, dx, dy, dz);
        for (let channel = 0; channel < 3; channel++) sums[channel] += light[channel];
        for (let channel = 0; channel < 6; channel++) sums[3 + channel] += feature[channel];
      }
      const at = ((row - firstRow) * width + column) * 9;
      for (let channel = 0; channel < 9; channel++) out[at + channel] = sums[channel] / samples;
    }
  }
  return out;
}

if (!isMainThread && workerData?.stillLife) {
  const out = renderRows(workerData.stillLife);
  parentPort.postMessage(out, [out.buffer]);
}

// ---- From light to a photograph ----

/** Smooths what noise is left, but not across edges of colour or shape (an à-trous filter). */
function denoise(pixels, width, height, passes) {
  const count = width * height;
  let now = new Float32Array(count * 3);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) now[i * 3 + c] = pixels[i * 9 + c] / (pixels[i * 9 + 3 + c] + 0.03);
  }
  // A lone dot would survive, being unlike its neighbours: hold each pixel to their range first.
  const raw = now.slice();
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      for (let c = 0; c < 3; c++) {
        const around = [];
        for (const dy of [-1, 0, 1]) {
          for (const dx of [-1, 0, 1]) {
            if (dx || dy) around.push(raw[((y + dy) * width + x + dx) * 3 + c]);
          }
        }
        around.sort((a, b) => a - b);
        const i = (y * width + x) * 3 + c;
        now[i] = clamp(raw[i], around[1], around[6]);
      }
    }
  }
  const kernel = [0.0625, 0.25, 0.375, 0.25, 0.0625];
  for (let pass = 0; pass < passes; pass++) {
    const next = new Float32Array(count * 3);
    const step = 1 << pass;
    const tolerance = 0.32 / (1 + pass);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const i = y * width + x;
        const own = now[i * 3] + now[i * 3 + 1] + now[i * 3 + 2];
        let [r, g, b, total] = [0, 0, 0, 0];
        for (let ky = -2; ky <= 2; ky++) {
          const yy = y + ky * step;
          if (yy < 0 || yy >= height) continue;
          for (let kx = -2; kx <= 2; kx++) {
            const xx = x + kx * step;
            if (xx < 0 || xx >= width) continue;
            const j = yy * width + xx;
            let away = 0;
            for (let c = 3; c < 6; c++) away += (pixels[i * 9 + c] - pixels[j * 9 + c]) ** 2 * 60;
            for (let c = 6; c < 9; c++) away += (pixels[i * 9 + c] - pixels[j * 9 + c]) ** 2 * 9;
            const other = now[j * 3] + now[j * 3 + 1] + now[j * 3 + 2];
            const contrast = (own - other) / (tolerance * (0.3 + (own + other) / 2));
            const weight = kernel[ky + 2] * kernel[kx + 2] * Math.exp(-away - contrast * contrast);
            r += now[j * 3] * weight;
            g += now[j * 3 + 1] * weight;
            b += now[j * 3 + 2] * weight;
            total += weight;
          }
        }
        next[i * 3] = r / total;
        next[i * 3 + 1] = g / total;
        next[i * 3 + 2] = b / total;
      }
    }
    now = next;
  }
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) now[i * 3 + c] *= pixels[i * 9 + 3 + c] + 0.03;
  }
  return now;
}

/** Exposes, bends highlights as film does, darkens the corners, adds grain. Gives sRGB bytes. */
function develop(linear, width, height, exposure) {
  const bytes = new Uint8Array(width * height * 3);
  seed = 1122;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const corner = Math.hypot((x / width - 0.5) * 1.1, (y / height - 0.5) * 1.0);
      const vignette = 1 - 0.5 * corner * corner * 1.6;
      const grain = (random() + random() + random() - 1.5) * 0.02;
      for (let c = 0; c < 3; c++) {
        const v = linear[(y * width + x) * 3 + c] * exposure * vignette;
        const film = (v * (2.51 * v + 0.03)) / (v * (2.43 * v + 0.59) + 0.14);
        const coded = film <= 0.0031308 ? film * 12.92 : 1.055 * film ** (1 / 2.4) - 0.055;
        const own = (random() - 0.5) * 0.008;
        bytes[(y * width + x) * 3 + c] = clamp(Math.round((coded + grain + own) * 255), 0, 255);
      }
    }
  }
  return bytes;
}

/**
 * Takes the photograph.
 * @param camera eye and target (decimetres), angle (degrees along the longer side), focus
 *   (distance in focus, decimetres), aperture (lens radius, decimetres), exposure (a factor)
 * @param samples paths a pixel
 * @returns width * height * 3 bytes of sRGB
 */
export async function photograph({ camera, width, height, samples, passes = 3 }) {
  const bands = Array.from({ length: Math.ceil(height / 20) }, (_, index) => index * 20);
  const pixels = new Float32Array(width * height * 9);
  const work = async () => {
    for (let firstRow = bands.shift(); firstRow !== undefined; firstRow = bands.shift()) {
      const lastRow = Math.min(height, firstRow + 20);
      const job = { camera, width, height, samples, firstRow, lastRow };
      const rows = await new Promise((resolve, reject) => {
        const worker = new Worker(new URL(import.meta.url), { workerData: { stillLife: job } });
        worker.once('message', resolve);
        worker.once('error', reject);
      });
      pixels.set(rows, firstRow * width * 9);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return develop(denoise(pixels, width, height, passes), width, height, camera.exposure);
}
