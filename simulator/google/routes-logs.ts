import { METHODS } from '../../platforms/google/methods.js';
import type { Activity, Application } from './activities.js';
import { DOCUMENTED, isEvent } from './documented.js';
import { wording } from './wording.js';
import { badRequest, notFound } from './replies.js';
import type { Router } from './routing.js';
import { hexId } from './rows.js';
import type { TenantState } from './state.js';

/** Reports API and Alert Center. Newest first; a row can be read only when it has arrived. */
export function logRoutes(router: Router, state: TenantState, customerId: string): void {
  router.on(METHODS.activities, (call) => {
    const { userKey = '', applicationName = '' } = call.params;
    const { startTime, endTime, eventName, filters, actorIpAddress } = call.query;
    if (!isApplication(applicationName)) return badRequest('reports', 'Invalid value for: application_name');
    const gate = state.logGate(applicationName);
    if (gate) return gate;
    const user = userKey === 'all' ? undefined : state.user(userKey);
    if (userKey !== 'all' && !user) return notFound('reports', 'Not found: user');
    if (filters !== undefined && eventName === undefined) return badRequest('reports', 'Filters need an event name.');
    if (eventName !== undefined && !isEvent(applicationName, eventName))
      return badRequest('reports', 'Invalid value for: event_name');
    const [from, to] = [startTime, endTime].map((t) => (t === undefined ? undefined : Date.parse(t)));
    if (Number.isNaN(from) || Number.isNaN(to)) return badRequest('reports', 'Invalid value for: time');
    const wanted = filtersIn(filters ?? '');
    if (wanted === undefined) return badRequest('reports', 'Invalid value for: filters');
    const found = state
      .arrived(state.activities)
      .filter(
        (a) =>
          a.application === applicationName &&
          (user === undefined || a.actor === user.id) &&
          (from === undefined || a.at.getTime() >= from) &&
          (to === undefined || a.at.getTime() <= to) &&
          (eventName === undefined || a.name === eventName) &&
          (actorIpAddress === undefined || a.ip === actorIpAddress) &&
          // A parameter that the event does not have gives an empty report, and no error.
          wanted.every(([name, value]) =>
            [a.parameters[name]].flat().some((v) => v !== undefined && String(v) === value),
          ),
      )
      .toSorted(newestFirst);
    return router.page(
      call,
      'items',
      found.map((a) => wording(a, state, customerId)),
      {
        size: call.query['maxResults'] ?? '1000',
        common: { kind: 'admin#reports#activities', etag: `"${hexId('activities')}"` },
      },
    );
  });

  router.on(METHODS.alerts, (call) => {
    const filter = call.query['filter'];
    const times =
      filter === undefined ? [] : filter.split(' AND ').map((p) => /^createTime (>=|<=) "([^"]+)"$/.exec(p));
    if (times.some((t) => t === null)) return badRequest('alertcenter', 'Invalid filter.');
    const found = state
      .visible(state.rows.alert)
      .filter((r) =>
        times.every((t) => (t?.[1] === '>=' ? r.at >= new Date(t[2] ?? '') : r.at <= new Date(t?.[2] ?? ''))),
      )
      .toSorted((a, b) => b.at.getTime() - a.at.getTime())
      .map(({ rowId, at, fields: f }) => {
        const email = state.users.get(f.user)?.email;
        const alertId = hexId(`alert:${rowId}`, 32);
        return {
          customerId: customerId.slice(1),
          alertId,
          createTime: at.toISOString(),
          startTime: at.toISOString(),
          updateTime: at.toISOString(),
          type: f.title,
          source: f.source,
          data: {
            '@type': `type.googleapis.com/google.apps.alertcenter.type.${f.kind}`,
            ...aboutPerson(f.kind, email, state.users.get(f.about ?? '')?.email),
            ...(f.ip === undefined ? {} : { loginDetails: { loginTime: at.toISOString(), ipAddress: f.ip } }),
          },
          securityInvestigationToolLink: `https://admin.google.com/ac/ac/${alertId}`,
          deleted: false,
          etag: hexId(`alert-etag:${rowId}`),
          metadata: { alertId, status: f.status, severity: f.severity, updateTime: at.toISOString() },
        };
      });
    return router.page(call, 'alerts', found, { size: call.query['pageSize'] });
  });
}

const isApplication = (name: string): name is Application => name in DOCUMENTED;

/** `parameter==value`, each parameter once; undefined for what the vendor does not take. */
function filtersIn(text: string): readonly (readonly [string, string])[] | undefined {
  const parts = text.split(',').filter((part) => part !== '');
  const read = parts.map((part) => /^(\w+)==(.+)$/.exec(part));
  if (read.some((r) => r === null) || new Set(read.map((r) => r?.[1])).size < read.length) return undefined;
  return read.map((r) => [r?.[1] ?? '', r?.[2] ?? ''] as const);
}

/** Each kind of alert names the person in a field of its own. */
function aboutPerson(kind: string, email: string | undefined, other: string | undefined): object {
  if (kind === 'SensitiveAdminAction')
    return {
      actorEmail: email,
      ...(other === undefined ? {} : { superAdminPasswordResetEvent: { userEmail: other } }),
    };
  if (kind === 'DlpRuleViolation')
    return { ruleViolationInfo: { dataSource: 'CHAT', triggeringUserEmail: email, ruleInfo: { displayName: 'Chat' } } };
  return { email };
}

function newestFirst(a: Activity, b: Activity): number {
  return b.at.getTime() - a.at.getTime() || (a.seed < b.seed ? 1 : -1);
}
