import { QuellError } from '../../../domain/errors.js';
import { graphAlertsV2 } from '../graph-alerts-v2/parser.js';
import { Fields } from '../kit/fields.js';
import type { AlertParser } from '../kit/parser.js';
import { graphAlertOf } from './defender-api.js';

/**
 * Incident of Microsoft Defender with its alerts: Graph's `security/incidents?$expand=alerts`, one or a collection in `value`
 * (learn.microsoft.com/graph/api/resources/security-incident), or Defender's own API (`api/incidents`, learn.microsoft.com/defender-xdr/
 * api-list-incidents). Read as its alerts, each grouped by the incident.
 */
export const defenderIncident: AlertParser = {
  looksLike: (body) => incidentsOf(body).some(isIncident),
  split: (body) =>
    incidentsOf(body).flatMap((incident) => {
      const { alerts: _, ...own } = incident.value as { readonly alerts?: unknown };
      const alerts = incident.list('alerts');
      return alerts.length === 0
        ? [new Fields({ incident: own })]
        : alerts.map(({ value: alert }) => new Fields({ incident: own, alert }));
    }),
  read(f, context) {
    const incident = f.at('incident');
    if (!f.has('alert') || !isIncident(incident))
      throw new QuellError(
        'ALERT_FORMAT',
        'defender-incident: the incident does not hold its alerts (`alerts`); let the forwarder read it with $expand=alerts and send it whole',
      );
    const alert = f.at('alert');
    const whole = new Fields({
      ...(incident.has('tenantId') ? { tenantId: incident.text('tenantId') } : {}),
      ...(alert.has('alertId') && !alert.has('id') ? graphAlertOf(alert) : fieldsOf(alert)),
    });
    const parts = graphAlertsV2.read(whole, context);
    if (!parts) return undefined;
    // A merged incident is told by the one that it went into.
    const groupKey = incident.text('redirectIncidentId', 'id', 'incidentId');
    return {
      ...parts,
      groupKey,
      noSubject:
        'defender-incident: no user, mailbox or OAuth application is in the evidence (`alerts[].evidence`, `alerts[].entities`) of this alert of the incident',
      link: parts.link ?? incident.text('incidentWebUrl', 'incidentUri'),
      ...(incident.text('status')?.toLowerCase() === 'resolved' ? { state: 'closed' as const } : {}),
    };
  },
};

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
