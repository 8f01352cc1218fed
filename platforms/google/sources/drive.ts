import type { EvidenceEvent } from '../../../domain/evidence.js';
import { compact } from '../../kit/compact.js';
import type { EvidenceSource } from '../../ports.js';
import { needed } from '../../kit/rows.js';
import type { GoogleSettings } from '../settings.js';
import { DRIVE_EVENTS } from './events.js';
import { opened, visibilityOf } from './drive-shares.js';
import { actsOf, byApp, type Mapper, type ReportEvent, type ReportLog } from './reports.js';
import { inSteps } from '../../kit/steps.js';
import type { SourceContext } from './source.js';

export const driveLog = (settings: GoogleSettings): ReportLog => ({
  source: 'google.drive',
  application: 'drive',
  logSource: 'file_transfer',
  map: mapperFor(settings),
});

/** Drive audit log: files that are sent in Chat lie there. Shares only where they reach beyond the organisation. */
export function driveSource(context: SourceContext): EvidenceSource {
  const log = driveLog(context.settings);
  return {
    id: log.source,
    logSource: log.logSource,
    depth: 'narrow',
    kinds: ['file_download', 'file_view', 'file_upload', 'share'],
    lagSeconds: 3600,
    read: inSteps(
      actsOf(context, log),
      ...['download', 'copy', 'view'].map((name) => byApp(context, log, name, 'originating_app_id')),
    ),
  };
}

function mapperFor(settings: GoogleSettings): Mapper {
  return (event) => {
    const meaning = DRIVE_EVENTS[event.name];
    // Side effects of one act are logged too; only the act itself counts.
    if (typeof meaning !== 'string' || event.flag('primary_event') === false) return undefined;
    const drive = event.text('shared_drive_id') ?? event.text('team_drive_id');
    const id = needed(event.text('doc_id') ?? drive, 'doc_id');
    const client = event.text('api_method') === undefined ? undefined : event.text('originating_app_id');
    const common = {
      app: client === undefined ? undefined : { id: client },
      owner: ownerOf(event),
      visibility: visibilityOf(event.text('visibility')),
    };
    const file = compact({ type: 'file' as const, id, name: event.text('doc_title') });
    switch (meaning) {
      case 'taken':
        return compact({ kind: 'file_download' as const, ...common, target: file });
      case 'viewed':
        return compact({ kind: 'file_view' as const, ...common, target: file });
      case 'put':
        return compact({ id: fileEventId(id), kind: 'file_upload' as const, ...common, target: file });
      default: {
        const share = opened(meaning, event, settings);
        return (
          share &&
          compact({
            kind: 'share' as const,
            ...common,
            visibility: 'outside' as const,
            target: { ...file, type: 'link' as const },
            externalRecipients: share.to.length > 0 ? share.to : undefined,
            reasons: share.reason === undefined ? undefined : [share.reason],
          })
        );
      }
    }
  };
}

/** An address, or the name of a shared drive as it is written. */
function ownerOf(event: ReportEvent): EvidenceEvent['owner'] {
  const owner = event.text('owner');
  return owner?.includes('@') === true ? owner.toLowerCase() : owner;
}

/** The log and Drive itself show the same file being put there: both name it alike, so that it counts once. */
export const fileEventId = (fileId: string): string => `google:file:${fileId}`;
