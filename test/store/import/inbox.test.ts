import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { fileKeys } from '../../../store/case-vault.js';
import { importState, type ImportResult } from '../../../store/import/import-state.js';
import { listDeadLetters, readDeadLetter } from '../../../store/inbox/dead-letters.js';
import type { InboxItem } from '../../../store/inbox/message.js';
import { outcomeOf } from '../../../store/inbox/outcome.js';
import { InboxReader } from '../../../store/inbox/reader.js';
import { InboxWriter } from '../../../store/inbox/writer.js';
import { openDatabase, type OpenDatabase } from '../../support/database.js';
import { testKeys } from '../support.js';
import { AT, OldState } from './old-state.js';

const ring = testKeys();
const own = ring.opening('inbox');
const keys = {
  ...{ audit: [ring.verifying('audit')], registry: ring.secret('registry'), inbox: own },
  cases: fileKeys(ring, 'records'),
};
const base = mkdtempSync(join(tmpdir(), 'quell-import-inbox-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let database: OpenDatabase;
let old: OldState;
let n = 0;
beforeEach(async () => {
  database = await openDatabase();
  old = await OldState.build(join(base, String(n++)), ring);
});
afterEach(() => database.drop());
const run = (organisation = 'test'): Promise<ImportResult> => importState(database.pool, organisation, old.root, keys);
const settled = (seq: number, status: string, more: object = {}) => ({ seq, status, at: AT, ...more });
const textOf = ({ body }: Pick<InboxItem, 'body'>): string => Buffer.from(body).toString('utf8');

/** What the console would deliver now. */
async function waiting(): Promise<readonly InboxItem[]> {
  const reader = new InboxReader(database.as('console'), own);
  try {
    return await reader.claim('alert', { messages: 100, bytes: 1e9 });
  } finally {
    await reader.close();
  }
}
const accept = (body: string, organisation?: 'other') =>
  new InboxWriter(database.as('intake', organisation), ring.sealing('inbox')).append({
    ...{ kind: 'alert', source: 'siem', dedupeKey: body, receivedAt: AT, contentType: 'application/json' },
    body: Buffer.from(body),
  });

it('what waits is delivered as it came, by its number', async () => {
  old.inbox.segment([
    { seq: 1, body: 'one' },
    { seq: 2, body: 'two' },
  ]);
  old.inbox.segment([{ seq: 3, body: 'three' }], '{"seq":4,"ki');
  old.inbox.outcomes(settled(2, 'ignored'));
  expect((await run()).parts['inbox']?.taken).toMatchObject({ 'messages that wait': 2, 'settled messages': 1 });
  const items = await waiting();
  expect(items.map((item) => [item.seq, textOf(item)])).toEqual([
    [1, 'one'],
    [3, 'three'],
  ]);
  expect(items[0]).toMatchObject({
    ...{ kind: 'alert', source: 'siem', dedupeKey: 'one', receivedAt: AT, contentType: 'application/json', resent: 0 },
  });
});

it('what was settled is known, with what became of it, while its message is', async () => {
  old.inbox.segment([{ seq: 7, body: 'seven' }]);
  old.inbox.outcomes(settled(6, 'delivered'), settled(7, 'delivered', { alertIds: ['al-1'], caseIds: ['case-s-a'] }));
  expect((await run()).parts['inbox']?.left).toMatchObject({ 'settled numbers whose message is forgotten': 1 });
  expect(await outcomeOf(database.as('intake'), 7)).toEqual({
    ...{ seq: 7, status: 'delivered', at: AT, alertIds: ['al-1'], caseIds: ['case-s-a'] },
  });
  expect(await outcomeOf(database.as('intake'), 6)).toBeUndefined();
  expect(await accept('seven')).toEqual({ seq: 7, duplicate: true });
});

it('new messages are numbered above all that were, in each organisation', async () => {
  await accept('before', 'other');
  old.inbox.outcomes(settled(41, 'delivered'));
  await run();
  expect(await accept('new')).toEqual({ seq: 42, duplicate: false });
  expect((await accept('after', 'other')).seq).toBe(43);
});

it('numbers of others are never gone below', async () => {
  for (const body of ['a', 'b', 'c']) await accept(body, 'other');
  old.inbox.segment([{ seq: 1, body: 'one' }]);
  await run();
  expect(await accept('new')).toEqual({ seq: 4, duplicate: false });
});

it('dead letters keep content and reason; those that were asked for again wait', async () => {
  old.inbox.letter({ seq: 1, body: 'dead' });
  old.inbox.letter({ seq: 2, body: 'again' }, { waiting: true });
  old.inbox.letter({ seq: 3, body: 'asked' });
  old.inbox.askAgain(3);
  old.inbox.letter({ seq: 4, body: 'unreadable' }, { content: undefined });
  old.inbox.outcomes(...[1, 2, 3, 4].map((seq) => settled(seq, 'dead_letter', { text: 'ALERT_MALFORMED' })));
  expect((await run()).parts['inbox']).toMatchObject({
    taken: { 'dead letters': 1, 'dead letters to be delivered again': 2 },
    left: { 'dead letters without content': 1 },
  });
  expect(await listDeadLetters(database.as('console'))).toEqual([
    { seq: 1, kind: 'alert', source: 'siem', receivedAt: AT, at: AT, reason: 'ALERT_MALFORMED' },
  ]);
  expect(textOf(await readDeadLetter(database.as('console'), own, 1))).toBe('dead');
  expect((await waiting()).map((item) => [item.seq, textOf(item), item.resent])).toEqual([
    [2, 'again', 0],
    [3, 'asked', 1],
  ]);
});

it('a letter that was being kept when the console ended waits still, and one that was delivered is no letter', async () => {
  old.inbox.segment([
    { seq: 1, body: 'one' },
    { seq: 2, body: 'two' },
  ]);
  old.inbox.letter({ seq: 1, body: 'one' });
  old.inbox.letter({ seq: 2, body: 'two' }, { waiting: true });
  old.inbox.outcomes(settled(2, 'dead_letter'), settled(2, 'delivered'));
  await run();
  expect((await waiting()).map(({ seq }) => seq)).toEqual([1]);
  expect(await listDeadLetters(database.as('console'))).toEqual([]);
  expect(await outcomeOf(database.as('intake'), 2)).toMatchObject({ status: 'delivered' });
});

it('a message that came again after it was forgotten is taken once, where most is to do', async () => {
  old.inbox.letter({ seq: 1, body: 'same' });
  old.inbox.segment([{ seq: 9, body: 'same' }]);
  old.inbox.outcomes(settled(1, 'dead_letter'));
  expect((await run()).parts['inbox']?.left).toMatchObject({ 'repeats of a message that is taken': 1 });
  expect((await waiting()).map(({ seq }) => seq)).toEqual([9]);
  expect(await listDeadLetters(database.as('console'))).toEqual([]);
});
