import { QuellError } from '../../../domain/errors.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { Instant } from '../../../domain/platform.js';
import type { EvidenceSource, SourceQuery } from '../../ports.js';
import { compact } from '../../kit/compact.js';
import { authMethodsOf, type AuthMethod } from '../auth-methods.js';
import { quoted } from '../client.js';
import { isSameId } from '../ids.js';
import { OPERATIONS } from '../operations.js';
import { readRows } from '../../kit/rows.js';
import { findApp } from '../service-principals.js';
import { inSteps, type Step } from '../../kit/steps.js';
import { appIdsIn } from './app-ids.js';
import { directoryAuditEvent, DIRECTORY_AUDITS } from './directory-audit.js';
import { directoryAudit, type DirectoryAudit } from './directory-audit-row.js';
import { personOrApp, sourcePage, type SourceContext } from './source.js';

/** Entra audit log: what the subject did in the directory, and what was done to the subject: of an app, who let it in. */
export function directoryAuditSource(context: SourceContext): EvidenceSource {
  const read = (condition: (id: string) => string, idOf: IdOf = ({ nativeId }) => nativeId): Step => {
    return async (query, next, { signal }) => {
      const id = await idOf(query, signal);
      if (id === undefined) return { events: [] };
      const $filter = `activityDateTime ge ${query.from} and activityDateTime le ${query.to} and ${condition(quoted(id))}`;
      const page = await context.client.page(
        OPERATIONS.directoryAudits,
        { query: { $filter, $top: '500' }, signal },
        next,
      );
      const rows = readRows(page.rows, directoryAudit).values;
      const methods = rows.some((row) => registers(row, query)) ? await methodsOf(context, query, signal) : [];
      const appIds = await appIdsIn(context.client, rows, signal);
      return sourcePage(page, directoryAudit, (row, notes) => {
        const event = directoryAuditEvent(context, row, notes, appIds);
        return [registers(row, query) ? withMethod(event, methods) : event];
      });
    };
  };
  const by = (what: 'user/id' | 'app/appId'): Step => read((id) => `initiatedBy/${what} eq ${id}`);
  const about = (idOf?: IdOf): Step => read((id) => `targetResources/any(t: t/id eq ${id})`, idOf);
  return {
    id: DIRECTORY_AUDITS,
    logSource: 'iam',
    depth: 'narrow',
    kinds: ['app_grant', 'role_change', 'credential_change', 'account_change', 'config_change'],
    lagSeconds: 3600,
    read: personOrApp(
      inSteps(by('user/id'), about()),
      inSteps(
        by('app/appId'),
        about(async ({ nativeId }, signal) => (await findApp(context.client, nativeId, signal))?.id),
      ),
    ),
  };
}

/** By which id the log names the subject there; none, and there is nothing to read. */
type IdOf = (query: SourceQuery, signal: AbortSignal | undefined) => MaybePromise<string | undefined>;
type MaybePromise<T> = T | Promise<T>;

const REGISTERED = /\b(registered|updated)\b.*\bsecurity info\b|^add passkey/i;

/** The log says that the person has another factor, and not which. */
const registers = ({ activityDisplayName, targetResources }: DirectoryAudit, { nativeId }: SourceQuery): boolean =>
  REGISTERED.test(activityDisplayName) && targetResources.some((t) => t.id !== undefined && isSameId(t.id, nativeId));

/** None where there is no such person, or where this may not be read: the row itself says enough to be counted. */
async function methodsOf(
  { client }: SourceContext,
  { nativeId }: SourceQuery,
  signal: AbortSignal | undefined,
): Promise<readonly AuthMethod[]> {
  try {
    return await authMethodsOf(client, nativeId, signal);
  } catch (error) {
    if (error instanceof QuellError && ['VENDOR_NOT_FOUND', 'VENDOR_SCOPE'].includes(error.code)) return [];
    throw error;
  }
}

/** The event with the factor that was registered then, where one was. */
function withMethod(event: EvidenceEvent, methods: readonly AuthMethod[]): EvidenceEvent {
  const method = registeredAt(event.at, methods);
  if (method === undefined) return event;
  return { ...event, target: compact({ type: 'auth_method' as const, id: method.key, name: method.name }) };
}

/** Log and factor are written by two services. Further apart they are taken for two registrations. */
const SAME_MS = 120_000;

/** The factor that was registered when the log says that one was: the nearest in time. */
function registeredAt(at: Instant, methods: readonly AuthMethod[]): AuthMethod | undefined {
  const apart = (m: AuthMethod): number =>
    m.createdAt === undefined ? Infinity : Math.abs(Date.parse(m.createdAt) - Date.parse(at));
  return [...methods].sort((a, b) => apart(a) - apart(b)).find((m) => apart(m) <= SAME_MS);
}
