import { z } from 'zod';
import { QuellError } from '../../../domain/errors.js';
import type { ActionTarget, VendorWrite } from '../../../domain/plan.js';
import { noticeVendor } from '../../notice.js';
import type { CallOptions, ContainmentAct, VendorState, WriteOptions } from '../../ports.js';
import { METHODS } from '../methods.js';
import { orMissing } from '../../replies.js';
import { addressOf } from '../people.js';
import { accountOf, sendOnce } from '../../writes.js';
import { write, type ActContext } from './act.js';

/** Id by which evidence names the forwarding of all mail, which is no filter. */
const AUTO_FORWARDING = 'autoForwarding';

const body = z.record(z.string(), z.unknown());
const filterShape = z.looseObject({ id: z.string(), criteria: body.nullish(), action: body.nullish() });
const kept = z.strictObject({ criteria: body, action: body });
type Kept = z.infer<typeof kept>;

/** Removes a filter, or switches the forwarding of all mail off. Acts as the mailbox's owner. */
export function removeMailRule(context: ActContext): ContainmentAct {
  const filters = filterActs(context);
  const forwarding = forwardingActs(context);
  const of = (target: ActionTarget): typeof filters => (target.id === AUTO_FORWARDING ? forwarding : filters);
  return {
    kind: 'remove_mail_rule',
    reversible: true,
    d3fend: 'D3-ER',
    undo: 'The filter is made again; forwarding is switched on again.',
    losses: 'A filter that names mail addresses other than a vendor’s is not kept; its owner writes it again.',
    recognised: 'The filter is not there any more; forwarding is off.',
    proof: 'The filter is asked for again, or the forwarding setting.',
    effectWithinSeconds: 60,
    capture: (target, options) => of(target).capture(target, options),
    apply: (target, context_, options) => of(target).apply(target, context_, options),
    verify: (target, context_, options) => of(target).verify(target, context_, options),
    revert: (target, before, options) => of(target).revert(target, before, options),
    verifyUndone: (target, before, options) => of(target).verifyUndone(target, before, options),
  };
}

type Acts = Required<Pick<ContainmentAct, 'capture' | 'apply' | 'verify' | 'revert' | 'verifyUndone'>>;

function filterActs({ client }: ActContext): Acts {
  const read = async (target: ActionTarget, email: string, signal?: AbortSignal) =>
    orMissing(
      client.call(
        METHODS.filter,
        { email },
        (gmail, o) => gmail.users.settings.filters.get({ userId: 'me', id: target.id }, o),
        filterShape,
        signal,
      ),
    );
  const stateOf = (filter: z.infer<typeof filterShape> | undefined): VendorState => {
    if (!filter) return { present: false };
    const copy = JSON.stringify({ criteria: filter.criteria ?? {}, action: filter.action ?? {} });
    return { present: true, ...(namesOnlyVendors(copy) ? { filter: copy } : {}) };
  };
  async function capture(target: ActionTarget, { signal }: CallOptions = {}): Promise<VendorState> {
    const email = await addressOf(client, accountOf(target), signal);
    return stateOf(await read(target, email, signal));
  }
  return {
    capture,
    apply: async (target, _, options = {}) => {
      const { signal } = options;
      const email = await addressOf(client, accountOf(target), signal);
      if (!(await read(target, email, signal))) return [];
      const send = (): Promise<void> =>
        client.send(
          METHODS.deleteFilter,
          { email },
          (gmail, o) => gmail.users.settings.filters.delete({ userId: 'me', id: target.id }, o),
          signal,
        );
      const gone = async (): Promise<boolean> => (await read(target, email, signal)) === undefined;
      return (await orMissing(sendOnce(write(METHODS.deleteFilter, target.id), send, gone, options))) ?? [];
    },
    verify: async (target, _, options) => {
      const state = await capture(target, options);
      return { holds: state['present'] === false, state: { present: state['present'] === true } };
    },
    revert: async (target, before, options = {}) => {
      if (before['present'] !== true) return [];
      if (typeof before['filter'] !== 'string')
        throw new QuellError('UNSUPPORTED', 'the filter names mail addresses, which are not kept');
      const email = await addressOf(client, accountOf(target), options.signal);
      return makeFilter({ client }, email, accountOf(target), kept.parse(JSON.parse(before['filter'])), options);
    },
    // A filter that is made again has another id.
    verifyUndone: async (target, before, { signal } = {}) => {
      const email = await addressOf(client, accountOf(target), signal);
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
  const { filter: all } = await client.call(
    METHODS.ownFilters,
    { email },
    (gmail, o) => gmail.users.settings.filters.list({ userId: 'me' }, o),
    z.looseObject({ filter: z.array(filterShape).nullish() }),
    signal,
  );
  return (all ?? []).some((f) => same(f.criteria, filter.criteria) && same(f.action, filter.action));
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

function forwardingActs({ client }: ActContext): Acts {
  const read = async (email: string, signal: AbortSignal | undefined) =>
    client.call(
      METHODS.ownForwarding,
      { email },
      (gmail, o) => gmail.users.settings.getAutoForwarding({ userId: 'me' }, o),
      z.looseObject({
        enabled: z.boolean().nullish(),
        emailAddress: z.string().nullish(),
        disposition: z.string().nullish(),
      }),
      signal,
    );
  const owner = (target: ActionTarget, signal: AbortSignal | undefined): Promise<string> =>
    addressOf(client, accountOf(target), signal);
  async function capture(target: ActionTarget, { signal }: CallOptions = {}): Promise<VendorState> {
    return { forwarding: (await read(await owner(target, signal), signal)).enabled === true };
  }
  async function set(target: ActionTarget, enabled: boolean, options: WriteOptions): Promise<readonly VendorWrite[]> {
    const { signal } = options;
    const email = await owner(target, signal);
    const now = await read(email, signal);
    if ((now.enabled === true) === enabled) return [];
    // Gmail keeps the address while forwarding is off; without one there is nothing to switch on again.
    if (enabled && !now.emailAddress) throw new QuellError('UNSUPPORTED', 'Gmail no longer holds the address');
    const requestBody = enabled
      ? { enabled, emailAddress: now.emailAddress ?? null, disposition: now.disposition ?? 'leaveInInbox' }
      : { enabled };
    return sendOnce(
      write(METHODS.setForwarding, accountOf(target)),
      () =>
        client.send(
          METHODS.setForwarding,
          { email },
          (gmail, o) => gmail.users.settings.updateAutoForwarding({ userId: 'me', requestBody }, o),
          signal,
        ),
      async () => ((await read(email, signal)).enabled === true) === enabled,
      options,
    );
  }
  return {
    capture,
    apply: (target, _, options = {}) => set(target, false, options),
    verify: async (target, _, options) => {
      const state = await capture(target, options);
      return { holds: state['forwarding'] === false, state };
    },
    revert: async (target, before, options = {}) => (before['forwarding'] === true ? set(target, true, options) : []),
    verifyUndone: async (target, _, options) => {
      const state = await capture(target, options);
      return { holds: state['forwarding'] === false, state };
    },
  };
}

/** Only addresses of the vendors' own security mails may be kept with the case. */
function namesOnlyVendors(text: string): boolean {
  return (text.match(/[\w.+-]+@[\w.-]+/g) ?? []).every((mail) => noticeVendor(mail) !== undefined);
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(sorted(a ?? {})) === JSON.stringify(sorted(b ?? {}));
const sorted = (value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
