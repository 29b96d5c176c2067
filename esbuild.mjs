// Builds everything: src to dist (what ships) and test and bench to out (what never ships).
// `--watch` keeps building, `--production` builds dist as it ships: minified, and without source maps.
import asc from 'assemblyscript/asc';
import { context } from 'esbuild';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

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

/** libvips stays in files of its own: it starts threads of them, and reads its wasm from them. */
const vipsFiles = ['vips-node.js', 'vips.wasm', 'vips-heif.wasm'];
const vipsBeside = {
  name: 'vips-beside',
  setup(build) {
    build.onResolve({ filter: /^wasm-vips$/ }, () => ({ path: './vips-node.js', external: true }));
    build.onEnd(() => {
      mkdirSync('dist', { recursive: true });
      for (const file of vipsFiles) {
        copyFileSync(join('node_modules', 'wasm-vips', 'lib', file), join('dist', file));
      }
    });
  },
};

/** `import bytes from './kernel.wasm'` compiles kernel.ts beside it, which is AssemblyScript as all beside it is, and gives its bytes. */
const wasmFromSource = {
  name: 'wasm-from-source',
  setup(build) {
    build.onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path.replace(/wasm$/, 'ts')),
      namespace: 'assemblyscript',
    }));
    build.onLoad({ filter: /./, namespace: 'assemblyscript' }, async ({ path }) => ({
      contents: await compiled(path),
      loader: 'binary',
      watchFiles: sourcesBeside(path),
    }));
  },
};

function sourcesBeside(path) {
  const files = readdirSync(dirname(path)).filter((file) => /(?<!\.d)\.ts$/.test(file));
  return files.map((file) => join(dirname(path), file));
}

/** By the text of the sources: every build has the same few, and compiling takes seconds. */
const compiledSources = new Map();

function compiled(path) {
  const source = sourcesBeside(path)
    .map((file) => readFileSync(file, 'utf8'))
    .join('');
  if (!compiledSources.has(source)) compiledSources.set(source, compile(path));
  return compiledSources.get(source);
}

async function compile(path) {
  let binary;
  const { error, stderr } = await asc.main(
    [
      relative(import.meta.dirname, path),
      ...['--outFile', 'kernel.wasm', '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'],
    ],
    { writeFile: (_, contents) => (binary = contents) },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return binary;
}

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
      // It is copied, not bundled, and holds libraries that no package.json names.
      texts.push(readFileSync(join('licences', 'wasm-vips.txt'), 'utf8'));
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
  plugins: [problemMatcher, wasmFromSource],
};

const builds = [
  {
    ...shipped,
    entryPoints: {
      extension: 'src/extension.ts',
      commands: 'src/edit/commands.ts',
      pictureThread: 'src/picture/pictureThread.ts',
    },
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    // `require` finds the second file on every Node that VS Code has had.
    supported: { 'dynamic-import': false },
    metafile: true,
    plugins: [problemMatcher, wasmFromSource, loadOnFirstUse, vipsBeside, licences],
  },
  {
    ...shipped,
    entryPoints: { webview: 'src/webview/main.ts', batch: 'src/webview/batch.ts' },
    platform: 'browser',
    format: 'iife',
    // The page carries the script itself, beside which nothing lies.
    sourcemap: false,
  },
];

/** Every TypeScript file of a folder, each to a file of its own, but for the host's tests. */
function entryPointsOf(folder) {
  const files = readdirSync(folder, { recursive: true }).filter(
    (file) => file.endsWith('.ts') && !/^host\/[^/]+\.test\.ts$/.test(file.replaceAll('\\', '/')),
  );
  return Object.fromEntries(
    files
      .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
      .filter((file) => file !== victim)
      .map((file) => [file.replace(/\.ts$/, ''), file]),
  );
}

/** The process that tests kill again and again: it starts in half the time with its packages inside. */
const victim = 'test/unit/journal/support/victim.ts';

/** The tests of the host in one file: they share what src starts once, such as the thread that works on pictures. */
const hostTests = {
  name: 'host-tests',
  setup(build) {
    build.onResolve({ filter: /^all host tests$/ }, ({ path }) => ({ path, namespace: 'host' }));
    build.onLoad({ filter: /./, namespace: 'host' }, () => {
      const folder = join(import.meta.dirname, 'test', 'host');
      const files = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
      return {
        contents: files.map((file) => `import './${file}';`).join('\n'),
        resolveDir: folder,
        watchDirs: [folder],
      };
    });
  },
};

builds.push({
  entryPoints: { ...entryPointsOf('test'), 'test/host/tests': 'all host tests' },
  outdir: 'out',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: 'linked',
  packages: 'external',
  external: ['vscode'],
  logLevel: 'silent',
  plugins: [problemMatcher, wasmFromSource, hostTests],
});
builds.push({
  entryPoints: [victim],
  outbase: '.',
  outdir: 'out',
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  logLevel: 'silent',
  plugins: [problemMatcher],
});
// As it ships, with its packages inside: the other contestants as well, but for the native one.
builds.push({
  ...shipped,
  entryPoints: entryPointsOf('bench'),
  outdir: 'out',
  minify: false,
  sourcemap: 'linked',
  platform: 'node',
  format: 'cjs',
  // One has native code, and makes pictures before the clock starts; the other drives the browser.
  external: ['sharp', 'playwright-core'],
});
// A test that was renamed or removed would still be found in out, and run.
for (const folder of ['dist', 'out/test', 'out/bench'])
  rmSync(folder, { recursive: true, force: true });
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
