import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { QuellError } from '../../domain/errors.js';
import { listScenarios, loadScenario } from '../../simulator/core/scenario.js';
import { linesOf, onNoReader, paint, print } from '../terminal.js';
import { readAlertFile } from './alerts.js';
import { runDemo, type Demo } from './demo.js';
import { scenarioOf } from './run.js';

const USAGE = `npm start [-- OPTIONS]     ${paint.dim('state lies in QUELL_STATE, by default .quell')}

  --scenario NAME          another scenario; without a name the one that the state folder holds goes on
  --alert FILE             raise this alert file instead; --source NAME says whose it is
  --fresh                  set aside what the state folder holds, and begin anew
  --hands-free             play the people too, in a folder of its own; exit code 0 when it ended as promised
  --list                   the scenarios, and what each shows`;

/** Exit code for a command line that cannot be followed. */
const USAGE_ERROR = 2;

/** Aborted by the first Ctrl-C, and when nobody reads any more what is said. */
const interrupted = new AbortController();
// For good: a Ctrl-C can arrive twice, from the terminal and from npm, and must not cut the stop short.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
onNoReader(() => interrupted.abort());

const code = await main().catch((error: unknown) => {
  print(...linesOf(messageOf(error)).map(paint.red));
  return 1;
});
process.exit(code);

async function main(): Promise<number> {
  let asked: Demo | 'done';
  try {
    asked = readCommandLine();
  } catch (error) {
    print(...linesOf(messageOf(error)), '', ...linesOf(USAGE));
    return USAGE_ERROR;
  }
  return asked === 'done' ? 0 : await runDemo(asked, print, interrupted.signal);
}

/** Answers what needs no demo at once. Throws when the command line cannot be followed. */
function readCommandLine(): Demo | 'done' {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string' },
      'hands-free': { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      alert: { type: 'string' },
      source: { type: 'string' },
    },
  });
  if (values.help) print(...linesOf(USAGE));
  if (values.list) for (const name of listScenarios()) print(`${name.padEnd(20)} ${loadScenario(name).shows}`);
  if (values.help || values.list) return 'done';

  const base = resolve(process.env['QUELL_STATE'] ?? '.quell');
  const handsFree = values['hands-free'];
  const scenario = values.scenario ?? (handsFree ? undefined : scenarioOf(base)) ?? 'slack-takeover';
  if (!listScenarios().includes(scenario))
    throw new QuellError('CONFIG', `There is no scenario ${scenario}. There are: ${listScenarios().join(', ')}.`);
  return {
    scenario,
    state: handsFree ? join(base, 'runs', `${new Date().toISOString().replace(/[:.]/g, '-')}-${scenario}`) : base,
    handsFree,
    fresh: values.fresh,
    ...(values.alert === undefined ? {} : { alert: readAlertFile(values.alert, values.source) }),
  };
}

/** For the one at the terminal, what is the matter here says more than the catalogue's text. */
function messageOf(error: unknown): string {
  if (error instanceof QuellError) return error.detail ?? error.message;
  return error instanceof Error ? error.message : String(error);
}
