import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadScenario } from '../../simulator/core/scenario.js';
import { paint } from '../terminal.js';
import { postAlert, raiseAlerts, sourceSecret, type AlertFile } from './alerts.js';
import { follow } from './follow.js';
import { startHouse, type House } from './house.js';
import { playToEnd, type PlayedRun } from './play.js';
import { differences } from './promise.js';
import { shown, type DemoPorts } from './run.js';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Exit code of what was cut short, as a shell has it. */
const INTERRUPTED = 130;

/** What the command line asks for. */
export interface Demo {
  readonly scenario: string;
  readonly state: string;
  /** Raised instead of the scenario's own. */
  readonly alert?: AlertFile;
  /** Plays the people too, and ends by itself. */
  readonly handsFree: boolean;
  /** Sets aside what the state folder holds. */
  readonly fresh: boolean;
}

type Say = (line: string) => void;
interface End {
  readonly code: number;
  /** HTML report. */
  readonly report?: string | undefined;
}

/**
 * Starts everything, raises the alert, and follows the case until the signal; hands-free until it has closed. Whatever
 * happens, all that was started is stopped. Resolves with the exit code. Errors: those of the start and of the intake.
 */
export async function runDemo(demo: Demo, say: Say, signal: AbortSignal): Promise<number> {
  signal.addEventListener('abort', () => say(paint.dim('Stopping …')), { once: true });
  const house = await start(demo, say, signal);
  if (house === undefined) return INTERRUPTED;
  let end: End | undefined;
  try {
    const work = demo.handsFree ? playAlone(demo, house, say) : show(demo, house, say);
    const stopped: End = { code: demo.handsFree ? INTERRUPTED : 0 };
    end = await Promise.race([work, died(house, demo.state, say), aborted(signal).then(() => stopped)]);
    return end.code;
  } finally {
    if (!signal.aborted) say(paint.dim('Stopping …'));
    await house.stop();
    if (!demo.handsFree) say(paint.dim('Stopped. `npm start` goes on from here.'));
    if (end?.report !== undefined) say(`report: ${end.report}`);
  }
}

/** Undefined when the signal came first. */
async function start(
  { scenario, state, handsFree, fresh }: Demo,
  say: Say,
  signal: AbortSignal,
): Promise<House | undefined> {
  const { shows, pace } = loadScenario(scenario);
  say(paint.bold(`Quell · ${scenario}`) + paint.dim(` · ${shows}`));
  try {
    return await startHouse({
      root: ROOT,
      ...{ state, scenario, fresh, signal },
      temporalAddress: process.env['TEMPORAL_ADDRESS'],
      ...(handsFree ? {} : { pace: { lag: pace.lag, people: 1 } }),
      print: (line) => say(paint.dim(`  starting ${line}`)),
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    say(paint.dim('Stopped before all had started.'));
    return undefined;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function died({ processes }: House, state: string, say: Say): Promise<End> {
  return new Promise((resolve) => {
    processes.onDeath = (role, code) => {
      say(paint.red(`${role} ended unexpectedly (${String(code)}); see ${shown(join(state, 'logs', `${role}.log`))}`));
      resolve({ code: 1 });
    };
  });
}

async function show(demo: Demo, house: House, say: Say): Promise<End> {
  explain(demo.state, house, say);
  await raise(demo, house, say);
  return await follow(house, say);
}

/** The file of the command line, or the scenario's alerts; a run that goes on has had them. */
async function raise({ alert }: Demo, house: House, say: Say): Promise<void> {
  const { addresses, files, run } = house;
  if (alert) {
    const { note } = await postAlert(
      addresses.intake,
      alert.source,
      sourceSecret(files.vault, alert.source),
      alert.body,
    );
    say(`Alert raised at the intake: ${alert.path} from ${alert.source}`);
    if (note !== undefined)
      say(paint.yellow(`It opens no case: ${note}. \`npm run quell -- alert dead-letters\` lists it.`));
  } else if (run.alerted) return;
  else await raiseAlerts(house, say);
  run.noteAlerted();
}

function explain(state: string, house: House, say: Say): void {
  const { addresses, scenario, run, resumed } = house;
  const password = readFileSync(join(state, 'console-password'), 'utf8').trim();
  const deciders = Object.keys(scenario.deciders).map((name) => paint.bold(name));
  say('');
  say(
    `  Console      ${paint.underline(addresses.console)}   sign in as ${deciders.join(' or ')}, password ${paint.bold(password)}`,
  );
  say(`  Temporal UI  ${paint.underline(addresses.temporalUi)}`);
  say(`  Intake       ${addresses.intake}/alerts/<source>`);
  say(`  State        ${shown(state)}`);
  for (const line of changes(run.setAside, run.moved)) say(paint.yellow(`  ${line}`));
  say('');
  say('  Next: open the console, read the case, approve its plan, do its tasks.');
  say('        When the subject is asked, the link to answer by appears here.');
  say('        Ctrl-C stops everything; a second `npm start` goes on with the case.');
  say('');
  if (resumed && run.alerted)
    say(
      `Going on with the run of ${run.startedAt.toISOString().slice(0, 16).replace('T', ' ')}. What happened so far (times are UTC):`,
    );
}

/** What is not as it was at the last start. */
function changes(setAside: string | undefined, moved: readonly (keyof DemoPorts)[]): readonly string[] {
  const links = moved.filter((name) => name === 'intake' || name === 'console');
  return [
    ...(setAside === undefined
      ? []
      : [`The run before was set aside; QUELL_STATE=${shown(setAside)} npm start goes on with it.`]),
    ...(links.length === 0
      ? []
      : [
          `The port of ${links.join(' and ')} was taken, so there is another now; links in messages of before lead nowhere.`,
        ]),
  ];
}

/** Plays the people until every promised case has closed, then holds the run against its promise. */
async function playAlone(demo: Demo, house: House, say: Say): Promise<End> {
  await raise(demo, house, say);
  const { promise } = house.scenario;
  const end = await playToEnd(house, { say });
  const found = await differences(promise, end.outcome);
  for (const difference of found) say(paint.red(`✗ ${difference}`));
  if (found.length === 0)
    say(
      paint.green(
        `✓ ended as promised: ${promise.verdict}, ${house.world.journal.length} containment write(s), all in the report and verified in the tenants`,
      ),
    );
  return { code: found.length === 0 ? 0 : 1, report: writeOut(demo.state, end.reports) };
}

/** For who reads when nothing runs any more; what the product keeps is encrypted. Path of the first as HTML. */
function writeOut(state: string, reports: PlayedRun['reports']): string | undefined {
  const folder = join(state, 'written-out');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const paths = reports.map(({ caseId, html, json }) => {
    const path = join(folder, caseId);
    writeFileSync(`${path}.json`, json, { mode: 0o600 });
    writeFileSync(`${path}.html`, html, { mode: 0o600 });
    return `${path}.html`;
  });
  return paths[0];
}
