import { z } from 'zod';
import { LABELS, type EvidenceEvent } from '../../../domain/evidence.js';
import type { EvidenceSource } from '../../ports.js';
import { OPERATIONS } from '../methods.js';
import { paging } from './integration-logs.js';
import { eventOf, instantOf, isApp, lenient, perTeam, seconds, type SourceContext } from './source.js';

const ORIGIN = { source: 'slack.files', logSource: 'file_transfer' } as const;
const page = z.looseObject({ files: z.array(z.unknown()), paging });
const file = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  title: z.string().nullish(),
  user: z.string().nullish(),
  created: z.number(),
  size: z.number().nullish(),
  public_url_shared: z.boolean().nullish(),
  permalink_public: z.string().nullish(),
  channels: z.array(z.string()).nullish(),
  groups: z.array(z.string()).nullish(),
  ims: z.array(z.string()).nullish(),
});

/** `files.list`: what the subject uploaded in the window, and which of it has a public link now (Slack does not say since when). */
export function fileSource(context: SourceContext): EvidenceSource {
  const read = perTeam(context, (teamId) => async (query, next, { signal }) => {
    if (isApp(query.nativeId)) return { events: [] };
    const args = {
      user: query.nativeId,
      ts_from: seconds(query.from),
      ts_to: seconds(query.to, 'up'),
      count: 200,
      page: Number(next ?? '1'),
      team_id: context.plan === 'enterprise' ? teamId : undefined,
    };
    const body = await context.client.call(OPERATIONS.filesList, args, page, { signal });
    const events = lenient(body.files, file).flatMap((row) => eventsOf(context, row));
    return { events, ...(body.paging.page < body.paging.pages ? { next: String(body.paging.page + 1) } : {}) };
  });
  return {
    id: ORIGIN.source,
    logSource: ORIGIN.logSource,
    depth: 'wide',
    kinds: ['file_upload', 'share'],
    lagSeconds: 900,
    read,
  };
}

function eventsOf(context: SourceContext, row: z.infer<typeof file>): readonly EvidenceEvent[] {
  const place = row.channels?.[0] ?? row.groups?.[0] ?? row.ims?.[0];
  const name = row.name || row.title || undefined;
  const fields = {
    at: instantOf(row.created),
    actor: row.user,
    target: { type: 'file' as const, id: row.id, ...(name === undefined ? {} : { name }) },
    channel: place === undefined ? undefined : { id: place, private: (row.channels?.length ?? 0) === 0 },
    bytes: row.size,
  };
  const upload = eventOf(context, ORIGIN, row.id, { ...fields, kind: 'file_upload', operation: 'files.list' });
  if (row.public_url_shared !== true) return [upload];
  return [
    upload,
    eventOf(context, ORIGIN, `${row.id}:public`, {
      ...fields,
      kind: 'share',
      operation: 'public_url_shared',
      labels: [LABELS.state],
      urls: row.permalink_public ? [row.permalink_public] : undefined,
    }),
  ];
}
