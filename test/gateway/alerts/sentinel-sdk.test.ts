import { expect, it } from 'vitest';
import { detectFormat, parseAlerts } from '../../../gateway/alerts/index.js';
import { MAIL, sentinelSdk } from './fixtures.js';

it('reads a Sentinel incident in the snake_case of the SDK', () => {
  expect(detectFormat(sentinelSdk)).toBe('sentinel');
  const context = { source: 'siem', format: 'sentinel', receivedAt: '2026-03-01T10:05:00.000Z' } as const;
  expect(parseAlerts(sentinelSdk, context)).toMatchObject([
    {
      severity: 'high',
      state: 'new',
      platform: 'microsoft',
      subjects: [{ email: MAIL }],
      occurredAt: '2026-03-01T10:00:00.000Z',
      attack: ['T1213.005'],
    },
  ]);
});
