import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { AliasTable, type Alias } from '../../store/subject-aliases.js';
import { SubjectRegistry, type SubjectProfile } from '../../store/subject-registry.js';
import { filesUnder, testKeys } from './support.js';

const key = testKeys().secret('registry');
const base = mkdtempSync(join(tmpdir(), 'quell-registry-'));
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});
let dir = '';
let n = 0;
beforeEach(() => {
  dir = join(base, String(n++));
});

const slack = (nativeId: string): Alias => ({ platform: 'slack', tenant: 'acme', nativeId });
const mail = (address: string): Alias => ({ mail: address });
const open = (): Promise<SubjectRegistry> => SubjectRegistry.open(dir, key);
const profile = (subjectId: string, more: Partial<SubjectProfile> = {}): SubjectProfile => ({
  subjectId,
  kind: 'person',
  name: 'Kim Planted',
  mails: ['kim.planted@example.com'],
  accounts: [],
  authority: 'microsoft',
  vip: false,
  readAt: '2026-01-01T00:00:00.000Z',
  ...more,
});

describe('subject registry', () => {
  it('gives a random permanent id at first sight and finds it again by any alias, in any process', async () => {
    const [a, b] = [await open(), await open()];
    const first = await a.resolve([mail('Kim@Example.com'), slack('U1')]);
    expect(first).toMatchObject({
      created: true,
      ambiguous: [],
      subjectId: expect.stringMatching(/^s-[a-z2-7]{20}$/) as string,
    });
    expect(await b.resolve([slack('U1')])).toEqual({ subjectId: first.subjectId, created: false, ambiguous: [] });
    expect(await b.find(mail(' kim@example.com'))).toBe(first.subjectId);
    expect(await b.find(slack('u1'))).toBeUndefined();
    expect(await b.find({ platform: 'slack', tenant: 'other', nativeId: 'U1' })).toBeUndefined();
    expect((await b.resolve([slack('U2')])).subjectId).not.toBe(first.subjectId);
    await expect(a.resolve([])).rejects.toMatchObject({ code: 'ALERT_NO_SUBJECT' });
  });

  it('gives one id when many ask at once', async () => {
    const registries = await Promise.all(Array.from({ length: 6 }, open));
    const answers = await Promise.all(
      registries.flatMap((registry) => [registry.resolve([slack('U1')]), registry.resolve([slack('U2')])]),
    );
    expect(new Set(answers.map(({ subjectId }) => subjectId)).size).toBe(2);
    expect(answers.filter(({ created }) => created)).toHaveLength(2);
  });

  it('lets an alert’s claim add nothing to a known subject, and keeps two apart', async () => {
    const registry = await open();
    const ceo = await registry.resolve([mail('ceo@example.com')]);
    const other = await registry.resolve([slack('U9')]);
    expect(await registry.resolve([mail('ceo@example.com'), slack('U9')])).toEqual({
      subjectId: other.subjectId,
      created: false,
      ambiguous: [ceo.subjectId],
    });
    expect(await registry.resolve([slack('U9'), mail('new@example.com')])).toMatchObject({
      subjectId: other.subjectId,
    });
    expect(await registry.find(mail('new@example.com'))).toBeUndefined();
  });

  it('lets a directory take an alias from a claim, but not from a directory', async () => {
    const registry = await open();
    const claimed = await registry.resolve([slack('U-forged'), mail('ceo@example.com')]);
    const ceo = await registry.resolve([slack('U-ceo')]);
    expect(await registry.bind(ceo.subjectId, [slack('U-ceo'), mail('ceo@example.com')])).toEqual({ conflicts: [] });
    expect(await registry.find(mail('ceo@example.com'))).toBe(ceo.subjectId);
    expect(await registry.find(slack('U-forged'))).toBe(claimed.subjectId);
    expect(await registry.bind(claimed.subjectId, [mail('ceo@example.com')])).toEqual({
      conflicts: [{ alias: mail('ceo@example.com'), subjectId: ceo.subjectId }],
    });
    expect(await registry.find(mail('ceo@example.com'))).toBe(ceo.subjectId);
    expect(await registry.aliases(ceo.subjectId)).toHaveLength(2);
  });

  it('resolves both to the one that stays after a merge', async () => {
    const registry = await open();
    const [a, b] = [await registry.resolve([slack('U1')]), await registry.resolve([mail('kim@example.com')])];
    await registry.setProfile(profile(a.subjectId));
    await registry.merge(b.subjectId, a.subjectId);
    await registry.merge(a.subjectId, b.subjectId);
    const other = await open();
    expect(await other.resolve([mail('kim@example.com'), slack('U1')])).toEqual({
      subjectId: a.subjectId,
      created: false,
      ambiguous: [],
    });
    expect(await other.canonical(b.subjectId)).toBe(a.subjectId);
    expect(await other.allIds(b.subjectId)).toEqual([a.subjectId, b.subjectId]);
    expect((await other.profile(b.subjectId))?.name).toBe('Kim Planted');
  });

  it('keeps profiles, and writes only what changed', async () => {
    const registry = await open();
    const { subjectId } = await registry.resolve([slack('U1')]);
    expect(await registry.profile(subjectId)).toBeUndefined();
    await registry.setProfile(profile(subjectId));
    const size = statSync(join(dir, 'subjects.log')).size;
    await registry.setProfile(profile(subjectId, { readAt: '2026-02-01T00:00:00.000Z' }));
    expect(statSync(join(dir, 'subjects.log')).size).toBe(size);
    await registry.setProfile(profile(subjectId, { vip: true, phone: '+1 555 0100' }));
    expect(await (await open()).profile(subjectId)).toEqual(profile(subjectId, { vip: true, phone: '+1 555 0100' }));
  });

  it('lays the override file over what the directories say', async () => {
    const file = join(base, `overrides-${n}.yaml`);
    writeFileSync(
      file,
      [
        'subjects:',
        '  - aliases: [{ mail: kim.planted@example.com }, { platform: slack, tenant: acme, nativeId: U1 }]',
        '    vip: true',
        '    phone: "+1 555 0100"',
        '    timeZone: Europe/Berlin',
        '    manager: { mail: lee@example.com }',
        '  - aliases: [{ mail: lee@example.com }]',
        '    name: Lee Example',
      ].join('\n'),
    );
    const registry = await SubjectRegistry.open(dir, key, { overridesFile: file });
    const { subjectId, created } = await registry.resolve([slack('U1')]);
    expect(created).toBe(false);
    const lee = await registry.find(mail('lee@example.com'));
    await registry.setProfile(profile(subjectId, { vip: false }));
    expect(await registry.profile(subjectId)).toMatchObject({
      subjectId,
      vip: true,
      phone: '+1 555 0100',
      timeZone: 'Europe/Berlin',
      managerId: lee,
      authority: 'microsoft',
      accounts: [slack('U1')],
    });
    expect(await registry.profile(lee ?? '')).toMatchObject({ name: 'Lee Example', kind: 'person', vip: false });
    writeFileSync(file, 'subjects:\n  - aliases: [{ mail: kim.planted@example.com }]\n    vipp: true\n');
    await expect(SubjectRegistry.open(dir, key, { overridesFile: file })).rejects.toThrow(/CONFIG.*subjects\.0/);
    await expect(SubjectRegistry.open(dir, key, { overridesFile: file })).rejects.not.toThrow(/planted/);
    writeFileSync(file, 'subjects:\n  - aliases: [{ platform: slak, tenant: acme, nativeId: U1 }]\n');
    const platforms = ['slack'];
    await expect(SubjectRegistry.open(dir, key, { overridesFile: file, platforms })).rejects.toThrow(/CONFIG.*aliases/);
  });

  it('shows no name and no address on disk', async () => {
    const registry = await open();
    const { subjectId } = await registry.resolve([slack('UPLANTED'), mail('kim.planted@example.com')]);
    await registry.setProfile(profile(subjectId));
    for (const file of filesUnder(dir)) expect(readFileSync(file, 'latin1')).not.toMatch(/planted|example\.com/i);
  });

  it('passes over a torn line, refuses a changed one and another key', async () => {
    const registry = await open();
    const { subjectId } = await registry.resolve([slack('U1')]);
    const path = join(dir, 'subjects.log');
    appendFileSync(path, `\n${key.keyId} AAAA`);
    expect((await registry.resolve([slack('U2')])).created).toBe(true);
    expect(await (await open()).find(slack('U1'))).toBe(subjectId);
    expect(await (await open()).find(slack('U2'))).toBeDefined();
    await expect(SubjectRegistry.open(dir, testKeys().secret('registry'))).rejects.toMatchObject({ code: 'CONFIG' });
    const text = readFileSync(path, 'utf8');
    const at = text.indexOf(' ') + 20;
    writeFileSync(path, `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`);
    await expect(open()).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
  });

  it('comes to one answer for one log: an alias has one subject, verified is never lost, merges end', () => {
    const id = fc.constantFrom('s-a', 's-b', 's-c', 's-d');
    const step = fc.oneof(
      fc.record({
        type: fc.constant('bind' as const),
        id,
        aliases: fc.array(fc.constantFrom('1', '2', '3'), { minLength: 1 }),
        verified: fc.boolean(),
      }),
      fc.record({ type: fc.constant('merge' as const), from: id, into: id }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const table = new AliasTable();
        const firstVerified = new Map<string, string>();
        for (const one of steps) {
          if (one.type === 'merge') {
            table.merge(one.from, one.into);
            continue;
          }
          table.bind(one.id, one.aliases.map(slack), one.verified);
          for (const alias of one.aliases)
            if (one.verified && !firstVerified.has(alias)) firstVerified.set(alias, one.id);
        }
        for (const [alias, holder] of firstVerified) {
          expect(table.find(slack(alias))).toEqual({ subjectId: table.canonical(holder), verified: true });
        }
        for (const one of ['s-a', 's-b', 's-c', 's-d'])
          expect(table.canonical(table.canonical(one))).toBe(table.canonical(one));
      }),
    );
  });
});
