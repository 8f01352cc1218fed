import { describe, expect, it } from 'vitest';
import { alertsIn } from '../../../platforms/google/sources/alerts.js';
import { CONTEXT, DANA, QUERY } from './rows.js';

const MAIL = 'Dana@Example.com';
const AT = '2026-03-10T10:00:00.000Z';
const read = (data: object, more: object = {}) => {
  const row = {
    ...{ alertId: 'a-1', createTime: AT, type: 'Something happened', source: 'Google identity' },
    data: { '@type': 'type.googleapis.com/google.apps.alertcenter.type.Some', ...data },
    metadata: { alertId: 'a-1', severity: 'HIGH', status: 'NOT_STARTED' },
    ...more,
  };
  return alertsIn(CONTEXT, QUERY, [row]).values[0];
};

describe('an alert about the person', () => {
  it.each([
    ['AccountWarning, StateSponsoredAttack, device and takeout alerts', { email: MAIL }],
    ['SensitiveAdminAction by the person', { actorEmail: MAIL }],
    ['DlpRuleViolation', { ruleViolationInfo: { triggeringUserEmail: MAIL } }],
    ['GoogleOperations', { affectedUserEmails: ['max@example.com', MAIL] }],
    ['MailPhishing that the person got', { messages: [{ recipient: 'max@example.com' }, { recipient: MAIL }] }],
    ['MailPhishing from the person’s own account', { maliciousEntity: { entity: { emailAddress: MAIL } } }],
    ['its header', { maliciousEntity: { fromHeader: `Dana <${MAIL}>` } }],
  ])('is told by the field of %s', (_, data) => {
    expect(read(data)).toMatchObject({
      kind: 'platform_alert',
      actor: DANA,
      reasons: ['something_happened'],
      risk: 'high',
    });
  });

  it('to whom another did something has the other as the actor', () => {
    const reset = { actorEmail: 'Admin@example.com', superAdminPasswordResetEvent: { userEmail: MAIL } };
    expect(read(reset)).toMatchObject({ actor: 'admin@example.com', target: { type: 'user', id: DANA } });
    const primary = { primaryAdminChangedEvent: { previousAdminEmail: MAIL, updatedAdminEmail: 'max@example.com' } };
    const changed = read(primary);
    expect([changed?.target, changed?.actor]).toEqual([{ type: 'user', id: DANA }, undefined]);
  });

  it('names the document that a rule was about', () => {
    const resourceInfo = { documentId: 'doc-1', resourceTitle: 'payroll' };
    expect(read({ ruleViolationInfo: { triggeringUserEmail: MAIL, resourceInfo } })?.target).toEqual({
      ...{ type: 'file', id: 'doc-1', name: 'payroll' },
    });
  });

  it('that was closed or deleted is told, and that it was', () => {
    const metadata = { severity: 'LOW', status: 'CLOSED' };
    expect(read({ email: MAIL }, { metadata, deleted: true })?.labels).toEqual(['low', 'closed', 'deleted']);
  });

  it('with an empty address has none', () => {
    expect(read({ email: MAIL, loginDetails: { ipAddress: '' } })?.ip).toBeUndefined();
    expect(read({ email: MAIL, loginDetails: { ipAddress: '::ffff:203.0.113.9' } })?.ip).toBe('203.0.113.9');
  });
});

it('about others, or about nobody, is not the person’s', () => {
  for (const data of [{ email: 'max@example.com' }, { name: 'rule' }, { messages: [{ recipient: 'max@example.com' }] }])
    expect(read(data)).toBeUndefined();
});
