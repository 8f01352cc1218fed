import { z } from 'zod';
import { LABELS, type EvidenceEvent } from '../../../domain/evidence.js';
import { compact } from '../../compact.js';
import { noticeKind, outsideOf } from '../../notice.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { MAIL_ACCESS_LISTS, mailAccessOf, type MailAccess } from '../mail-access.js';
import { METHODS } from '../methods.js';
import { readUser } from '../people.js';
import { QuellError } from '../../../domain/errors.js';
import { emptyWhenMissing, inSteps, type Step } from '../../steps.js';
import type { SourceContext } from './source.js';

const SOURCE = 'google.notices';

const text = z.string().nullish();
const mail = z.looseObject({
  id: z.string(),
  internalDate: z.string(),
  labelIds: z.array(z.string()).nullish(),
  payload: z
    .looseObject({ headers: z.array(z.looseObject({ name: z.string(), value: z.string() })).nullish() })
    .nullish(),
});
const filter = z.looseObject({
  id: z.string(),
  criteria: z.record(z.string(), z.unknown()).nullish(),
  action: z
    .looseObject({
      forward: text,
      addLabelIds: z.array(z.string()).nullish(),
      removeLabelIds: z.array(z.string()).nullish(),
    })
    .nullish(),
});

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
      z.looseObject({ messages: z.array(z.looseObject({ id: z.string() })).nullish(), nextPageToken: text }),
      signal,
    );
    const events: EvidenceEvent[] = [];
    for (const { id } of answer.messages ?? []) {
      const row = await context.client.call(
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
        mail,
        signal,
      );
      events.push(...eventsOf(context, row, query));
    }
    return answer.nextPageToken ? { events, next: answer.nextPageToken } : { events };
  };
}

function eventsOf(context: SourceContext, row: z.infer<typeof mail>, query: SourceQuery): readonly EvidenceEvent[] {
  const headers = row.payload?.headers ?? [];
  const header = (name: string): string => headers.find((h) => h.name.toLowerCase() === name)?.value ?? '';
  const from = /<([^<>]+)>\s*$/.exec(header('from'))?.[1] ?? header('from');
  const subject = header('subject');
  const [vendor, kind] = [context.settings.notices.vendorOf(from), noticeKind(subject)];
  if (vendor === undefined || kind === undefined) return [];
  const common = {
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'notification_mail' as const,
    at: new Date(Number(row.internalDate)).toISOString(),
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
  if (!row.labelIds?.includes('TRASH')) return [notice];
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
      z.looseObject({ filter: z.array(filter).nullish() }),
      signal,
    );
    const forwarding = await context.client.call(
      METHODS.forwarding,
      { email },
      (gmail, options) => gmail.users.settings.getAutoForwarding({ userId: 'me' }, options),
      z.looseObject({ enabled: z.boolean().nullish(), emailAddress: text }),
      signal,
    );
    const events = (filters ?? []).flatMap((f) => {
      const reasons = suspicionOf(context, f);
      return reasons.length === 0 ? [] : [ruleEvent(context, query, f.id, 'filter', reasons, f.action?.forward)];
    });
    return {
      events: forwarding.enabled
        ? [
            ...events,
            ruleEvent(context, query, 'autoForwarding', 'autoForwarding', ['forwards_mail'], forwarding.emailAddress),
          ]
        : events,
    };
  };
}

/** Gmail says of none since when it is there, and its owner's own addresses are nobody else's. */
function accesses(context: SourceContext): Step {
  return async (query, _, { signal }) => {
    const email = await owner(context, query, signal);
    if (email === undefined) return { events: [] };
    const events: EvidenceEvent[] = [];
    for (const list of MAIL_ACCESS_LISTS)
      for (const access of await mailAccessOf(context.client, email, list, METHODS[list], signal))
        if (!query.emails.includes(access.address.toLowerCase())) events.push(accessEvent(context, query, access));
    return { events };
  };
}

function accessEvent(
  context: SourceContext,
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
function suspicionOf({ settings }: SourceContext, { criteria, action }: z.infer<typeof filter>): readonly string[] {
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
  context: SourceContext,
  query: SourceQuery,
  ruleId: string,
  operation: string,
  reasons: readonly string[],
  to: string | null | undefined,
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
