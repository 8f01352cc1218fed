import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { confirmUsed } from '../../domain/leaks.js';
import { after, AWAY, event, finding, HOUR } from './fixtures.js';

const hit = { eventId: 'm', fingerprint: 'k', kind: 'password' };
const message = event({ id: 'm', actor: 'U1', at: after(HOUR) });
const signIn = event({ id: 's', kind: 'sign_in', platform: 'microsoft', actor: 'M1', at: after(2 * HOUR), ...AWAY });
const isConfirmed = (
  rows: readonly EvidenceEvent[] = [message, signIn],
  kind = 'password',
  given: Parameters<typeof finding>[0] = {},
): boolean => {
  const findings = [finding({ kind: 'unusual_sign_in', events: ['s'], ...given })];
  return confirmUsed([{ ...hit, kind }], findings, rows, ['U1', 'M1']).some((s) => s.confirmed === true);
};

describe('the use of a secret was logged', () => {
  it('when somebody else signs in after the subject showed its password', () => {
    expect(isConfirmed()).toBe(true);
  });

  it('when somebody else uses the Slack API after the subject showed a Slack token', () => {
    const call = { ...signIn, kind: 'api_activity', platform: 'slack' } as const;
    expect(isConfirmed([message, call], 'slack')).toBe(true);
    expect(isConfirmed([message, { ...call, platform: 'google' }], 'slack')).toBe(false);
    expect(isConfirmed([message, call])).toBe(false);
  });

  it.each<[string, readonly EvidenceEvent[], string, Parameters<typeof finding>[0]?]>([
    ['before it was shown', [message, { ...signIn, at: after(0) }], 'password'],
    ['without success', [message, { ...signIn, outcome: 'failure' }], 'password'],
    ['by the subject itself', [message, signIn], 'password', { ownSession: true }],
    ['by a faint sign', [message, signIn], 'password', { confidence: 'low' }],
    ['of another kind of secret', [message, signIn], 'aws_key_id'],
    ['of what another person showed', [{ ...message, actor: 'U2' }, signIn], 'password'],
    ['of what the intruder wrote', [message, signIn], 'password', { events: ['s', 'm'] }],
    ['of a message that is not at hand', [signIn], 'password'],
  ])('never %s', (_, rows, kind, given) => {
    expect(isConfirmed(rows, kind, given)).toBe(false);
  });

  it('wherever the same secret was shown', () => {
    const twins = [hit, { ...hit, eventId: 'other' }];
    const findings = [finding({ kind: 'unusual_sign_in', events: ['s'] })];
    expect(confirmUsed(twins, findings, [message, signIn], ['U1']).map((s) => s.confirmed)).toEqual([true, true]);
  });
});
