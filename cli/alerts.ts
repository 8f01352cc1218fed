import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { QuellError } from '../domain/errors.js';
import { detectFormat } from '../gateway/alerts/index.js';
import { listDeadLetters, requestResend } from '../store/inbox.js';
import { loadConfig } from '../workers/config.js';
import { paths, print, stateFolder } from './context.js';

export function registerAlerts(program: Command): void {
  const alert = program.command('alert').description('alerts: send, list what could not be delivered, resend');

  alert
    .command('send <file>')
    .description('send an alert file to the intake, signed as one of its sources')
    .option('--source <name>', 'configured source; by default the first that takes the format of the file')
    .action(async (file: string, { source }: { source?: string }) => {
      const body = readFileSync(file, 'utf8');
      const config = loadConfig(process.env['QUELL_CONFIG'] ?? join(stateFolder(), 'quell.yaml'));
      const format = detectFormat(JSON.parse(body));
      const name = source ?? config.sources.find((s) => s.format === format)?.name;
      if (name === undefined)
        throw new QuellError('ALERT_FORMAT', 'no configured source takes this file; name one with --source');
      const secretFile =
        process.env['QUELL_SOURCE_SECRET_FILE'] ??
        join(stateFolder(), 'roles', 'intake', 'keys', `source-${name}.secret`);
      print(await send(config.addresses.intake, name, readFileSync(secretFile, 'utf8').trim(), body));
    });

  alert
    .command('dead-letters')
    .description('list alerts that were authentic and could not be delivered')
    .option('--resend <seq>', 'ask for one to be delivered again')
    .action(async ({ resend }: { resend?: string }) => {
      if (resend !== undefined) await requestResend(paths().inbox, Number(resend));
      for (const letter of await listDeadLetters(paths().inbox))
        print(`${String(letter.seq).padStart(5)}  ${letter.receivedAt}  ${letter.source.padEnd(14)} ${letter.reason}`);
    });
}

/** Every way to prove itself at once: the source's own one counts. */
async function send(intake: string, source: string, secret: string, body: string): Promise<string> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const response = await fetch(`${intake}/alerts/${source}?token=${encodeURIComponent(secret)}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-quell-timestamp': timestamp,
      'x-quell-signature': `v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`,
      authorization: `Bearer ${secret}`,
    },
    body,
  });
  const answer = (await response.json()) as { readonly status?: string; readonly message?: string };
  if (!response.ok)
    throw new QuellError('ALERT_FORMAT', `the intake answered ${response.status}: ${answer.message ?? ''}`);
  return `accepted; its case: ${answer.status ?? ''}`;
}
