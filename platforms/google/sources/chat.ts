import { compact } from '../../compact.js';
import type { EvidenceSource } from '../../ports.js';
import { actsOf, type Mapper, type ReportEvent } from './reports.js';
import { inSteps } from '../../steps.js';
import type { SourceContext } from './source.js';

/** Chat audit log. It names conversations, files and messages, never text, and gives no address. */
export function chatSource(context: SourceContext): EvidenceSource {
  return {
    id: 'google.chat',
    logSource: 'chat_history',
    depth: 'narrow',
    kinds: [
      'conversation_read',
      'file_download',
      'file_upload',
      'message',
      'app_grant',
      'config_change',
      'role_change',
    ],
    lagSeconds: 3600,
    read: inSteps(actsOf(context, { source: 'google.chat', application: 'chat', logSource: 'chat_history', map })),
  };
}

const map: Mapper = (event) => {
  const channel = channelOf(event);
  switch (event.name) {
    case 'conversation_read':
      return compact({ kind: 'conversation_read' as const, channel });
    case 'attachment_download':
      return compact({
        kind: 'file_download' as const,
        logSource: 'file_transfer' as const,
        channel,
        ...fileOf(event),
      });
    case 'attachment_upload':
      return compact({ kind: 'file_upload' as const, logSource: 'file_transfer' as const, channel, ...fileOf(event) });
    case 'message_posted': {
      const id = event.text('message_id');
      return compact({
        kind: 'message' as const,
        id: id === undefined ? undefined : messageEventId(id),
        channel,
        target: id === undefined ? undefined : { type: 'message' as const, id },
        labels: event.text('attachment_status') === 'HAS_ATTACHMENT' ? ['attachment'] : undefined,
      });
    }
    case 'app_added': {
      const id = event.text('app_id') ?? event.text('app_name');
      return id === undefined
        ? undefined
        : compact({
            kind: 'app_grant' as const,
            logSource: 'integration' as const,
            channel,
            app: compact({ id, name: event.text('app_name') }),
          });
    }
    case 'role_updated':
      return compact({ kind: 'role_change' as const, channel });
    case 'history_turned_off':
    case 'history_turned_on':
    case 'add_room_member':
      return compact({
        kind: 'config_change' as const,
        channel,
        // With history off messages go after a day.
        weakens: event.name === 'history_turned_off' ? ('retention' as const) : undefined,
        target: channel === undefined ? undefined : { type: 'channel' as const, id: channel.id },
      });
    default:
      return undefined;
  }
};

/** The log and the Chat API show the same message: both name it alike, so that it counts once. */
export const messageEventId = (messageName: string): string => `google:message:${messageName}`;

function channelOf(event: ReportEvent) {
  const id = event.text('room_id');
  if (id === undefined) return undefined;
  const type = event.text('conversation_type');
  return compact({
    id: id.startsWith('spaces/') ? id : `spaces/${id}`,
    name: event.text('room_name') || undefined,
    private: type === undefined ? undefined : type !== 'SPACE',
    external:
      event.text('external_room') === 'ENABLED' || event.text('conversation_ownership') === 'EXTERNALLY_OWNED'
        ? true
        : undefined,
  });
}

function fileOf(event: ReportEvent) {
  const raw = event.text('attachment_name') ?? '';
  const name = event.name === 'attachment_download' ? decoded(raw) : raw;
  const hash = event.text('attachment_hash')?.toLowerCase();
  return compact({
    target: compact({
      type: 'file' as const,
      id: [event.text('message_id'), name].filter(Boolean).join('/') || 'attachment',
      name: name || undefined,
    }),
    sha256: hash !== undefined && /^[0-9a-f]{64}$/.test(hash) ? hash : undefined,
  });
}

/** Names in downloads come as base64; one that does not read as text is left as it is. */
function decoded(raw: string): string {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(raw) || raw.length % 4 !== 0) return raw;
  const text = Buffer.from(raw, 'base64').toString('utf8');
  return /[\p{Cc}\uFFFD]/u.test(text) ? raw : text;
}
