import { OTHER, type AccountRef, type Authority, type Platform, type TenantRef } from '../../domain/platform.js';
import type { ProtectedBecause, SubjectFacts } from '../../domain/subject.js';
import type { DirectoryEntry, EvidencePort } from '../../platforms/ports.js';
import type { Alias } from '../../store/subjects/alias.js';
import type { SubjectProfile } from '../../store/subjects/profile.js';
import { beating, cancellation, instant } from '../context.js';
import { asQuellError } from '../errors.js';
import type { EvidenceDeps } from './deps.js';

/** Directories are asked again with what they taught, this often: Slack id to mail, mail to Entra and Google. */
const ROUNDS = 3;

/**
 * Who is it? Asks the directories of all configured tenants by native id and by verified mail, binds what they confirm in the registry,
 * and returns ids alone. Of a tenant whose directory cannot be read for good the facts are `unknown`, and its accounts are those that were known
 * or that an alert named: what is not read there must be a gap, and no silence. What may come back is thrown.
 */
export async function identifySubject(
  deps: EvidenceDeps,
  { subjectId: given }: { readonly caseId: string; readonly subjectId: string },
): Promise<SubjectFacts> {
  return await beating(
    () => undefined,
    async () => {
      const subjectId = await deps.registry.canonical(given);
      if (subjectId !== given) return { ...(await factsOf(deps, subjectId)), subjectId: given, sameAs: subjectId };
      return await factsOf(deps, subjectId);
    },
  );
}

async function factsOf(deps: EvidenceDeps, subjectId: string): Promise<SubjectFacts> {
  const known = await deps.registry.profile(subjectId);
  const aliases = (await deps.registry.aliases(subjectId)).map((a) => a.alias);
  const said = [...aliases, ...(known?.accounts ?? [])];
  const { entries, unread } = await lookedUp(deps, [...said, ...(known?.mails ?? []).map((mail) => ({ mail }))]);
  const unconfirmed = said.flatMap((a) => ('mail' in a || !unread.has(tenantKey(a)) ? [] : [accountOf(a)]));

  const confirmed: Alias[] = [
    ...entries.map(accountOf),
    ...unique(entries.flatMap((e) => e.emails)).map((mail) => ({ mail })),
  ];
  const { conflicts } = await deps.registry.bind(subjectId, confirmed);
  const sameAs = conflicts[0]?.subjectId;

  const { policy } = await deps.policies.current();
  const read = await profileOf(deps, subjectId, entries, { known, unconfirmed }, policy.vips);
  await deps.registry.setProfile(read);
  const profile = (await deps.registry.profile(subjectId)) ?? read; // the override file has the last word
  const mail = mailPlatform(deps, profile, entries);
  const isDecider = (await deps.deciders()).some((d) => d.subjectId === subjectId);
  return {
    subjectId,
    kind: profile.kind,
    vip: profile.vip,
    authority: profile.authority,
    accounts: profile.accounts,
    ...(mail === undefined ? {} : { mail }),
    protectedBecause: hints(deps, entries, { isDecider, unread: unread.size > 0 }),
    ...(profile.sponsorId === undefined ? {} : { sponsorId: profile.sponsorId }),
    ...(sameAs === undefined || sameAs === subjectId ? {} : { sameAs }),
    readAt: profile.readAt,
  };
}

const tenantKey = ({ platform, tenant }: TenantRef): string => `${platform}:${tenant}`;

/** Follows ids to mails and mails to ids over all tenants until nothing new turns up. */
async function lookedUp(
  deps: EvidenceDeps,
  aliases: readonly Alias[],
): Promise<{ readonly entries: readonly DirectoryEntry[]; readonly unread: ReadonlySet<string> }> {
  const found = new Map<string, DirectoryEntry>();
  const asked = new Set<string>();
  let todo = aliases;
  const unread = new Set<string>();
  const ask = async (
    port: EvidencePort,
    by: { readonly nativeId: string } | { readonly email: string },
  ): Promise<void> => {
    const key = JSON.stringify([port.platform, port.tenant, by]);
    if (asked.has(key)) return;
    asked.add(key);
    try {
      const entry = await port.directory.lookup(by, { signal: cancellation() });
      if (entry) found.set(accountKey(deps, entry), entry);
    } catch (error) {
      const known = asQuellError(error);
      if (!known || known.retryable) throw error;
      if (known.code !== 'VENDOR_NOT_FOUND') unread.add(tenantKey(port));
    }
  };
  for (let round = 0; round < ROUNDS && todo.length > 0; round++) {
    for (const alias of todo) {
      for (const port of deps.ports) {
        if ('mail' in alias) await ask(port, { email: alias.mail });
        else if (alias.platform === port.platform && alias.tenant === port.tenant)
          await ask(port, { nativeId: alias.nativeId });
      }
    }
    todo = unique([...found.values()].flatMap((e) => e.emails)).map((mail) => ({ mail }));
  }
  return { entries: [...found.values()].sort((a, b) => (accountKey(deps, a) < accountKey(deps, b) ? -1 : 1)), unread };
}

