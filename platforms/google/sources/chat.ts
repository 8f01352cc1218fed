import { mailOf } from '../../../domain/account-names.js';
import { compact } from '../../kit/compact.js';
import type { EvidenceSource } from '../../ports.js';
import { needed } from '../../kit/rows.js';
import { isOwnDomain, type GoogleSettings } from '../settings.js';
import { CHAT_EVENTS } from './events.js';
import { actsOf, type Mapper, type ReportEvent, type ReportLog } from './reports.js';
import { inSteps } from '../../kit/steps.js';
import type { SourceContext } from './source.js';

export const chatLog = (settings: GoogleSettings): ReportLog => ({
  ...{ source: 'google.chat', application: 'chat', logSource: 'chat_history' },
  map: mapperFor(settings),
});

/** Chat audit log. It names conversations, files and messages, never text, and as a rule gives no address. */
export function chatSource(context: SourceContext): EvidenceSource {
  const log = chatLog(context.settings);
  return {
    id: log.source,
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
    read: inSteps(actsOf(context, log)),
  };
}

function mapperFor(settings: GoogleSettings): Mapper {
  return (event) => {
    const channel = channelOf(event);
    const inRoom = channel === undefined ? undefined : { type: 'channel' as const, id: channel.id };
    switch (CHAT_EVENTS[event.name]) {
      case 'read':
        return compact({ kind: 'conversation_read' as const, channel });
      case 'download':
        return compact({ ...transfer, kind: 'file_download' as const, channel, ...fileOf(event) });
      case 'upload':
        return compact({ ...transfer, kind: 'file_upload' as const, channel, ...fileOf(event) });
      case 'message': {
        const id = event.text('message_id');
        return compact({
          kind: 'message' as const,
          id: id === undefined ? undefined : messageEventId(id),
          channel,
          target: id === undefined ? undefined : { type: 'message' as const, id },
          labels: event.text('attachment_status') === 'HAS_ATTACHMENT' ? ['attachment'] : undefined,
        });
      }
      case 'app': {
        const id = needed(event.text('app_id') ?? event.text('app_name'), 'app_id');
        const app = compact({ id, name: event.text('app_name') });
        return compact({ kind: 'app_grant' as const, logSource: 'integration' as const, channel, app });
      }
      case 'role':
        return compact({ kind: 'role_change' as const, channel });
      case 'member':
        return compact({
          kind: 'config_change' as const,
          channel,
          target: inRoom,
          externalRecipients: outsiders(event, settings),
        });
      case 'history':
        return compact({
          kind: 'config_change' as const,
          channel,
          // With history off messages go after a day.
          weakens: event.name === 'history_turned_off' ? ('retention' as const) : undefined,
          target: inRoom,
        });
      case 'erased':
        return compact({ kind: 'config_change' as const, channel, target: inRoom });
      default:
        return undefined;
    }
  };
}

const transfer = { logSource: 'file_transfer' as const };

/** The log and the Chat API show the same message: both name it alike, so that it counts once. */
export const messageEventId = (messageName: string): string => `google:message:${messageName}`;

/** Those let into a room who are not of the organisation. */
function outsiders(event: ReportEvent, settings: GoogleSettings): readonly string[] | undefined {
  const outside = event.list('target_users').flatMap((user) => {
    const mail = mailOf(user);
    return mail === undefined || isOwnDomain(settings, mail.slice(mail.lastIndexOf('@') + 1)) ? [] : [mail];
  });
  return outside.length > 0 ? outside : undefined;
}

function channelOf(event: ReportEvent) {
  const id = event.text('room_id');
  if (id === undefined) return undefined;
  const type = event.text('conversation_type');
  return compact({
    id: id.startsWith('spaces/') ? id : `spaces/${id}`,
    name: event.text('room_name'),
    private: type === undefined ? undefined : type !== 'SPACE',
    external:
      event.flag('external_room') === true ||
      event.text('external_room')?.toUpperCase() === 'ENABLED' ||
      event.text('conversation_ownership') === 'EXTERNALLY_OWNED'
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
