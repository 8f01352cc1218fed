import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { QuellError } from '../domain/errors.js';
import { bodyOfFile } from '../gateway/alerts/file-body.js';
import { parseBody } from '../gateway/alerts/kit/body.js';
import { detectFormat, FORMAT_NAMES, MAPPING, parserOf } from '../gateway/alerts/index.js';
import { explainAlerts, type ExplainedAlert, type ExplainedField } from '../gateway/alerts/explain.js';
import { Fields } from '../gateway/alerts/kit/fields.js';
import { readMapping } from '../gateway/alerts/mapping/file.js';
import { parserOfMapping } from '../gateway/alerts/mapping/parser.js';
import { sendAlert } from '../gateway/send-alert.js';
import { listDeadLetters, namesNobody, resendDeadLetter, type DeadLetter } from '../store/inbox/dead-letters.js';
import { loadConfig, type ConfiguredSource } from '../workers/config.js';
import { stateFolder, withDatabase } from './context.js';
import { print } from './terminal.js';

function printLetters(letters: readonly DeadLetter[]): void {
  if (letters.length === 0) print('none');
  for (const { seq, receivedAt, source, reason } of letters)
    print(`${String(seq).padStart(5)}  ${receivedAt}  ${source.padEnd(14)} ${reason}`);
  const nameless = letters.filter(namesNobody).map(({ seq }) => seq);
  // Whose account it is are personal data: the console keeps it and audits who said so.
  if (nameless.length > 0)
    print(
      '',
      `${nameless.join(', ')}: nobody that Quell knows is named. Find out whose account it is and give its mail address under Undelivered in the console (/dead-letters/${nameless[0] ?? ''}); a resend alone changes nothing.`,
    );
}

const LETTERS = 200;
const SUBJECTS_SHOWN = 50;

function printExplained({ fields, subjects, notFound, problems, idle }: ExplainedAlert): void {
  const line = ({ name, value, from }: ExplainedField): string =>
    `  ${name.padEnd(11)} ${value}${from.length > 0 ? `  <- ${from.join(', ')}` : ''}`;
  print(
    '',
    problems.length > 0 ? 'would be refused:' : idle ? 'is authentic, and asks for nothing' : 'would be accepted',
  );
  print(...problems.map((problem) => `  ${problem}`));
  print(...fields.map(line));
  print(...subjects.slice(0, SUBJECTS_SHOWN).map(line));
  if (subjects.length > SUBJECTS_SHOWN) print(`  and ${subjects.length - SUBJECTS_SHOWN} more`);
  if (notFound.length > 0) print('  looked for and not found:');
  for (const { at, names } of notFound) {
    if (at !== '') print(`    ${at}`);
    print(...names.map((name) => `    ${at === '' ? '' : '  '}${name}`));
  }
}

export function registerAlerts(program: Command): void {
  const alert = program.command('alert').description('alerts: send, list what could not be delivered, resend');

  alert
    .command('send <file>')
    .description(
      'send an alert file (JSON, JSON lines, or lines of CEF or syslog) to the intake, signed as one of its sources',
    )
    .option('--source <name>', 'configured source; by default the first that takes the format of the file')
    .action(async (file: string, { source }: { source?: string }) => {
      const body = bodyOfFile(readFileSync(file, 'utf8'));
      const config = loadConfig(process.env['QUELL_CONFIG'] ?? join(stateFolder(), 'quell.yaml'));
      const value = parseBody(Buffer.from(body));
      const format = detectFormat(value);
      const takes = (s: ConfiguredSource): boolean =>
        s.format === format || s.parser?.looksLike(new Fields(value)) === true;
      const sender = config.sources.find((s) => (source === undefined ? takes(s) : s.name === source));
      if (!sender)
        throw new QuellError(
          'ALERT_FORMAT',
          source === undefined
            ? `the file ${format === undefined ? 'has no format that Quell reads' : `looks like ${format}, which no configured source takes`}; name a source with --source`
            : `there is no source ${source}; configured are ${config.sources.map((s) => s.name).join(', ')}`,
        );
      const { name } = sender;
      const secretFile =
        process.env['QUELL_SOURCE_SECRET_FILE'] ??
        join(stateFolder(), 'roles', 'intake', 'keys', `source-${name}.secret`);
      const { addresses } = config;
      const answer = await sendAlert(addresses.intake, sender, readFileSync(secretFile, 'utf8').trim(), body);
      print(`${answer.repeat ? 'accepted before' : 'accepted'}; its case: ${answer.status}`);
      if (answer.note !== undefined) print(answer.note);
    });

  alert
    .command('explain <file>')
    .description('show what would be read of an alert file, and from where; exit code 1 when it would be refused')
    .option('--format <name>', `read it as this format: ${FORMAT_NAMES.join(', ')}`)
    .option('--mapping <file>', 'read it by this mapping file')
    .action((file: string, { format, mapping }: { format?: string; mapping?: string }) => {
      const value = parseBody(Buffer.from(bodyOfFile(readFileSync(file, 'utf8'))));
      const found = mapping === undefined ? (format ?? detectFormat(value)) : MAPPING;
      if (found === undefined)
        throw new QuellError(
          'ALERT_FORMAT',
          `the file has no format that Quell reads; these are ${FORMAT_NAMES.join(', ')}, or teach one by --mapping`,
        );
      const parser = mapping === undefined ? parserOf({ format: found }) : parserOfMapping(readMapping(mapping));
      const how = mapping !== undefined ? mapping : format === undefined ? 'found by its shape' : 'as you said';
      const alerts = explainAlerts(value, parser, {
        source: 'explain',
        format: found,
        receivedAt: new Date().toISOString(),
      });
      print(`format ${found} (${how}), ${alerts.length === 1 ? '1 alert' : `${alerts.length} alerts`}`);
      for (const one of alerts) printExplained(one);
      const isTaken =
        alerts.length > 0 &&
        alerts.every(({ problems }) => problems.length === 0) &&
        !alerts.every((a) => a.idle && a.fields.length === 0);
      if (!isTaken) process.exitCode = 1;
    });

  alert
    .command('dead-letters')
    .description('list alerts that were authentic and could not be delivered')
    .option('--after <seq>', 'those behind this number')
    .option('--resend <seq>', 'ask for one to be delivered again')
    .action(async ({ resend, after = '0' }: { resend?: string; after?: string }) => {
      if (!/^\d{1,15}$/.test(after)) throw new QuellError('STORE_GONE', `${after} is no number of a dead letter`);
      if (resend !== undefined && !/^[1-9]\d{0,14}$/.test(resend))
        throw new QuellError('STORE_GONE', `${resend} is no number of a dead letter`);
      await withDatabase(async (database) => {
        if (resend !== undefined) {
          await resendDeadLetter(database, Number(resend));
          print(`${resend} waits for the console, which delivers it again`);
        }
        const letters = await listDeadLetters(database, { after: Number(after), limit: LETTERS + 1 });
        printLetters(letters.slice(0, LETTERS));
        if (letters.length > LETTERS) print('', `and more: --after ${letters[LETTERS - 1]?.seq ?? 0}`);
      });
    });
}
