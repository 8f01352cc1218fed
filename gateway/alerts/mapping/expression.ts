import { createContext, Script } from 'node:vm';
import { compile, TreeInterpreter, type JSONValue } from '@jmespath-community/jmespath';
import { QuellError } from '../../../domain/errors.js';

/*
 * JMESPath expressions of a mapping file (https://jmespath.site). They are the operator's, what they are evaluated on is the sender's: so
 * nothing is taken whose cost grows faster than the body (`$`, variables), or that can make texts of a size that the body names
 * (`pad_left`, `replace`), and an evaluation has a time limit.
 */

/** An expression that was parsed; `text` is how it stands in the file. */
export interface Expression {
  readonly text: string;
  readonly evaluate: (value: unknown) => unknown;
}

const MAX_LENGTH = 1_000;
const WITHIN_MS = 1_000;
const FUNCTIONS = new Set([
  ...[
    'contains',
    'ends_with',
    'find_first',
    'items',
    'join',
    'keys',
    'length',
    'lower',
    'map',
    'max_by',
    'min_by',
    'not_null',
  ],
  ...[
    'reverse',
    'sort',
    'sort_by',
    'split',
    'starts_with',
    'to_array',
    'to_number',
    'to_string',
    'trim',
    'type',
    'upper',
    'values',
  ],
]);
/** Look at the whole body from inside of a list, or hold a value for later: the cost is the square of the body's size. */
const REFUSED = new Map([
  ['Root', '`$` for the whole body'],
  ['LetExpression', '`let`'],
  ['Variable', 'variables'],
]);

/** Errors: an `Error` with what is wrong and where, for who wrote the file. */
export function expressionOf(text: string): Expression {
  if (text.length > MAX_LENGTH) throw new Error(`longer than ${MAX_LENGTH} characters`);
  const open = unclosed(text);
  if (open !== undefined) throw new Error(`the quote ${open} is not closed`);
  const tree = compile(text);
  const wrong = refused(tree);
  if (wrong !== undefined) throw new Error(wrong);
  return { text, evaluate: (value) => TreeInterpreter.search(tree, value as JSONValue) };
}

/** The library takes what is open at the end for closed. */
function unclosed(text: string): string | undefined {
  let open: string | undefined;
  for (let n = 0; n < text.length; n++) {
    const sign = text[n] ?? '';
    if (open !== undefined && sign === '\\') n++;
    else if (sign === open) open = undefined;
    else if (open === undefined && ["'", '"', '`'].includes(sign)) open = sign;
  }
  return open;
}

function refused(node: unknown): string | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  const { type, name } = node as { readonly type?: unknown; readonly name?: unknown };
  if (typeof type === 'string' && REFUSED.has(type)) return `${REFUSED.get(type) ?? ''} cannot be used in a mapping`;
  if (type === 'Literal') return undefined;
  if (type === 'Function' && !FUNCTIONS.has(String(name)))
    return `the function ${String(name)} is not one of ${[...FUNCTIONS].sort().join(', ')}`;
  for (const inner of Object.values(node)) {
    const found = refused(inner);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Time that the expressions of one body have in all, milliseconds. */
export class Budget {
  #left = WITHIN_MS;

  /** What `work` gives. Errors: ALERT_FORMAT when the time of the body is over. */
  spend<T>(work: () => T): T {
    const began = performance.now();
    running = work;
    try {
      if (this.#left < 1) throw tooLong();
      return script.runInContext(context, { timeout: Math.floor(this.#left) }) as T;
    } catch (error) {
      if (isTimeout(error)) throw tooLong();
      throw error;
    } finally {
      running = () => undefined;
      this.#left -= performance.now() - began;
    }
  }
}

const tooLong = (): QuellError =>
  new QuellError('ALERT_FORMAT', `mapping: its expressions take longer than ${WITHIN_MS} ms on this body`);

/** The error is of the context's own realm: no `instanceof`. */
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/** What is evaluated now; the script ends it when its time is over, wherever it is. */
let running: () => unknown = () => undefined;
const context = createContext({ run: () => running() });
const script = new Script('run()');
