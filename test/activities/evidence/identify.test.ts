import { describe, expect, it } from 'vitest';
import { createEvidenceActivities } from '../../../activities/evidence/index.js';
import { QuellError } from '../../../domain/errors.js';
import type { Platform } from '../../../domain/platform.js';
import type { SubjectFacts } from '../../../domain/subject.js';
import type { DirectoryEntry, EvidencePort } from '../../../platforms/ports.js';
import { House, perform } from '../support/house.js';
import { entry, port } from '../support/vendor.js';

const MAIL = 'ada.example@example.com';
const slack = entry('U1', {
  emails: [MAIL],
  displayName: 'Ada Example',
  masteredBy: 'microsoft',
  timeZone: 'Europe/Paris',
});
const entra = entry('e-1', {
  platform: 'microsoft',
  emails: [MAIL, 'ada@example.com'],
  displayName: 'Ada Example',
  phone: '+49 30 1',
  managerId: 'e-9',
});
const google = entry('1001', { platform: 'google', emails: ['ada@example.com'] });

interface Bench {
  readonly built: House;
  readonly ports: EvidencePort[];
  readonly identify: (subjectId: string, change?: Change) => Promise<SubjectFacts>;
  readonly claimed: (nativeId: string, platform?: 'slack' | 'google') => Promise<string>;
}
interface Change {
  readonly breakGlass?: string[];
  readonly deciders?: () => Promise<{ personId: string; roles: string[]; subjectId: string }[]>;
  readonly mailDomains?: Record<string, 'google'>;
}

/** Looks at the list as it is when asked. */
function directory(entries: readonly DirectoryEntry[], platform: Platform): EvidencePort {
  const here = (): EvidencePort =>
    port(
      [],
      entries.filter((e) => e.platform === platform),
      platform,
    );
  return {
    ...here(),
    directory: { lookup: (by) => here().directory.lookup(by), list: () => here().directory.list(undefined) },
  };
}

async function house(entries: readonly DirectoryEntry[] = [slack, entra, google]): Promise<Bench> {
  const built = await House.build();
  const ports: EvidencePort[] = (['slack', 'microsoft', 'google'] as const).map((p) => directory(entries, p));
  const identify = (subjectId: string, change: Change = {}): Promise<SubjectFacts> => {
    const activities = createEvidenceActivities({
      ports,
      registry: built.registry,
      evidence: built.evidence.writer,
      grounds: built.grounds.writer,
      policies: built.policies,
      manifestKey: built.keys.signing('manifest'),
      audit: built.audit,
      spool: built.spool,
      geo: () => ({}),
      ...change,
    });
    return perform(activities, 'identifySubject', { caseId: `case-${subjectId}`, subjectId });
  };
  const claimed = async (nativeId: string, platform: 'slack' | 'google' = 'slack'): Promise<string> =>
    (await built.registry.resolve([{ platform, tenant: 'main', nativeId }])).subjectId;
  return { built, ports, identify, claimed };
}

