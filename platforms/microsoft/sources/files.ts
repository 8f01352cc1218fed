import { z } from 'zod';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import { instantOf } from '../../../domain/instants.js';
import type { EvidenceSource } from '../../ports.js';
import { compact } from '../../kit/compact.js';
import { asItCame, maybe, someNumber, someText } from '../../kit/rows.js';
import { OPERATIONS } from '../operations.js';
import { emptyWhenMissing, inSteps } from '../../kit/steps.js';
import { sourcePage, type SourceContext } from './source.js';

const SOURCE = 'microsoft.files';

const byUser = maybe(z.looseObject({ user: maybe(z.looseObject({ id: someText })) }));
export const driveItem = z.looseObject({
  id: z.string().min(1),
  name: someText,
  size: someNumber,
  createdDateTime: asItCame,
  createdBy: byUser,
  file: maybe(z.looseObject({ hashes: maybe(z.looseObject({ sha256Hash: someText })) })),
  shared: maybe(z.looseObject({ scope: someText, sharedDateTime: asItCame, sharedBy: byUser })),
  deleted: maybe(z.looseObject({})),
});
type DriveItem = z.infer<typeof driveItem>;

/** The person's OneDrive, where files sent in chats lie: what was put there and what is shared beyond the organisation. */
export function fileSource(context: SourceContext): EvidenceSource {
  return {
    id: SOURCE,
    logSource: 'file_transfer',
    depth: 'wide',
    kinds: ['file_upload', 'share'],
    lagSeconds: 600,
    read: inSteps(
      emptyWhenMissing(async (query, next, { signal }) => {
        const page = await context.client.page(
          OPERATIONS.driveChanges,
          { path: { id: query.nativeId }, query: { $top: '200' }, signal },
          next,
        );
        return sourcePage(page, driveItem, (item) =>
          eventsOf(context, item, query.nativeId).filter((e) => e.at >= query.from && e.at <= query.to),
        );
      }),
    ),
  };
}

function eventsOf(context: SourceContext, item: DriveItem, owner: string): readonly EvidenceEvent[] {
  if (!item.file || item.deleted) return [];
  const common = {
    platform: context.platform,
    tenant: context.tenant,
    source: SOURCE,
    logSource: 'file_transfer' as const,
    target: compact({ type: 'file' as const, id: item.id, name: item.name }),
    bytes: item.size,
    sha256: item.file.hashes?.sha256Hash?.toLowerCase(),
  };
  const created = instantOf(item.createdDateTime);
  const shared = instantOf(item.shared?.sharedDateTime);
  const scope = item.shared?.scope?.toLowerCase();
  return [
    ...(created === undefined
      ? []
      : [
          compact({
            id: `microsoft:${SOURCE}:${item.id}:created`,
            kind: 'file_upload' as const,
            ...common,
            at: created,
            operation: 'driveItem created',
            actor: item.createdBy?.user?.id ?? owner,
          }),
        ]),
    // `organization` stays inside; `anonymous` is a public link, `users` may be people outside.
    ...(shared === undefined || (scope !== 'anonymous' && scope !== 'users')
      ? []
      : [
          compact({
            id: `microsoft:${SOURCE}:${item.id}:shared`,
            kind: 'share' as const,
            ...common,
            at: shared,
            operation: `driveItem shared (${scope})`,
            actor: item.shared?.sharedBy?.user?.id ?? owner,
            reasons: scope === 'anonymous' ? ['anonymous_link'] : undefined,
          }),
        ]),
  ];
}
