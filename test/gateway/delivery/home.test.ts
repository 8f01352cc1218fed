import { describe, expect, it } from 'vitest';
import { parseAlerts } from '../../../gateway/alerts/index.js';
import { homeOf, type Homes } from '../../../gateway/delivery/home.js';
import { google } from '../alerts/fixtures.js';

const homes: Homes = {
  tenants: [
    { platform: 'slack', tenant: 'main', vendorIds: ['T0EXAMPLE'] },
    { platform: 'google', tenant: 'main', vendorIds: ['C01abcd23'] },
  ],
  mailDomains: {},
};

function homeOfGoogle(customerId: string) {
  const context = { source: 'google', format: 'google-alert-center', receivedAt: '2026-03-01T10:05:00.000Z' } as const;
  const [alert] = parseAlerts({ ...google, customerId }, context);
  const [subject] = alert!.subjects;
  return homeOf(homes, alert!, subject!);
}

describe('the tenant of a Google alert', () => {
  it.each(['C01abcd23', '01abcd23'])(
    'is found by its customer id, which the Alert Center writes without C: %s',
    (id) => {
      expect(homeOfGoogle(id).home).toEqual({ platform: 'google', tenant: 'main' });
    },
  );

  it('is not another customer', () => {
    expect(() => homeOfGoogle('09zzzz99')).toThrow(expect.objectContaining({ code: 'ALERT_NO_SUBJECT' }) as Error);
  });
});

it('knows a guest by the principal name in the tenant, and by the address that it was made of', () => {
  const email = 'kim_example.net#ext#@tenant.example.com';
  const context = { source: 'own', format: 'quell', receivedAt: '2026-03-01T10:05:00.000Z' };
  const [alert] = parseAlerts({ id: 'x', subjects: [{ email }] }, context);
  expect(homeOf(homes, alert!, alert!.subjects[0]!).aliases).toEqual([{ mail: email }, { mail: 'kim@example.net' }]);
});
