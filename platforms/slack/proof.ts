import { QuellError } from '../../domain/errors.js';
import type { SenderProof } from '../sender-proof.js';
import { slackSignature, verifySlackRequest } from './verify-request.js';

/** Alerts that come as Slack's own requests do: signed with an app's signing secret. */
export const SLACK_SIGNATURE: SenderProof = {
  proves: (secret, { headers, rawBody }, now) => {
    try {
      const { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp } = headers;
      verifySlackRequest(secret, { signature, timestamp, rawBody }, now);
      return true;
    } catch (error) {
      if (!(error instanceof QuellError)) throw error;
      return false;
    }
  },
  headers: (secret, body, now) => {
    const timestamp = String(Math.floor(now.getTime() / 1_000));
    return {
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': slackSignature(secret, timestamp, body),
    };
  },
};