async function profileOf(
  deps: EvidenceDeps,
  subjectId: string,
  entries: readonly DirectoryEntry[],
  { known, unconfirmed }: { readonly known: SubjectProfile | undefined; readonly unconfirmed: readonly AccountRef[] },
  vips: readonly string[],
): Promise<SubjectProfile> {
  const first = <T>(pick: (e: DirectoryEntry) => T | undefined): T | undefined =>
    entries.map(pick).find((v) => v !== undefined);
  const found = entries.length > 0 ? entries.map(accountOf) : (known?.accounts ?? []);
  const accounts = [...new Map([...unconfirmed, ...found].map((a) => [accountKey(deps, a), a])).values()];
  const mails = unique([...entries.flatMap((e) => e.emails), ...(known?.mails ?? [])]);
  const name = first((e) => e.displayName || undefined) ?? known?.name;
  const phone = first((e) => e.phone) ?? known?.phone;
  const timeZone = first((e) => e.timeZone) ?? known?.timeZone;
  const managerId = (await relative(deps, entries, (e) => e.managerId)) ?? known?.managerId;
  const sponsorId = (await relative(deps, entries, (e) => e.sponsorId)) ?? known?.sponsorId;
  const ids = new Set([subjectId, ...mails, ...accounts.map((a) => a.nativeId)].map((v) => v.toLowerCase()));
  return {
    subjectId,
    kind: kindOf(entries) ?? known?.kind ?? 'person',
    ...(name === undefined ? {} : { name }),
    mails,
    accounts,
    authority: authorityOf(deps, entries) ?? known?.authority ?? OTHER,
    ...(managerId === undefined ? {} : { managerId }),
    ...(sponsorId === undefined ? {} : { sponsorId }),
    ...(phone === undefined ? {} : { phone }),
    ...(timeZone === undefined ? {} : { timeZone }),
    vip: vips.some((v) => ids.has(v.toLowerCase())),
    readAt: instant(deps.clock),
  };
}

/** Manager or sponsor as a subject of the registry. */
async function relative(
  deps: EvidenceDeps,
  entries: readonly DirectoryEntry[],
  pick: (e: DirectoryEntry) => string | undefined,
): Promise<string | undefined> {
  const entry = entries.find((e) => pick(e) !== undefined);
  const nativeId = entry && pick(entry);
  if (!entry || nativeId === undefined) return undefined;
  return (await deps.registry.resolve([{ platform: entry.platform, tenant: entry.tenant, nativeId }])).subjectId;
}

/** A guest anywhere who is a person somewhere is a person. */
function kindOf(entries: readonly DirectoryEntry[]): SubjectFacts['kind'] | undefined {
  return (['person', 'shared', 'app', 'guest'] as const).find((kind) => entries.some((e) => e.kind === kind));
}

/** Where the account is mastered: what a directory says about another one counts most, then the directory that people sign in with. */
function authorityOf(
  { platforms }: Pick<EvidenceDeps, 'platforms'>,
  entries: readonly DirectoryEntry[],
): Authority | undefined {
  const own = entries.filter((e) => e.kind !== 'guest');
  const named = own.flatMap((e) => (e.masteredBy === undefined ? [] : [e.masteredBy]));
  // A platform that names another is no authority; one that is named and held here is, unless it names one itself.
  const last = named.find((n) => n === OTHER || !own.some((e) => e.platform === n && e.masteredBy !== undefined));
  if (last !== undefined) return last;
  return (
    [...platforms.hosting('sign_in'), ...platforms.ids].find((p) => own.some((e) => e.platform === p)) ??
    entries[0]?.platform
  );
}

function mailPlatform(
  deps: EvidenceDeps,
  profile: SubjectProfile,
  entries: readonly DirectoryEntry[],
): Platform | undefined {
  for (const mail of profile.mails) {
    const platform = deps.mailDomains[mail.slice(mail.lastIndexOf('@') + 1).toLowerCase()];
    if (platform !== undefined) return platform;
  }
  return deps.platforms.hosting('mailbox').find((p) => entries.some((e) => e.platform === p && e.kind !== 'guest'));
}

function hints(
  deps: EvidenceDeps,
  entries: readonly DirectoryEntry[],
  { isDecider, unread }: { readonly isDecider: boolean; readonly unread: boolean },
): readonly ProtectedBecause[] {
  const because = new Set<ProtectedBecause>();
  if (entries.some((e) => deps.breakGlass.includes(e.nativeId))) because.add('break_glass');
  if (entries.some((e) => e.lastAdmin)) because.add('last_admin');
  if (isDecider) because.add('approver');
  if (entries.some((e) => e.admin)) because.add('admin_role');
  if (unread || entries.length === 0) because.add('unknown');
  return [...because];
}

function accountOf({ platform, tenant, nativeId }: AccountRef): AccountRef {
  return { platform, tenant, nativeId };
}

function accountKey(
  { platforms }: Pick<EvidenceDeps, 'platforms'>,
  { platform, tenant, nativeId }: AccountRef,
): string {
  return `${String(platforms.ids.indexOf(platform))}/${tenant}/${nativeId}`;
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
