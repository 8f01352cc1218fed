import { describe, expect, it } from 'vitest';
import { judgeActs, type Step } from '../../../cli/demo/verdicts/acts.js';
import type { ActionResult } from '../../../domain/plan.js';
import { action, id, names, result, world } from './scene.js';

const disable = action(1, 'disable_account', { type: 'account', accountId: id('ada') });
const step = (of: Step['action'], end?: ActionResult, owners: readonly string[] = []): Step => ({
  action: of,
  owners,
  result: end,
});
const wanted = (act: string, about: string) => ({ action: act, about, why: '' });
const missing = (act: string, about: string, ...steps: readonly Step[]): number =>
  judgeActs({ must: [wanted(act, about)], mustNot: [] }, steps, names).missing.length;
const forbidden = (act: string, about: string, ...steps: readonly Step[]): number =>
  judgeActs({ must: [], mustNot: [wanted(act, about)] }, steps, names).forbidden.length;

describe('an expected act', () => {
  it.each([
    ['done', {}, 0],
    ['done', { verified: false }, 1],
    ['already', { verified: true }, 0],
    ['task_open', {}, 0],
    ['task_done', {}, 0],
    ['shadow', {}, 0],
    ['refused', {}, 1],
    ['failed', {}, 1],
  ] as const)('with status %s %o is missing %i times', (status, more, times) => {
    expect(missing('disable_account', '@ada', step(disable, result(1, status, more)))).toBe(times);
  });
  it('is missing when it was only planned', () => {
    expect(missing('disable_account', '@ada', step(disable))).toBe(1);
  });
  it('may be one of several kinds, or any', () => {
    const done = step(disable, result(1, 'done'));
    expect(missing('end_sessions|disable_account', '@ada', done)).toBe(0);
    expect(missing('*', '@ada', done)).toBe(0);
    expect(missing('end_sessions', '@ada', done)).toBe(1);
    expect(missing('disable_account', '*', done)).toBe(0);
  });
  it('is about whom it names, on any platform', () => {
    const inSlack = action(1, 'disable_account', { type: 'account', accountId: world.nativeId('slack', 'ada') });
    expect(missing('disable_account', '@ada', step(inSlack, result(1, 'done')))).toBe(0);
    expect(missing('disable_account', '@raj', step(inSlack, result(1, 'done')))).toBe(1);
  });
  it('of several that each would do is there when one is', () => {
    const must = [{ anyOf: [wanted('remove_app', 'app:sync'), wanted('disable_account', '@ada')], why: '' }];
    expect(judgeActs({ must, mustNot: [] }, [step(disable, result(1, 'done'))], names).missing).toEqual([]);
    expect(judgeActs({ must, mustNot: [] }, [], names).missing).toEqual([
      'remove_app app:sync or disable_account @ada',
    ]);
  });
});

describe('a forbidden act', () => {
  it('is one also when nobody did it', () => {
    expect(forbidden('disable_account', '@ada', step(disable))).toBe(1);
    expect(forbidden('disable_account', '@ada', step(disable, result(1, 'refused')))).toBe(1);
    expect(forbidden('disable_account', '@raj', step(disable))).toBe(0);
  });
  it('about an address hits it alone and as a network of one', () => {
    const block = (address: string): Step => step(action(1, 'block_ip', { type: 'address', address }));
    expect(forbidden('block_ip', 'ip:office', block('192.0.2.10'))).toBe(1);
    expect(forbidden('block_ip', 'ip:office', block('192.0.2.10/32'))).toBe(1);
    expect(forbidden('block_ip', 'ip:office', block('192.0.2.100'))).toBe(0);
  });
  it('about an app is also an account act on its id', () => {
    const onApp = action(1, 'disable_account', { type: 'account', accountId: world.appId('sync') });
    expect(forbidden('disable_account', 'app:sync', step(onApp))).toBe(1);
  });
  it('about a person is also one on the app that acts for them, and on a device of theirs', () => {
    const grant = action(1, 'revoke_tokens', { type: 'grant', appId: world.appId('sync'), accountId: id('ada') });
    expect(forbidden('*', '@ada', step(grant))).toBe(1);
    const device = action(1, 'quarantine_device', { type: 'device', deviceId: 'd-1', sessionIds: [] });
    expect(forbidden('*', '@ada', step(device, undefined, [id('ada')]))).toBe(1);
    const resolved = { target: device.target, affects: [id('raj')], reach: 'accounts' as const };
    expect(forbidden('*', '@ada', step(device, result(1, 'done', { resolved }), [id('ada')]))).toBe(0);
  });
});

it('says when a label names nobody', () => {
  expect(() => missing('*', '@nobody', step(disable, result(1, 'done')))).toThrow('no @nobody');
});
