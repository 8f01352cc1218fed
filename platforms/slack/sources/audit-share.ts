import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { compact } from '../../kit/compact.js';
import { maybe, readAs, someFlag, someText } from '../../kit/rows.js';
import { channel, listIn, type AuditEntry, type Details } from './audit-entry.js';

/** Whether a conversation reaches out of the organisation, by its id; undefined where nobody knows. */
export type Outside = ReadonlyMap<string, boolean>;

/** Shares whose reach is that of the channel; all other shares are made for the outside. */
const BY_CHANNEL: readonly string[] = [
  'file_shared',
  'file_share_blocked_by_type',
  'canvas_shared',
  'canvas_access_added',
  'canvas_access_upgraded',
  'list_shared',
  'list_access_added',
  'list_access_upgraded',
  'private_message_forwarded',
];

/** How far a share goes. What nobody knows is told as unknown, and kept. */
export function reachOf(action: string, where: EvidenceEvent['channel']): 'inside' | 'outside' | 'unknown' {
  if (!BY_CHANNEL.includes(action)) return 'outside';
  return where?.external === undefined ? 'unknown' : where.external ? 'outside' : 'inside';
}

/** With whom: one thing or a list of them; a channel by its id alone, or with what it is. */
const shared = z.union([
  z
    .string()
    .min(1)
    .transform((id) => ({ id, is_shared: undefined })),
  z
    .looseObject({ id: someText, channel_id: someText, channel, is_shared: someFlag })
    .transform(({ id, channel_id, channel, is_shared }) => ({
      id: channel_id ?? channel?.id ?? id,
      is_shared: is_shared ?? (channel && outsideBy(channel)),
    })),
]);
type Shared = z.infer<typeof shared>;

function sharedIn(details: Details): readonly Shared[] {
  const said = details['shared_with'];
  const parts = Array.isArray(said) ? (said as readonly unknown[]) : typeof said === 'string' ? listIn(said) : [said];
  return parts.flatMap((part) => readAs(shared, part) ?? []);
}

/** `is_shared` also stands for channels that are shared between workspaces of the organisation: then only the channel itself knows. */
function outsideBy({
  is_shared,
  is_org_shared,
}: {
  readonly is_shared?: boolean | undefined;
  readonly is_org_shared?: boolean | undefined;
}): boolean | undefined {
  return is_shared === true && is_org_shared === true ? undefined : is_shared;
}

const place = maybe(z.union([z.string().transform((id) => ({ id })), channel]));

/** Where it happened; of several channels the first that reaches out. */
export function channelOf(entry: AuditEntry, details: Details, outside: Outside): EvidenceEvent['channel'] {
  const found = entry.entity?.channel ?? readAs(channel, details['channel']);
  if (found) {
    return compact({
      id: found.id,
      name: found.name === 'REDACTED' ? undefined : found.name,
      private: found.privacy === undefined ? undefined : found.privacy !== 'public',
      external: outsideBy(found) ?? outside.get(found.id),
    });
  }
  const places = placesOf(details).map(({ id, is_shared }) => ({ id, external: is_shared ?? outside.get(id) }));
  const [first] = [
    ...places.filter((p) => p.external === true),
    ...places.filter((p) => p.external === undefined),
    ...places,
  ];
  return first && compact(first);
}

/** Channels that an entry names in its details alone. */
const placesOf = (details: Details): readonly { readonly id: string; readonly is_shared: boolean | undefined }[] => [
  ...sharedIn(details).flatMap(({ id, is_shared }) => (id === undefined ? [] : [{ id, is_shared }])),
  ...[readAs(place, details['channel']), readAs(place, details['channel_id'])].flatMap((p) =>
    p === undefined ? [] : [{ id: p.id, is_shared: undefined }],
  ),
];

/** An entry as it came whose share may go as far as its channel. */
export const goesByChannel = (row: unknown): boolean =>
  BY_CHANNEL.includes(String((row as { readonly action?: unknown } | undefined)?.action));

/** Channels of which only Slack's own answer says whether they reach out: for a share that goes as far as its channel. */
export function openPlaces(entry: AuditEntry): readonly string[] {
  if (!BY_CHANNEL.includes(entry.action)) return [];
  const details = entry.details ?? {};
  const found = entry.entity?.channel ?? readAs(channel, details['channel']);
  if (found) return outsideBy(found) === undefined ? [found.id] : [];
  return placesOf(details).flatMap(({ id, is_shared }) => (is_shared === undefined ? [id] : []));
}
