import { z } from 'zod';
import { mailOf } from '../../../domain/account-names.js';
import { LABELS, type EvidenceEvent } from '../../../domain/evidence.js';
import { instantOf } from '../../../domain/instants.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { compact } from '../../kit/compact.js';
import { asItCame, maybe, needed, someFlag, someList, someText } from '../../kit/rows.js';
import { OPERATIONS } from '../operations.js';
import { noticeKind, outsideOf } from '../../notice.js';
import { emptyWhenMissing, inSteps, type Step } from '../../kit/steps.js';
import { sourcePage, type SourceContext } from './source.js';

const SOURCE = 'microsoft.notices';
/** No body: what the notice is follows from sender, subject and headers. */
const FIELDS = 'id,subject,from,receivedDateTime,parentFolderId,internetMessageHeaders,internetMessageId';

const addressed = z.looseObject({ emailAddress: maybe(z.looseObject({ address: someText })) });
export const mail = z.looseObject({
  id: z.string().min(1),
  subject: someText,
  receivedDateTime: asItCame,
  parentFolderId: someText,
  internetMessageId: someText,
  from: maybe(addressed),
  internetMessageHeaders: someList(z.looseObject({ name: z.string(), value: z.string() })),
});
const recipients = someList(addressed);
export const rule = z.looseObject({
  id: z.string().min(1),
  displayName: someText,
  isEnabled: someFlag,
  /** None and an empty one catch every mail. */
  conditions: asItCame,
  actions: maybe(
    z.looseObject({
      delete: someFlag,
      permanentDelete: someFlag,
      markAsRead: someFlag,
      moveToFolder: someText,
      forwardTo: recipients,
      redirectTo: recipients,
      forwardAsAttachmentTo: recipients,
    }),
  ),
});

/**
 * Security mails of Slack, Google and Microsoft in a mailbox of this tenant, whichever platform they are about, and what
 * hides them: deletion, purge, rules. `nativeId` is the mailbox owner's Entra id.
 */
export function noticeSource(context: SourceContext): EvidenceSource {
  return {
    id: SOURCE,
    logSource: 'notification_mail',
    depth: 'narrow',
    kinds: ['security_notice', 'mail_rule'],
    lagSeconds: 600,
    read: inSteps(...[mailbox(context), purged(context), rules(context)].map(emptyWhenMissing)),
  };
}

const cursorShape = z.strictObject({ deletedItems: z.string(), next: z.string() });

function mailbox(context: SourceContext): Step {
  return async (query, cursor, { signal }) => {
    const at = cursor === undefined ? undefined : cursorShape.parse(JSON.parse(cursor));
    const path = { id: query.nativeId };
    const deletedItems =
      at?.deletedItems ??
      (
        await context.client.call(
          OPERATIONS.mailFolder,
          { path: { ...path, folderId: 'deleteditems' }, query: { $select: 'id' }, signal },
          z.looseObject({ id: z.string() }),
        )
      ).id;
    const page = await context.client.page(OPERATIONS.mails, { path, query: search(query), signal }, at?.next);
    const { next, ...read } = sourcePage(page, mail, (row) =>
      eventsOf(context, row, query, row.parentFolderId === deletedItems ? 'security notice deleted' : undefined),
    );
    return next === undefined ? read : { ...read, next: JSON.stringify({ deletedItems, next }) };
  };
}

function purged(context: SourceContext): Step {
  return async (query, next, { signal }) => {
    const path = { id: query.nativeId, folderId: 'recoverableitemsdeletions' };
    const page = await context.client.page(OPERATIONS.folderMails, { path, query: search(query), signal }, next);
    return sourcePage(page, mail, (row) => eventsOf(context, row, query, 'security notice purged'));
  };
}

