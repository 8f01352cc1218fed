import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { QuellError } from '../../domain/errors.js';
import type { World } from '../../simulator/core/world.js';
import { durationMs } from '../../simulator/core/scenario.js';

/** Fills a scenario's alert file: `{{@key}}` the native id on the alert's platform, `{{@key.email}}`, `{{ip:key}}`, `{{app:key}}`, `{{at -PT5M}}`, `{{n}}`. */
export function fillAlert(
  world: World,
  path: string,
  platform: 'slack' | 'microsoft' | 'google',
  subject: string,
  n: number,
): string {
  return readFileSync(path, 'utf8').replace(/\{\{(.+?)\}\}/g, (_, expression: string) => {
    const text = expression.trim().replaceAll('@subject', `@${subject}`);
    if (text === 'n') return String(n);
    const at = /^(at|epoch) (-?P\S+)$/.exec(text);
    if (at) {
      const instant = new Date(world.startedAt.getTime() + durationMs(at[2] ?? 'PT0S'));
      return at[1] === 'at' ? instant.toISOString() : String(Math.floor(instant.getTime() / 1000));
    }
    const scoped = /^(slack|microsoft|google) (.+)$/.exec(text);
    return String(world.resolve((scoped?.[1] ?? platform) as typeof platform, scoped?.[2] ?? text));
  });
}

/** Posts a body to the intake as a sender would, signed with the source's secret. */
export async function postAlert(
  intake: string,
  source: string,
  secret: string,
  body: string,
): Promise<{ readonly status?: string }> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  const response = await fetch(`${intake}/alerts/${source}?token=${encodeURIComponent(secret)}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-quell-timestamp': timestamp,
      'x-quell-signature': `v1=${signature}`,
      authorization: `Bearer ${secret}`,
    },
    body,
  });
  const answer = (await response.json()) as { readonly status?: string; readonly message?: string };
  if (!response.ok)
    throw new QuellError('ALERT_FORMAT', `the intake answered ${response.status}: ${answer.message ?? ''}`);
  return answer;
}

export const sourceSecret = (vault: string, source: string): string =>
  readFileSync(join(vault, `source-${source}.secret`), 'utf8').trim();

export const alertName = (path: string): string => basename(path);
