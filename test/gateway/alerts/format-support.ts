import { expect } from 'vitest';
import type { Alert } from '../../../domain/alert.js';
import { readAlerts, type ReadAlerts } from '../../../gateway/alerts/index.js';
import { mutationsOf } from '../../support/mutations.js';

const RECEIVED = '2026-03-10T12:00:00.000Z';

/** A format with what a body of it becomes. */
export function reader(format: string): {
  readonly all: (body: unknown) => ReadAlerts;
  readonly one: (body: unknown) => Alert;
  readonly mails: (body: unknown) => readonly (string | undefined)[];
  readonly refusal: (body: unknown) => string;
} {
  const all = (body: unknown): ReadAlerts => readAlerts(body, { source: 'siem', format, receivedAt: RECEIVED });
  const one = (body: unknown): Alert => {
    const { alerts, problems } = all(body);
    const [first, ...more] = alerts;
    if (!first || more.length > 0 || problems.length > 0)
      throw new Error(`not one alert but ${alerts.length}: ${problems.map((p) => p.message).join('; ')}`);
    return first.alert;
  };
  return {
    all,
    one,
    mails: (body) => one(body).subjects.map((s) => s.email),
    refusal: (body) => {
      const { alerts, problems } = all(body);
      expect(alerts).toEqual([]);
      return problems[0]?.message ?? '';
    },
  };
}

/** Whatever one field of a body becomes: an alert or a reason of the catalogue, and nobody who is not in the body. */
export function expectHardened(format: string, body: object): void {
  const { all } = reader(format);
  for (const { how, path, row } of mutationsOf(body)) {
    const { alerts, problems } = all(row);
    const where = `${how} ${path}`;
    for (const { code } of problems) expect(['ALERT_FORMAT', 'ALERT_NO_SUBJECT'], where).toContain(code);
    const text = JSON.stringify(row).toLowerCase();
    for (const { alert } of alerts)
      for (const { email, nativeId } of alert.subjects) {
        expect(text, where).toContain((email ?? nativeId ?? '?').toLowerCase());
        if (nativeId !== undefined) expect(text, where).toContain(nativeId.toLowerCase());
      }
  }
}
