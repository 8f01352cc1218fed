import { describe, expect, it } from 'vitest';
import * as fixtures from './fixtures.js';
import { refusal, who } from './reading.js';
import { reader } from './format-support.js';

const DANA = 'dana@example.com';
const THIEF = 'thief@example.com';
const OBJECT_ID = '11111111-1111-4111-8111-111111111111';
const OTHER_ID = '22222222-2222-4222-8222-222222222222';

describe('Elastic', () => {
  const alert = (more: object) => ({ 'kibana.alert.uuid': 'u', 'kibana.alert.rule.name': 'r', ...more });
  const evidence = (upn: string, ...roles: readonly string[]) => ({
    odata_type: '#microsoft.graph.security.userEvidence',
    user_account: { user_principal_name: upn, azure_ad_user_id: OBJECT_ID },
    roles,
  });
  const defender = (list: readonly object[]) =>
    alert({
      event: { dataset: 'm365_defender.alert' },
      user: { name: ['victim', 'thief'], email: ['victim@example.com', THIEF] },
      m365_defender: { alert: { evidence: list } },
    });

  it('takes the suspects of the evidence of Defender, not everybody in `user`', () => {
    const list = [evidence('victim@example.com', 'attacked'), evidence(THIEF, 'compromised')];
    expect(who('elastic', defender(list))).toEqual([`${THIEF} ${OBJECT_ID}`]);
    // Whom the alert names beside the one who was attacked is nearer to who did it.
    expect(who('elastic', defender(list.slice(0, 1)))).toEqual([THIEF]);
    const alone = alert({ 'event.dataset': 'm365_defender.alert', 'm365_defender.alert.evidence': list.slice(0, 1) });
    expect(who('elastic', alone)).toEqual([`victim@example.com ${OBJECT_ID}`]);
  });

  it('judges the evidence of all alerts of an incident together, nested or flat', () => {
    const [attacked, thief] = [evidence('victim@example.com', 'attacked'), evidence(THIEF, 'compromised')];
    const user = { 'user.name': ['victim@example.com', THIEF] };
    const incident = { m365_defender: { incident: { alerts: [{ evidence: [attacked] }, { evidence: [thief] }] } } };
    const defender = { 'event.dataset': 'm365_defender.alert' };
    expect(who('elastic', alert({ ...defender, ...incident }))).toEqual([`${THIEF} ${OBJECT_ID}`]);
    expect(who('elastic', alert({ ...defender, ...user, 'm365_defender.alert.evidence': [attacked, thief] }))).toEqual([
      `${THIEF} ${OBJECT_ID}`,
    ]);
  });

  it('is one alert whatever else it holds', () => {
    expect(who('elastic', alert({ 'user.email': DANA, hits: { n: 3 } }))).toEqual([DANA]);
  });
  it('takes mailboxes of the evidence, and the evidence of an incident', () => {
    const box = { odata_type: '#microsoft.graph.security.mailboxEvidence', primary_address: DANA };
    expect(who('elastic', defender([box]))).toEqual([DANA]);
    const incident = { m365_defender: { incident: { alert: { evidence: [evidence(DANA)] } } } };
    expect(who('elastic', alert({ 'event.dataset': 'm365_defender.incident', ...incident }))).toEqual([
      `${DANA} ${OBJECT_ID}`,
    ]);
  });
  it('takes them of the `fields` form too, where every value is a list', () => {
    const body = alert({
      'event.dataset': ['m365_defender.alert'],
      'm365_defender.alert.evidence.user_account.user_principal_name': [DANA],
      'user.name': ['dana'],
    });
    expect(who('elastic', body)).toEqual([DANA]);
  });
  it.each(['account.', 'initiating_process.account_'])('takes rows of advanced hunting (%s…)', (at) => {
    const dataset = { 'event.dataset': 'm365_defender.event' };
    const row = { [`m365_defender.event.${at}upn`]: DANA, [`m365_defender.event.${at}object_id`]: OBJECT_ID };
    expect(who('elastic', alert({ ...dataset, ...row }))).toEqual([`${DANA} ${OBJECT_ID}`]);
  });

  const found = (id: string, email: string) => ({
    _id: id,
    _source: alert({ 'kibana.alert.uuid': id, user: { email } }),
  });
  it.each([
    ['a search', { took: 1, hits: { total: 2, hits: [found('a', DANA), found('b', THIEF)] } }],
    ['a list of hits', { hits: [found('a', DANA), found('b', THIEF)] }],
    ['a list of alerts', { alerts: [found('a', DANA), found('b', THIEF)] }],
  ])('takes every document of %s', (_, body) => {
    const { alerts, problems } = reader('elastic').all(body);
    expect(problems).toEqual([]);
    expect(alerts.map((one) => one.alert.subjects[0]?.email)).toEqual([DANA, THIEF]);
  });

  it('suspects nobody for standing in `related.user`, and says so', () => {
    const body = alert({ related: { user: [DANA] } });
    expect(refusal('elastic', body)).toMatch(/ALERT_NO_SUBJECT.*`related\.user` says of nobody which part/);
    expect(refusal('elastic', alert({}))).not.toContain('related.user` says');
  });
});

