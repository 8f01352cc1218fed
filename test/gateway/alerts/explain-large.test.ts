import { expect, it } from 'vitest';
import { explainAlerts } from '../../../gateway/alerts/explain.js';
import { parserOf } from '../../../gateway/alerts/index.js';
import * as fixtures from './fixtures.js';

it(
  'explains an alert about very many within seconds, and says of the first where they stand',
  { timeout: 20_000 },
  () => {
    const user = Array.from({ length: 20_000 }, (_, n) => `p${n}@example.com`);
    const context = { source: 's', format: 'splunk', receivedAt: '2026-03-10T12:00:00.000Z' };
    const body = { ...fixtures.splunk, result: { user } };
    const [alert] = explainAlerts(body, parserOf(context), context);
    expect(alert?.subjects).toHaveLength(20_000);
    expect(alert?.subjects[0]).toEqual({ name: 'person', value: 'p0@example.com', from: ['result.user'] });
  },
);
