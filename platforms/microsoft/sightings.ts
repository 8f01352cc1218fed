import { clientAddress } from '../../domain/address.js';
import { instantOf } from '../../domain/instants.js';
import type { TraceKind, Traces } from '../../domain/pivot.js';
import type { Instant } from '../../domain/platform.js';
import type { EvidencePort } from '../ports.js';
import { mapRows, needed } from '../kit/rows.js';
import { idsOf, search, unsearchable, type Search, type Seen } from '../sightings.js';
import { quoted } from './client.js';
import { OPERATIONS } from './operations.js';
import { findApp, type ServicePrincipal } from './service-principals.js';
import { auditKind, directoryAudit, hasSucceeded } from './sources/directory-audit-row.js';
import { grant } from './sources/grants.js';
import { endOf, ofType, SIGN_IN_TYPES, signIn } from './sources/sign-ins.js';
import type { SourceContext } from './sources/source.js';

interface Window {
  readonly from: Instant;
  readonly to: Instant;
}

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
        ...(hasSignIns ? traces.addresses.flatMap((ip) => atAddress(context, traces, window, ip)) : []),
        ...idsOf(traces, 'app', 'microsoft').flatMap((appId) => withApp(context, window, appId)),
      ],
      options,
    );
    const not = hasSignIns ? NOT_SEARCHED : { ...NOT_SEARCHED, address: NO_SIGN_INS };
    return { ...found, gaps: [...found.gaps, ...unsearchable(context, traces, not)] };
  };
}

/** Sign-ins from an address, people's and apps'; with them the sessions and devices of the case, wherever they are named there. */
function atAddress({ client }: SourceContext, traces: Traces, { from, to }: Window, ip: string): readonly Search[] {
  const sessions = new Set(idsOf(traces, 'session', 'microsoft'));
  const devices = new Set(idsOf(traces, 'device', 'microsoft'));
  return SIGN_IN_TYPES.map((type) => ({
    source: 'microsoft.sign_ins',
    page: async (next, { signal }) => {
      const $filter = `ipAddress eq ${quoted(ip)} and createdDateTime ge ${from} and createdDateTime le ${to} and ${ofType(type)}`;
      const page = await client.page(OPERATIONS.signIns, { query: { $filter, $top: '1000' }, signal }, next);
      const { values, odd } = mapRows(page.rows, signIn, (row): readonly Seen[] => {
        const nativeId = row.userId ?? row.appId;
        const at = needed(instantOf(row.createdDateTime), 'createdDateTime');
        const end = endOf(row);
        if (nativeId === undefined || end === undefined || clientAddress(row.ipAddress) !== ip) return [];
        const seen = (by: TraceKind, value: string): Seen => ({
          ...{ id: row.id, nativeId, by, value, at },
          succeeded: end.outcome === 'success',
        });
        const { sessionId } = row;
        const deviceId = row.deviceDetail?.deviceId;
        return [
          seen('address', ip),
          ...(sessionId !== undefined && sessions.has(sessionId) ? [seen('session', sessionId)] : []),
          ...(deviceId !== undefined && devices.has(deviceId) ? [seen('device', deviceId)] : []),
        ];
      });
      return { rows: values, next: page.next, odd };
    },
  }));
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
        const page = await client.page(OPERATIONS.directoryAudits, request, next);
        const { values, odd } = mapRows(page.rows, directoryAudit, (row): readonly Seen[] => {
          const nativeId = row.initiatedBy?.user?.id;
          const at = needed(instantOf(row.activityDateTime), 'activityDateTime');
          if (nativeId === undefined || auditKind(row.activityDisplayName, row.category) !== 'app_grant') return [];
          const succeeded = hasSucceeded(row) !== false;
          if (succeeded) consented.add(nativeId);
          return [{ id: row.id, nativeId, by: 'app', value: appId, at, succeeded }];
        });
        return { rows: values, next: page.next, odd };
      },
    },
    {
      source: 'microsoft.grants',
      page: async (next, { signal }) => {
        const principal = await find(signal);
        if (!principal) return { rows: [] };
        const query = { $filter: `clientId eq ${quoted(principal.id)}` };
        const page = await client.page(OPERATIONS.appGrants, { query, signal }, next);
        // A grant carries no time: the app's first appearance stands for it, or the beginning of the window.
        const appeared = instantOf(principal.createdDateTime);
        const at = appeared !== undefined && appeared > from ? appeared : from;
        const { values, odd } = mapRows(page.rows, grant, ({ id, principalId }): readonly Seen[] =>
          principalId === undefined || consented.has(principalId)
            ? []
            : [{ id, nativeId: principalId, by: 'app', value: appId, at, succeeded: true }],
        );
        return { rows: values, next: page.next, odd };
      },
    },
  ];
}
