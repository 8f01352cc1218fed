import { describe, expect, it } from 'vitest';
import type { EvidenceEvent } from '../../domain/evidence.js';
import type { SecretHit } from '../../domain/indicators/index.js';
import { PLATFORMS } from '../../platforms/registry.js';
import { accountKey, confirmBy, confirmUsed, type Uses } from '../../domain/leaks.js';
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
  return confirmUsed([{ ...hit, kind }], findings, rows, ['U1', 'M1'], PLATFORMS.secretUses).some(
    (s) => s.confirmed === true,
  );
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
    expect(
      confirmUsed(twins, findings, [message, signIn], ['U1', 'M1'], PLATFORMS.secretUses).map((s) => s.confirmed),
    ).toEqual([true, true]);
  });
});

describe('who could have read it', () => {
  const owners = new Map([[accountKey('Raj@example.com'), ['M2']]]);
  const pasted = { ...hit, account: accountKey('raj@example.com') };
  const byRaj = { ...message, actor: 'U2' };
  const intoRaj = { ...signIn, actor: 'M2' };
  const confirmed = (given: Partial<Uses>, secret: SecretHit = pasted): boolean | undefined =>
    confirmBy([secret], {
      events: [byRaj, intoRaj],
      foreign: [intoRaj],
      accounts: ['U1', 'M1'],
      owners,
      uses: PLATFORMS.secretUses,
      ...given,
    })[0]?.confirmed;

  it('is whoever gets into the account that the text names, after it was shown', () => {
    expect(confirmed({})).toBe(true);
    expect(confirmed({ foreign: [{ ...intoRaj, at: after(0) }] })).toBeUndefined();
    expect(confirmed({ foreign: [] })).toBeUndefined();
  });

  it('is nobody where the account that it opens is not known, or another one was entered', () => {
    expect(confirmed({ owners: new Map() })).toBeUndefined();
    expect(confirmed({}, hit)).toBeUndefined();
    expect(confirmed({ foreign: [{ ...intoRaj, actor: 'M1' }] })).toBeUndefined();
  });

  it('needs nobody who was in the account before, by session, device or address', () => {
    const events = [message, signIn];
    const own = { events, accounts: ['U1', 'M1'] };
    const earlier = { ...signIn, id: 'e', at: after(0), sessionId: 'x' };
    expect(confirmed({ ...own, foreign: [signIn] }, hit)).toBe(true);
    expect(confirmed({ ...own, foreign: [earlier, signIn] }, hit)).toBeUndefined();
    const elsewhere = { ...earlier, ip: '203.0.113.77' };
    expect(confirmed({ ...own, foreign: [elsewhere, signIn] }, hit)).toBe(true);
    expect(confirmed({ ...own, foreign: [elsewhere, { ...signIn, sessionId: 'x' }] }, hit)).toBeUndefined();
  });

  it('goes on with a browser session of Slack that was pasted, without a sign-in', () => {
    const cookie = { ...hit, kind: 'slack_session' };
    const session = { ...signIn, kind: 'session', platform: 'slack', actor: 'U1' } as const;
    const own = { events: [message, session], accounts: ['U1', 'M1'] };
    expect(confirmed({ ...own, foreign: [session] }, cookie)).toBe(true);
    expect(confirmed({ ...own, foreign: [{ ...session, platform: 'google' }] }, cookie)).toBeUndefined();
    expect(confirmed({ ...own, foreign: [session] }, hit)).toBeUndefined();
  });
});
