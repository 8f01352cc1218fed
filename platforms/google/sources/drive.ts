import type { EvidenceEvent } from '../../../domain/evidence.js';
import { compact } from '../../compact.js';
import type { EvidenceSource } from '../../ports.js';
import { isOwnDomain, type GoogleSettings } from '../settings.js';
import { actsOf, byApp, type Mapper, type ReportEvent, type ReportLog } from './reports.js';
import { inSteps } from '../../steps.js';
import type { SourceContext } from './source.js';

const TAKEN = ['download', 'copy', 'source_copy', 'print', 'email_as_attachment'];
const VIEWED = ['view', 'preview', 'access_item_content'];
const VISIBILITY: Readonly<Record<string, NonNullable<EvidenceEvent['visibility']>>> = {
  private: 'private',
  shared_internally: 'inside',
  people_within_domain_with_link: 'inside',
  public_in_the_domain: 'inside',
  people_with_link: 'outside',
  public_on_the_web: 'outside',
  shared_externally: 'outside',
};

/** Drive audit log: files that are sent in Chat lie there. Shares only where they reach beyond the organisation. */
export function driveSource(context: SourceContext): EvidenceSource {
  const log: ReportLog = {
    source: 'google.drive',
    application: 'drive',
    logSource: 'file_transfer',
    map: mapperFor(context.settings),
  };
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
    const id = event.text('doc_id');
    // Side effects of one act are logged too; only the act itself counts.
    if (id === undefined || event.flag('primary_event') === false) return undefined;
    const name = event.text('doc_title');
    const client = event.text('api_method') === undefined ? undefined : event.text('originating_app_id');
    const common = {
      app: client === undefined ? undefined : { id: client },
      owner: event.text('owner')?.toLowerCase(),
      visibility: VISIBILITY[event.text('visibility') ?? ''],
    };
    const file = compact({ type: 'file' as const, id, name });
    if (TAKEN.includes(event.name)) return compact({ kind: 'file_download' as const, ...common, target: file });
    if (VIEWED.includes(event.name)) return compact({ kind: 'file_view' as const, ...common, target: file });
    if (event.name === 'upload')
      return compact({ id: fileEventId(id), kind: 'file_upload' as const, ...common, target: file });
    const recipients = outsideOf(event, settings);
    if (recipients === undefined) return undefined;
    return compact({
      kind: 'share' as const,
      ...common,
      target: { ...file, type: 'link' as const },
      externalRecipients: recipients.length > 0 ? recipients : undefined,
      reasons: recipients.length > 0 ? undefined : ['anonymous_link'],
    });
  };
}

/** The log and Drive itself show the same file being put there: both name it alike, so that it counts once. */
export const fileEventId = (fileId: string): string => `google:file:${fileId}`;

/** Addresses outside that a change let in, none for a public link; undefined when nothing was opened to the outside. */
function outsideOf(event: ReportEvent, settings: GoogleSettings): readonly string[] | undefined {
  if (event.name === 'change_user_access') {
    const to = event.text('target_user');
    const given = event.list('new_value').some((v) => v !== 'none');
    return to !== undefined && given && !isOwnDomain(settings, to.split('@').at(-1) ?? '') ? [to] : undefined;
  }
  if (event.name !== 'change_document_visibility' && event.name !== 'change_document_access_scope') return undefined;
  const opened =
    event.text('visibility_change') === 'external' && VISIBILITY[event.text('visibility') ?? ''] === 'outside';
  return opened ? [] : undefined;
}
