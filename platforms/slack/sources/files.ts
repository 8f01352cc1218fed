import { z } from 'zod';
import { LABELS, type EvidenceEvent } from '../../../domain/evidence.js';
import { compact } from '../../kit/compact.js';
import type { EvidenceSource } from '../../ports.js';
import { mapRows, needed, someFlag, someList, someNumber, someText, type Mapped } from '../../kit/rows.js';
import { OPERATIONS } from '../methods.js';
import { pageAfter, paging, rowsOf } from '../pages.js';
import type { Outside } from './audit-share.js';
import { outsideOf } from './outside.js';
import { atUnix, eventOf, isApp, pageOf, perTeam, seconds, unixOf, wholeOf, type SourceContext } from './source.js';

const ORIGIN = { source: 'slack.files', logSource: 'file_transfer' } as const;
const filePage = z.looseObject({ files: rowsOf, paging });
const places = someList(z.string().min(1));
/** A file that was made at a time is a row. */
export const file = z.looseObject({
  id: z.string().min(1),
  name: someText,
  title: someText,
  user: someText,
  created: z.unknown().optional(),
  size: someNumber,
  public_url_shared: someFlag,
  permalink_public: someText,
  channels: places,
  groups: places,
  ims: places,
});
const COUNT = 200;

/** `files.list`: what the subject uploaded in the window, and which of it has a public link now (Slack does not say since when). */
export function fileSource(context: SourceContext): EvidenceSource {
  const read = perTeam(context, (teamId) => async (query, next, { signal }) => {
    if (isApp(query.nativeId)) return { events: [] };
    const page = Number(next ?? '1');
    const args = {
      user: query.nativeId,
      ts_from: seconds(query.from),
      ts_to: seconds(query.to, 'up'),
      count: COUNT,
      page,
      team_id: context.plan === 'enterprise' ? teamId : undefined,
    };
    const body = await context.client.call(OPERATIONS.filesList, args, filePage, { signal });
    const where = mapRows(body.files, file, (row) => [...row.channels, ...row.groups, ...row.ims]).values;
    const { outside, gap } = await outsideOf(context, where, signal);
    const following = pageAfter(page, body.paging, body.files.length, COUNT);
    return { ...pageOf(filesIn(context, body.files, outside), following), ...(gap ? { gap } : {}) };
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

export const filesIn = (context: SourceContext, rows: readonly unknown[], outside: Outside): Mapped<EvidenceEvent> =>
  mapRows(rows, file, (row) => eventsOf(context, row, outside));

function eventsOf(context: SourceContext, row: z.infer<typeof file>, outside: Outside): readonly EvidenceEvent[] {
  const where = [...row.channels, ...row.groups, ...row.ims];
  // Of several places the one that reaches out.
  const place = where.find((id) => outside.get(id) === true) ?? where[0];
  const name = row.name ?? row.title;
  const fields = {
    at: atUnix(needed(unixOf(row.created), 'created')),
    actor: row.user,
    target: { type: 'file' as const, id: row.id, ...(name === undefined ? {} : { name }) },
    channel:
      place === undefined
        ? undefined
        : compact({ id: place, private: !row.channels.includes(place), external: outside.get(place) }),
    bytes: wholeOf(row.size),
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
      urls: row.permalink_public === undefined ? undefined : [row.permalink_public],
    }),
  ];
}
