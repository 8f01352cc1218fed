import { beforeEach, describe, expect, it } from 'vitest';
import { QuellError } from '../../../domain/errors.js';
import { query } from '../../../store/postgres/connection.js';
import { SubjectRegistry } from '../../../store/subjects/registry.js';
import { subjectKeys, testKeys } from '../support.js';
import { key, keys, keysFolder, mail, profile, slack, useRegistries } from './support.js';

const { database, open, empty } = useRegistries();
beforeEach(empty);

describe('subject registry', () => {
  it('gives a random permanent id at first sight and finds it again by any alias, in any process', async () => {
    const [a, b] = [await open('console'), await open('evidence')];
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

  it('takes an alias that is named twice as one', async () => {
    const registry = await open();
    const { subjectId, created } = await registry.resolve([mail('kim@example.com'), mail('KIM@example.com')]);
    expect(created).toBe(true);
    await registry.bind(subjectId, [slack('U1'), slack('U1')]);
    expect(await registry.aliases(subjectId)).toHaveLength(2);
  });

  it('finds many in the order in which they were asked', async () => {
    const registry = await open();
    const { subjectId } = await registry.resolve([slack('U1'), mail('kim@example.com')]);
    const asked = [slack('U2'), mail('kim@example.com'), slack('U1')];
    expect(await registry.findEach(asked)).toEqual([undefined, subjectId, subjectId]);
    expect(await registry.findEach([])).toEqual([]);
  });

  it('gives one id when many ask at once, also about aliases that overlap', async () => {
    const registries = await Promise.all((['console', 'evidence'] as const).map((role) => open(role)));
    for (let round = 0; round < 20; round++) {
      const [a, b, c] = [slack(`A${round}`), mail(`b${round}@example.com`), slack(`C${round}`)];
      const asked = [[a, b], [b, a], [a], [b], [b, c], [c, b]].flatMap((aliases) =>
        registries.map((registry) => registry.resolve(aliases)),
      );
      const answers = await Promise.all(asked);
      // Whoever comes first has all that it named; who came later with one more alias got none of it.
      const holders = new Set((await registries[0]?.findEach([a, b, c])) ?? []);
      holders.delete(undefined);
      expect(new Set(answers.filter(({ created }) => created).map(({ subjectId }) => subjectId))).toEqual(holders);
    }
  });

  it('lets an alert’s claim add nothing to a known subject, and keeps two apart', async () => {
    const registry = await open('console');
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
    expect(await registry.canonical(claimed.subjectId)).toBe(claimed.subjectId);
    expect(await registry.bind(claimed.subjectId, [mail('ceo@example.com')])).toEqual({
      conflicts: [{ alias: mail('ceo@example.com'), subjectId: ceo.subjectId }],
    });
    expect(await registry.find(mail('ceo@example.com'))).toBe(ceo.subjectId);
    expect(new Set(await registry.aliases(ceo.subjectId))).toEqual(
      new Set([slack('U-ceo'), mail('ceo@example.com')].map((alias) => ({ alias, verified: true }))),
    );
  });

  it('joins a claim that loses its last alias to whom it was all along', async () => {
    const registry = await open();
    const claim = await registry.resolve([mail('kim@example.com'), slack('U1')]);
    const kim = await registry.resolve([slack('U2')]);
    await registry.bind(kim.subjectId, [mail('kim@example.com')]);
    expect(await registry.canonical(claim.subjectId)).toBe(claim.subjectId);
    await registry.bind(kim.subjectId, [slack('U1')]);
    expect(await registry.canonical(claim.subjectId)).toBe(kim.subjectId);
    expect(await registry.allIds(kim.subjectId)).toEqual([kim.subjectId, claim.subjectId]);
  });

  it('resolves both to the one that stays after a merge, chains of merges too', async () => {
    const registry = await open();
    const ids: string[] = [];
    for (const id of ['U1', 'U2', 'U3', 'U4']) ids.push((await registry.resolve([slack(id)])).subjectId);
    const [a = '', b = '', c = '', d = ''] = ids;
    await registry.setProfile(profile(c));
    await registry.merge(a, b);
    await registry.merge(b, c);
    await registry.merge(d, a);
    await registry.merge(c, a); // already one
    for (const role of ['records', 'people', 'analysis', 'console'] as const) {
      const other = await open(role);
      expect(await other.findEach(['U1', 'U2', 'U3', 'U4'].map(slack)), role).toEqual([c, c, c, c]);
      expect(await other.canonical(d)).toBe(c);
      expect((await other.allIds(d))[0]).toBe(c);
      expect(new Set(await other.allIds(b))).toEqual(new Set(ids));
      expect(await other.profile(a)).toEqual(profile(c));
    }
    expect(await registry.aliases(a)).toHaveLength(4);
  });

  it('shows the profile of an older id until the one that stays was read', async () => {
    const registry = await open();
    const [a, b] = [await registry.resolve([slack('U1')]), await registry.resolve([slack('U2')])];
    await registry.setProfile(profile(a.subjectId));
    await registry.merge(a.subjectId, b.subjectId);
    expect(await registry.profile(a.subjectId)).toEqual(profile(b.subjectId));
    expect(await registry.profile(b.subjectId)).toBeUndefined();
    await registry.setProfile(profile(b.subjectId, { name: 'Kim Read' }));
    expect((await registry.profile(a.subjectId))?.name).toBe('Kim Read');
  });

  it('keeps profiles, the last that was said, and gives many at once', async () => {
    const registry = await open();
    const { subjectId } = await registry.resolve([slack('U1')]);
    const { subjectId: silent } = await registry.resolve([slack('U2')]);
    expect(await registry.profile(subjectId)).toBeUndefined();
    await registry.setProfile(profile(subjectId));
    const last = profile(subjectId, { vip: true, phone: '+1 555 0100', readAt: '2026-02-01T00:00:00.000Z' });
    await registry.setProfile(last);
    const reader = await open('people');
    expect(await reader.profile(subjectId)).toEqual(last);
    expect(await reader.profiles([silent, subjectId, 's-nobody'])).toEqual(new Map([[subjectId, last]]));
  });

  it('says that an id was never given, where something would be kept under it', async () => {
    const registry = await open();
    const { subjectId } = await registry.resolve([slack('U1')]);
    const gone = { code: 'STORE_GONE' };
    await expect(registry.setProfile(profile('s-nobody'))).rejects.toMatchObject(gone);
    await expect(registry.bind('s-nobody', [slack('U2')])).rejects.toMatchObject(gone);
    await expect(registry.merge('s-nobody', subjectId)).rejects.toMatchObject(gone);
    await expect(registry.merge(subjectId, 's-nobody')).rejects.toMatchObject(gone);
    expect(await registry.find(slack('U2'))).toBeUndefined();
    expect(await registry.canonical('s-nobody')).toBe('s-nobody');
    expect(await registry.allIds('s-nobody')).toEqual(['s-nobody']);
    expect(await registry.aliases('s-nobody')).toEqual([]);
  });

  it('refuses a row that was exchanged for another, and another key', async () => {
    const registry = await open();
    const [a, b] = [await registry.resolve([slack('U1')]), await registry.resolve([slack('U2')])];
    await registry.setProfile(profile(a.subjectId));
    await query(database.pool, 'UPDATE subjects SET profile = (SELECT max(profile) FROM subjects)');
    expect(await registry.profile(a.subjectId)).toEqual(profile(a.subjectId));
    await expect(registry.profile(b.subjectId)).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    await query(database.pool, 'UPDATE subject_aliases SET subject_id = $1', [a.subjectId]);
    await expect(registry.aliases(a.subjectId)).rejects.toMatchObject({ code: 'STORE_TAMPERED' });
    for (const role of ['evidence', 'people'] as const)
      await expect(
        SubjectRegistry.open(database.as(role), subjectKeys(testKeys().secret('registry'))),
      ).rejects.toMatchObject({
        code: 'CONFIG',
      });
  });

  it('opens and registers nowhere but where its keys were begun', async () => {
    const early = await SubjectRegistry.open(database.as('console'), subjectKeys(key)); // another place, while it was empty
    const registry = await open();
    await registry.resolve([slack('U1')]);
    for (const role of ['evidence', 'people', 'records'] as const)
      await expect(SubjectRegistry.open(database.as(role), subjectKeys(key)), role).rejects.toMatchObject({
        code: 'CONFIG',
      });
    await expect(early.resolve([slack('U2')])).rejects.toMatchObject({ code: 'CONFIG' });
    expect(await registry.find(slack('U2'))).toBeUndefined();
    expect((await early.resolve([slack('U1')])).created).toBe(false);
  });

  it('gives the quicker one’s answer also where the slower may not destroy the key that nobody needs', async () => {
    const registry = await open('console');
    const slower = Object.assign(subjectKeys(key, keysFolder), {
      destroy: () => Promise.reject(new QuellError('STORE_REFUSED')),
      make: async (subjectId: string) => {
        await keys.make(subjectId);
        await registry.resolve([slack('U1')]);
      },
    });
    const second = await SubjectRegistry.open(database.as('console'), slower);
    expect(await second.resolve([slack('U1')])).toEqual({
      ...{ subjectId: await registry.find(slack('U1')), created: false, ambiguous: [] },
    });
  });
});
