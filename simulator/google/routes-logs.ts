import { METHODS } from '../../platforms/google/methods.js';
import type { Activity } from './activities.js';
import { wording } from './activities.js';
import { badRequest, notFound } from './replies.js';
import type { Router } from './routing.js';
import { hexId } from './rows.js';
import type { TenantState } from './state.js';

const APPLICATIONS = new Set([
  'login',
  'user_accounts',
  'token',
  'admin',
  'chat',
  'drive',
  'takeout',
  'vault',
  'rules',
]);

/** Reports API and Alert Center. Newest first; a row can be read only when it has arrived. */
export function logRoutes(router: Router, state: TenantState, customerId: string): void {
  router.on(METHODS.activities, (call) => {
    const { userKey = '', applicationName = '' } = call.params;
    const { startTime, endTime, eventName, filters, actorIpAddress } = call.query;
    if (!APPLICATIONS.has(applicationName)) return badRequest('reports', 'Invalid value for: application_name');
    const gate = state.logGate(applicationName);
    if (gate) return gate;
    const user = userKey === 'all' ? undefined : state.user(userKey);
    if (userKey !== 'all' && !user) return notFound('reports', 'Not found: user');
    if (filters !== undefined && eventName === undefined) return badRequest('reports', 'Filters need an event name.');
    const [from, to] = [startTime, endTime].map((t) => (t === undefined ? undefined : Date.parse(t)));
    if (Number.isNaN(from) || Number.isNaN(to)) return badRequest('reports', 'Invalid value for: time');
    const wanted = (filters ?? '')
      .split(',')
      .filter((f) => f !== '')
      .map((f) => f.split('=='));
    const found = state
      .visible(state.activities)
      .filter(
        (a) =>
          a.application === applicationName &&
          (user === undefined || a.actor === user.id) &&
          (from === undefined || a.at.getTime() >= from) &&
          (to === undefined || a.at.getTime() <= to) &&
          (eventName === undefined || a.name === eventName) &&
          (actorIpAddress === undefined || a.ip === actorIpAddress) &&
          wanted.every(([name = '', value]) => String(a.parameters[name]) === value),
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
            ...aboutPerson(f.kind, email),
            ...(f.ip === undefined ? {} : { loginDetails: { loginTime: at.toISOString(), ipAddress: f.ip } }),
          },
          securityInvestigationToolLink: `https://admin.google.com/ac/ac/${alertId}`,
          deleted: false,
          etag: hexId(`alert-etag:${rowId}`),
          metadata: { alertId, status: 'NOT_STARTED', severity: f.severity, updateTime: at.toISOString() },
        };
      });
    return router.page(call, 'alerts', found, { size: call.query['pageSize'] });
  });
}

/** Each kind of alert names the person in a field of its own. */
function aboutPerson(kind: string, email: string | undefined): object {
  if (kind === 'SensitiveAdminAction') return { actorEmail: email };
  if (kind === 'DlpRuleViolation')
    return { ruleViolationInfo: { dataSource: 'CHAT', triggeringUserEmail: email, ruleInfo: { displayName: 'Chat' } } };
  return { email };
}

function newestFirst(a: Activity, b: Activity): number {
  return b.at.getTime() - a.at.getTime() || (a.seed < b.seed ? 1 : -1);
}
