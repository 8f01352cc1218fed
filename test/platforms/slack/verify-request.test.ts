import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBlockAction } from '../../../platforms/slack/block-actions.js';
import { slackSignature, verifySlackRequest } from '../../../platforms/slack/verify-request.js';

/** Published by Slack: docs.slack.dev/authentication/verifying-requests-from-slack. */
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const TIMESTAMP = '1531420618';
const SIGNATURE = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
const BODY =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
const at = (offset: number): Date => new Date((Number(TIMESTAMP) + offset) * 1000);
const verify = (change: Partial<Parameters<typeof verifySlackRequest>[1]> = {}, now = at(0), secret = SECRET): void => {
  verifySlackRequest(secret, { signature: SIGNATURE, timestamp: TIMESTAMP, rawBody: BODY, ...change }, now);
};

describe('verifySlackRequest', () => {
  it('accepts the published example', () => {
    expect(slackSignature(SECRET, TIMESTAMP, BODY)).toBe(SIGNATURE);
    expect(() => verify()).not.toThrow();
    expect(() => verify({ rawBody: Buffer.from(BODY) })).not.toThrow();
  });

  it.each([-300, 300])('accepts a clock that is off by %i s', (offset) => {
    expect(() => verify({}, at(offset))).not.toThrow();
  });

  it.each([-301, 301, 86_400, -86_400])('refuses a clock that is off by %i s', (offset) => {
    expect(() => verify({}, at(offset))).toThrow('SIGNATURE');
  });

  it.each([
    { signature: undefined },
    { timestamp: undefined },
    { timestamp: '' },
    { timestamp: '1531420618.5' },
    { timestamp: 'NaN' },
    { signature: '' },
    { signature: 'v0=' },
    { signature: SIGNATURE.slice(3) },
    { signature: SIGNATURE.toUpperCase() },
    { signature: `${SIGNATURE}0` },
  ])('refuses %j', (change) => {
    expect(() => verify(change as object)).toThrow('SIGNATURE');
  });

  it('refuses every body, secret and time that was changed', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string({ minLength: 1 }),
        fc.integer({ min: -300, max: 300 }),
        (body, secret, shift) => {
          if (body !== BODY) expect(() => verify({ rawBody: body })).toThrow('SIGNATURE');
          if (secret !== SECRET) expect(() => verify({}, at(0), secret)).toThrow('SIGNATURE');
          if (shift !== 0) expect(() => verify({ timestamp: String(Number(TIMESTAMP) + shift) })).toThrow('SIGNATURE');
        },
      ),
    );
  });

  it('does not take an empty secret for one', () => {
    expect(() => verify({ signature: slackSignature('', TIMESTAMP, BODY) }, at(0), '')).toThrow('CONFIG');
  });
});

describe('parseBlockAction', () => {
  const body = (payload: unknown): string => new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const press = {
    type: 'block_actions',
    user: { id: 'U1' },
    container: { message_ts: '1.2', channel_id: 'D1' },
    actions: [{ action_id: 'me', value: 'v', action_ts: '3.4' }],
  };

  it('reads a press', () => {
    expect(parseBlockAction(body(press))).toEqual({
      userId: 'U1',
      actionId: 'me',
      value: 'v',
      actionTs: '3.4',
      messageId: 'D1/1.2',
    });
  });

  it('takes other interactions for no press', () => {
    expect(parseBlockAction(body({ type: 'view_submission', user: { id: 'U1' } }))).toBeUndefined();
    expect(parseBlockAction(body({ ...press, actions: [] }))).toBeUndefined();
  });

  it('refuses what is no interaction, ssl_check among it', () => {
    expect(() => parseBlockAction('ssl_check=1&token=x')).toThrow('ALERT_FORMAT');
    expect(() => parseBlockAction('payload=%7B')).toThrow('ALERT_FORMAT');
  });
});
