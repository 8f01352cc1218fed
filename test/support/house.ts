import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { raiseAlerts } from '../../cli/demo/alerts.js';
import { startHouse, type House, type HouseOptions } from '../../cli/demo/house.js';
import { playToEnd, type PlayedRun } from '../../cli/demo/play.js';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

type Options = Omit<HouseOptions, 'root' | 'state'>;

/** The whole product in a folder of its own, gone afterwards. */
export function withHouse<T>(options: Options, work: (house: House, state: string) => Promise<T>): Promise<T> {
  return withState((state) => houseOn(state, options, (house) => work(house, state)));
}

/** A state folder, gone afterwards. */
export async function withState<T>(work: (state: string) => Promise<T>): Promise<T> {
  const state = mkdtempSync(join(tmpdir(), 'quell-'));
  try {
    return await work(state);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

/** The whole product on a state folder that may outlive it. */
export async function houseOn<T>(state: string, options: Options, work: (house: House) => Promise<T>): Promise<T> {
  const house = await startHouse({ root: ROOT, state, withUi: false, ...options });
  try {
    return await work(house);
  } finally {
    await house.stop();
  }
}

/** Raises the scenario's alerts and plays its people to the end. */
export async function play(house: House): Promise<PlayedRun> {
  await raiseAlerts(house, () => undefined);
  return await playToEnd(house);
}
