import { existsSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { defineConfig } from 'eslint/config';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** What each folder may import of the house: imports only go down. @type {Record<string, readonly string[]>} */
const MAY_IMPORT = {
  domain: [],
  platforms: ['domain'],
  store: ['domain'],
  workflows: ['domain'],
  activities: ['domain', 'platforms', 'store'],
  gateway: ['domain', 'platforms', 'store', 'activities', 'workflows'],
  workers: ['domain', 'platforms', 'store', 'activities', 'workflows', 'gateway'],
  cli: ['domain', 'platforms', 'store', 'activities', 'workflows', 'gateway', 'workers'],
  simulator: ['domain', 'platforms'],
};
const FOLDERS = [...Object.keys(MAY_IMPORT), 'test', 'bench'];

const zones = Object.entries(MAY_IMPORT).flatMap(([target, allowed]) =>
  FOLDERS.filter((from) => from !== target && !allowed.includes(from)).map((from) => ({
    target: `./${target}`,
    from: `./${from}`,
    message: `${target} must not import ${from}: imports only go down (docs/architecture.md).`,
  })),
);
// Workflows may name the activities' types; a value import would pull vendor code into the sandbox.
const workflowZones = zones.filter((z) => !(z.target === './workflows' && z.from === './activities'));
// The demo command plays the organisation, so it alone may start the simulator.
const demoZones = workflowZones.filter((z) => !(z.target === './cli' && z.from === './simulator'));

/** The platforms: each folder there with a module of its own. */
const VENDORS = readdirSync(join(import.meta.dirname, 'platforms')).filter((name) =>
  existsSync(join(import.meta.dirname, 'platforms', name, 'index.ts')),
);
// Whoever needs something of a platform asks the registry. What plays the organisation or proves the product may know each vendor.
const KNOW_VENDORS = ['simulator', 'test', 'bench', 'scripts', 'platforms'];
const vendorZones = FOLDERS.filter((target) => !KNOW_VENDORS.includes(target)).flatMap((target) =>
  VENDORS.map((vendor) => ({
    target: `./${target}`,
    from: `./platforms/${vendor}`,
    message: `What ${target} needs of a platform is in the registry (docs/adr/0012-a-platform-is-one-module.md).`,
  })),
);
const isDemo = (/** @type {{ target: string }} */ { target }) => target === './cli';

const VENDOR = `/^(${VENDORS.join('|')})$/`;
const ONE_PLATFORM = [
  `BinaryExpression[operator=/^[!=]==?$/] > Literal[value=${VENDOR}]`,
  `SwitchCase > Literal[value=${VENDOR}]`,
  `CallExpression[callee.property.name='includes'] > Literal.arguments[value=${VENDOR}]`,
  `ObjectExpression > Property > Identifier.key[name=${VENDOR}]`,
  `ObjectExpression > Property > Literal.key[value=${VENDOR}]`,
  `TSPropertySignature > .key[name=${VENDOR}]`,
  `TSPropertySignature > .key[value=${VENDOR}]`,
  `MemberExpression > Identifier.property[name=${VENDOR}]`,
  `MemberExpression > Literal.property[value=${VENDOR}]`,
  `TSLiteralType > Literal[value=${VENDOR}]`,
].map((selector) => ({
  selector,
  message:
    'Nothing outside platforms/ asks which platform it is: say it in the platform’s module and ask the registry.',
}));

/** Workflows run in a sandbox without Node, and domain code runs in workflows. Zod would cost heap in every cached workflow. */
const NOT_IN_SANDBOX = [...builtinModules.flatMap((name) => [name, `node:${name}`]), 'zod'].map((name) => ({
  name,
  message: 'Workflow code runs in a sandbox without Node.',
}));
/** What a command prints is made inert in one place. */
const NOT_PAST_THE_TERMINAL = ['stdout', 'stderr'].map((property) => ({
  object: 'process',
  property,
  message: 'Print by cli/terminal.ts, which lets no text act on a terminal.',
}));
/** An address has one form, made in one place (docs/adr/0011). */
const ONE_ADDRESS_PARSER = [
  { name: 'ipaddr.js', message: 'Addresses are read by domain/address.ts alone.' },
  ...['net', 'node:net'].map((name) => ({
    name,
    importNames: ['isIP', 'isIPv4', 'isIPv6', 'BlockList', 'SocketAddress'],
    message: 'Addresses are read by domain/address.ts alone.',
  })),
];
const NO_TEMPORAL = { group: ['@temporalio/*'], message: 'This folder knows no Temporal.' };
const WORKFLOW_TEMPORAL = {
  group: ['@temporalio/*', '!@temporalio/workflow', '!@temporalio/common'],
  message: 'Workflows use @temporalio/workflow and common alone.',
};
const ACTIVITY_TYPES = {
  group: ['**/activities/*'],
  allowTypeImports: true,
  message: 'Workflows import types of activities only.',
};

export default defineConfig(
  { ignores: ['node_modules', '.cache', '.quell', 'coverage', 'scratch*'] },
  {
    files: ['**/*.{ts,mjs}'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/only-throw-error': [
        'error',
        { allow: [], allowThrowingUnknown: true, allowThrowingAny: true },
      ],
      '@typescript-eslint/unbound-method': 'off', // ports are plain objects of functions
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off', // data from vendors and disks is not always what its type says
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones: [...demoZones, ...vendorZones.filter((z) => !isDemo(z))] }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['cli/**/*.ts'],
    ignores: ['cli/terminal.ts'],
    rules: { 'no-console': 'error', 'no-restricted-properties': ['error', ...NOT_PAST_THE_TERMINAL] },
  },
  {
    files: ['cli/**/*.ts'],
    ignores: ['cli/demo/**'],
    rules: { 'import-x/no-restricted-paths': ['error', { zones: [...workflowZones, ...vendorZones] }] },
  },
  {
    files: ['{domain,store,workflows,activities,gateway,workers,cli}/**/*.ts', 'platforms/*.ts'],
    ignores: ['cli/demo/**'],
    rules: { 'no-restricted-syntax': ['error', ...ONE_PLATFORM] },
  },
  {
    files: ['**/*.ts'],
    ignores: ['domain/address.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { paths: ONE_ADDRESS_PARSER }] },
  },
  {
    files: ['domain/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { paths: NOT_IN_SANDBOX, patterns: [NO_TEMPORAL] }] },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { paths: NOT_IN_SANDBOX, patterns: [WORKFLOW_TEMPORAL, ACTIVITY_TYPES] }],
    },
  },
  {
    files: ['platforms/**/*.ts', 'store/**/*.ts'],
    ignores: ['store/data-converter.ts', 'store/failure-converter.ts', 'store/payload-codec.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [NO_TEMPORAL] }] },
  },
  {
    files: ['**/*.mjs'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off' }, // does not see casts in JSDoc
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unnecessary-template-expression': 'off', // keeps secret scanners from taking fixtures for secrets
    },
  },
);
