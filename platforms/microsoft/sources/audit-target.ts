import { mailOf } from '../../../domain/account-names.js';
import type { EventKind, EvidenceEvent } from '../../../domain/evidence.js';
import type { SourceQuery } from '../../ports.js';
import { compact } from '../../kit/compact.js';
import { parameter, siteNameOf, type AuditRecord } from './audit-record.js';

/** Whose a file or a mailbox is. Of sites other than personal ones the site's own name; a mailbox is named where it is another's. */
export function ownerOf(record: AuditRecord, { emails }: SourceQuery): string | undefined {
  const mailbox = mailOf(record.MailboxOwnerUPN);
  if (mailbox !== undefined) return emails.includes(mailbox) ? undefined : mailbox;
  if (record.SourceFileName === undefined && record.ListItemUniqueId === undefined) return undefined;
  const [, kind, name] = /\/(personal|sites|teams)\/([^/]+)/.exec(record.SiteUrl ?? record.ObjectId ?? '') ?? [];
  if (name === undefined || kind !== 'personal') return name === undefined ? undefined : unescaped(name);
  return emails.find((m) => siteNameOf(m) === name.toLowerCase()) ?? name.toLowerCase();
}

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

export function targetOf(record: AuditRecord, kind: EventKind, query: SourceQuery): EvidenceEvent['target'] {
  if (record.SourceFileName !== undefined || record.ListItemUniqueId !== undefined) {
    // Site, list and item ids lead to the file without carrying its name or its owner's address.
    const { Site, ListId, ListItemUniqueId, ObjectId } = record;
    const id =
      Site !== undefined && ListId !== undefined && ListItemUniqueId !== undefined
        ? `sites/${Site}/lists/${ListId}/items/${ListItemUniqueId}`
        : (ListItemUniqueId ?? ObjectId ?? record.Id);
    return compact({ type: 'file' as const, id, name: record.SourceFileName });
  }
  // A rule is named among the parameters of the command that made it, or the properties of Outlook's own operation.
  if (kind === 'mail_rule') {
    const name = parameter(record, /^(?:Rule)?Name$/) ?? record.Name;
    return compact({ type: 'mailbox' as const, id: query.nativeId, name });
  }
  if (kind === 'mail_access') return mailboxOf(record, query);
  if (kind === 'role_change') return memberOf(record, query);
  if (kind === 'export') return exportOf(record);
  if (kind === 'config_change')
    return compact({
      type: 'setting' as const,
      id: record.ObjectId ?? record.TeamGuid ?? parameter(record, /^Identity$/) ?? record.Operation,
      name: record.Name ?? parameter(record, /^(Identity|Name)$/) ?? record.ObjectId,
    });
  if (kind === 'app_grant' && record.AddOnGuid !== undefined)
    return compact({ type: 'app' as const, id: record.AddOnGuid, name: record.AddOnName });
  if (/^(SearchCreated|New-ComplianceSearch)/.test(record.Operation)) return exportOf(record);
  return record.MessageId === undefined ? undefined : { type: 'message', id: record.MessageId };
}

/** A setting of Exchange names the mailbox it is about, which an administrator's own need not be. */
function mailboxOf(record: AuditRecord, query: SourceQuery): EvidenceEvent['target'] {
  const identity = parameter(record, /^Identity$/);
  const isOwn = identity === undefined || query.emails.includes(mailOf(identity) ?? identity.toLowerCase());
  return compact({
    type: 'mailbox' as const,
    id: isOwn ? query.nativeId : record.Id,
    name: parameter(record, /^(User|Trustee|Forwarding.*)$/),
  });
}

function memberOf(record: AuditRecord, query: SourceQuery): EvidenceEvent['target'] {
  const member =
    record.Members[0]?.UPN ?? parameter(record, /^(Member|User|SecurityGroup)$/) ?? record.TargetUserOrGroupName;
  if (member === undefined) return undefined;
  const isOwn = query.emails.includes(mailOf(member) ?? member.toLowerCase());
  return { type: 'user', id: isOwn ? query.nativeId : member, name: member };
}

const exportOf = (record: AuditRecord): EvidenceEvent['target'] =>
  compact({
    type: 'export' as const,
    id: record.ObjectId ?? record.ChatThreadId ?? parameter(record, /^SearchName$/) ?? record.Id,
    name: record.Name,
  });

export function channelOf(record: AuditRecord): EvidenceEvent['channel'] {
  const thread = record.ChatThreadId ?? record.Messages[0]?.ChatThreadId;
  const id = thread ?? record.ChannelGuid ?? record.TeamGuid;
  if (id === undefined) return undefined;
  const people = record.ParticipantInfo;
  return compact({
    id,
    name: record.ChannelName ?? record.TeamName,
    private: thread !== undefined ? true : record.ChannelType ? /private|shared/i.test(record.ChannelType) : undefined,
    external: people
      ? people.HasForeignTenantUsers === true || people.HasGuestUsers === true || people.HasOtherGuestUsers === true
      : undefined,
  });
}