describe('Panther', () => {
  const panther = (alertContext: object) => ({ ...fixtures.panther, id: 'Microsoft.Graph', alertContext });
  const evidence = (upn: string, ...roles: readonly string[]) => ({
    '@odata.type': '#microsoft.graph.security.userEvidence',
    userAccount: { userPrincipalName: upn },
    roles,
  });

  it('takes the suspects of the evidence of a Graph alert', () => {
    const list = [evidence('victim@example.com', 'attacked'), evidence(THIEF, 'compromised')];
    expect(who('panther', panther({ evidence: list }))).toEqual([THIEF]);
  });
  it.each([
    ['udm', { udm: { actor_user: DANA, source_ip: '203.0.113.9' } }],
    ['udm with a user', { udm: { user: DANA, source_ip: '203.0.113.9' } }],
    ['p_udm', { p_udm: { user: { email: DANA }, source: { ip: '203.0.113.9' } } }],
  ])('reads %s', (_, context) => {
    const { subjects, ips } = reader('panther').one(panther(context));
    expect(subjects.map((s) => s.email)).toEqual([DANA]);
    expect(ips).toEqual(['203.0.113.9']);
  });
  it('of an actor prefers who acted in `udm` to a user of the context', () => {
    expect(who('panther', panther({ user: 'victim@example.com', udm: { actor_user: THIEF } }))).toEqual([THIEF]);
  });
});

describe('Splunk', () => {
  const splunk = (row: object) => ({ ...fixtures.splunk, result: { sourcetype: 'o365:management:activity', ...row } });

  it.each(['Actor{}.ID', 'Actor.ID'])('reads %s as the ids of one actor', (field) => {
    const ids = [DANA, '10037FFE8B4C0000', `User_${OBJECT_ID}`, OBJECT_ID, 'User'];
    expect(who('splunk', splunk({ [field]: ids }))).toEqual([`${DANA} ${OBJECT_ID}`]);
    expect(who('splunk', splunk({ [field]: ids.join('\n') }))).toEqual([`${DANA} ${OBJECT_ID}`]);
    expect(who('splunk', splunk({ [field]: [OBJECT_ID] }))).toEqual([OBJECT_ID]);
  });
  it('of several actors takes the addresses, as nobody knows whose the ids are', () => {
    const ids = [DANA, THIEF, OBJECT_ID, OTHER_ID];
    expect(who('splunk', splunk({ 'Actor{}.ID': ids }))).toEqual([DANA, THIEF]);
  });
  it('makes no person of an application that acted', () => {
    const ids = ['An app', `ServicePrincipal_${OBJECT_ID}`, OBJECT_ID, 'ServicePrincipal'];
    expect(refusal('splunk', splunk({ 'Actor{}.ID': ids }))).toContain('ALERT_NO_SUBJECT');
  });

  const rows = [
    { _time: '2026-03-10T10:00:00.000Z', user: DANA },
    { _time: '2026-03-10T10:01:00.000Z', user: THIEF },
  ];
  it.each([
    ['beside the search', { sid: 's-1', search_name: 'x', results: rows }],
    ['as the API gives them', { preview: false, init_offset: 0, messages: [], results: rows }],
  ])('takes every row of `results` (%s)', (_, body) => {
    const { alerts, problems } = reader('splunk').all(body);
    expect(problems).toEqual([]);
    expect(alerts.map(({ alert }) => alert.subjects[0]?.email)).toEqual([DANA, THIEF]);
    expect(new Set(alerts.map(({ alert }) => alert.alertId)).size).toBe(2);
  });
  it('of `results` that are notables keeps the identity that Enterprise Security gave', () => {
    const body = { results: [{ event_id: 'a@@notable@@b', user: DANA }] };
    expect(reader('splunk').one(body).dedupeKey).toBe('a@@notable@@b');
  });
});

describe('OCSF: observables', () => {
  const ocsf = (...observables: readonly object[]) => ({
    ...{ class_uid: 2004, metadata: { product: { name: 'x', vendor_name: 'Microsoft' } }, finding_info: { uid: 'f' } },
    observables,
  });
  it.each([
    ['by the text of its type', { name: 'x', type: 'Email Address', value: DANA }, DANA],
    ['by another spelling of it', { name: 'x', type: 'email_address', value: DANA }, DANA],
    ['by the type, where the number says other', { type_id: 99, type: 'User Name', value: DANA }, DANA],
    ['by the type, where the number says unknown', { type_id: 0, type: 'Email Address', value: DANA }, DANA],
    ['by its name', { name: 'actor.user.email_addr', value: DANA }, DANA],
    ['by the name of an id', { name: 'evidences[0].actor.user.uid', value: OBJECT_ID }, OBJECT_ID],
  ])('is known %s', (_, observable, expected) => {
    expect(who('ocsf', ocsf(observable))).toEqual([expected]);
  });
  it('takes the address of the network by type or name', () => {
    const by = (more: object) =>
      reader('ocsf').one(ocsf({ type_id: 5, value: DANA }, { value: '203.0.113.9', ...more }));
    expect(by({ type: 'IP Address' }).ips).toEqual(['203.0.113.9']);
    expect(by({ name: 'src_endpoint.ip' }).ips).toEqual(['203.0.113.9']);
  });
  it('makes no account of what has neither, nor of another kind', () => {
    expect(refusal('ocsf', ocsf({ value: DANA }, { type: 'Hostname', value: DANA }))).toContain('ALERT_NO_SUBJECT');
  });
});

