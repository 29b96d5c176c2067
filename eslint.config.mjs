// Lint: TypeScript's strict rules, and the layers of the design as rules about imports.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Folders of src that know nothing of each other: only their types may cross. */
const leaves = ['gateway', 'picture', 'journal', 'save', 'compare', 'webview'];

/** Folders that must run under plain Node. */
const withoutVscode = ['gateway', 'picture', 'journal'];

const noVscode = {
  name: 'vscode',
  message: 'This folder runs under plain Node: hand in what it needs instead.',
  allowTypeImports: true,
};
const noUndici = { name: 'undici', message: 'Only src/gateway/transport.ts speaks to undici.' };
const noWebview = {
  group: ['**/webview/*'],
  message: 'The webview runs in a browser: nothing imports it.',
};
const noFlow = {
  group: ['**/edit/*', '**/extension'],
  message: 'Imports point down: leaves never import the flow.',
};

/** Rules for the files of one leaf: none of the flow, none of the other leaves at run time. */
function leaf(name) {
  const others = leaves.filter((other) => other !== name).map((other) => `**/${other}/*`);
  return {
    files: [`src/${name}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [noUndici, ...(withoutVscode.includes(name) ? [noVscode] : [])],
          patterns: [
            noFlow,
            {
              group:
                name === 'webview' ? others.filter((other) => other !== '**/compare/*') : others,
              message: 'Leaves do not import each other, types aside.',
              allowTypeImports: true,
            },
          ],
        },
      ],
    },
  };
}

export default tseslint.config(
  // AssemblyScript looks like TypeScript, and is none.
  { ignores: ['dist', 'out', '.cache', 'node_modules', 'src/picture/wasm'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `array[index]!` after a check is clearer than a branch that cannot be reached.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }],
      'no-console': 'error',
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [noUndici], patterns: [noWebview] },
      ],
    },
  },
  ...leaves.map(leaf),
  {
    files: ['src/gateway/transport.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [noVscode], patterns: [noFlow] },
      ],
    },
  },
  {
    files: ['bench/floor.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': 'off' },
  },
  {
    files: [
      'src/compare/protocol.ts',
      'src/compare/batchProtocol.ts',
      ...['src/compare/pageHtml.ts', 'src/compare/panelHtml.ts', 'src/compare/batchHtml.ts'],
    ],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(?!\\./(protocol|pageHtml)$)',
              message: 'This file imports nothing.',
            },
          ],
        },
      ],
    },
  },
  {
    // What the webview says, reads and reckons needs no browser.
    files: ['test/unit/webview/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [noUndici, noVscode], patterns: [noFlow] },
      ],
    },
  },
  {
    files: ['test/**', 'bench/**', '*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
      },
    },
    rules: { 'no-console': 'off' },
  },
);
