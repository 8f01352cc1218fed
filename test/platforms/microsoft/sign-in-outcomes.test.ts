import { describe, expect, it } from 'vitest';
import { signInMeaning } from '../../../platforms/microsoft/sources/sign-in-codes.js';
import { list, portOver, readSource } from './canned.js';
import { signIn } from './recorded.js';

const ofType = (type: string, ...rows: readonly unknown[]) => ({
  signIns: (url: URL) => list(...(url.searchParams.get('$filter')?.includes(`'${type}'`) === true ? rows : [])),
});
const read = (...rows: readonly unknown[]) =>
  readSource(portOver(ofType('interactiveUser', ...rows)), 'microsoft.sign_ins');
const withCode = (errorCode: unknown, extra: object = {}) => ({
  ...signIn,
  id: `c-${String(errorCode)}`,
  status: { errorCode },
  ...extra,
});

describe('the error code of a sign-in', () => {
  it.each([
    [[0], 'success'],
    [[50058, 50059, 50140, 50199, 65001, 16000], 'interrupt'],
    [[50055, 50072, 50074, 50076, 50078, 50079, 50088, 50125, 50127, 50142, 50144, 50158, 50203], 'stopped'],
    [[70043, 70044, 70046, 700024, 700082, 50173, 50132, 50133, 50089, 700084], 'expired'],
    [[50126, 50034, 50056, 500341], 'failure'],
    [[500121], 'refused_factor'],
    [[53003, 53000, 53001, 530032, 530035, 53999, 50005, 50131], 'policy'],
    [[50057, 500571, 500014, 50105], 'blocked'],
    [[50053], 'locked'],
    [[90033, 700016, 7000218, 50011], 'request'],
    [[123456, -1, 5, 99999], 'unknown'],
  ] as const)('%j means %s', (codes, meaning) => {
    expect(codes.map(signInMeaning)).toEqual(codes.map(() => meaning));
  });

  it('makes an event of how an attempt ended or where it was stopped, and none of a question or of a token that ran out', async () => {
    const codes = [0, 50074, 50140, 70043, 50173, 50126, 500121, 53003, 50053, 90033];
    const { events, odd } = await read(...codes.map((c) => withCode(c)));
    expect(events.map((e) => [e.id.split(':c-')[1], e.kind, e.outcome])).toEqual([
      ['0', 'sign_in', 'success'],
      ['50074', 'sign_in_stopped', 'blocked'],
      ['50126', 'sign_in_failed', 'failure'],
      ['500121', 'sign_in_failed', 'failure'],
      ['53003', 'sign_in_failed', 'blocked'],
      ['50053', 'sign_in_failed', 'blocked'],
    ]);
    expect(odd).toEqual([]);
  });

  it('tells who had the password: a factor refused or a policy’s no is one, a wrong password or a lock is none', async () => {
    const { events } = await read(...[50126, 50053, 500121, 53003, 50131].map((c) => withCode(c)));
    expect(events.map((e) => e.labels)).toEqual([undefined, undefined, ...Array(3).fill(['knows_first'])]);
  });

  it('of a stopped sign-in keeps from where, and neither a session nor a proof of the person', async () => {
    const { events } = await read(withCode(50076), withCode(0));
    const [stopped, success] = events;
    expect(stopped).toMatchObject({
      kind: 'sign_in_stopped',
      ip: success?.ip,
      asn: success?.asn,
      actor: success?.actor,
    });
    expect(success).toMatchObject({ sessionId: expect.any(String), authentication: expect.any(String) });
    expect(stopped).not.toHaveProperty('sessionId');
    expect(stopped).not.toHaveProperty('authentication');
  });

  it('that is on no list, or missing, is neither a success nor a failure: the row is odd', async () => {
    const { events, odd } = await read(
      withCode(987654),
      { ...signIn, id: 'x', status: {} },
      { ...signIn, id: 'y', status: null },
      signIn,
    );
    expect(events.map((e) => e.id)).toEqual(['microsoft:microsoft.sign_ins:s-1']);
    expect(odd.map((o) => 'lacks' in o && o.lacks)).toEqual([
      'status.errorCode',
      'status.errorCode',
      'status.errorCode',
    ]);
  });

  it('on no list is a policy’s no where Conditional Access says so, and a text counts as its number', async () => {
    const { events } = await read(withCode(987654, { conditionalAccessStatus: 'failure' }), withCode('50126'));
    expect(events.map((e) => e.outcome)).toEqual(['blocked', 'failure']);
  });
});