describe('an address with its display name', () => {
  it.each([
    'Dana Doe (dana@example.com)',
    'Doe, Dana (dana@example.com)',
    'Dana <dana@example.com>',
    'Dana Doe [dana@example.com]',
    'Dana Doe (Sales) <dana@example.com>',
    'dana@example.com (Dana Doe)',
    '"Dana Doe" < dana@example.com >',
  ])('%s is the address in each format', (name) => {
    expect(who('splunk', { ...fixtures.splunk, result: { user: name } })).toEqual([DANA]);
    expect(who('panther', { ...fixtures.panther, alertContext: { actor: name } })).toEqual([DANA]);
    expect(who('sigma', { title: 't', id: 'i', level: 'high', matches: [{ action: 'x', user_email: name }] })).toEqual([
      DANA,
    ]);
  });
  it.each([
    'Dana Doe (dana@example.com), Kim Roe (kim@example.com)',
    'Dana (dana@example.com); Kim (kim@example.com)',
    'dana@example.com, Kim <kim@example.com>',
    'Dana <dana@example.com> Kim <kim@example.com>',
  ])('%s are two', (names) => {
    expect(who('splunk', { ...fixtures.splunk, result: { user: names } })).toEqual([DANA, 'kim@example.com']);
  });
});

describe('nobody', () => {
  const GOOGLE = '105250506097979753968';
  it('is who stands in Google’s logs under the id that is nobody’s', () => {
    const elastic = {
      'kibana.alert.uuid': 'u',
      'kibana.alert.rule.name': 'r',
      'event.dataset': 'google_workspace.drive',
    };
    expect(refusal('elastic', { ...elastic, user: { id: GOOGLE } })).toContain('ALERT_NO_SUBJECT');
    expect(refusal('elastic', { ...elastic, google_workspace: { actor: { profile: { id: GOOGLE } } } })).toContain(
      'ALERT_NO_SUBJECT',
    );
    expect(refusal('quell', { id: 'd', platform: 'google', subjects: [{ nativeId: GOOGLE }] })).toContain(
      'ALERT_NO_SUBJECT',
    );
    const activity = { kind: 'admin#reports#activity', id: { applicationName: 'drive' }, actor: { profileId: GOOGLE } };
    expect(refusal('sigma', { title: 't', id: 'i', level: 'high', matches: [activity] })).toContain('ALERT_NO_SUBJECT');
  });
  it('hides nobody who is named beside it', () => {
    const body = { id: 'd', platform: 'google', subjects: [{ email: DANA, nativeId: GOOGLE }] };
    expect(who('quell', body)).toEqual([DANA]);
  });
});

describe('whoever acted', () => {
  it('hides whom it was done to, also when it is a robot of somebody’s', () => {
    const robot = 'noreply@project-1.iam.gserviceaccount.com';
    const row = { title: 'r', id: 'i', level: 'high', event: { suser: robot, duser: 'victim@example.com' } };
    expect(() => who('sigma', row)).toThrow(/ALERT_NO_SUBJECT/);
  });

  it('is known beside the evidence of who was attacked', () => {
    const attacked = {
      '@odata.type': '#microsoft.graph.security.userEvidence',
      roles: ['attacked'],
      userAccount: { userPrincipalName: 'victim@example.com' },
    };
    const panther = (alertContext: object) => ({
      alertId: 'a',
      createdAt: '2026-03-10T10:00:00Z',
      severity: 'HIGH',
      alertContext,
    });
    for (const named of [{ actor_email: THIEF }, { user: THIEF }])
      expect(who('panther', panther({ ...named, evidence: [attacked] }))).toEqual([THIEF]);
    const thief = { ...attacked, roles: ['compromised'], userAccount: { userPrincipalName: THIEF } };
    const states = [{ userPrincipalName: 'victim@example.com' }];
    expect(who('panther', panther({ userStates: states, evidence: [thief] }))).toEqual([THIEF]);
  });

  it('is the account that `User_` names among ids of applications', () => {
    const ids = ['10032000A57E4F8B', OTHER_ID, `User_${OBJECT_ID}`, OBJECT_ID, 'User'];
    const splunk = (result: object) => ({ sid: '1', result: { sourcetype: 'o365:management:activity', ...result } });
    expect(who('splunk', splunk({ 'Actor{}.ID': ids }))).toEqual([OBJECT_ID]);
    expect(who('splunk', splunk({ 'Actor{}.ID': [THIEF, 'User'], user: 'victim@example.com' }))).toEqual([THIEF]);
    const app = splunk({ 'Actor{}.ID': [`ServicePrincipal_${OBJECT_ID}`], user: 'victim@example.com' });
    expect(() => who('splunk', app)).toThrow(/ALERT_NO_SUBJECT/);
  });
});
