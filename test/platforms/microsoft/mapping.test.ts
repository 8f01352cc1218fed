import { PHASES, type Phase } from '../../../domain/acts/index.js';
import { describe, expect, it } from 'vitest';
import { OPERATIONS, permissionsOf, type MicrosoftOperation } from '../../../platforms/microsoft/operations.js';
import { auditKind } from '../../../platforms/microsoft/sources/directory-audit-row.js';
import { MICROSOFT_ORDER } from '../../../platforms/microsoft/stopping-order.js';

describe('activities', () => {
  it('of the Entra audit log fall into kinds by activity, then by category', () => {
    expect(auditKind('Consent to application', 'ApplicationManagement')).toBe('app_grant');
    expect(auditKind('Add delegated permission grant', 'ApplicationManagement')).toBe('app_grant');
    expect(auditKind('Add eligible member to role', 'RoleManagement')).toBe('role_change');
    expect(auditKind('Reset user password', 'UserManagement')).toBe('credential_change');
    expect(auditKind('User registered security info', 'UserManagement')).toBe('credential_change');
    expect(auditKind('Disable account', 'UserManagement')).toBe('account_change');
    expect(auditKind('Update StsRefreshTokenValidFrom Timestamp', 'UserManagement')).toBe('account_change');
    expect(auditKind('Update conditional access policy', 'Policy')).toBe('config_change');
    expect(auditKind('Something new', 'Policy')).toBe('config_change');
  });
});

describe('the table of operations', () => {
  const all = Object.values(OPERATIONS) as readonly MicrosoftOperation[];

  it('names each operation once', () => {
    expect(new Set(all.map((o) => o.name)).size).toBe(all.length);
  });

  it('gives the evidence role nothing that writes at a vendor, save starting an audit search', () => {
    const writes = all.filter((o) => o.roles.includes('evidence') && o.method !== 'GET');
    expect(writes.map((o) => o.name)).toEqual(['POST /security/auditLog/queries']);
    expect(permissionsOf('evidence').filter((p) => p.includes('Write'))).toEqual([]);
  });

  it('keeps chats and mailboxes of people away from containment', () => {
    expect(permissionsOf('containment').filter((p) => /^(Chat|Mail|ChannelMessage)\./.test(p))).toEqual([]);
  });
});

it('has a place for every phase: an account before its sessions, and sessions only after the password is new', () => {
  expect([...MICROSOFT_ORDER].sort()).toEqual([...PHASES].sort());
  const place = (phase: Phase): number => MICROSOFT_ORDER.indexOf(phase);
  expect(place('lock')).toBeLessThan(place('sessions'));
  expect(place('credentials')).toBeLessThan(place('sessions'));
});
