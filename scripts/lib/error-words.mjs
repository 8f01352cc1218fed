/**
 * What of Babel's `NodePath` is read here.
 * @typedef {{ listKey?: string; key?: unknown; parent?: { type: string; callee?: { name?: string } } }} NodePath
 */

/** Stryker's plugin: no mutants in the second argument of `new QuellError(code, words)`. Nothing decides on those words. */
export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'error-words',
    value: {
      /** @param {NodePath} path */
      shouldIgnore: ({ listKey, key, parent }) =>
        parent?.type === 'NewExpression' && parent.callee?.name === 'QuellError' && listKey === 'arguments' && key === 1
          ? 'the words of an error'
          : undefined,
    },
  },
];
