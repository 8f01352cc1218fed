import { QuellError } from '../../../domain/errors.js';
import { graphAlertsV2 } from '../graph-alerts-v2/parser.js';
import { Fields, type Look } from '../kit/fields.js';
import type { AlertContext, AlertFormat } from '../kit/parser.js';
import { about } from './about.js';
import { evidenceOf, graphAlertOf } from './defender-api.js';

/**
 * Incident of Microsoft Defender with its alerts: Graph's `security/incidents?$expand=alerts`, one or a collection in `value`
 * (learn.microsoft.com/graph/api/resources/security-incident), or Defender's own API (`api/incidents`, learn.microsoft.com/defender-xdr/
 * api-list-incidents). Read as its alerts, each grouped by the incident.
 */
export const defenderIncident: AlertFormat = {
  about,
  looksLike: (body) => incidentsOf(body).some(isIncident),
  split: (body) =>
    incidentsOf(body).flatMap((incident) => {
      const alerts = incident.list('alerts');
      if (alerts.length < 2) return [incident];
      return alerts.map(({ value: alert }) => incident.holding({ ...(incident.value as object), alerts: [alert] }));
    }),
  read(f, context) {
    const [alert] = f.list('alerts');
    if (!alert || !isIncident(f))
      throw new QuellError(
        'ALERT_FORMAT',
        'defender-incident: the incident does not hold its alerts (`alerts`); let the forwarder read it with $expand=alerts and send it whole',
      );
    const parts = graphAlertsV2.read(inGraphsForm(f, alert), context);
    if (!parts) return undefined;
    return {
      ...parts,
      // A merged incident is told by the one that it went into.
      groupKey: f.text('redirectIncidentId', 'id', 'incidentId'),
      noSubject:
        'defender-incident: no user, mailbox or OAuth application in `alerts[].evidence` (`alerts[].entities`) has a principal name, an address or an object id',
      lookedFor: () => looksOf(f, context),
      link: parts.link ?? f.text('incidentWebUrl', 'incidentUri'),
      ...(f.text('status')?.toLowerCase() === 'resolved' ? { state: 'closed' as const } : {}),
    };
  },
};

/** The alert as Graph gives it, in its place in the incident. */
function inGraphsForm(f: Fields, alert: Fields): Fields {
  const own = isOfDefendersApi(alert) ? graphAlertOf(alert) : fieldsOf(alert);
  const whole = { ...(f.has('tenantId') ? { tenantId: f.aside().text('tenantId') } : {}), ...own };
  // Names that the incident does not have would be told as places in it: of Defender's own form those count that it was made from.
  return isOfDefendersApi(alert) ? new Fields(whole) : alert.holding(whole);
}

function looksOf(f: Fields, context: AlertContext): readonly Look[] {
  const looks: Look[] = [];
  const [alert] = f.watched(looks).list('alerts');
  if (!alert) return [];
  if (isOfDefendersApi(alert)) {
    alert.list('entities').forEach(evidenceOf);
    return looks;
  }
  return graphAlertsV2.read(inGraphsForm(f, alert), context)?.lookedFor?.() ?? [];
}

const isOfDefendersApi = (alert: Fields): boolean => alert.has('alertId') && !alert.has('id');

const fieldsOf = ({ value }: Fields): object => (typeof value === 'object' && value !== null ? value : {});

function incidentsOf(body: Fields): readonly Fields[] {
  const many = body.list('value');
  return (many.length > 0 ? many : [body]).filter(({ value }) => typeof value === 'object' && value !== null);
}

const isIncident = (f: Fields): boolean =>
  /security\.incident$/i.test(f.text('@odata.type', 'at_sign_odata_type') ?? '') ||
  (f.has('id') && f.has('incidentWebUrl') && !f.has('serviceSource') && !f.has('detectionSource')) ||
  (f.has('incidentId') && f.has('incidentName')) ||
  f.list('alerts').some((alert) => /security\.alert$/i.test(alert.text('@odata.type', 'at_sign_odata_type') ?? ''));
