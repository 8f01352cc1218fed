import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ACTION_KINDS } from '../../../domain/acts/index.js';
import { createSlackEvidence } from '../../../platforms/slack/evidence.js';
import { createWire } from '../../../platforms/wire.js';
import { OPERATIONS, scopesOf, type SlackOperation } from '../../../platforms/slack/methods.js';

const FOLDER = new URL('../../../platforms/slack/', import.meta.url).pathname;
const source = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((f) => f.endsWith('.ts') && !f.endsWith('methods.ts'))
  .map((f) => readFileSync(join(FOLDER, f), 'utf8'))
  .join('\n');
const all = Object.entries(OPERATIONS) as readonly [string, SlackOperation][];

describe('the table of operations', () => {
  it.each(all)('%s is used', (key) => {
    expect(source).toContain(`OPERATIONS.${key}`);
  });

  it('gives the evidence role nothing that writes', () => {
    const evidence = all.filter(([, o]) => o.roles.includes('evidence'));
    expect(evidence.filter(([, o]) => o.writes)).toEqual([]);
    expect(evidence.flatMap(([, o]) => o.scopes).filter((s) => /write/.test(s))).toEqual([]);
    // `admin` writes by SCIM as well: only the token that an organisation may withhold has it.
    for (const token of ['audit', 'admin'] as const) expect(scopesOf('evidence', token)).not.toContain('admin');
    expect(scopesOf('evidence', 'logs')).toEqual(['admin']);
  });

  it('gives the people role no user token, and no other role the bot', () => {
    for (const [, o] of all.filter(([, { scopes }]) => scopes.length > 0))
      expect(o.roles.includes('people')).toBe(o.token === 'bot');
  });

  it.each(all)('%s says what is lost without it, in words that the product knows', (_, { serves }) => {
    const { sources } = createSlackEvidence({
      tenant: 'main',
      wire: createWire({ bases: [] }),
      tokens: { logs: 'any' },
      teamIds: [],
      timeoutMs: 1,
    });
    const known = [
      ...sources.map((s) => s.id),
      ...ACTION_KINDS,
      ...['directory', 'sightings', 'protection', 'talk', 'check'],
    ];
    expect(serves.length).toBeGreaterThan(0);
    expect(serves.filter((s) => !known.includes(s))).toEqual([]);
  });

  it('counts what Slack counts for the whole organisation as such', () => {
    const shared = all.filter(([, o]) => o.limit.counts === 'tenant').map(([, o]) => o.api);
    expect(new Set(shared)).toEqual(new Set(['audit', 'scim']));
    expect(OPERATIONS.auditLogs.limit).toMatchObject({ calls: 50, seconds: 60 });
  });
});
