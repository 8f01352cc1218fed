import { parseBody } from '../gateway/alerts/kit/body.js';
import { readAlerts } from '../gateway/alerts/index.js';
import type { Task } from './measure.js';
import { crowdAlert } from './rows.js';

const PEOPLE = 10_000;

/** One alert that names very many, from its bytes on, as the intake reads it. */
export function alertTasks(): readonly Task[] {
  const body = Buffer.from(JSON.stringify(crowdAlert(PEOPLE)));
  const run = (): unknown => {
    const { alerts } = readAlerts(parseBody(body), {
      source: 'siem',
      format: 'ocsf',
      receivedAt: '2026-03-10T12:00:00.000Z',
    });
    if (alerts[0]?.alert.subjects.length !== PEOPLE) throw new Error('not everybody was read');
    return alerts;
  };
  return [{ name: 'an alert that names 10,000 people', unit: 'subjects', count: PEOPLE, run }];
}
