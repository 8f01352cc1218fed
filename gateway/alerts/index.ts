import type { Alert, AlertFormat } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import { cef } from './cef/parser.js';
import { datadog } from './datadog/parser.js';
import { defenderIncident } from './defender-incident/parser.js';
import { googleSecops } from './google-secops/parser.js';
import { office365Alert } from './office-365-alert/parser.js';
import { sigma } from './sigma/parser.js';
import { sumoLogic } from './sumo-logic/parser.js';
import { syslog } from './syslog/parser.js';
import { elastic } from './elastic/parser.js';
import { Fields, isTooDeep } from './kit/fields.js';
import { googleAlertCenter } from './google-alert-center/parser.js';
import { graphAlertsV2 } from './graph-alerts-v2/parser.js';
import { ocsf } from './ocsf/parser.js';
import { panther } from './panther/parser.js';
import { alertOf, type AlertContext, type AlertParser } from './kit/parser.js';
import { quell } from './quell/parser.js';
import { sentinel } from './sentinel/parser.js';
import { slackAnomaly } from './slack-anomaly/parser.js';
import { splunk } from './splunk/parser.js';

/** The more particular shapes first: detection takes the first that fits. */
const PARSERS: Readonly<Record<AlertFormat, AlertParser>> = {
  ocsf,
  'slack-anomaly': slackAnomaly,
  'google-alert-center': googleAlertCenter,
  elastic,
  sentinel,
  splunk,
  panther,
  'defender-incident': defenderIncident,
  'office-365-alert': office365Alert,
  'google-secops': googleSecops,
  'sumo-logic': sumoLogic,
  datadog,
  cef,
  syslog,
  sigma,
  'graph-alerts-v2': graphAlertsV2,
  quell,
};

/** What a body holds: alerts, and why the rest of it is none. Both empty: authentic, and nothing to do. */
export interface ReadAlerts {
  /** Each with its own part of the body, as it came. */
  readonly alerts: readonly { readonly alert: Alert; readonly raw: unknown }[];
  readonly problems: readonly QuellError[];
}

/** Normalises a body of a known format. One bad alert of several does not hide the others. Never throws. */
export function readAlerts(value: unknown, context: AlertContext): ReadAlerts {
  if (typeof value !== 'object' || value === null || isTooDeep(value))
    return {
      alerts: [],
      problems: [new QuellError('ALERT_FORMAT', 'the body is not a JSON object of reasonable depth')],
    };
  const alerts: ReadAlerts['alerts'][number][] = [];
  const problems: QuellError[] = [];
  for (const body of bodies(value)) {
    try {
      alerts.push(...readOne(body, context, problems));
    } catch (error) {
      problems.push(known(error));
    }
  }
  return { alerts, problems };
}

/** The same, all or nothing. Errors: ALERT_FORMAT, ALERT_NO_SUBJECT; nothing else, whatever the body. */
export function parseAlerts(value: unknown, context: AlertContext): readonly Alert[] {
  const { alerts, problems } = readAlerts(value, context);
  if (problems[0]) throw problems[0];
  return alerts.map(({ alert }) => alert);
}

/** The format that a body has by its shape, for files that come without a source; undefined when it is none that Quell reads. */
export function detectFormat(value: unknown): AlertFormat | undefined {
  if (typeof value !== 'object' || value === null || isTooDeep(value)) return undefined;
  const [first] = bodies(value);
  return first && (Object.keys(PARSERS) as AlertFormat[]).find((format) => PARSERS[format].looksLike(first));
}

function readOne(body: Fields, context: AlertContext, problems: QuellError[]): ReadAlerts['alerts'] {
  const { looksLike, split = whole, read } = PARSERS[context.format];
  if (!looksLike(body)) {
    const other = detectFormat(body.value);
    const hint = other === undefined ? '' : `; it looks like ${other}`;
    throw new QuellError('ALERT_FORMAT', `the body is not a ${context.format} alert${hint}`);
  }
  return split(body).flatMap((alert) => {
    try {
      const parts = read(alert, context);
      return parts ? [{ alert: alertOf(context, parts), raw: alert.value }] : [];
    } catch (error) {
      problems.push(known(error));
      return [];
    }
  });
}

const whole = (body: Fields): readonly Fields[] => [body];

/** Several alerts may come as a list, whatever their format. */
const bodies = (value: object): readonly Fields[] => (Array.isArray(value) ? value : [value]).map((v) => new Fields(v));

/** What a parser throws is of the catalogue; anything else is a defect and must show. */
function known(error: unknown): QuellError {
  if (error instanceof QuellError) return error;
  throw error;
}
