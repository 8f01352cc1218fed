import { parseBody } from '../gateway/alerts/kit/body.js';
import { readAlerts } from '../gateway/alerts/index.js';
import { CROWDS } from './crowds.js';
import type { Task } from './measure.js';

const PEOPLE = 10_000;

/** One body of each format that names very many, from its bytes on, as the intake reads it. */
export function alertTasks(): readonly Task[] {
  return Object.entries(CROWDS).map(([format, of]): Task => {
    const body = Buffer.from(JSON.stringify(of(PEOPLE)));
    const run = (): unknown => {
      const { alerts } = readAlerts(parseBody(body), {
        ...{ source: 'siem', format },
        receivedAt: '2026-03-10T12:00:00.000Z',
      });
      // Where each account is an alert of its own, the first thousand are read.
      const named = alerts.reduce((sum, { alert }) => sum + alert.subjects.length, 0);
      if (named !== PEOPLE && alerts.length !== 1_000) throw new Error('not everybody was read');
      return alerts;
    };
    return { name: `an alert of ${format} that names 10,000 people`, unit: 'subjects', count: PEOPLE, run };
  });
}
