import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { QuellError } from '../../../domain/errors.js';
import { linesOf, onNoReader, paint, print } from '../../terminal.js';
import { runVerdicts, type VerdictsOptions } from './run.js';
import { namesIn, scenariosIn, selected } from './selection.js';
import { linesOfRows, linesOfTotals } from './table.js';
import { missed, readThresholds } from './thresholds.js';
import { totalsOf } from './totals.js';

const USAGE = `npm run verdicts [-- OPTIONS] [FOLDER]     ${paint.dim('labelled scenarios through the whole product')}

  FOLDER                   of scenarios, each with an expected.json; by default test/verdicts/corpus
  --only NAME              this one alone; may be given several times, and with several names
  --subset FILE            those that a list names; ci for the one that is checked with every change
  --parallel N             so many at once; by default 8
  --limit SECONDS          what takes longer is wrong; by default 240
  --json FILE              all of it as JSON too
  --check                  exit code 1 when a threshold of test/verdicts/thresholds.yaml is missed
  --keep                   keeps what each run left, in .quell/verdicts`;

const USAGE_ERROR = 2;
const INTERRUPTED = 130;
const VERDICTS = join(dirname(fileURLToPath(import.meta.url)), '../../../test/verdicts');

interface Asked extends Omit<VerdictsOptions, 'onRow' | 'signal'> {
  readonly json?: string | undefined;
  readonly check: boolean;
}

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
onNoReader(() => interrupted.abort());

const code = await main().catch((error: unknown) => {
  if (interrupted.signal.aborted) return INTERRUPTED;
  print(...linesOf(messageOf(error)).map(paint.red));
  return 1;
});
process.exit(code);

async function main(): Promise<number> {
  let asked: Asked | undefined;
  try {
    asked = readCommandLine();
  } catch (error) {
    print(...linesOf(messageOf(error)), '', ...linesOf(USAGE));
    return USAGE_ERROR;
  }
  if (!asked) {
    print(...linesOf(USAGE));
    return 0;
  }
  return await verdicts(asked);
}

async function verdicts(asked: Asked): Promise<number> {
  let done = 0;
  const { rows, seconds, cpuSeconds, state } = await runVerdicts({
    ...asked,
    signal: interrupted.signal,
    onRow: (row) => {
      const how = row.right ? paint.green('right') : paint.red(row.failure === undefined ? 'wrong' : 'failed');
      print(
        `${paint.dim(`${++done}/${asked.names.length}`)} ${row.name} ${how} ${paint.dim(`${row.seconds.toFixed(0)} s`)}`,
      );
    },
  });
  const totals = totalsOf(rows);
  print('', ...linesOfRows(rows), '', ...linesOfTotals(totals));
  print(
    paint.dim(
      `${rows.length} scenarios in ${seconds.toFixed(0)} s, ${(cpuSeconds / rows.length).toFixed(1)} CPU s each`,
    ),
  );
  if (asked.keep) print(`kept: ${state}`);
  if (asked.json !== undefined)
    writeFileSync(asked.json, `${JSON.stringify({ totals, rows, seconds, cpuSeconds }, undefined, 2)}\n`);
  if (!asked.check) return 0;
  const misses = missed(readThresholds(join(VERDICTS, 'thresholds.yaml')), totals);
  print('', ...(misses.length === 0 ? ['All thresholds are met.'] : misses.map((m) => paint.red(`missed: ${m}`))));
  return misses.length === 0 ? 0 : 1;
}

/** Undefined when help was asked for. Throws when the command line cannot be followed. */
function readCommandLine(): Asked | undefined {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      subset: { type: 'string' },
      parallel: { type: 'string', default: '8' },
      limit: { type: 'string', default: '240' },
      json: { type: 'string' },
      check: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  // Names may follow one `--only`: what is no folder then is one more of them.
  const [first, ...rest] = positionals;
  const named = values.only.length > 0;
  const isFolder = first !== undefined && (!named || /[/\\]|^\.+$/.test(first));
  if (!named && rest.length > 0) throw new QuellError('CONFIG', 'One folder alone can be run.');
  const folder = isFolder ? first : join(VERDICTS, 'corpus');
  const only = [...values.only.flatMap((n) => n.split(',')), ...(isFolder ? rest : named ? positionals : [])];
  const list = values.subset === 'ci' ? join(VERDICTS, 'ci-subset.txt') : values.subset;
  const all = scenariosIn(folder);
  const names = selected(selected(all, list === undefined ? [] : namesIn(list)), only);
  return {
    ...{ folder, names, json: values.json, check: values.check, keep: values.keep },
    parallel: positive('--parallel', values.parallel),
    limitMs: positive('--limit', values.limit) * 1_000,
  };
}

function positive(option: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new QuellError('CONFIG', `${option} takes a whole number from 1 on, not ${text}.`);
  return Number(text);
}

function messageOf(error: unknown): string {
  if (error instanceof QuellError) return error.detail ?? error.message;
  return error instanceof Error ? error.message : String(error);
}
