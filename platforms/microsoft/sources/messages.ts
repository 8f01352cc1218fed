import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { instantOf } from '../../../domain/instants.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { compact } from '../../kit/compact.js';
import { isSameId } from '../ids.js';
import { OPERATIONS } from '../operations.js';
import { anId, asItCame, maybe, needed, someList, someText } from '../../kit/rows.js';
import { inSteps, LEADS_TO_ITSELF, type Step } from '../../kit/steps.js';
import { personOrApp, sourcePage, type SourceContext } from './source.js';
import { attachment, saidIn } from './teams-content.js';

const SOURCE = 'microsoft.messages';

const identity = z.looseObject({
  id: someText,
  displayName: someText,
  userIdentityType: someText,
  tenantId: someText,
});
export const chatMessage = z.looseObject({
  id: anId,
  messageType: someText,
  createdDateTime: asItCame,
  chatId: someText,
  /** The title of a post in a channel. */
  subject: someText,
  channelIdentity: maybe(z.looseObject({ channelId: someText })),
  from: maybe(z.looseObject({ user: maybe(identity), application: maybe(identity) })),
  body: maybe(z.looseObject({ content: someText })),
  attachments: someList(attachment),
});
type ChatMessage = z.infer<typeof chatMessage>;

/** Accounts of other organisations, and of none (`teamworkUserIdentityType`). */
const OUTSIDE = new Set([
  'federateduser',
  'anonymousguest',
  'personalmicrosoftaccountuser',
  'skypeuser',
  'emailuser',
  'phoneuser',
  'azurecommunicationservicesuser',
]);

/**
 * Chats of the person (export API), then the channels of the person's teams. Text only where it may be read. An app has neither: what it
 * reads and writes in people's chats is in the audit log.
 */
export function messageSource(context: SourceContext): EvidenceSource {
  return {
    id: SOURCE,
    logSource: 'chat_history',
    depth: 'wide',
    kinds: ['message', 'message_received', 'team_message'],
    lagSeconds: 3600,
    read: personOrApp(inSteps(chats(context), channels(context)), () => Promise.resolve({ events: [] })),
  };
}

function chats(context: SourceContext): Step {
  return async (query, next, { signal }) => {
    const page = await context.client.page(
      OPERATIONS.chatMessages,
      { path: { id: query.nativeId }, query: window(query), signal },
      next,
    );
    return sourcePage(page, chatMessage, (m) => toEvents(context, m, query));
  };
}

const cursorShape = z.strictObject({ teams: z.array(z.string()), next: z.string().optional() });

function channels(context: SourceContext): Step {
  return async (query, cursor, { signal }) => {
    if (cursor === undefined) {
      const joined = await context.client.all(
        OPERATIONS.joinedTeams,
        { path: { id: query.nativeId }, signal },
        z.looseObject({ id: z.string().min(1) }),
      );
      return joined.length === 0
        ? { events: [] }
        : { events: [], next: JSON.stringify({ teams: joined.map((t) => t.id) }) };
    }
    const at = cursorShape.parse(JSON.parse(cursor));
    const [team, ...others] = at.teams;
    if (team === undefined) return { events: [] };
    const page = await context.client.page(
      OPERATIONS.channelMessages,
      { path: { id: team }, query: window(query), signal },
      at.next,
    );
    const { next, ...read } = sourcePage(page, chatMessage, (m) =>
      toEvents(context, m, query).flatMap((e) => (e.kind === 'message' ? [e] : toTeam(e))),
    );
    // A link that leads to itself ends this team's list, and not those of the others.
    const leadsOn = next !== undefined && next !== at.next;
    const rest = leadsOn ? { teams: at.teams, next } : { teams: others };
    return {
      ...read,
      ...(next === undefined || leadsOn ? {} : { gap: LEADS_TO_ITSELF }),
      ...(leadsOn || others.length > 0 ? { next: JSON.stringify(rest) } : {}),
    };
  };
}

/**
 * What others wrote in a channel was addressed to the team: the person did not receive it. It is kept for what it announces, so only
 * where its text may be read.
 */
function toTeam({ urls: _u, count: _c, labels: _l, target: _t, ...said }: EvidenceEvent): readonly EvidenceEvent[] {
  return said.text === undefined ? [] : [{ ...said, kind: 'team_message' }];
}

function window(query: SourceQuery): Record<string, string> {
  return { $filter: `lastModifiedDateTime gt ${query.from} and lastModifiedDateTime lt ${query.to}`, $top: '50' };
}

/** None for system messages and typing. Links are metadata (the vendor's audit log names them too); text is not. */
function toEvents(context: SourceContext, row: ChatMessage, query: SourceQuery): readonly EvidenceEvent[] {
  const at = needed(instantOf(row.createdDateTime), 'createdDateTime');
  if ((row.messageType ?? 'message') !== 'message') return [];
  const { user, application } = row.from ?? {};
  const sender = user?.id ?? application?.id;
  const files = row.attachments.filter((a) => a.contentType === 'reference');
  const place = row.chatId ?? row.channelIdentity?.channelId;
  const said = saidIn(row.body?.content ?? '', row.attachments, row.subject);
  const labels = [...(files.length > 0 ? ['attachment'] : []), ...(said.isForwarded ? ['forwarded'] : [])];
  return [
    compact({
      id: `microsoft:${SOURCE}:${place ?? ''}:${row.id}`,
      kind: isSame(sender, query.nativeId) ? ('message' as const) : ('message_received' as const),
      platform: context.platform,
      tenant: context.tenant,
      source: SOURCE,
      logSource: 'chat_history' as const,
      at,
      operation: 'chatMessage',
      actor: isSame(sender, query.nativeId) ? query.nativeId : sender,
      app: application?.id === undefined ? undefined : compact({ id: application.id, name: application.displayName }),
      target:
        files[0]?.id === undefined
          ? { type: 'message' as const, id: row.id }
          : compact({ type: 'file' as const, id: files[0].id, name: files[0].name }),
      channel:
        place === undefined
          ? undefined
          : compact({
              id: place,
              private: row.chatId === undefined ? undefined : true,
              external: isOutside(user, context) || undefined,
            }),
      count: files.length > 0 ? files.length : undefined,
      labels: labels.length > 0 ? labels : undefined,
      urls: said.urls.length > 0 ? said.urls : undefined,
      text: query.readContent ? said.text : undefined,
    }),
  ];
}

const isSame = (sender: string | undefined, nativeId: string): boolean =>
  sender !== undefined && isSameId(sender, nativeId);

/** Of another organisation, by the kind of the account or by its tenant. */
const isOutside = (user: z.infer<typeof identity> | undefined, { tenantId }: SourceContext): boolean =>
  OUTSIDE.has(user?.userIdentityType?.toLowerCase() ?? '') ||
  (user?.tenantId !== undefined && tenantId !== undefined && !isSameId(user.tenantId, tenantId));
