import { activityInfo } from '@temporalio/activity';
import { createHmac } from 'node:crypto';
import type { Severity } from '../../domain/platform.js';
import type { OutgoingMessage } from '../../platforms/ports.js';
import { cancellation } from '../context.js';
import type { PeopleActivities } from '../contract.js';
import { asQuellError, isCancellation } from '../errors.js';
import { isClean, mailboxOf, waysTo } from './channels.js';
import type { PeopleDeps } from './deps.js';
import { postJson } from './http.js';
import { caseLink, keyOf, utc } from './words.js';

type Input = Parameters<PeopleActivities['notifyIncidentResponse']>[0];

const PAGER_SEVERITY: Readonly<Record<Severity, string>> = {
  info: 'info',
  low: 'warning',
  medium: 'warning',
  high: 'error',
  critical: 'critical',
};
/** Attempts before the ways that worked have to do. */
const ATTEMPTS = 5;

interface NotifyWay {
  readonly name: string;
  readonly clean: boolean;
  send(): Promise<void>;
}

/**
 * Calls incident response on every configured way: mail, signed webhook, pager, channels of the platforms. All but the last carry a key, so that a repeated attempt is no second
 * call; a later round (another `acknowledgeBy`) is. A call that only the suspect platform carried is retried on the others and, in the end,
 * named as such in `ways`. Webhook signature: header `quell-signature: t=<unix seconds>,v1=<hex HMAC-SHA256 over "t.body">`.
 */
export async function notifyIncidentResponse(
  deps: PeopleDeps,
  input: Input,
): Promise<{ readonly ways: readonly string[] }> {
  const ways: string[] = [];
  let clean = false;
  let later: Error | undefined;
  for (const way of await waysOf(deps, input)) {
    try {
      await way.send();
      ways.push(way.clean ? way.name : `${way.name} (on a platform under suspicion)`);
      clean ||= way.clean;
    } catch (error) {
      if (isCancellation(error)) throw error;
      const known = asQuellError(error);
      if (!known) throw error;
      if (known.retryable) later = known;
    }
  }
  if (!clean && later && activityInfo().attempt < ATTEMPTS) throw later;
  return { ways };
}

async function waysOf(deps: PeopleDeps, input: Input): Promise<readonly NotifyWay[]> {
  const { webhook, pager, mail, channels = [] } = deps.notify;
  const key = keyOf('notify', input.caseId, input.acknowledgeBy);
  const ways: NotifyWay[] = [];
  if (pager) ways.push({ name: 'pager', clean: true, send: () => page(deps, pager, input, key) });
  if (webhook) ways.push({ name: 'webhook', clean: true, send: () => hook(deps, webhook, input, key) });
  for (const address of mail) {
    const way = await mailWay(deps, address, input, key);
    if (way) ways.push(way);
  }
  // Last, because their addresses know no key: what is tried again after them would post twice.
  for (const { name, platform, url, body } of channels)
    ways.push({
      name,
      clean: !input.suspect.includes(platform),
      send: async () => postJson(deps.fetch, url, await body(callOf(deps, input, key)), {}),
    });
  return ways;
}

/** The call in words. */
function callOf(deps: PeopleDeps, input: Input, key: string): OutgoingMessage {
  return {
    key,
    title: `Quell: incident response is called, severity ${input.severity}`,
    text: `A case of data collection from messaging apps ended its triage as ${input.verdict.replace('_', ' ')}. Please acknowledge by ${utc(input.acknowledgeBy)}.`,
    link: caseLink(deps, input.caseId, 'Open the case'),
  };
}

async function mailWay(deps: PeopleDeps, address: string, input: Input, key: string): Promise<NotifyWay | undefined> {
  const subjectId = await deps.registry.find({ mail: address });
  const profile = subjectId === undefined ? undefined : await deps.registry.profile(subjectId);
  const known = { mails: [address], accounts: profile?.accounts ?? [] };
  const way = waysTo(deps.talk, known, mailboxOf(deps.platforms, known), input.suspect).find(
    (w) => w.channel === 'mail',
  );
  if (!way) return undefined;
  const message = callOf(deps, input, keyOf(key, address));
  return {
    name: 'mail',
    // A mailbox outside the organisation's platforms is as clean as its sender.
    clean: !input.suspect.includes(way.from) && (way.on === undefined || isClean(way, input.suspect)),
    send: async () => {
      await way.talk.send(way.to, message, { signal: cancellation() });
    },
  };
}

async function hook(
  deps: PeopleDeps,
  webhook: { readonly url: string; readonly secret: string },
  input: Input,
  key: string,
): Promise<void> {
  const { caseId, verdict, severity, acknowledgeBy } = input;
  const body = JSON.stringify({
    type: 'quell.incident_response',
    id: key,
    caseId,
    verdict,
    severity,
    acknowledgeBy,
    console: caseLink(deps, caseId, '').url,
  });
  const at = String(Math.floor(deps.clock().getTime() / 1000));
  const signature = createHmac('sha256', webhook.secret).update(`${at}.${body}`).digest('hex');
  await postJson(deps.fetch, webhook.url, body, {
    'quell-signature': `t=${at},v1=${signature}`,
    'idempotency-key': key,
  });
}

/** PagerDuty Events API v2, https://developer.pagerduty.com/docs/events-api-v2/trigger-events/: the same `dedup_key` is one incident. */
async function page(
  deps: PeopleDeps,
  pager: { readonly url: string; readonly routingKey: string },
  input: Input,
  key: string,
): Promise<void> {
  const payload = {
    summary: `Quell: ${input.verdict.replace('_', ' ')}, severity ${input.severity}; acknowledge by ${utc(input.acknowledgeBy)}`,
    source: 'quell',
    severity: PAGER_SEVERITY[input.severity],
    custom_details: { case: input.caseId },
  };
  const event = {
    routing_key: pager.routingKey,
    event_action: 'trigger',
    dedup_key: key,
    payload,
    links: [{ href: caseLink(deps, input.caseId, '').url, text: 'Case' }],
  };
  await postJson(deps.fetch, pager.url, JSON.stringify(event), {});
}
