// Lint: the rules that ESLint recommends, TypeScript's strict ones, and the layers of the design as rules about imports.
import { defineConfig } from 'oxlint';

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

/** What these files may not import, instead of what was said before. */
function imports(files, { paths = [], patterns = [] }) {
  return { files, rules: { 'no-restricted-imports': ['error', { paths, patterns }] } };
}

/** Rules for the files of one leaf: none of the flow, none of the other leaves at run time. */
function leaf(name) {
  const others = leaves.filter((other) => other !== name).map((other) => `**/${other}/*`);
  return imports([`src/${name}/**/*.ts`], {
    paths: [noUndici, ...(withoutVscode.includes(name) ? [noVscode] : [])],
    patterns: [
      noFlow,
      {
        group: name === 'webview' ? others.filter((other) => other !== '**/compare/*') : others,
        message: 'Leaves do not import each other, types aside.',
        allowTypeImports: true,
      },
    ],
  });
}

/** The names of rules, each as an error where it is not said otherwise. */
function errors(names, options = {}) {
  return { ...Object.fromEntries(names.map((name) => [name, 'error'])), ...options };
}

/** What `js.configs.recommended` of ESLint 10 holds. */
const recommended = errors([
  ...['for-direction', 'no-async-promise-executor', 'no-case-declarations', 'no-compare-neg-zero'],
  ...['no-cond-assign', 'no-constant-binary-expression', 'no-control-regex', 'no-debugger'],
  ...['no-delete-var', 'no-dupe-else-if', 'no-duplicate-case', 'no-empty', 'no-ex-assign'],
  ...['no-empty-character-class', 'no-empty-pattern', 'no-empty-static-block', 'no-fallthrough'],
  ...['no-extra-boolean-cast', 'no-global-assign', 'no-invalid-regexp', 'no-irregular-whitespace'],
  ...['no-loss-of-precision', 'no-misleading-character-class', 'no-nonoctal-decimal-escape'],
  ...['no-prototype-builtins', 'no-regex-spaces', 'no-self-assign', 'no-shadow-restricted-names'],
  ...['no-sparse-arrays', 'no-unassigned-vars', 'no-unexpected-multiline', 'no-unsafe-finally'],
  ...['no-unsafe-optional-chaining', 'no-unused-labels', 'no-unused-private-class-members'],
  ...['no-unused-vars', 'no-useless-assignment', 'no-useless-backreference', 'no-useless-catch'],
  ...['no-useless-escape', 'preserve-caught-error', 'require-yield', 'use-isnan', 'valid-typeof'],
  'no-constant-condition',
]);

/** The rest of it, which TypeScript's compiler says itself. */
const recommendedForScripts = errors([
  ...['constructor-super', 'getter-return', 'no-class-assign', 'no-const-assign', 'no-func-assign'],
  ...['no-dupe-class-members', 'no-dupe-keys', 'no-import-assign', 'no-obj-calls', 'no-redeclare'],
  ...['no-new-native-nonconstructor', 'no-setter-return', 'no-this-before-super', 'no-undef'],
  ...['no-unreachable', 'no-unsafe-negation', 'no-with'],
]);

