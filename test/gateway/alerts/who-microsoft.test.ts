import { describe, expect, it } from 'vitest';
import * as fixtures from './fixtures.js';
import { one, refusal, who } from './reading.js';

const ID = '11111111-1111-4111-8111-111111111111';
const evidence = (...list: object[]) => ({ ...fixtures.graph, evidence: list });
const user = (userAccount: object, more: object = {}) => ({
  '@odata.type': '#microsoft.graph.security.userEvidence',
  userAccount,
  ...more,
});
const entities = (...relatedEntities: object[]) => ({
  object: { name: 'i-1', properties: { title: 'x', incidentNumber: 1, severity: 'High', relatedEntities } },
});

describe('Microsoft Graph', () => {
  const upn = (name: string, roles: readonly string[] = [], detailedRoles: readonly string[] = []) =>
    user({ userPrincipalName: `${name}@example.com` }, { roles, detailedRoles });
  it.each([
    [
      'the attacker, not the attacked',
      evidence(upn('victim', ['attacked'], ['PhishingTarget']), upn('thief', ['attacker'])),
      ['thief@example.com'],
    ],
    [
      'the compromised, not the contextual',
      evidence(upn('a', ['contextual']), upn('b', ['compromised'])),
      ['b@example.com'],
    ],
    [
      'somebody of both parts',
      evidence(upn('a', ['attacked', 'compromised']), upn('b', ['edited'])),
      ['a@example.com'],
    ],
    ['who has no part', evidence(upn('a'), upn('b', ['destination'])), ['a@example.com']],
    ...['Target user', 'TargetUser', 'attacked_account', 'EmailRecipient', 'Victims'].map(
      (word) =>
        [`no ${word}`, evidence(upn('a', [], [word]), upn('b')), ['b@example.com']] as [string, object, string[]],
    ),
    [
      'an attacker in words, whatever he aimed at',
      evidence(upn('a', [], ['TargetedAttackActor']), upn('b', [], ['VictimUser'])),
      ['a@example.com'],
    ],
    ['a target in words', evidence(upn('a', [], ['PhishingTarget']), upn('b')), ['b@example.com']],
    ['the attacked when there is nobody else', evidence(upn('victim', ['attacked'])), ['victim@example.com']],
    [
      'a guest',
      evidence(user({ userPrincipalName: 'kim_example.com#EXT#@tenant.example.com' })),
      ['kim_example.com#ext#@tenant.example.com'],
    ],
    [
      'the SID of a cloud account',
      evidence(user({ userSid: 'S-1-12-1-286331153-1091637521-286331272-286331153' })),
      ['11111111-1111-4111-8811-111111111111'],
    ],
    ['a name and its domain', evidence(user({ accountName: 'dana', domainName: 'example.com' })), ['dana@example.com']],
    [
      'the account of a session on a host',
      evidence({
        '@odata.type': '#microsoft.graph.security.hostLogonSessionEvidence',
        account: { userAccount: { userPrincipalName: 'dana@example.com' } },
      }),
      ['dana@example.com'],
    ],
  ])('reads %s', (_, body, expected) => {
    expect(who('graph-alerts-v2', body)).toEqual(expected);
  });
  it('reads the session and the client of a logon', () => {
    const session = {
      '@odata.type': '#microsoft.graph.security.cloudLogonSessionEvidence',
      ...{ roles: [], sessionId: 's-1', userAgent: 'python-requests/2.32' },
      account: user({ azureAdUserId: ID, userPrincipalName: 'dana@example.com' }),
    };
    expect(one('graph-alerts-v2', evidence(session))).toMatchObject({
      ...{ sessionId: 's-1', userAgent: 'python-requests/2.32' },
      subjects: [{ email: 'dana@example.com', nativeId: ID }],
    });
  });
  it('says that an on-premises SID identifies nobody', () => {
    expect(refusal('graph-alerts-v2', evidence(user({ userSid: 'S-1-5-21-1-2-3-1001' })))).toContain('on-premises SID');
    expect(refusal('graph-alerts-v2', evidence(user({ accountName: 'SYSTEM', userSid: 'S-1-5-18' })))).toContain(
      'service',
    );
  });
});

describe('Sentinel', () => {
  it.each([
    [
      'the connector’s names',
      entities({ Name: 'dana', UPNSuffix: 'example.com', IsDomainJoined: true, AadUserId: ID, Type: 'account' }),
      [`dana@example.com ${ID}`],
    ],
    [
      'a principal name',
      entities({ kind: 'Account', properties: { userPrincipalName: 'dana@example.com' } }),
      ['dana@example.com'],
    ],
    ['an account without its kind', entities({ AadUserId: ID }), [ID]],
    ['a mailbox', entities({ Type: 'mailbox', MailboxPrimaryAddress: 'box@example.com' }), ['box@example.com']],
    [
      'accounts of the connector',
      { ...entities(), accounts: [{ Name: 'dana', UPNSuffix: 'example.com' }] },
      ['dana@example.com'],
    ],
    [
      'the alert trigger, with entities as a text',
      {
        SystemAlertId: 'a-1',
        AlertDisplayName: 'x',
        Severity: 'High',
        Entities: JSON.stringify([{ $id: '3', Name: 'dana', UPNSuffix: 'example.com', Type: 'account' }]),
      },
      ['dana@example.com'],
    ],
    [
      'the compromised entity when there is none',
      { SystemAlertId: 'a-1', AlertDisplayName: 'x', CompromisedEntity: 'dana@example.com', Entities: [] },
      ['dana@example.com'],
    ],
  ])('reads %s', (_, body, expected) => {
    expect(who('sentinel', body)).toEqual(expected);
  });
  it('says what a name of an on-premises domain lacks', () => {
    const body = entities({
      Type: 'account',
      Name: 'dana',
      NTDomain: 'CORP',
      ObjectGuid: ID,
      DisplayName: 'dana@example.com',
    });
    expect(refusal('sentinel', body)).toContain('DOMAIN\\name');
    expect(refusal('sentinel', body)).toContain('upnSuffix');
  });
});
