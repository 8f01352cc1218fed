import { describe, expect, it } from 'vitest';
import { createLogger } from '../../workers/runtime.js';
import { ACTS, HOSTILE } from '../support/hostile.js';

describe('the log', () => {
  it('is one line a record, which acts on no terminal and says what it was given', () => {
    const lines: string[] = [];
    const logger = createLogger('quell-test', { write: (line) => lines.push(line) });
    // Short and long texts take different ways through the logger.
    logger.warn({ name: HOSTILE, short: '\u009b1m\u202e' }, HOSTILE);
    logger.error({ failure: new Error(HOSTILE).message }, '\u2028\u007f');
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).toMatch(/^[^\n]+\n$/);
      expect(line).not.toMatch(ACTS);
    }
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { name: HOSTILE, short: '\u009b1m\u202e', msg: HOSTILE },
      { failure: HOSTILE, msg: '\u2028\u007f' },
    ]);
  });
});