describe('a sign-in', () => {
  it('is read by an id that is a number, and without the number of a network that is none', async () => {
    const { events, odd } = await read(
      { ...signIn, id: 7, autonomousSystemNumber: -1 },
      { ...signIn, id: 8, autonomousSystemNumber: '64500' },
      { ...signIn, id: 9, autonomousSystemNumber: 4294967296 },
    );
    expect(events.map((e) => [e.id.split(':').at(-1), e.asn])).toEqual([
      ['7', undefined],
      ['8', 64500],
      ['9', undefined],
    ]);
    expect(odd).toEqual([]);
  });

  it.each([
    ['by a device code', { authenticationProtocol: 'deviceCode' }, 'device_code'],
    ['in letters of another case', { authenticationProtocol: 'DEVICECODE' }, 'device_code'],
    [
      'that goes on what a device code began',
      { originalTransferMethod: 'deviceCodeFlow', isInteractive: false },
      'device_code',
    ],
    ['by another protocol', { authenticationProtocol: 'oAuth2' }, 'mfa'],
  ])('%s', async (_, extra, authentication) => {
    expect((await read({ ...signIn, ...extra })).events).toMatchObject([{ authentication }]);
  });

  it.each([
    [{ signInEventTypes: ['nonInteractiveUser'] }, 'Sign-in (non-interactive)', 'token'],
    [{ signInEventTypes: 'nonInteractiveUser', isInteractive: null }, 'Sign-in (non-interactive)', 'token'],
    [{ signInEventTypes: ['interactiveUser'] }, 'Sign-in', 'mfa'],
    [{ signInEventTypes: [] }, 'Sign-in', 'mfa'],
    [{ signInEventTypes: ['nonInteractiveUser'], isInteractive: true }, 'Sign-in', 'mfa'],
  ])('that says %j is by a person or on a token', async (extra, operation, authentication) => {
    const { isInteractive: _, ...row } = signIn;
    expect((await read({ ...row, ...extra })).events).toMatchObject([{ operation, authentication }]);
  });

  it('asks for one type of sign-ins at a time, as the documentation does', async () => {
    const port = portOver({ signIns: list() });
    await readSource(port, 'microsoft.sign_ins');
    await readSource(port, 'microsoft.sign_ins', {
      nativeId: 'app',
      emails: [],
      from: '2026-03-01T00:00:00Z',
      to: '2026-03-02T00:00:00Z',
      readContent: false,
    });
    const types = port.asked
      .filter((a) => a.includes('signIns'))
      .map((a) => [...a.matchAll(/t eq '(\w+)'/g)].map(([, t]) => t));
    expect(types).toEqual([['interactiveUser'], ['nonInteractiveUser'], ['servicePrincipal'], ['managedIdentity']]);
  });

  it('has no place where the log gives the middle of nowhere, and no address where it gives none', async () => {
    const nowhere = { city: 'X', countryOrRegion: 'ZZ', geoCoordinates: { latitude: 0, longitude: 0 } };
    const { events, odd } = await read(
      { ...signIn, location: nowhere, ipAddress: '10.1.2.3' },
      { ...signIn, id: 's-2', ipAddress: '198.51.100.300' },
    );
    expect(events[0]).not.toHaveProperty('location');
    expect(events[0]).not.toHaveProperty('country');
    expect(events.map((e) => e.ip)).toEqual([undefined, undefined]);
    expect(odd).toEqual([{ field: 'ipAddress', value: '198.51.100.300' }]);
  });
});