describe('identifySubject', () => {
  it('follows an id to mails and mails to all accounts, and returns ids alone', async () => {
    const { built, identify, claimed } = await house();
    const subjectId = await claimed('U1');
    const facts = await identify(subjectId);
    expect(facts).toMatchObject({
      subjectId,
      kind: 'person',
      authority: 'microsoft',
      mail: 'microsoft',
      vip: false,
      protectedBecause: [],
    });
    expect(facts.accounts.map((a) => `${a.platform}:${a.nativeId}`)).toEqual([
      'slack:U1',
      'microsoft:e-1',
      'google:1001',
    ]);
    for (const personal of ['Ada', 'example.com', '+49']) expect(JSON.stringify(facts)).not.toContain(personal);
    expect(await built.registry.profile(subjectId)).toMatchObject({
      name: 'Ada Example',
      phone: '+49 30 1',
      timeZone: 'Europe/Paris',
      mails: [MAIL, 'ada@example.com'],
    });
    expect(await built.registry.find({ mail: 'ada@example.com' })).toBe(subjectId);
    expect((await built.registry.profile(subjectId))?.managerId).toBe(
      await built.registry.find({ platform: 'microsoft', tenant: 'main', nativeId: 'e-9' }),
    );
  });

  it('says when the directories know this subject under an older id', async () => {
    const entries = [slack, entra, google];
    const { built, identify, claimed } = await house(entries);
    const first = await claimed('U1');
    await identify(first);
    const { subjectId: second } = await built.registry.resolve([{ mail: 'a.example@example.com' }]);
    entries[1] = { ...entra, emails: [...entra.emails, 'a.example@example.com'] };
    expect(second).not.toBe(first);
    expect(await identify(second)).toMatchObject({ subjectId: second, sameAs: first });
    await built.registry.merge(second, first);
    expect(await identify(second)).toMatchObject({ subjectId: second, sameAs: first });
    expect((await identify(first)).sameAs).toBeUndefined();
  });

  it('takes in a subject that was nothing but a claim to an alias of this one', async () => {
    const { built, identify, claimed } = await house();
    const { subjectId: claim } = await built.registry.resolve([{ mail: 'ada@example.com' }]);
    const subjectId = await claimed('U1');
    await identify(subjectId);
    expect(await identify(claim)).toMatchObject({ sameAs: subjectId });
  });

  it('asks sponsors for guests, and tells insiders from admins by facts', async () => {
    const guest = entry('U7', {
      kind: 'guest',
      emails: ['g@example.org'],
      sponsorId: 'U8',
      admin: true,
      lastAdmin: true,
    });
    const { built, identify, claimed } = await house([guest]);
    const subjectId = await claimed('U7');
    const facts = await identify(subjectId, {
      breakGlass: ['U7'],
      deciders: async () => [{ personId: 'p', roles: [], subjectId }],
    });
    expect(facts.kind).toBe('guest');
    expect(facts.sponsorId).toBe(await built.registry.find({ platform: 'slack', tenant: 'main', nativeId: 'U8' }));
    expect(facts.protectedBecause).toEqual(['break_glass', 'last_admin', 'approver', 'admin_role']);
    expect(facts.mail).toBeUndefined();
  });

  it('knows where mail lives by its domain when the configuration says so', async () => {
    const { identify, claimed } = await house();
    expect((await identify(await claimed('U1'), { mailDomains: { 'example.com': 'google' } })).mail).toBe('google');
  });

  it('keeps the account that an alert names, or that was known, where the directory can’t be read: it is collected, and a gap', async () => {
    const { identify, claimed, ports } = await house([slack, google]);
    const subjectId = await claimed('1001', 'google');
    const blind = ports.find((p) => p.platform === 'google');
    const { directory: seeing } = blind as { directory: EvidencePort['directory'] };
    const set = (given: object): void => void Object.assign(blind as object, { directory: given });
    set({ ...seeing, lookup: () => Promise.reject(new QuellError('CONFIG')) });
    expect((await identify(subjectId)).accounts).toMatchObject([{ platform: 'google', nativeId: '1001' }]);
    set(seeing);
    await identify(subjectId);
    set({ ...seeing, lookup: () => Promise.reject(new QuellError('CONFIG')) });
    const { accounts, protectedBecause } = await identify(subjectId);
    expect(accounts.map((a) => a.platform)).toContain('google');
    expect(protectedBecause).toContain('unknown');
  });

  it('treats what it could not read as unknown, and retries what may come back', async () => {
    const { ports, identify, claimed } = await house([slack]);
    const subjectId = await claimed('U1');
    const [, microsoft] = ports;
    (microsoft as { directory: object }).directory = { lookup: () => Promise.reject(new QuellError('VENDOR_SCOPE')) };
    expect((await identify(subjectId)).protectedBecause).toEqual(['unknown']);
    (microsoft as { directory: object }).directory = {
      lookup: () => Promise.reject(new QuellError('VENDOR_DOWN', MAIL)),
    };
    await expect(identify(subjectId)).rejects.toMatchObject({ type: 'VENDOR_DOWN', nonRetryable: false });
    await expect(identify(subjectId)).rejects.not.toThrow(MAIL);
  });

  it('keeps a subject whom nobody knows as a protected claim', async () => {
    const { identify, claimed } = await house([]);
    expect(await identify(await claimed('U99'))).toMatchObject({
      accounts: [],
      authority: 'other',
      protectedBecause: ['unknown'],
    });
  });
});
