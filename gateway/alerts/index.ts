import type { Alert, AlertFormat } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import { parseElastic } from './elastic.js';
import { parseGoogleAlertCenter } from './google-alert-center.js';
import { parseGraphAlertsV2 } from './graph-alerts-v2.js';
import { parseOcsf } from './ocsf.js';
import { parsePanther } from './panther.js';
import { parseQuell } from './quell.js';
import { parseSentinel } from './sentinel.js';
import { parseSlackAnomaly } from './slack-anomaly.js';
import { parseSplunk } from './splunk.js';
import type { AlertContext } from './read.js';

const PARSERS: Readonly<Record<AlertFormat, (value: unknown, context: AlertContext) => readonly Alert[]>> = {
  quell: parseQuell,
  ocsf: parseOcsf,
  'graph-alerts-v2': parseGraphAlertsV2,
  sentinel: parseSentinel,
  'slack-anomaly': parseSlackAnomaly,
  'google-alert-center': parseGoogleAlertCenter,
  splunk: parseSplunk,
  panther: parsePanther,
  elastic: parseElastic,
};

/** Normalises a body: lenient on fields, strict on identity. Errors: ALERT_FORMAT, ALERT_NO_SUBJECT; nothing else, whatever the body. */
export function parseAlerts(value: unknown, context: AlertContext): readonly Alert[] {
  if (typeof value !== 'object' || value === null)
    throw new QuellError('ALERT_FORMAT', 'the body is not a JSON object');
  return PARSERS[context.format](value, context);
}

/** The format that accepts a body, for `quell alert send FILE` when none is named; the more particular formats are tried first. */
export function detectFormat(value: unknown): AlertFormat | undefined {
  const particular: readonly AlertFormat[] = [
    'ocsf',
    'slack-anomaly',
    'google-alert-center',
    'elastic',
    'sentinel',
    'panther',
    'splunk',
    'graph-alerts-v2',
    'quell',
  ];
  return particular.find((format) => {
    try {
      return parseAlerts(value, { source: 'detect', format, receivedAt: new Date(0).toISOString() }).length > 0;
    } catch {
      return false;
    }
  });
}
