import { Fields } from '../kit/fields.js';
import type { AlertFormat } from '../kit/parser.js';
import { objectIn } from '../kit/rows/json-text.js';
import { about } from './about.js';
import { isCloudAppsAlert, readCloudAppsAlert } from './cloud-apps.js';
import { isRecord, readRecord } from './record.js';

/**
 * Alerts of Microsoft 365 that do not come by Graph: records of the Management Activity API about an alert, bare, in a list, or as the
 * audit search gives them (`AuditData`); and alerts of Defender for Cloud Apps as its API, its webhook and its SIEM agent give them.
 * Records of the log that are no alerts are passed over.
 */
export const office365Alert: AlertFormat = {
  about,
  looksLike: (body) => split(body).some((f) => isRecord(f) || isCloudAppsAlert(f)),
  split,
  read: (f) => (isCloudAppsAlert(f) ? readCloudAppsAlert(f) : readRecord(f)),
};

function split(body: Fields): readonly Fields[] {
  const many = ['value', 'data', 'records'].map((key) => body.at(key).value).find((value) => Array.isArray(value));
  return many === undefined ? [inner(body)] : (many as readonly unknown[]).map((value) => inner(new Fields(value)));
}

/** The record inside a row of the audit search: text in Search-UnifiedAuditLog, an object in Graph's audit log query. */
function inner(row: Fields): Fields {
  const audit = objectIn(row.at('AuditData').value ?? row.at('auditData').value);
  return audit === undefined || row.has('Operation') ? row : row.holding(audit);
}
