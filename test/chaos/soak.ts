import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { House } from '../../cli/demo/house.js';
import { playToEnd } from '../../cli/demo/play.js';
import { withHouse } from '../support/house.js';
import { ByChance, chanceOf } from './support/chance.js';
import { Killing } from './support/killing.js';
import { losses, raiseUntilTaken } from './support/whole.js';

// `npm run soak -- [--rounds N] [--minutes M] [--seed S]`: whole cases under kills by chance, each round proven. The seed of a round is printed; `--seed` with it and
// `--rounds 1` kills at the same statements again, as far as processes come to them in the same order.

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    minutes: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});
const SCENARIOS = ['slack-takeover', 'google-oauth-app', 'alert-storm', 'teams-insider', 'vip-two-approvals'] as const;
const KILLS = 16;
/** Between two kills of a server. */
const SERVERS_EVERY_MS = 12_000;
const SERVER_KILLS = 3;

interface Round {
  readonly scenario: string;
  readonly kills: number;
  readonly found: readonly string[];
}

async function round(seed: number): Promise<Round> {
  const chance = chanceOf(seed);
  const scenario = SCENARIOS[Math.floor(chance() * SCENARIOS.length)] ?? SCENARIOS[0];
  const killing = new Killing(new ByChance(chance, KILLS));
  const found = await withHouse({ scenario, reach: killing.reach }, async (house, state) => {
    killing.begin(house);
    const servers = killServers(house, chance, killing.done);
    const alerts = await raiseUntilTaken(house);
    const run = await playToEnd(house);
    await servers.stop();
    await killing.end();
    return await losses(house, state, run, alerts);
  })
    .catch((error: unknown) => [error instanceof Error ? (error.stack ?? error.message) : String(error)])
    .finally(() => killing.close());
  if (found.length > 0) for (const kill of killing.done) console.log(`    ${kill}`);
  return { scenario, kills: killing.done.length, found };
}

/** Database and Temporal, by chance. */
function killServers(house: House, chance: () => number, done: string[]): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const killing = (async () => {
    for (let n = 0; n < SERVER_KILLS && !signal.aborted; n++) {
      await sleep(SERVERS_EVERY_MS * (0.5 + chance()), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const isDatabase = chance() < 0.6;
      done.push(isDatabase ? 'the database' : 'Temporal');
      await (isDatabase ? house.database.kill() : house.temporal.restart());
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await killing;
    },
  };
}

const first = Number(values.seed);
const until = values.minutes === undefined ? Infinity : Date.now() + Number(values.minutes) * 60_000;
const wanted = values.minutes === undefined ? Number(values.rounds) : Infinity;
const began = Date.now();
let [rounds, kills, bad] = [0, 0, 0];
for (; rounds < wanted && Date.now() < until; rounds++) {
  const seed = first + rounds;
  const at = Date.now();
  const { scenario, found, ...of } = await round(seed);
  kills += of.kills;
  if (found.length > 0) bad += 1;
  const end = found.length === 0 ? 'whole' : `NOT WHOLE: ${found.join('; ')}`;
  console.log(`round ${rounds + 1}, seed ${seed}, ${scenario}: ${of.kills} kills, ${seconds(at)} s, ${end}`);
}
console.log(`${rounds} rounds, ${kills} kills, ${bad} not whole, ${seconds(began)} s, seed ${first}`);
process.exitCode = bad === 0 && rounds > 0 ? 0 : 1;

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1_000);
}
