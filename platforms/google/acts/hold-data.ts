import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { VendorWrite } from '../../../domain/plan.js';
import type { ContainmentAct, VendorState, WriteOptions } from '../../ports.js';
import { sendOnce } from '../../kit/writes.js';
import { write, type ActContext } from '../act-context.js';
import { METHODS } from '../methods.js';
import { allPages } from '../pages.js';

/** Holds are kept in one matter of our own; Vault finds matters and holds by nothing but reading the lists. */
const MATTER = 'Quell incident holds';
/** What is held, by Vault's word for it; spaces and shared drives that the person is in are held too. */
const CORPORA = {
  MAIL: {},
  HANGOUTS_CHAT: { query: { hangoutsChatQuery: { includeRooms: true } } },
  DRIVE: { query: { driveQuery: { includeSharedDriveFiles: true } } },
} as const;
type Corpus = keyof typeof CORPORA;
const ALL = Object.keys(CORPORA) as Corpus[];

const text = z.string().nullish();
export const matter = z.looseObject({ matterId: z.string(), name: text, state: text });
export const hold = z.looseObject({
  holdId: z.string(),
  name: text,
  corpus: text,
  accounts: z.array(z.looseObject({ accountId: text })).nullish(),
});
/** A hold of ours and the matter it is in. */
interface Held {
  readonly matterId: string;
  readonly holdId: string;
  readonly corpus: Corpus;
}

/**
 * Keeps mail, chat and Drive files of an account, whatever is deleted there from now on. A hold is told by its name, which
 * is the account's and the corpus's, in a matter of our name; Vault lets two of a name be made, so the lists are read
 * before each is made and again after an answer is lost. Holds that others have placed are neither counted nor touched.
 */
export function holdData(context: ActContext): ContainmentAct<'hold_data'> {
  async function read(
    accountId: string,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly matters: readonly string[]; readonly held: readonly Held[] }> {
    const matters = await mattersOf(context, signal);
    const lists = await Promise.all(matters.map((id) => holdsOf(context, id, accountId, signal)));
    return { matters, held: lists.flat() };
  }
  const stateOf = (held: readonly Held[]): VendorState =>
    Object.fromEntries(ALL.map((corpus) => [corpus, held.some((h) => h.corpus === corpus)]));

  return {
    kind: 'hold_data',
    reversible: true,
    undo: 'Our holds are released; the organisation’s own retention rules count again, and may delete at once what they no longer keep.',
    losses: '',
    recognised: 'Holds named after the account in the matter of our name.',
    proof: 'The list of holds of that matter: mail, Chat and Drive of the account.',
    effectWithinSeconds: 900,
    capture: async ({ accountId }, { signal } = {}) => stateOf((await read(accountId, signal)).held),
    apply: async ({ accountId }, _, options = {}) => {
      const { signal } = options;
      const { matters, held } = await read(accountId, signal);
      const missing = ALL.filter((corpus) => held.every((h) => h.corpus !== corpus));
      if (missing.length === 0) return [];
      const made = matters.length === 0 ? await makeMatter(context, options) : [];
      const matterId = matters[0] ?? (await mattersOf(context, signal))[0];
      if (matterId === undefined) throw new QuellError('NOT_VERIFIED', 'the matter for holds is not listed yet');
      const writes: VendorWrite[] = [...made];
      for (const corpus of missing) writes.push(...(await place(context, accountId, matterId, corpus, options)));
      return writes;
    },
    verify: async ({ accountId }, _, { signal } = {}) => {
      const state = stateOf((await read(accountId, signal)).held);
      return { holds: Object.values(state).every((held) => held === true), state };
    },
    revert: async ({ accountId }, before, options = {}) => {
      const writes: VendorWrite[] = [];
      for (const held of (await read(accountId, options.signal)).held)
        if (before[held.corpus] === false) writes.push(...(await release(context, accountId, held, options)));
      return writes;
    },
  };
}

/** Open matters of our name, the first one first: two workers may have made one each. */
async function mattersOf({ client }: ActContext, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const found = await allPages(async (pageToken) => {
    const page = await client.call(
      METHODS.matters,
      'admin',
      (vault, o) => vault.matters.list({ state: 'OPEN', view: 'BASIC', pageSize: 100, ...pageToken }, o),
      z.looseObject({ matters: z.array(matter).nullish(), nextPageToken: text }),
      signal,
    );
    return { rows: page.matters, next: page.nextPageToken };
  });
  return found
    .filter((m) => m.name === MATTER && m.state !== 'CLOSED' && m.state !== 'DELETED')
    .map((m) => m.matterId)
    .sort();
}

async function makeMatter(context: ActContext, options: WriteOptions): Promise<readonly VendorWrite[]> {
  const requestBody = {
    name: MATTER,
    description: 'Holds of accounts under investigation, placed and released by Quell.',
  };
  return sendOnce(
    write(METHODS.createMatter, MATTER),
    () =>
      context.client.send(
        METHODS.createMatter,
        'admin',
        (vault, o) => vault.matters.create({ requestBody }, o),
        options.signal,
      ),
    async () => (await mattersOf(context, options.signal)).length > 0,
    options,
  );
}

async function holdsOf(
  { client }: ActContext,
  matterId: string,
  accountId: string,
  signal: AbortSignal | undefined,
): Promise<readonly Held[]> {
  const found = await allPages(async (pageToken) => {
    const page = await client.call(
      METHODS.holds,
      'admin',
      (vault, o) => vault.matters.holds.list({ matterId, view: 'FULL_HOLD', pageSize: 100, ...pageToken }, o),
      z.looseObject({ holds: z.array(hold).nullish(), nextPageToken: text }),
      signal,
    );
    return { rows: page.holds, next: page.nextPageToken };
  });
  return found.flatMap(({ holdId, name, corpus, accounts }) => {
    const known = ALL.find((c) => c === corpus);
    const ours = known && name === nameOf(accountId, known) && accounts?.some((a) => a.accountId === accountId);
    return ours ? [{ matterId, holdId, corpus: known }] : [];
  });
}

async function place(
  context: ActContext,
  accountId: string,
  matterId: string,
  corpus: Corpus,
  options: WriteOptions,
): Promise<readonly VendorWrite[]> {
  const { signal } = options;
  const requestBody = { name: nameOf(accountId, corpus), corpus, accounts: [{ accountId }], ...CORPORA[corpus] };
  return sendOnce(
    write(METHODS.createHold, `${accountId}/${corpus}`),
    () =>
      context.client.send(
        METHODS.createHold,
        'admin',
        (vault, o) => vault.matters.holds.create({ matterId, requestBody }, o),
        signal,
      ),
    async () => (await holdsOf(context, matterId, accountId, signal)).some((h) => h.corpus === corpus),
    options,
  );
}

async function release(
  context: ActContext,
  accountId: string,
  { matterId, holdId, corpus }: Held,
  options: WriteOptions,
): Promise<readonly VendorWrite[]> {
  const { signal } = options;
  return sendOnce(
    write(METHODS.deleteHold, `${accountId}/${corpus}`),
    () =>
      context.client.send(
        METHODS.deleteHold,
        'admin',
        (vault, o) => vault.matters.holds.delete({ matterId, holdId }, o),
        signal,
      ),
    async () => (await holdsOf(context, matterId, accountId, signal)).every((h) => h.holdId !== holdId),
    options,
  );
}

const nameOf = (accountId: string, corpus: Corpus): string => `Quell ${accountId} ${corpus}`;
