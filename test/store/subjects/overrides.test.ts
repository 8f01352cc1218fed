import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { mail, profile, slack, useRegistries } from './support.js';

const { open, empty } = useRegistries();
const folder = mkdtempSync(join(tmpdir(), 'quell-overrides-'));
const overridesFile = join(folder, 'overrides.yaml');
beforeEach(empty);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const state = (...lines: string[]): void => writeFileSync(overridesFile, ['subjects:', ...lines].join('\n'));

describe('the override file', () => {
  it('is laid over what the directories say, for every role that is given it', async () => {
    state(
      '  - aliases: [{ mail: kim.planted@example.com }, { platform: slack, tenant: acme, nativeId: U1 }]',
      '    vip: true',
      '    phone: "+1 555 0100"',
      '    timeZone: Europe/Berlin',
      '    manager: { mail: lee@example.com }',
      '    sponsor: { mail: nobody@example.com }',
      '  - aliases: [{ mail: lee@example.com }]',
      '    name: Lee Example',
    );
    const registry = await open('evidence', { overridesFile });
    await registry.bindOverrides();
    const { subjectId, created } = await registry.resolve([slack('U1')]);
    expect(created).toBe(false);
    const lee = (await registry.find(mail('lee@example.com'))) ?? '';
    await registry.setProfile(profile(subjectId, { vip: false }));
    const stated = {
      ...profile(subjectId, { vip: true, phone: '+1 555 0100', timeZone: 'Europe/Berlin', managerId: lee }),
      accounts: [slack('U1')],
    };
    for (const role of ['people', 'console', 'records'] as const) {
      const reader = await open(role, { overridesFile });
      expect(await reader.profile(subjectId), role).toEqual(stated);
      expect([...(await reader.profiles([lee, subjectId])).keys()].sort()).toEqual([lee, subjectId].sort());
      expect(await reader.profile(lee)).toMatchObject({ name: 'Lee Example', kind: 'person', vip: false });
    }
    expect((await (await open('analysis')).profile(subjectId))?.vip).toBe(false);
  });

  it('binds what it names as verified, once and again, and takes it from a claim', async () => {
    const registry = await open('evidence');
    const claim = await registry.resolve([mail('kim.planted@example.com')]);
    state('  - aliases: [{ platform: slack, tenant: acme, nativeId: U1 }, { mail: kim.planted@example.com }]');
    await registry.resolve([slack('U1')]);
    for (let start = 0; start < 2; start++) await (await open('evidence', { overridesFile })).bindOverrides();
    const subjectId = (await registry.find(slack('U1'))) ?? '';
    expect(await registry.canonical(claim.subjectId)).toBe(subjectId);
    expect((await registry.aliases(subjectId)).map(({ verified }) => verified)).toEqual([true, true]);
  });

  it('follows an alias of a subject that was joined, and lets the first that names somebody count', async () => {
    state(
      '  - aliases: [{ mail: first@example.com }]',
      '    name: First',
      '  - aliases: [{ mail: second@example.com }]',
      '    name: Second',
    );
    const registry = await open('evidence', { overridesFile });
    await registry.bindOverrides();
    const [first = '', second = ''] = await registry.findEach([mail('first@example.com'), mail('second@example.com')]);
    expect((await registry.profile(second))?.name).toBe('Second');
    await registry.merge(first, second);
    expect(await registry.profile(first)).toMatchObject({ subjectId: second, name: 'First' });
    expect(await registry.profile(second)).toMatchObject({ subjectId: second, name: 'First' });
  });

  it('is refused with the place and without the value when it says what nobody understands', async () => {
    state('  - aliases: [{ mail: kim.planted@example.com }]', '    vipp: true');
    await expect(open('people', { overridesFile })).rejects.toThrow(/CONFIG.*subjects\.0/);
    await expect(open('people', { overridesFile })).rejects.not.toThrow(/planted/);
    state('  - aliases: [{ platform: slak, tenant: acme, nativeId: U1 }]');
    await expect(open('people', { overridesFile, platforms: ['slack'] })).rejects.toThrow(/CONFIG.*aliases/);
  });
});
