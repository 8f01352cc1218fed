import { z } from 'zod';
import { mailOf } from '../../../domain/account-names.js';
import { LABELS, type EvidenceEvent } from '../../../domain/evidence.js';
import { instantOf } from '../../../domain/instants.js';
import { compact } from '../../kit/compact.js';
import { noticeKind, outsideOf } from '../../notice.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import {
  mapRows,
  maybe,
  needed,
  readRows,
  someFlag,
  someList,
  someText,
  type Mapped,
  type Odd,
} from '../../kit/rows.js';
import { accessesIn, MAIL_ACCESS_LISTS, mailAccessRows, type MailAccess } from '../mail-access.js';
import { METHODS } from '../methods.js';
import { readUser } from '../people.js';
import { QuellError } from '../../../domain/errors.js';
import { emptyWhenMissing, inSteps, type Step } from '../../kit/steps.js';
import type { SourceContext } from './source.js';

const SOURCE = 'google.notices';

export const mailShape = z.looseObject({
  id: z.string().min(1),
  internalDate: z.union([z.string(), z.number()]),
  labelIds: someList(z.string()),
  payload: maybe(z.looseObject({ headers: someList(z.looseObject({ name: z.string(), value: z.string() })) })),
});
const anId = z.looseObject({ id: z.string().min(1) });
export const mailsPage = z.looseObject({ messages: someList(z.unknown()), nextPageToken: someText });
export const filterShape = z.looseObject({
  id: z.string().min(1),
  criteria: maybe(z.record(z.string(), z.unknown())),
  action: maybe(
    z.looseObject({ forward: someText, addLabelIds: someList(z.string()), removeLabelIds: someList(z.string()) }),
  ),
});
export const filtersPage = z.looseObject({ filter: someList(z.unknown()) });
export const forwardingShape = z.looseObject({ enabled: someFlag, emailAddress: someText });

/**
 * Security mails of Slack, Google and Microsoft in a Gmail mailbox, whichever platform they are about, and what hides
 * them: the trash, filters, forwarding; and who else has a way into the mailbox. Read as the person; `nativeId` is the
 * mailbox owner's directory id.
 */
export function noticeSource(context: SourceContext): EvidenceSource {
  return {
    id: SOURCE,
    logSource: 'notification_mail',
    depth: 'narrow',
    kinds: ['security_notice', 'mail_rule', 'mail_access'],
    lagSeconds: 600,
    read: inSteps(...[mailbox(context), rules(context), accesses(context)].map(emptyWhenMissing)),
  };
}

/** The owner's address, undefined when there is no Gmail mailbox. */
async function owner(
  context: SourceContext,
  query: SourceQuery,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const user = await readUser(context.client, query.nativeId, signal);
  if (user.isMailboxSetup === false) return undefined;
  if (user.suspended) throw new QuellError('VENDOR_REFUSED', 'the account is suspended: its mailbox cannot be read');
  return user.primaryEmail;
}

function mailbox(context: SourceContext): Step {
  return async (query, pageToken, { signal }) => {
    const email = await owner(context, query, signal);
    if (email === undefined) return { events: [] };
    const [after, before] = [query.from, query.to].map((t) => Math.floor(Date.parse(t) / 1000));
    const answer = await context.client.call(
      METHODS.mails,
      { email },
      (gmail, options) =>
        gmail.users.messages.list(
          {
            userId: 'me',
            q: `from:(${context.settings.notices.domains.join(' OR ')}) after:${String(after)} before:${String((before ?? 0) + 1)}`,
            includeSpamTrash: true,
            maxResults: 50,
            ...(pageToken === undefined ? {} : { pageToken }),
          },
          options,
        ),
      mailsPage,
      signal,
    );
    const listed = readRows(answer.messages, anId);
    const rows: unknown[] = [];
    for (const { id } of listed.values)
      rows.push(
        await context.client.call(
          METHODS.mail,
          { email },
          (gmail, options) =>
            gmail.users.messages.get(
              {
                userId: 'me',
                id,
                format: 'metadata',
                metadataHeaders: ['From', 'Subject', 'Message-ID', 'Authentication-Results'],
              },
              options,
            ),
          z.unknown(),
          signal,
        ),
      );
    const { values, odd } = mailsIn(context, query, rows);
    return {
      events: values,
      odd: [...listed.odd, ...odd],
      ...(answer.nextPageToken === undefined ? {} : { next: answer.nextPageToken }),
    };
  };
}

export const mailsIn = (
  context: Omit<SourceContext, 'client'>,
  query: SourceQuery,
  rows: readonly unknown[],
): Mapped<EvidenceEvent> =>
  mapRows(rows, mailShape, (row) => eventsOf(context, row, needed(instantOf(row.internalDate), 'internalDate'), query));

