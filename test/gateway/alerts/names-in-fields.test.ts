import { describe, expect, it } from 'vitest';
import { severalOf } from '../../../gateway/alerts/kit/values.js';
import * as fixtures from './fixtures.js';
import { refusal, who } from './reading.js';

const BOTH = ['dana@example.com', 'kim@example.com'];

const splunk = (row: object) => ({ ...fixtures.splunk, result: { sourcetype: 'o365:management:activity', ...row } });
const panther = (alertContext: object) => ({ ...fixtures.panther, id: 'Azure.Audit', alertContext });
const elastic = (dataset: string, user: object) => ({
  ...{ 'kibana.alert.uuid': 'u', 'kibana.alert.rule.name': 'r', 'event.dataset': dataset },
  user,
});
const ocsf = (...observables: (readonly [name: string, value: string])[]) => ({
  ...{ class_uid: 2004, metadata: { product: { name: 'x' } }, finding_info: { uid: 'f' } },
  observables: observables.map(([name, value]) => ({ name, value, type_id: 5 })),
});

describe('several accounts in one text', () => {
  it.each([
    'dana@example.com|kim@example.com',
    'dana@example.com; kim@example.com',
    '["dana@example.com","kim@example.com"]',
    'dana@example.com kim@example.com',
    "'dana@example.com','kim@example.com'",
  ])('%s are two', (user) => {
    expect(who('splunk', splunk({ user }))).toEqual(BOTH);
  });

  it('makes no account of the words of a display name', () => {
    const user = 'Example, Dana <dana@example.com>; Kim Example <kim@example.com>';
    expect(who('splunk', splunk({ user, user_domain: 'example.com' }))).toEqual(BOTH);
  });

  it('takes what is an address beside what is none, and leaves a text that is one value', () => {
    expect(severalOf(['dana@example.com, kim'])).toEqual(['dana@example.com']);
    expect(severalOf(['i:0#.f|membership|dana@example.com', 'a|b', 'ask dana@example.com'])).toEqual([
      ...['i:0#.f|membership|dana@example.com', 'a|b', 'ask dana@example.com'],
    ]);
  });
});

describe('what is nobody', () => {
  it.each([
    ['a word for nobody that has the form of an id', elastic('slack.audit', { id: 'UNKNOWN' })],
    ['a word for nobody with a domain', elastic('o365.audit', { name: 'unknown', domain: 'example.com' })],
    ['an application of Microsoft', elastic('o365.audit', { id: '00000003-0000-0ff1-ce00-000000000000' })],
    [
      'a mailbox of Exchange itself',
      elastic('o365.audit', { id: 'DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}@example.com' }),
    ],
  ])('%s', (_, body) => {
    expect(refusal('elastic', body)).toContain('ALERT_NO_SUBJECT');
  });
});

describe('fields of the senders', () => {
  it.each([
    ['initiatedBy', { initiatedBy: { user: { userPrincipalName: 'dana@example.com' } } }, ['dana@example.com']],
    ['actors', { actors: BOTH, user: 'victim@example.com' }, BOTH],
    ['users', { users: BOTH }, BOTH],
    ['actor-name', { 'actor-name': 'dana@example.com' }, ['dana@example.com']],
  ])('Panther: %s', (_, context, expected) => {
    expect(who('panther', panther(context))).toEqual(expected);
  });

  it.each([
    'UPN',
    'User',
    'Caller_User_Name',
    'properties.userPrincipalName',
    'properties.initiatedBy.user.userPrincipalName',
  ])('Splunk: %s', (field) => {
    expect(who('splunk', splunk({ user: 'unknown', [field]: 'dana@example.com' }))).toEqual(['dana@example.com']);
  });

  it('OCSF: takes who acted or sent of what was observed, not to whom', () => {
    const [thief, victim] = ['thief@example.com', 'victim@example.com'];
    expect(who('ocsf', ocsf(['email.from', thief], ['email.to', victim]))).toEqual([thief]);
    expect(who('ocsf', ocsf(['actor.user.email_addr', thief], ['user.email_addr', victim]))).toEqual([thief]);
    expect(who('ocsf', ocsf(['user.email_addr', thief], ['email.cc[0]', victim]))).toEqual([thief]);
    expect(who('ocsf', ocsf(['email.to', victim]))).toEqual([victim]);
  });

  it('Sentinel: takes the compromised entity where the accounts identify nobody', () => {
    const properties = {
      ...{ title: 'x', incidentNumber: 1, compromisedEntity: 'dana@example.com' },
      relatedEntities: [{ kind: 'Account', properties: { accountName: 'Dana Example' } }],
    };
    expect(who('sentinel', { object: { name: 'i-1', properties } })).toEqual(['dana@example.com']);
  });
});
