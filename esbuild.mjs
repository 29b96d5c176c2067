// Builds everything: src to dist (what ships) and test and bench to out (what never ships).
// `--watch` keeps building, `--production` minifies dist and leaves source maps and out alone.
import { context } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

/** Builds under way: VS Code must not start before the last of them has finished. */
let running = 0;

/** The lines that the background problem matcher of .vscode/tasks.json waits for. */
const problemMatcher = {
  name: 'problem-matcher',
  setup(build) {
    build.onStart(() => {
      if (watch && running++ === 0) console.log('[watch] build started');
    });
    build.onEnd(({ errors }) => {
      for (const { text, location } of errors) {
        console.error(`✘ [ERROR] ${text}`);
        if (location) console.error(`    ${location.file}:${location.line}:${location.column}:`);
      }
      if (watch && --running === 0) console.log('[watch] build finished');
    });
  },
};

/** Keeps what the first command needs in a file of its own, so that activation reads little. */
const loadOnFirstUse = {
  name: 'load-on-first-use',
  setup(build) {
    build.onResolve({ filter: /^\.\/edit\// }, ({ kind, path }) =>
      kind === 'dynamic-import'
        ? { path: `./${path.slice('./edit/'.length)}.js`, external: true }
        : undefined,
    );
  },
};

/** The licence texts of the packages in a bundle, beside it: their licences ask for that. */
const licences = {
  name: 'licences',
  setup(build) {
    build.onEnd(({ metafile }) => {
      const packages = new Set();
      for (const input of Object.keys(metafile?.inputs ?? {})) {
        const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
        if (name) packages.add(name);
      }
      const texts = [...packages].sort().map((name) => {
        const folder = join('node_modules', name);
        const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
        const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
        if (!file) throw new Error(`${name} is bundled but has no licence file`);
        return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
      });
      mkdirSync('dist', { recursive: true });
      writeFileSync('dist/third-party-licences.txt', texts.join(`\n${'-'.repeat(80)}\n\n`));
    });
  },
};

const shipped = {
  bundle: true,
  outdir: 'dist',
  target: 'es2023',
  minify: production,
  sourcemap: production ? false : 'linked',
  logLevel: 'silent',
  plugins: [problemMatcher],
};

const builds = [
  {
    ...shipped,
    entryPoints: { extension: 'src/extension.ts', commands: 'src/edit/commands.ts' },
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    // `require` finds the second file on every Node that VS Code has had.
    supported: { 'dynamic-import': false },
    metafile: true,
    plugins: [problemMatcher, loadOnFirstUse, licences],
  },
  {
    ...shipped,
    entryPoints: { webview: 'src/webview/main.ts' },
    platform: 'browser',
    format: 'iife',
  },
];

if (!production) {
  const tests = ['test', 'bench']
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true }).map((file) => `${folder}/${file}`),
    )
    .filter((file) => file.endsWith('.ts'));
  builds.push({
    entryPoints: Object.fromEntries(tests.map((file) => [file.replace(/\.ts$/, ''), file])),
    outdir: 'out',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'linked',
    packages: 'external',
    external: ['vscode'],
    logLevel: 'silent',
    plugins: [problemMatcher],
  });
}

rmSync('dist', { recursive: true, force: true });
const failed = [];
for (const options of builds) {
  const build = await context(options);
  if (watch) {
    await build.watch();
    continue;
  }
  await build.rebuild().catch(() => failed.push(Object.keys(options.entryPoints).join(', ')));
  await build.dispose();
}
if (failed.length > 0) {
  console.error(`Build failed: ${failed.join('; ')}`);
  process.exit(1);
}