function eventsOf(
  context: Omit<SourceContext, 'client'>,
  row: z.output<typeof mailShape>,
  at: string,
  query: SourceQuery,
): readonly EvidenceEvent[] {
  const headers = row.payload?.headers ?? [];
  const header = (name: string): string => headers.find((h) => h.name.toLowerCase() === name)?.value ?? '';
  const from = mailOf(header('from')) ?? header('from');
  const subject = header('subject');
  const [vendor, kind] = [context.settings.notices.vendorOf(from), noticeKind(subject)];
  if (vendor === undefined || kind === undefined) return [];
  const common = {
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'notification_mail' as const,
    at,
    actor: query.nativeId,
    labels: [vendor],
    reasons: [kind],
    dkim: context.settings.notices.dkimFor(vendor, headers),
  };
  const id = `google:${SOURCE}:${header('message-id') || row.id}`;
  const notice = compact({
    ...common,
    id,
    kind: 'security_notice' as const,
    operation: `${vendor} ${kind}`,
    target: { type: 'mailbox' as const, id: query.nativeId },
    text: query.readContent ? subject : undefined,
  });
  if (!row.labelIds.includes('TRASH')) return [notice];
  return [
    notice,
    {
      ...common,
      id: `${id}:hidden`,
      kind: 'mail_rule',
      operation: 'security notice deleted',
      target: { type: 'message', id: row.id },
    },
  ];
}

function rules(context: SourceContext): Step {
  return async (query, _, { signal }) => {
    const email = await owner(context, query, signal);
    if (email === undefined) return { events: [] };
    const { filter: filters } = await context.client.call(
      METHODS.filters,
      { email },
      (gmail, options) => gmail.users.settings.filters.list({ userId: 'me' }, options),
      filtersPage,
      signal,
    );
    const forwarding = await context.client.call(
      METHODS.forwarding,
      { email },
      (gmail, options) => gmail.users.settings.getAutoForwarding({ userId: 'me' }, options),
      forwardingShape,
      signal,
    );
    const { values, odd } = filtersIn(context, query, filters);
    return {
      events:
        forwarding.enabled === true
          ? [
              ...values,
              ruleEvent(context, query, 'autoForwarding', 'autoForwarding', ['forwards_mail'], forwarding.emailAddress),
            ]
          : values,
      odd,
    };
  };
}

export const filtersIn = (
  context: Omit<SourceContext, 'client'>,
  query: SourceQuery,
  rows: readonly unknown[],
): Mapped<EvidenceEvent> =>
  mapRows(rows, filterShape, (f) => {
    const reasons = suspicionOf(context, f);
    return reasons.length === 0 ? [] : [ruleEvent(context, query, f.id, 'filter', reasons, f.action?.forward)];
  });

/** Gmail says of none since when it is there, and its owner's own addresses are nobody else's. */
function accesses(context: SourceContext): Step {
  return async (query, _, { signal }) => {
    const email = await owner(context, query, signal);
    if (email === undefined) return { events: [] };
    const events: EvidenceEvent[] = [];
    const odd: Odd[] = [];
    for (const list of MAIL_ACCESS_LISTS) {
      const found = accessesIn(list, await mailAccessRows(context.client, email, list, METHODS[list], signal));
      odd.push(...found.odd);
      for (const access of found.values)
        if (!query.emails.includes(mailOf(access.address) ?? '')) events.push(accessEvent(context, query, access));
    }
    return { events, odd };
  };
}

function accessEvent(
  context: Omit<SourceContext, 'client'>,
  query: SourceQuery,
  { key, list, address, pending }: MailAccess,
): EvidenceEvent {
  const own = query.emails.map(domainOf);
  const labels = [
    LABELS.state,
    ...(pending ? ['pending'] : []),
    ...(own.includes(domainOf(address)) ? [] : ['outside']),
  ];
  return {
    id: `google:${SOURCE}:access:${query.nativeId}:${key}`,
    kind: 'mail_access',
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'notification_mail',
    at: query.to,
    operation: list,
    actor: query.nativeId,
    target: { type: 'delegate', id: key, name: address },
    labels,
  };
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** Why a filter matters: it hides mails that name a vendor or security, or everything, or it sends mail away. */
function suspicionOf(
  { settings }: Pick<SourceContext, 'settings'>,
  { criteria, action }: z.output<typeof filterShape>,
): readonly string[] {
  const words = Object.values(criteria ?? {}).filter((v) => typeof v === 'string' && v !== '') as string[];
  const hides =
    (action?.addLabelIds ?? []).some((l) => l === 'TRASH' || l === 'SPAM') ||
    (action?.removeLabelIds ?? []).some((l) => l === 'INBOX' || l === 'UNREAD');
  return [
    ...(hides && settings.notices.named(words) ? ['hides_security_notices'] : []),
    ...(hides && words.length === 0 ? ['hides_all_mail'] : []),
    ...(action?.forward ? ['forwards_mail'] : []),
  ];
}

/** A filter has no time of its own: `at` is when it was seen to be there, which says nothing of when it was made. */
function ruleEvent(
  context: Omit<SourceContext, 'client'>,
  query: SourceQuery,
  ruleId: string,
  operation: string,
  reasons: readonly string[],
  to: string | undefined,
): EvidenceEvent {
  const outside = outsideOf(query, [to]);
  return {
    id: `google:${SOURCE}:rule:${query.nativeId}:${ruleId}`,
    kind: 'mail_rule',
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'notification_mail',
    at: query.to,
    operation,
    actor: query.nativeId,
    target: { type: 'setting', id: ruleId },
    labels: [LABELS.state],
    reasons,
    ...(outside.length === 0 ? {} : { externalRecipients: outside }),
  };
}
