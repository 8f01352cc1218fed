import { describe, expect, it } from 'vitest';
import { DANA, list, portOver, readSource } from './canned.js';
import { alert } from './recorded.js';

const part = (type: string, fields: object, roles: readonly string[] = []) => ({
  '@odata.type': `#microsoft.graph.security.${type}`,
  roles,
  ...fields,
});
const user = (azureAdUserId: string, roles: readonly string[] = []) =>
  part('userEvidence', { userAccount: { azureAdUserId, userPrincipalName: `${azureAdUserId}@example.com` } }, roles);
const read = async (...evidence: readonly unknown[]) =>
  (await readSource(portOver({ alerts: list({ ...alert, evidence }) }), 'microsoft.alerts')).events;

/** Types of evidence of the resource page (graph, `alertEvidence`), each with a field that has another type than in others. */
const OTHERS =
  `activeDirectoryDomain aiAgent amazonResource analyzedMessage azureResource blobContainer blob cloudApplication cloudLogonRequest
  cloudLogonSession container containerImage containerRegistry device dns file fileHash gitHubOrganization gitHubRepo gitHubUser gitLabProject
  googleCloudResource hostLogonSession iotDevice ip kubernetesCluster kubernetesPod mailCluster mailbox malware networkConnection nic
  oauthApplication process registryKey registryValue sasToken securityGroup servicePrincipal submissionMail teamsMessage url somethingNew`
    .trim()
    .split(/\s+/);

describe('evidence of a Defender alert', () => {
  it.each(OTHERS)('of type %s costs nothing, whatever its fields hold', async (type) => {
    const odd = part(`${type}Evidence`, {
      appId: 11161,
      urls: 'no list',
      ipAddress: {},
      sessionId: [],
      userAccount: 'x',
      account: 7,
      location: [],
    });
    expect(await read(user(DANA), odd)).toMatchObject([{ kind: 'platform_alert', actor: DANA }]);
  });

  it.each([
    ['a user', user(DANA)],
    ['a mailbox', part('mailboxEvidence', { primaryAddress: 'Dana@example.com' })],
    ['a session', part('cloudLogonSessionEvidence', { sessionId: 's', account: user(DANA) })],
    ['a process', part('processEvidence', { userAccount: { userPrincipalName: 'dana@example.com' } })],
    [
      'an account by its SID',
      part('userEvidence', { userAccount: { userSid: 'S-1-12-1-286331153-1091637521-286339460-286331153' } }),
    ],
  ])('names the subject as %s', async (name, evidence) => {
    expect(await read(evidence), name).toHaveLength(name.includes('SID') ? 0 : 1);
  });

  it('says who is the subject by the roles: not whom another account attacked', async () => {
    expect(await read(user(DANA, ['attacked']), user('thief', ['attacker']))).toEqual([]);
    expect(await read(user(DANA, ['destination', 'contextual']), user('thief', ['compromised']))).toEqual([]);
    expect(await read(user(DANA, ['attacked', 'compromised']), user('thief', ['attacker']))).toHaveLength(1);
    expect(await read(user(DANA, ['attacker']), user('kim', ['attacked']))).toHaveLength(1);
    // Attacked, and nobody’s account is called the attacker: that is what the alert is about.
    expect(
      await read(user(DANA, ['attacked']), part('ipEvidence', { ipAddress: '203.0.113.9' }, ['attacker'])),
    ).toHaveLength(1);
  });

  it('gives the address of who did it, and not the one that was gone to', async () => {
    const ip = (ipAddress: string, roles: readonly string[]) => part('ipEvidence', { ipAddress }, roles);
    expect(
      await read(
        user(DANA),
        ip('198.51.100.1', ['destination']),
        ip('198.51.100.2', []),
        ip('203.0.113.9', ['source']),
      ),
    ).toMatchObject([{ ip: '203.0.113.9' }]);
  });

  it('gives session, device, file, links and app', async () => {
    const app = '44444444-4444-4444-8444-444444444444';
    const events = await read(
      user(DANA),
      part('cloudApplicationEvidence', { appId: 11161 }),
      part('oauthApplicationEvidence', { appId: app, displayName: 'Mail Helper' }),
      part('cloudLogonSessionEvidence', { sessionId: 'ses-1' }),
      part('cloudLogonRequestEvidence', { requestId: 'req-1' }),
      part('deviceEvidence', { azureAdDeviceId: 'aad-1' }),
      part('fileEvidence', { fileDetails: { sha256: 'AB' } }),
      part('urlEvidence', { url: 'https://a.example.com' }),
    );
    expect(events).toMatchObject([
      {
        app: { id: app, name: 'Mail Helper' },
        sessionId: 'ses-1',
        about: 'microsoft:microsoft.sign_ins:req-1',
        deviceId: 'aad-1',
        sha256: 'ab',
        urls: ['https://a.example.com'],
      },
    ]);
  });
});
