import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { withDatabase } from '../../cli/context.js';
import { raiseAlerts } from '../../cli/demo/alerts.js';
import { processOf, type House } from '../../cli/demo/house.js';
import { playToEnd } from '../../cli/demo/play.js';
import { differences } from '../../cli/demo/promise.js';
import { KeyRing } from '../../store/key-ring.js';
import { ROLES, type Role } from '../../store/role-keys.js';
import { folderStorage } from '../../store/case-vault.js';
import { statePaths } from '../../store/state-paths.js';
import { verifyState } from '../../store/verify.js';
import type { Ready } from '../../cli/demo/processes.js';
import { withHouse } from '../support/house.js';

const KILL_EVERY_MS = 1_500;
/** What is killed, one after the other: each role, and the database between them. The first intake stands for what spreads requests over both. */
const VICTIMS: readonly (Role | 'database')[] = ROLES.flatMap((role, i) => (i % 3 === 2 ? [role, 'database'] : [role]));

test('two processes of every role, of which one and the database are killed again and again, end as one of each does', async () => {
  await withHouse({ scenario: 'slack-takeover' }, async (house, state) => {
    const [, intake] = await startTwins(house);
    const twice = { ...house, addresses: { ...house.addresses, intake: intake ?? '' } };
    const chaos = wreak(house);
    await Promise.all([raiseAlerts(house, () => undefined), raiseAlerts(twice, () => undefined)]);
    const run = await playToEnd(house);
    const kills = await chaos.stop();
    expect(kills).toBeGreaterThan(3);
    expect(await differences(house.scenario.promise, run.outcome)).toEqual([]);
    const keys = KeyRing.read({ dir: statePaths(state).keys });
    const proof = { audit: [keys.verifying('audit')], manifest: [keys.verifying('manifest')] };
    const checks = await withDatabase((database) => verifyState(state, folderStorage(state), database, proof), state);
    expect(checks.filter(({ outcome }) => outcome === 'bad')).toEqual([]);
  });
});

/** Answers where the second console and intake listen. */
async function startTwins(house: House): Promise<readonly (string | undefined)[]> {
  const ready: Ready[] = [];
  for (const role of ROLES) ready.push(await house.startRole(role, 2));
  return ['console', 'intake'].map((name) => ready.find(({ addresses }) => addresses?.[name])?.addresses?.[name]);
}

/**
 * Kills one after the other and starts it again, first and second processes in turn; the next one only when all run again, so that on a
 * slow machine too one of each role lives at any time. Ends with the number of kills, when all run again.
 */
function wreak(house: House): { stop(): Promise<number> } {
  const stopping = new AbortController();
  let restarting: Promise<unknown> = Promise.resolve();
  house.processes.onDeath = (name) => {
    const [role, copy] = name.split('-') as [Role, string | undefined];
    // One that finds no database ends again, and is started again as any that ends.
    restarting = restarting.then(() =>
      house.startRole(role, copy === undefined ? 1 : Number(copy)).catch(() => undefined),
    );
  };
  const allRun = async (): Promise<void> => {
    for (let seen: unknown; seen !== restarting;) await (seen = restarting);
  };
  let kills = 0;
  const killing = (async () => {
    for (let n = 0; !stopping.signal.aborted; n++) {
      await allRun();
      await sleep(KILL_EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
      const victim = VICTIMS[n % VICTIMS.length] ?? 'database';
      const copy = victim === 'intake' ? 2 : 1 + (Math.floor(n / VICTIMS.length) % 2);
      if (victim === 'database') await house.database.kill();
      else {
        const pid = house.processes.pid(processOf(victim, copy));
        if (pid === undefined) continue;
        process.kill(pid, 'SIGKILL');
      }
      kills += 1;
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await killing;
      await allRun();
      return kills;
    },
  };
}