/** What `strictTypeChecked` of typescript-eslint holds. */
const strict = errors(
  [
    ...['no-var', 'prefer-const', 'prefer-rest-params', 'prefer-spread', 'no-array-constructor'],
    ...['no-unused-expressions', 'no-useless-constructor'],
    ...[
      ...['await-thenable', 'ban-ts-comment', 'no-array-delete', 'no-base-to-string'],
      ...['no-confusing-void-expression', 'no-deprecated', 'no-duplicate-enum-values'],
      ...['no-duplicate-type-constituents', 'no-dynamic-delete', 'no-empty-object-type'],
      ...['no-explicit-any', 'no-extra-non-null-assertion', 'no-extraneous-class', 'return-await'],
      ...['no-floating-promises', 'no-for-in-array', 'no-generated-empty-object-type'],
      ...['no-implied-eval', 'no-invalid-void-type', 'no-meaningless-void-operator'],
      ...['no-misused-new', 'no-misused-promises', 'no-misused-spread', 'no-mixed-enums'],
      ...['no-namespace', 'no-non-null-asserted-nullish-coalescing', 'no-require-imports'],
      ...['no-non-null-asserted-optional-chain', 'no-redundant-type-constituents'],
      ...['no-this-alias', 'no-unnecessary-boolean-literal-compare', 'no-unnecessary-condition'],
      ...['no-unnecessary-template-expression', 'no-unnecessary-type-arguments'],
      ...['no-unnecessary-type-assertion', 'no-unnecessary-type-constraint', 'require-await'],
      ...['no-unnecessary-type-conversion', 'no-unnecessary-type-parameters', 'unbound-method'],
      ...['no-unsafe-argument', 'no-unsafe-assignment', 'no-unsafe-call', 'no-unsafe-return'],
      ...['no-unsafe-declaration-merging', 'no-unsafe-enum-assignment', 'only-throw-error'],
      ...['no-unsafe-enum-comparison', 'no-unsafe-function-type', 'no-unsafe-member-access'],
      ...['no-unsafe-unary-minus', 'no-useless-default-assignment', 'no-wrapper-object-types'],
      ...['prefer-as-const', 'prefer-literal-enum-member', 'prefer-namespace-keyword'],
      ...['prefer-promise-reject-errors', 'prefer-reduce-type-parameter', 'unified-signatures'],
      ...['prefer-return-this-type', 'related-getter-setter-pairs', 'triple-slash-reference'],
      ...['restrict-plus-operands', 'restrict-template-expressions', 'consistent-type-imports'],
      'use-unknown-in-catch-callback-variable',
    ].map((name) => `typescript/${name}`),
  ],
  {
    'typescript/ban-ts-comment': ['error', { minimumDescriptionLength: 10 }],
    'typescript/restrict-plus-operands': [
      'error',
      {
        ...{ allowAny: false, allowBoolean: false, allowNullish: false },
        ...{ allowNumberAndString: false, allowRegExp: false },
      },
    ],
    'typescript/restrict-template-expressions': ['error', { allowNumber: true }],
    'typescript/no-confusing-void-expression': [
      'error',
      { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
    ],
    'typescript/return-await': ['error', 'error-handling-correctness-only'],
  },
);

export default defineConfig({
  options: { typeAware: true },
  plugins: ['typescript'],
  categories: { correctness: 'off' },
  // AssemblyScript looks like TypeScript, and is none.
  ignorePatterns: ['dist', 'out', '.cache', 'node_modules', 'src/picture/wasm'],
  rules: recommended,
  overrides: [
    { files: ['**/*.{mjs,cjs}'], env: { node: true }, rules: recommendedForScripts },
    {
      files: ['**/*.ts'],
      rules: {
        ...strict,
        'no-restricted-exports': [
          'error',
          { restrictDefaultExports: { direct: true, named: true } },
        ],
        'no-console': 'error',
      },
    },
    imports(['**/*.ts'], { paths: [noUndici], patterns: [noWebview] }),
    ...leaves.map(leaf),
    imports(['src/disk/**/*.ts'], {
      paths: [noUndici, noVscode],
      patterns: [
        noFlow,
        {
          group: leaves.map((name) => `**/${name}/*`),
          message: 'The leaves import this room, not the other way round.',
        },
      ],
    }),
    imports(['src/gateway/transport.ts'], { paths: [noVscode], patterns: [noFlow] }),
    { files: ['bench/floor.ts'], rules: { 'no-restricted-imports': 'off' } },
    imports(
      [
        ...['src/compare/protocol.ts', 'src/compare/batchProtocol.ts', 'src/compare/pageHtml.ts'],
        ...['src/compare/panelHtml.ts', 'src/compare/batchHtml.ts'],
      ],
      {
        patterns: [
          {
            group: ['*', './*', '../**', '!./protocol', '!./pageHtml'],
            message: 'This file imports nothing.',
          },
        ],
      },
    ),
    // What the webview says, reads and reckons needs no browser.
    imports(['test/unit/webview/**'], { paths: [noUndici, noVscode], patterns: [noFlow] }),
    { files: ['test/**', 'bench/**', '*.mjs'], rules: { 'no-console': 'off' } },
  ],
});
