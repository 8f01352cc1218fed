import { createHmac, timingSafeEqual } from 'node:crypto';
import { QuellError } from '../../domain/errors.js';

/** Oldest and newest time stamp that counts, seconds from now. */
const TOLERANCE = 300;

export interface SignedRequest {
  /** `X-Slack-Signature` */
  readonly signature: string | undefined;
  /** `X-Slack-Request-Timestamp`, Unix seconds. */
  readonly timestamp: string | undefined;
  /** The body as it came, before any parsing. */
  readonly rawBody: string | Buffer;
}

/**
 * Checks that a request came from Slack (signing secret, version v0; docs.slack.dev "Verifying requests from Slack"). Also refuses time
 * stamps of the future, which Slack's own library accepts. Throws SIGNATURE; CONFIG for an empty secret, which would sign for anybody.
 */
export function verifySlackRequest(
  signingSecret: string,
  { signature, timestamp, rawBody }: SignedRequest,
  now: Date,
): void {
  if (signingSecret === '') throw new QuellError('CONFIG', 'the signing secret of Slack is empty');
  if (signature === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp))
    throw new QuellError('SIGNATURE', 'Slack');
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > TOLERANCE)
    throw new QuellError('SIGNATURE', 'Slack: too old or from the future');
  const expected = Buffer.from(slackSignature(signingSecret, timestamp, rawBody));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new QuellError('SIGNATURE', 'Slack');
}

/** `v0=` and the hex HMAC-SHA256 over `v0:<timestamp>:<body>`. */
export function slackSignature(signingSecret: string, timestamp: string, rawBody: string | Buffer): string {
  return `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:`).update(rawBody).digest('hex')}`;
}
