import { setTimeout as sleep } from 'node:timers/promises';
import { raiseAlerts, type AlertStage } from '../../../cli/demo/alerts.js';
import { withDatabase } from '../../../cli/context.js';
import type { House } from '../../../cli/demo/house.js';
import type { PlayedRun } from '../../../cli/demo/play.js';
import { differences } from '../../../cli/demo/promise.js';
import { KeyRing } from '../../../store/key-ring.js';
import { query } from '../../../store/postgres/connection.js';
import { statePaths } from '../../../store/state-paths.js';
import { folderStorage } from '../../../store/case-vault.js';
import { verifyState } from '../../../store/verify.js';

const AGAIN_MS = 300;
const TAKEN_WITHIN_MS = 180_000;

/** Sends as a sender does that sends again whatever was not taken. */
export async function untilTaken<T>(send: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + TAKEN_WITHIN_MS; ; await sleep(AGAIN_MS)) {
    try {
      return await send();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

/** Raises a scenario's alerts until all are taken. Answers how many different ones there are. */
export async function raiseUntilTaken(stage: AlertStage): Promise<number> {
  const raised = await untilTaken(() => raiseAlerts(stage, () => undefined));
  return new Set(raised.map(({ body }) => body)).size;
}

/**
 * What is lost, doubled or cannot be proven after a run; empty when nothing is. The tenants are as promised, with each write once as the report says; `quell verify` finds nothing;
 * each alert that was taken is delivered once, to cases that know it.
 */
export async function losses(
  house: House,
  state: string,
  { outcome }: PlayedRun,
  alerts: number,
): Promise<readonly string[]> {
  const found = [...(await differences(house.scenario.promise, outcome))];
  const keys = KeyRing.read({ dir: statePaths(state).keys });
  const proof = { audit: [keys.verifying('audit')], manifest: [keys.verifying('manifest')] };
  await withDatabase(async (database) => {
    const checks = await verifyState(state, folderStorage(state), database, proof);
    found.push(...checks.filter(({ outcome }) => outcome === 'bad').map((check) => JSON.stringify(check)));
    const { rows } = await query<{ status: string; n: number; unknown: number }>(
      database,
      `SELECT i.status, count(*)::int AS n, (count(*) FILTER (WHERE NOT EXISTS (
         SELECT FROM case_alerts a WHERE a.alert_id = ANY (i.alert_ids) AND a.case_id = ANY (i.case_ids))))::int AS unknown
       FROM inbox i WHERE kind = 'alert' GROUP BY 1`,
    );
    const taken = rows.reduce((sum, { n }) => sum + n, 0);
    if (taken !== alerts) found.push(`${alerts} alerts were sent, ${taken} taken`);
    for (const { status, n, unknown } of rows) {
      if (status === 'waiting') found.push(`${n} alerts wait`);
      if (status === 'delivered' && unknown > 0) found.push(`${unknown} delivered alerts are in no case`);
    }
  }, state);
  return found;
}
