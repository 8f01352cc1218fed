import type { Alert } from '../../../domain/alert.js';
import { readAlerts } from '../../../gateway/alerts/index.js';

const RECEIVED = '2026-03-10T12:00:00.000Z';
const read = (format: string, body: unknown) => readAlerts(body, { source: 'siem', format, receivedAt: RECEIVED });

/** The one alert of a body. */
export function one(format: string, body: unknown): Alert {
  const { alerts, problems } = read(format, body);
  if (!alerts[0] || alerts.length > 1) throw new Error(problems[0]?.message ?? 'not one alert');
  return alerts[0].alert;
}

/** Its subjects: the address and the id of each. */
export const who = (format: string, body: unknown): readonly string[] =>
  one(format, body).subjects.map((s) => [s.email, s.nativeId].filter((t) => t !== undefined).join(' '));

/** Why a body is refused. */
export const refusal = (format: string, body: unknown): string => read(format, body).problems[0]?.message ?? '';
