import { z } from 'zod';
import type { TraceKind, Traces } from '../../domain/pivot.js';
import type { Instant } from '../../domain/platform.js';
import type { EvidencePort } from '../ports.js';
import { idsOf, readable, search, unsearchable, type Search, type Seen } from '../sightings.js';
import { quoted } from './client.js';
import { OPERATIONS } from './operations.js';
import { auditKind, directoryAudit } from './sources/directory-audits.js';
import { findApp, type ServicePrincipal } from './service-principals.js';
import { grant } from './sources/grants.js';
import { signIn, SUCCESS } from './sources/sign-ins.js';
import { address, instant, type SourceContext } from './sources/source.js';

interface Window {
  readonly from: Instant;
  readonly to: Instant;
}

const ALL_TYPES = ['interactiveUser', 'nonInteractiveUser', 'servicePrincipal'];

const NOT_SEARCHED: Readonly<Partial<Record<TraceKind, string>>> = {
  session: 'Entra’s sign-in log can’t be searched by session: one is recognised at the attacker’s addresses alone.',
  device: 'Entra’s sign-in log can’t be searched by device: one is recognised at the attacker’s addresses alone.',
  file: 'Who else opened a file is in the unified audit log, which is not searched for other people.',
  forward:
    'Rules of other mailboxes can’t be listed in one read; who else forwards to that address was not looked for.',
};
const NO_SIGN_INS =
  'Without Entra ID P1 the sign-in log can’t be read: who else came from these addresses is not known.';

/** Who else of a Microsoft tenant has an attacker's traces: sign-ins from the addresses, consents and grants to the apps. */
export function findSightings(context: SourceContext, hasSignIns: boolean): NonNullable<EvidencePort['findSightings']> {
  return async (traces, from, to, options) => {
    const window = { from, to };
    const found = await search(
      context,
      [
        ...(hasSignIns ? traces.addresses.map((ip) => atAddress(context, traces, window, ip)) : []),
        ...idsOf(traces, 'app', 'microsoft').flatMap((appId) => withApp(context, window, appId)),
      ],
      options,
    );
    const not = hasSignIns ? NOT_SEARCHED : { ...NOT_SEARCHED, address: NO_SIGN_INS };
    return { ...found, gaps: [...found.gaps, ...unsearchable(context, traces, not)] };
  };
}

/** Sign-ins from an address, people's and apps'; with them the sessions and devices of the case, wherever they are named there. */
function atAddress({ client }: SourceContext, traces: Traces, { from, to }: Window, ip: string): Search {
  const types = ALL_TYPES.map((t) => `signInEventTypes/any(t: t eq '${t}')`).join(' or ');
  const $filter = `ipAddress eq ${quoted(ip)} and createdDateTime ge ${from} and createdDateTime le ${to} and (${types})`;
  const sessions = new Set(idsOf(traces, 'session', 'microsoft'));
  const devices = new Set(idsOf(traces, 'device', 'microsoft'));
  return {
    source: 'microsoft.sign_ins',
    page: async (next, { signal }) => {
      const request = { query: { $filter, $top: '1000' }, signal };
      const page = await client.page(OPERATIONS.signIns, request, z.unknown(), next);
      const rows = readable(page.rows, signIn).flatMap((row): readonly Seen[] => {
        const nativeId = row.userId || row.appId;
        const at = instant(row.createdDateTime);
        if (!nativeId || at === undefined || address(row.ipAddress) !== ip) return [];
        const succeeded = SUCCESS.has(row.status?.errorCode ?? 0);
        const seen = (by: TraceKind, value: string): Seen => ({ id: row.id, nativeId, by, value, at, succeeded });
        const { sessionId } = row;
        const deviceId = row.deviceDetail?.deviceId;
        return [
          seen('address', ip),
          ...(sessionId && sessions.has(sessionId) ? [seen('session', sessionId)] : []),
          ...(deviceId && devices.has(deviceId) ? [seen('device', deviceId)] : []),
        ];
      });
      return { rows, next: page.next };
    },
  };
}

/** Who consented to an app, by the audit log, and whose grants it holds now. A grant for everybody points at nobody. */
function withApp({ client }: SourceContext, { from, to }: Window, appId: string): readonly Search[] {
  const consented = new Set<string>();
  let app: ServicePrincipal | undefined;
  const find = async (signal: AbortSignal | undefined): Promise<ServicePrincipal | undefined> =>
    (app ??= await findApp(client, appId, signal));
  return [
    {
      source: 'microsoft.directory_audits',
      page: async (next, { signal }) => {
        const principal = await find(signal);
        if (!principal) return { rows: [] };
        const $filter = `activityDateTime ge ${from} and activityDateTime le ${to} and targetResources/any(t: t/id eq ${quoted(principal.id)})`;
        const request = { query: { $filter, $top: '500' }, signal };
        const page = await client.page(OPERATIONS.directoryAudits, request, z.unknown(), next);
        const rows = readable(page.rows, directoryAudit).flatMap((row): readonly Seen[] => {
          const nativeId = row.initiatedBy?.user?.id;
          const at = instant(row.activityDateTime);
          if (!nativeId || at === undefined || auditKind(row.activityDisplayName, row.category) !== 'app_grant')
            return [];
          const succeeded = row.result === undefined || row.result === null || row.result === 'success';
          if (succeeded) consented.add(nativeId);
          return [{ id: row.id, nativeId, by: 'app', value: appId, at, succeeded }];
        });
        return { rows, next: page.next };
      },
    },
    {
      source: 'microsoft.grants',
      page: async (next, { signal }) => {
        const principal = await find(signal);
        if (!principal) return { rows: [] };
        const query = { $filter: `clientId eq ${quoted(principal.id)}` };
        const page = await client.page(OPERATIONS.appGrants, { query, signal }, z.unknown(), next);
        // A grant carries no time: the app's first appearance stands for it, or the beginning of the window.
        const appeared = instant(principal.createdDateTime);
        const at = appeared !== undefined && appeared > from ? appeared : from;
        const rows = readable(page.rows, grant).flatMap(({ id, principalId }): readonly Seen[] =>
          !principalId || consented.has(principalId)
            ? []
            : [{ id, nativeId: principalId, by: 'app', value: appId, at, succeeded: true }],
        );
        return { rows, next: page.next };
      },
    },
  ];
}
