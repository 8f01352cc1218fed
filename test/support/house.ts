import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { raiseAlerts } from '../../cli/demo/alerts.js';
import { startHouse, type House, type HouseOptions } from '../../cli/demo/house.js';
import { playToEnd, type PlayedRun } from '../../cli/demo/play.js';
import { statePaths } from '../../store/state-paths.js';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The whole product in a folder of its own, gone afterwards. */
export async function withHouse<T>(
  options: Omit<HouseOptions, 'root' | 'state'>,
  work: (house: House, state: string) => Promise<T>,
): Promise<T> {
  const state = mkdtempSync(join(tmpdir(), 'quell-'));
  try {
    const house = await startHouse({ root: ROOT, state, withUi: false, ...options });
    try {
      return await work(house, state);
    } finally {
      await house.stop();
    }
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

/** Raises the scenario's alerts and plays its people to the end. */
export async function play(house: House, state: string): Promise<PlayedRun> {
  await raiseAlerts(house, () => undefined);
  return await playToEnd(house, { reports: statePaths(state).reports });
}
