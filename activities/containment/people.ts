import type { Decider } from '../../domain/decision.js';
import { QuellError } from '../../domain/errors.js';
import type { ContainmentPort } from '../../platforms/ports.js';
import { resolveTarget } from '../../platforms/resolve.js';

/** Accounts that the configuration names, in any spelling that the vendors know. */
export interface NamedPeople {
  readonly breakGlass: readonly string[];
  readonly vips: readonly string[];
  readonly deciders: readonly Decider[];
}

/** The same at one tenant, in the vendor's own ids: only these are compared with what a write affects. */
export interface KnownPeople {
  readonly breakGlass: ReadonlySet<string>;
  readonly vips: ReadonlySet<string>;
  /** With their accounts at this tenant. */
  readonly deciders: readonly Decider[];
}

/** Resolves the configured people at one tenant; who has no account there is left out. Errors: what the vendor's reads may still get over, as it is. */
export async function peopleAt(port: ContainmentPort, named: NamedPeople): Promise<KnownPeople> {
  const idsOf = async (entries: readonly string[]): Promise<readonly string[]> =>
    (await Promise.all(entries.map((entry) => canonicalId(port, entry)))).flatMap((found) =>
      typeof found === 'string' ? found : [],
    );
  return {
    breakGlass: new Set(await idsOf(named.breakGlass)),
    vips: new Set(await idsOf(named.vips)),
    deciders: await Promise.all(named.deciders.map(async (d) => ({ ...d, accounts: await idsOf(d.accounts ?? []) }))),
  };
}

/**
 * An entry that is nobody anywhere is a mistake that would leave somebody unprotected: CONFIG, with the place of each and never the entry.
 * While a tenant does not answer, it could be somebody there: then nothing is said.
 */
export async function assertKnown(ports: readonly ContainmentPort[], named: NamedPeople): Promise<void> {
  const lists = [
    { name: 'breakGlass', entries: named.breakGlass },
    { name: 'vips of the policy', entries: named.vips },
    ...named.deciders.map((d) => ({ name: `accounts of the decider ${d.personId}`, entries: d.accounts ?? [] })),
  ];
  const problems = await Promise.all(
    lists.flatMap(({ name, entries }) =>
      entries.map(async (entry, n) => {
        const why = await unknownBecause(ports, entry);
        return why === undefined ? [] : [`${name}: entry ${String(n + 1)} ${why}`];
      }),
    ),
  );
  if (problems.flat().length > 0) throw new QuellError('CONFIG', problems.flat().join('; '));
}

/** Where one vendor refuses to say (an address of another organisation), another one must know. */
async function unknownBecause(ports: readonly ContainmentPort[], entry: string): Promise<string | undefined> {
  const found = await Promise.all(
    ports.map((port) => canonicalId(port, entry).catch((error: unknown) => error as Error)),
  );
  if (found.some((f) => typeof f === 'string')) return undefined;
  if (found.some((f) => f instanceof Error && !(f instanceof QuellError && !f.retryable))) return undefined;
  const refused = found.find((f) => f instanceof QuellError);
  return refused ? `could not be looked up (${refused.message})` : 'is no account at any configured tenant';
}

/** Undefined when it is nobody here; the error where the vendor refuses to say. */
async function canonicalId(port: ContainmentPort, entry: string): Promise<string | QuellError | undefined> {
  try {
    return (await resolveTarget<'account'>(port, { type: 'account', accountId: entry })).accountId;
  } catch (error) {
    if (!(error instanceof QuellError) || error.retryable) throw error;
    return error.code === 'UNRESOLVED' ? undefined : error;
  }
}
