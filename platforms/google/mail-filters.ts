import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import type { VendorWrite } from '../../domain/plan.js';
import type { Notices } from '../notice.js';
import type { CallOptions, ContainmentAct, ResolvedTargetOf, VendorState, WriteOptions } from '../ports.js';
import { orMissing } from '../kit/replies.js';
import { sendOnce } from '../kit/writes.js';
import { write, type ActContext } from './act-context.js';
import { METHODS } from './methods.js';
import { addressOf } from './people.js';

const body = z.record(z.string(), z.unknown());
export const filterShape = z.looseObject({ id: z.string(), criteria: body.nullish(), action: body.nullish() });
const kept = z.strictObject({ criteria: body, action: body });
type Kept = z.infer<typeof kept>;

/** The parts of the act that differ between a filter and the forwarding of all mail. */
export type MailRuleActs = Required<
  Pick<ContainmentAct<'remove_mail_rule'>, 'capture' | 'apply' | 'verify' | 'revert' | 'verifyUndone'>
>;
type Target = ResolvedTargetOf<'remove_mail_rule'>;

/** All filters of a mailbox, read as its owner. */
export async function filtersOf(
  { client }: Pick<ActContext, 'client'>,
  email: string,
  signal: AbortSignal | undefined,
): Promise<readonly z.infer<typeof filterShape>[]> {
  const { filter } = await client.call(
    METHODS.ownFilters,
    { email },
    (gmail, o) => gmail.users.settings.filters.list({ userId: 'me' }, o),
    z.looseObject({ filter: z.array(filterShape).nullish() }),
    signal,
  );
  return filter ?? [];
}

/** Removing one filter and making it again. */
export function filterActs({ client, settings }: ActContext): MailRuleActs {
  const read = async (ruleId: string, email: string, signal?: AbortSignal) =>
    orMissing(
      client.call(
        METHODS.filter,
        { email },
        (gmail, o) => gmail.users.settings.filters.get({ userId: 'me', id: ruleId }, o),
        filterShape,
        signal,
      ),
    );
  const stateOf = (filter: z.infer<typeof filterShape> | undefined): VendorState => {
    if (!filter) return { present: false };
    const copy = JSON.stringify({ criteria: filter.criteria ?? {}, action: filter.action ?? {} });
    return { present: true, ...(namesOnlyVendors(settings.notices, copy) ? { filter: copy } : {}) };
  };
  async function capture({ accountId, ruleId }: Target, { signal }: CallOptions = {}): Promise<VendorState> {
    const email = await addressOf(client, accountId, signal);
    return stateOf(await read(ruleId, email, signal));
  }
  return {
    capture,
    apply: async ({ accountId, ruleId }, _, options = {}) => {
      const { signal } = options;
      const email = await addressOf(client, accountId, signal);
      if (!(await read(ruleId, email, signal))) return [];
      const send = (): Promise<void> =>
        client.send(
          METHODS.deleteFilter,
          { email },
          (gmail, o) => gmail.users.settings.filters.delete({ userId: 'me', id: ruleId }, o),
          signal,
        );
      const gone = async (): Promise<boolean> => (await read(ruleId, email, signal)) === undefined;
      return (await orMissing(sendOnce(write(METHODS.deleteFilter, ruleId), send, gone, options))) ?? [];
    },
    verify: async (target, _, options) => {
      const state = await capture(target, options);
      return { holds: state['present'] === false, state: { present: state['present'] === true } };
    },
    revert: async ({ accountId }, before, options = {}) => {
      if (before['present'] !== true) return [];
      if (typeof before['filter'] !== 'string')
        throw new QuellError('UNSUPPORTED', 'the filter names mail addresses, which are not kept');
      const email = await addressOf(client, accountId, options.signal);
      return makeFilter({ client }, email, accountId, kept.parse(JSON.parse(before['filter'])), options);
    },
    // A filter that is made again has another id.
    verifyUndone: async ({ accountId }, before, { signal } = {}) => {
      const email = await addressOf(client, accountId, signal);
      const present =
        typeof before['filter'] === 'string' &&
        (await isThere({ client }, email, kept.parse(JSON.parse(before['filter'])), signal));
      return { holds: !present, state: { present } };
    },
  };
}

async function isThere(
  { client }: Pick<ActContext, 'client'>,
  email: string,
  filter: Kept,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const all = await filtersOf({ client }, email, signal);
  return all.some((f) => same(f.criteria, filter.criteria) && same(f.action, filter.action));
}

async function makeFilter(
  { client }: Pick<ActContext, 'client'>,
  email: string,
  accountId: string,
  filter: Kept,
  options: WriteOptions,
): Promise<readonly VendorWrite[]> {
  const { signal } = options;
  const there = (): Promise<boolean> => isThere({ client }, email, filter, signal);
  if (await there()) return [];
  const send = (): Promise<void> =>
    client.send(
      METHODS.createFilter,
      { email },
      (gmail, o) => gmail.users.settings.filters.create({ userId: 'me', requestBody: filter }, o),
      signal,
    );
  return sendOnce(write(METHODS.createFilter, accountId), send, there, options);
}

/** Only addresses of the vendors' own security mails may be kept with the case. */
function namesOnlyVendors(notices: Notices, text: string): boolean {
  return (text.match(/[\w.+-]+@[\w.-]+/g) ?? []).every((mail) => notices.vendorOf(mail) !== undefined);
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a ?? {})) === JSON.stringify(sorted(b ?? {}));
const sorted = (value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
