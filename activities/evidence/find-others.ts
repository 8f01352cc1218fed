import { QuellError } from '../../domain/errors.js';
import type { Gap } from '../../domain/evidence.js';
import { TRACE_KINDS, type OwnedSighting, type Sighting } from '../../domain/pivot.js';
import type { AccountRef } from '../../domain/platform.js';
import type { EvidencePort } from '../../platforms/ports.js';
import type { Alias } from '../../store/subjects/alias.js';
import { beating, cancellation } from '../context.js';
import type { EvidenceActivities } from '../contract.js';
import { asQuellError } from '../errors.js';
import { scrub } from '../scrub.js';
import type { EvidenceDeps } from './deps.js';

type Input = Parameters<EvidenceActivities['findOthers']>[0];
type Output = Awaited<ReturnType<EvidenceActivities['findOthers']>>;

/** What a workflow is told at most. A spray over a whole organisation has as many failures as it has people. */
const KEPT = 300;
/** Accounts that are looked up at most, those with the surest traces first. */
const LOOKED_UP = 60;

/**
 * Searches one tenant by an attacker's traces, and finds whose the accounts are that got in. Accounts that only failed are not looked up:
 * nobody is asked about them. Errors: CONFIG for a tenant of another worker; STORE.
 */
export async function findOthers(deps: EvidenceDeps, input: Input): Promise<Output> {
  const { platform, tenant } = input.tenant;
  const port = deps.ports.find((p) => p.platform === platform && p.tenant === tenant);
  if (!port) throw new QuellError('CONFIG', 'this worker does not read that tenant');
  if (!port.findSightings)
    return { sightings: [], gaps: [gapOf(port, 'UNSUPPORTED', 'This tenant can’t be searched for other people.')] };
  return await beating(
    () => undefined,
    async () => {
      const found = await port.findSightings?.(input.traces, input.from, input.to, { signal: cancellation() });
      const all = [...(found?.sightings ?? [])].sort(surestFirst);
      const sightings = all.slice(0, KEPT);
      const accounts = accountsOf(sightings.filter((s) => s.succeeded));
      const owners = await ownersOf(deps, port, accounts.slice(0, LOOKED_UP));
      const tooMany = all.length > KEPT || accounts.length > LOOKED_UP;
      return {
        sightings: sightings.map((s): OwnedSighting => {
          const subjectId = owners.get(s.nativeId);
          return subjectId === undefined ? s : { ...s, subjectId };
        }),
        gaps: [
          ...(found?.gaps ?? []).map((gap) => ({ ...gap, text: scrub(gap.text) })),
          ...(tooMany ? [gapOf(port, 'TOO_MUCH', 'More accounts have these traces than are followed up.')] : []),
        ],
      };
    },
  );
}

function surestFirst(a: Sighting, b: Sighting): number {
  if (a.succeeded !== b.succeeded) return a.succeeded ? -1 : 1;
  return TRACE_KINDS.indexOf(a.by) - TRACE_KINDS.indexOf(b.by) || (a.firstAt < b.firstAt ? -1 : 1);
}

const accountsOf = (sightings: readonly Sighting[]): readonly AccountRef[] => [
  ...new Map(
    sightings.map(({ platform, tenant, nativeId }) => [nativeId, { platform, tenant, nativeId }] as const),
  ).values(),
];

/** By the registry; else by what the directory says of the account, as an alert's delivery does it. A stranger has no subject. */
async function ownersOf(
  deps: EvidenceDeps,
  port: EvidencePort,
  accounts: readonly AccountRef[],
): Promise<ReadonlyMap<string, string>> {
  const owners = new Map<string, string>();
  const known = await deps.registry.findEach(accounts);
  for (const [i, account] of accounts.entries()) {
    const aliases = known[i] === undefined ? await aliasesOf(port, account) : [];
    const subjectId = aliases.length === 0 ? known[i] : (await deps.registry.resolve(aliases)).subjectId;
    if (subjectId !== undefined) owners.set(account.nativeId, subjectId);
  }
  return owners;
}

/** None when the directory does not know the account, or can't be asked. */
async function aliasesOf(port: EvidencePort, account: AccountRef): Promise<readonly Alias[]> {
  try {
    const entry = await port.directory.lookup({ nativeId: account.nativeId }, { signal: cancellation() });
    return entry ? [account, ...entry.emails.map((mail) => ({ mail }))] : [];
  } catch (error) {
    const known = asQuellError(error);
    if (!known || known.retryable) throw error;
    return [];
  }
}

const gapOf = ({ platform, tenant }: EvidencePort, code: Gap['code'], text: string): Gap => ({
  platform,
  tenant,
  source: `${platform}.others`,
  code,
  text,
});
