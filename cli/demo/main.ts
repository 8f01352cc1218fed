import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { listScenarios, loadScenario } from '../../simulator/core/scenario.js';
import { statePaths } from '../../store/state-paths.js';
import { postAlert, raiseAlerts, sourceOf, sourceSecret } from './alerts.js';
import { startHouse, type House } from './house.js';
import { playToEnd } from './play.js';
import { differences } from './promise.js';
import { Watch } from './watch.js';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const LOOK_EVERY_MS = 500;

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    'hands-free': { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    alert: { type: 'string' },
    source: { type: 'string' },
  },
});

/** The report of the run, for the last line. */
let report: string | undefined;

const say = (line = ''): void => void process.stdout.write(`${line}\n`);

if (values.list) {
  for (const name of listScenarios()) say(`${name.padEnd(20)} ${loadScenario(name).shows}`);
} else {
  process.exit(await run());
}

async function run(): Promise<number> {
  const name = values.scenario ?? 'slack-takeover';
  if (!listScenarios().includes(name)) {
    say(`There is no scenario ${name}. \`npm start -- --list\` shows them.`);
    return 2;
  }
  const base = resolve(process.env['QUELL_STATE'] ?? '.quell');
  const state = values['hands-free']
    ? join(base, 'runs', `${new Date().toISOString().replace(/[:.]/g, '-')}-${name}`)
    : base;
  say(pc.bold(`Quell · ${name}`) + pc.dim(` · ${loadScenario(name).shows}`));
  const interrupted = new Promise<undefined>((end) => {
    // For good: a Ctrl-C can arrive twice, from the terminal and from npm, and must not cut the stop short.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(undefined));
  });
  const starting = startHouse({
    root: ROOT,
    state,
    scenario: name,
    temporalAddress: process.env['TEMPORAL_ADDRESS'],
    ...(values['hands-free'] ? {} : { pace: { lag: loadScenario(name).pace.lag, people: 1 } }),
    print: (line) => say(pc.dim(`  starting: ${line}`)),
  });
  const house = await Promise.race([starting, interrupted]);
  if (house === undefined) return 130; // what has started ends with this process
  const died = new Promise<number>((end) => {
    house.processes.onDeath = (role, code) => {
      say(pc.red(`${role} ended unexpectedly (${String(code)}); see ${join(state, 'logs', `${role}.log`)}`));
      end(1);
    };
  });
  try {
    await begin(house);
    if (values['hands-free'])
      return (await Promise.race([handsFree(house, statePaths(state).reports), died, interrupted])) ?? 130;
    await explain(house, state);
    return (await Promise.race([follow(house), died, interrupted])) ?? 0;
  } finally {
    say(pc.dim('Stopping …'));
    await house.stop();
    if (values['hands-free'] && report !== undefined) say(`report: ${report}`);
  }
}

/** The file of the command line, or the scenario's alerts; a resumed run has had its alerts. */
async function begin(house: House): Promise<void> {
  const { addresses, files, resumed } = house;
  if (values.alert !== undefined) {
    const body = readFileSync(values.alert, 'utf8');
    const source = values.source ?? sourceOf(body);
    await postAlert(addresses.intake, source, sourceSecret(files.vault, source), body);
  } else if (resumed) say('The state folder holds a run of this scenario: its cases go on.');
  else await raiseAlerts(house, say);
}

async function explain({ addresses }: House, state: string): Promise<void> {
  const password = readFileSync(join(state, 'console-password'), 'utf8').trim();
  say();
  say(
    `  Console      ${pc.underline(addresses.console)}   sign in as ${pc.bold('ann')} or ${pc.bold('ben')}, password ${pc.bold(password)}`,
  );
  say(`  Temporal UI  ${pc.underline(addresses.temporalUi)}`);
  say(`  Intake       ${addresses.intake}/alerts/<source>`);
  say(`  State        ${state}`);
  say();
  say('  Next: open the console, read the case, approve its plan. Ctrl-C stops everything; a second start goes on.');
  say();
}

async function follow(house: House): Promise<number> {
  const watch = new Watch(house.client, say);
  for (;;) {
    await watch.look().catch(() => undefined);
    await new Promise((r) => setTimeout(r, LOOK_EVERY_MS));
  }
}

/** Plays the people until every promised case has closed, then holds the run against its promise. */
async function handsFree(house: House, folder: string): Promise<number> {
  const end = await playToEnd(house, { reports: folder, say });
  report = end.html[0];
  const found = await differences(house.scenario.promise, end.outcome);
  for (const difference of found) say(pc.red(`✗ ${difference}`));
  if (found.length === 0)
    say(
      pc.green(
        `✓ ended as promised: ${house.scenario.promise.verdict}, ${house.world.journal.length} containment write(s), all in the report and verified in the tenants`,
      ),
    );
  return found.length === 0 ? 0 : 1;
}
