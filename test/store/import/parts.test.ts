import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CaseSummary } from '../../../domain/case-summary.js';
import { CaseIndex } from '../../../store/cases/case-index.js';
import { CaseWriter } from '../../../store/cases/case-writer.js';
import { IncidentLinks } from '../../../store/cases/incident-links.js';
import { ActionLedger } from '../../../store/containment/ledger.js';
import { EndedSessions } from '../../../store/ended-sessions.js';
import { importState, type ImportResult } from '../../../store/import/import-state.js';
import { query } from '../../../store/postgres/connection.js';
import { SubjectRegistry } from '../../../store/subjects/registry.js';
import { openDatabase, type OpenDatabase } from '../../support/database.js';
import { CaseVault, fileKeys, folderStorage } from '../../../store/case-vault.js';
import { SubjectKeys } from '../../../store/subjects/subject-keys.js';
import { noteBoxes, subjectKeys, testKeys } from '../support.js';
import { AT, CASE, OldState, PLAN } from './old-state.js';

const ring = testKeys();
const keys = {
  ...{ audit: [ring.verifying('audit')], registry: ring.secret('registry'), inbox: ring.opening('inbox') },
  cases: fileKeys(ring, 'records'),
};
const base = mkdtempSync(join(tmpdir(), 'quell-import-parts-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let database: OpenDatabase;
let old: OldState;
let n = 0;
beforeEach(async () => {
  database = await openDatabase();
  old = await OldState.build(join(base, String(n++)), ring);
});
afterEach(() => database.drop());

const people = () => subjectKeys(keys.registry, old.root);
const ledgerOf = () => new ActionLedger(database.as('containment'), noteBoxes(ring, old.root));
const run = (now?: Date): Promise<ImportResult> => importState(database.pool, 'test', old.root, keys, now);

const account = (nativeId: string) => ({ platform: 'slack', tenant: 'acme', nativeId }) as const;
const mail = { mail: 'Ada@Acme.example' };

describe('the registry', () => {
  const bind = (subjectId: string, aliases: readonly object[], verified = false) => ({
    ...{ type: 'bind', subjectId, aliases, verified },
  });
  const profile = {
    ...{ subjectId: 's-a', kind: 'person', name: 'Ada', mails: ['ada@acme.example'], accounts: [account('U1')] },
    ...{ authority: 'slack', vip: false, readAt: AT },
  };

  it('knows the same people by the same ids', async () => {
    old.registry(
      bind('s-a', [account('U1'), mail]),
      bind('s-b', [mail]), // who claims later does not get it
      bind('s-c', [account('U3')]),
      bind('s-d', [account('U3')], true), // a directory takes it from a claim
      bind('s-c', [account('U3')], true), // and keeps it
      { type: 'profile', profile: { ...profile, name: 'A' } },
      { type: 'profile', profile },
      { type: 'merge', from: 's-b', into: 's-a' },
      { type: 'merge', from: 's-a', into: 's-d' },
      { type: 'merge', from: 's-d', into: 's-b' }, // a circle is void
    );
    old.append('registry/subjects.log', `\n${keys.registry.keyId} torn`);
    expect((await run()).parts['registry']).toEqual({
      taken: { subjects: 4, aliases: 3 },
      left: { 'lines that were never finished': 1 },
    });
    const registry = await SubjectRegistry.open(database.as('evidence'), people());
    expect(await registry.findEach([account('U1'), { mail: 'ada@acme.example' }, account('U3')])).toEqual([
      ...['s-d', 's-d', 's-d'],
    ]);
    expect(await registry.allIds('s-b')).toEqual(['s-d', 's-a', 's-b']);
    expect(await registry.canonical('s-c')).toBe('s-c');
    expect(await registry.profile('s-a')).toEqual({ ...profile, subjectId: 's-d' });
    expect(await registry.aliases('s-a')).toEqual(
      expect.arrayContaining([
        { alias: account('U1'), verified: false },
        { alias: mail, verified: false },
        { alias: account('U3'), verified: true },
      ]),
    );
  });

  it('has the keys of subjects, and of all that is written anew, where they are kept from now on', async () => {
    old.registry(bind('s-a', [account('U1'), mail]));
    const elsewhere = folderStorage(join(base, `elsewhere-${n}`));
    await importState(database.pool, 'test', old.root, { ...keys, storage: elsewhere });
    const registry = await SubjectRegistry.open(
      database.as('evidence'),
      new SubjectKeys(elsewhere.keys, keys.registry),
    );
    expect(await registry.aliases('s-a')).toHaveLength(2);
    await expect(SubjectRegistry.open(database.as('evidence'), people())).rejects.toMatchObject({ code: 'CONFIG' });
    const report = (await new CaseIndex(database.as('console')).get(CASE))?.report;
    const reader = new CaseVault(elsewhere, fileKeys(ring, 'console')).reader('reports');
    expect(await reader.readText(CASE, { key: report?.json ?? '' })).toBe('report');
  });

  it('goes on: who is known is found, who is new is registered', async () => {
    old.registry(bind('s-a', [account('U1')]));
    await run();
    const registry = await SubjectRegistry.open(database.as('console'), people());
    expect(await registry.resolve([account('U1')])).toMatchObject({ subjectId: 's-a', created: false });
    expect(await registry.resolve([account('U2')])).toMatchObject({ created: true });
  });
});

describe('the ledger', () => {
  const key = `${PLAN}:2`;
  const write = { platform: 'slack', operation: 'revoke', targetId: 'U1' };
  const begun = { at: AT, resolved: { accounts: [] }, before: { active: true }, held: false, allowedBy: ['k-1'] };
  const LATER = '2026-01-02T00:00:00.000Z';
  const switched = (nonce: string, stopped?: object) => ({
    ...{ type: 'switched', signed: { body: { type: 'switch', nonce }, keyId: 'k-1', signature: 's' } },
    ...(stopped ? { stopped } : {}),
  });
  const stop = { by: 'p-1', at: AT, why: '', nonce: 'n-1' };

  it('remembers what was done of each step, the first beginning and the last result', async () => {
    old.ledger(
      { type: 'begun', key, begun },
      { type: 'begun', key, begun: { ...begun, at: LATER } },
      { type: 'intended', key, undo: false, write },
      { type: 'intended', key, undo: false, write: { ...write, targetId: 'U2' } },
      { type: 'refuted', key, undo: false, write },
      { type: 'result', key, result: { at: AT, status: 'failed' } },
      { type: 'result', key, result: { at: LATER, status: 'done' } },
      { type: 'reverting', key, reverting: { at: LATER, allowedBy: [] } },
      { type: 'intended', key, undo: true, write },
      { type: 'released', key, result: { at: LATER, status: 'done' } },
    );
    await run();
    const ledger = ledgerOf();
    expect(await ledger.step({ planDigest: PLAN, step: 2 })).toEqual({
      ...{ begun, intended: [{ ...write, targetId: 'U2' }], revertIntended: [write] },
      ...{ result: { at: LATER, status: 'done' }, reverting: { at: LATER, allowedBy: [] } },
      released: { at: LATER, status: 'done' },
    });
  });

  it('lets no used decision be used again, and no burnt ground act', async () => {
    old.ledger({ type: 'used', token: 'n-1', plan: PLAN }, { type: 'burnt', token: 'g-1' });
    await run();
    const ledger = ledgerOf();
    await ledger.use(['n-1'], PLAN);
    await expect(ledger.use(['n-1'], 'another')).rejects.toMatchObject({ code: 'DECISION_REPLAYED' });
    expect(await ledger.burntOf(['g-1', 'g-2'])).toEqual(new Set(['g-1']));
  });

  it('counts the leases that were given, and those that ended', async () => {
    const lease = (owner: string) => ({ owner, accounts: [{ accountId: owner }], at: AT, endsAt: LATER });
    old.ledger(
      { type: 'leased', lease: lease('a') },
      { type: 'leased', lease: lease('b') },
      { type: 'lease_ended', owner: 'b', at: AT },
      { type: 'lease_ended', owner: 'c', at: AT },
    );
    expect((await run()).parts['ledger']?.taken).toMatchObject({ leases: 2 });
    let seen: unknown;
    await ledgerOf().bind({ planDigest: PLAN, tokens: [], lease: lease('d') }, (leases) => void (seen = leases));
    expect(seen).toEqual([lease('a'), { ...lease('b'), releasedAt: AT }]);
  });

  it('keeps a stop that is on, and takes none of its decisions twice', async () => {
    old.ledger(switched('n-0'), switched('n-1', stop));
    await run();
    const ledger = ledgerOf();
    expect(await ledger.standing()).toEqual({ used: ['n-0', 'n-1'], stopped: stop });
    expect(await ledger.stopped()).toEqual(stop);
  });

  it('keeps that a stop was lifted', async () => {
    old.ledger(switched('n-1', stop), switched('n-2'));
    await run();
    expect(await ledgerOf().stopped()).toBeUndefined();
  });
});

describe('case index and incident links', () => {
  const REOPENED = '2026-01-05T00:00:00.000Z';
  const CLOSED = '2026-01-03T00:00:00.000Z';
  const quiet = { caseId: CASE, openedAt: AT, severity: 'high', links: ['l-1'], closedAt: CLOSED };

  it('lists the last line of each case, with all its alerts', async () => {
    old.cases({ caseId: 'case-s-b', subjectId: 's-b', stage: 'triage' }, 'al-1');
    old.cases(
      { caseId: 'case-s-b', subjectId: 's-b', stage: 'investigation', openTasks: 2, incidentId: 'i-1' },
      'al-2',
    );
    await run();
    const index = new CaseIndex(database.as('console'));
    expect(await index.get('case-s-b')).toMatchObject({ stage: 'investigation', openTasks: 2, incidentId: 'i-1' });
    expect(await index.get(CASE)).toMatchObject({ stage: 'closed', verdict: 'compromised', closedAt: AT });
    const { rows } = await query(database.pool, `SELECT alert_id, case_id FROM case_alerts ORDER BY 1`);
    expect(rows).toEqual([
      { alert_id: 'al-1', case_id: 'case-s-b' },
      { alert_id: 'al-2', case_id: 'case-s-b' },
    ]);
  });

  it('lets a running case write itself anew', async () => {
    old.cases({ caseId: 'case-s-b', stage: 'triage' });
    await run();
    const summary: CaseSummary = {
      ...{ caseId: 'case-s-b', subjectId: 's-b', openedAt: AT, stage: 'closed', severity: 'low', verdict: 'benign' },
      ...{ platforms: [], alertIds: [], alertCount: 0, openTasks: 0, openPlans: 0, links: [] },
    };
    await new CaseWriter(database.as('records')).put(summary, REOPENED);
    expect(await new CaseIndex(database.as('console')).get('case-s-b')).toMatchObject({ closedAt: REOPENED });
  });

  it('knows which incident a trace belongs to, and which cases know of it', async () => {
    old.links(
      { incidentId: 'i-1', caseId: 'case-s-b', links: ['l-1', 'l-2'] },
      { incidentId: 'i-2', caseId: 'case-s-c', links: ['l-2', 'l-3'] },
      { incidentId: 'i-2', caseId: 'case-s-d', links: ['l-3'], tied: true },
    );
    expect((await run()).parts['incident links']?.taken).toEqual({
      ...{ 'traces of incidents': 3, 'traces that cases know': 5, ties: 1 },
    });
    const links = new IncidentLinks(database.as('records'));
    expect(await links.incidentOf(['l-2'])).toBe('i-1');
    expect(await links.incidentOf(['l-3'])).toBe('i-2');
    expect(await links.knows('case-s-c', ['l-2', 'l-3'], AT)).toBe(true);
    expect(await links.knows('case-s-d', ['l-2'], AT)).toBe(false);
    expect(await links.tiedTo('case-s-d')).toBe('i-2');
  });

  it('lets a case that closed without an incident wait for one, unless it found one', async () => {
    const other = { ...quiet, caseId: 'case-s-b' };
    old.cases({ caseId: 'case-s-b' });
    old.links({ incidentId: 'i-1', caseId: CASE, links: ['l-1'], tied: true }, quiet, other, {
      brought: 'case-s-b',
      openedAt: AT,
    });
    await run();
    const links = new IncidentLinks(database.as('records'));
    expect(await links.earlier(['l-1'], REOPENED)).toEqual([{ caseId: CASE, openedAt: AT, severity: 'high' }]);
    expect(await links.tiedTo(CASE)).toBeUndefined();
    expect(await links.knows(CASE, ['l-1'], REOPENED)).toBe(false);
    expect(await new CaseIndex(database.as('console')).get(CASE)).toMatchObject({ closedAt: CLOSED });
  });
});

it('sessions that were ended stay so until they would have ended', async () => {
  const now = Date.parse(AT);
  old.put(`ended-sessions/${now + 60_000}.living`, '');
  old.put(`ended-sessions/${now - 60_000}.over`, '');
  expect((await run(new Date(AT))).parts['ended sessions']).toEqual({
    taken: { sessions: 1 },
    left: { 'that would have ended by now': 1 },
  });
  const sessions = new EndedSessions(database.as('console'));
  expect(await sessions.has({ id: 'living' })).toBe(true);
  expect(await sessions.has({ id: 'over' })).toBe(false);
});
