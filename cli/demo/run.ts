import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { QuellError } from '../../domain/errors.js';
import { Lock } from '../../store/lock.js';
import { clusterPaths } from '../../store/postgres/cluster.js';
import { endOrphan } from '../../store/postgres/orphan.js';
import { endLeftover } from '../../workers/leftover.js';
import { databaseFolder } from './database.js';
import { HeldPorts } from './ports.js';

/** Where each part listens on loopback. */
const ports = z.strictObject({
  slack: z.int(),
  microsoft: z.int(),
  google: z.int(),
  intake: z.int(),
  console: z.int(),
  temporal: z.int(),
  temporalUi: z.int(),
});
export type DemoPorts = z.infer<typeof ports>;

/** Taken where they are free. */
const USUAL: DemoPorts = {
  ...{ slack: 0, microsoft: 0, google: 0 },
  ...{ intake: 8470, console: 8471, temporal: 7233, temporalUi: 8233 },
};

const kept = z.strictObject({
  /** Names the run where several share a server. */
  id: z.string(),
  scenario: z.string(),
  /** The tenants' rows are placed in time from here. */
  startedAt: z.iso.datetime(),
  ports,
  /** The scenario's alerts have all been raised, or an alert file instead. */
  alerted: z.boolean(),
});
type Kept = z.infer<typeof kept>;

/** Temporal's database of a state folder. */
export const databaseOf = (state: string): string => join(state, 'temporal', 'temporal.db');

const FILE = 'demo.json';
const LOCK = 'demo.lock';
const ASIDE = 'runs';

/** Scenario that a state folder holds a run of. Errors: STORE when its note cannot be read. */
export function scenarioOf(state: string): string | undefined {
  return readKept(state)?.scenario;
}

/** One run of a scenario, which stays the same over restarts: its beginning, its addresses, and what was raised. One process at a time has it. */
export class DemoRun {
  private constructor(
    private readonly state: string,
    private readonly lock: Lock,
    private readonly held: HeldPorts<keyof DemoPorts>,
    readonly resumed: boolean,
    private kept: Kept,
    /** Ports of an earlier start that somebody else has now. */
    readonly moved: readonly (keyof DemoPorts)[],
    /** Folder of the run that was here before. */
    readonly setAside: string | undefined,
  ) {}

  /**
   * The run of a state folder goes on when it is of this scenario and not to be begun anew; else it is set aside, into a folder that can be
   * gone on with, and a new one begins. Errors: STORE when another process has the folder.
   */
  static async open(state: string, scenario: string, fresh = false): Promise<DemoRun> {
    mkdirSync(join(state, 'logs'), { recursive: true, mode: 0o700 });
    const lock = await lockOf(state);
    try {
      await endLeftover(databaseOf(state)); // a killed demo's server has its ports and its database still
      await endOrphan(clusterPaths(databaseFolder(state)).data);
      const before = readKept(state);
      const goesOn = before?.scenario === scenario && !fresh;
      const setAside = before && !goesOn ? moveAside(state, before) : undefined;
      const wanted = goesOn ? before.ports : USUAL;
      const held = await HeldPorts.take(wanted);
      const found = held.ports;
      const now: Kept = goesOn
        ? { ...before, ports: found }
        : {
            id: randomBytes(6).toString('hex'),
            scenario,
            startedAt: new Date().toISOString(),
            ports: found,
            alerted: false,
          };
      const moved = goesOn ? (Object.keys(found) as (keyof DemoPorts)[]).filter((k) => found[k] !== wanted[k]) : [];
      const run = new DemoRun(state, lock, held, goesOn, now, moved, setAside);
      run.#write();
      return run;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  get id(): string {
    return this.kept.id;
  }
  get startedAt(): Date {
    return new Date(this.kept.startedAt);
  }
  get ports(): DemoPorts {
    return this.kept.ports;
  }
  get alerted(): boolean {
    return this.kept.alerted;
  }

  noteAlerted(): void {
    this.kept = { ...this.kept, alerted: true };
    this.#write();
  }

  /** Gives ports to those that will listen there now; until then nobody else gets them. */
  release(...names: readonly (keyof DemoPorts)[]): Promise<void> {
    return this.held.release(...names);
  }

  async close(): Promise<void> {
    await this.held.release();
    await this.lock.release();
  }

  #write(): void {
    const path = join(this.state, FILE);
    writeFileSync(`${path}.new`, JSON.stringify(this.kept), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }
}

async function lockOf(state: string): Promise<Lock> {
  try {
    return await Lock.take(join(state, LOCK));
  } catch (error) {
    if (!(error instanceof QuellError)) throw error;
    throw new QuellError(
      'STORE',
      `${shown(state)} belongs to a demo that runs (${error.detail}). Stop that one with Ctrl-C, or give this one a folder of its own: QUELL_STATE=FOLDER npm start`,
    );
  }
}

function moveAside(state: string, { scenario, startedAt }: Kept): string {
  const folder = join(state, ASIDE, `${startedAt.replace(/[:.]/g, '-')}-${scenario}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(state))
    if (name !== ASIDE && !name.startsWith(LOCK)) renameSync(join(state, name), join(folder, name));
  mkdirSync(join(state, 'logs'), { recursive: true, mode: 0o700 });
  return folder;
}

function readKept(state: string): Kept | undefined {
  const path = join(state, FILE);
  if (!existsSync(path)) return undefined;
  try {
    return kept.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    throw new QuellError(
      'STORE',
      `${shown(path)} is not of this release or damaged. Move ${shown(state)} away to begin anew.`,
    );
  }
}

/** As a person in this directory would type it. */
export function shown(path: string): string {
  const short = relative('', path);
  return short === '' || short.startsWith('..') ? path : short;
}