function rules(context: SourceContext): Step {
  return async (query, next, { signal }) => {
    const page = await context.client.page(OPERATIONS.mailRules, { path: { id: query.nativeId }, signal }, next);
    return sourcePage(page, rule, (r) => {
      const reasons = r.isEnabled === false ? [] : suspicionOf(context, r);
      return reasons.length === 0 ? [] : [ruleEvent(context, query, r, reasons)];
    });
  };
}

function search(query: SourceQuery): Record<string, string> {
  return {
    $filter: `receivedDateTime ge ${query.from} and receivedDateTime le ${query.to}`,
    $select: FIELDS,
    $top: '100',
  };
}

function eventsOf(
  context: SourceContext,
  row: z.infer<typeof mail>,
  query: SourceQuery,
  hidden: string | undefined,
): readonly EvidenceEvent[] {
  const vendor = context.notices.vendorOf(row.from?.emailAddress?.address ?? '');
  const kind = noticeKind(row.subject ?? '');
  if (vendor === undefined || kind === undefined) return [];
  const dkim = context.notices.dkimFor(vendor, row.internetMessageHeaders);
  const common = {
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'notification_mail' as const,
    at: needed(instantOf(row.receivedDateTime), 'receivedDateTime'),
    actor: query.nativeId,
    labels: [vendor],
    reasons: [kind],
    dkim,
  };
  // The id survives a move between folders: the mail's own message id, where there is one.
  const id = `microsoft:${SOURCE}:${row.internetMessageId ?? row.id}`;
  const notice = compact({
    ...common,
    id,
    kind: 'security_notice' as const,
    operation: `${vendor} ${kind}`,
    target: { type: 'mailbox' as const, id: query.nativeId },
    text: query.readContent ? row.subject : undefined,
  });
  if (hidden === undefined) return [notice];
  return [
    notice,
    { ...common, id: `${id}:hidden`, kind: 'mail_rule', operation: hidden, target: { type: 'message', id: row.id } },
  ];
}

/** Why a rule matters: it hides mails that name a vendor or security, or everything, or it sends mail away. */
function suspicionOf({ notices }: SourceContext, { actions, conditions }: z.infer<typeof rule>): readonly string[] {
  const words = strings(conditions);
  const isKnown = conditions === undefined || (typeof conditions === 'object' && !Array.isArray(conditions));
  const catchesAll =
    isKnown && Object.values(conditions ?? {}).every((v) => v === null || (Array.isArray(v) && v.length === 0));
  const hides = Boolean(actions?.delete || actions?.permanentDelete || actions?.moveToFolder || actions?.markAsRead);
  const away = [actions?.forwardTo, actions?.redirectTo, actions?.forwardAsAttachmentTo].some(
    (r) => r !== undefined && r.length > 0,
  );
  return [
    ...(hides && notices.named(words) ? ['hides_security_notices'] : []),
    ...(hides && catchesAll ? ['hides_all_mail'] : []),
    ...(away ? ['forwards_mail'] : []),
  ];
}

function strings(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(strings) : [];
}

/** A rule has no time of its own: `at` is when it was seen to be there, which says nothing of when it was made. */
function ruleEvent(
  context: SourceContext,
  query: SourceQuery,
  { id, displayName, actions }: z.infer<typeof rule>,
  reasons: readonly string[],
): EvidenceEvent {
  const to = [actions?.forwardTo, actions?.redirectTo, actions?.forwardAsAttachmentTo].flatMap((r) => r ?? []);
  const outside = outsideOf(
    query,
    to.map((r) => mailOf(r.emailAddress?.address) ?? r.emailAddress?.address),
  );
  return {
    id: `microsoft:${SOURCE}:rule:${id}`,
    kind: 'mail_rule',
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'notification_mail',
    at: query.to,
    operation: 'messageRule',
    actor: query.nativeId,
    target: compact({ type: 'setting' as const, id, name: displayName || undefined }),
    labels: [LABELS.state],
    reasons,
    ...(outside.length === 0 ? {} : { externalRecipients: outside }),
  };
}
