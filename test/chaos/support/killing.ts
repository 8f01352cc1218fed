import { processOf, type House, type HouseOptions } from '../../../cli/demo/house.js';
import { ROLES, type Role } from '../../../store/role-keys.js';
import { letAttemptsEnd, letLeasesEnd } from './time-of-the-dead.js';
import { Wire, type Cut, type Statement } from './wire.js';

/** Says at which statements processes are killed. */
export interface KillPlan {
  /** A kill at this statement, which counts as done unless it is given back. */
  at(role: Role, statement: Statement): Kill | undefined;
  giveBack(kill: Kill): void;
}

export interface Kill {
  readonly name: string;
  readonly when: 'before' | 'after';
}

type Environment = Readonly<Record<string, string>>;

/** Kills the processes of a house, one of each role, and starts them again. */
export class Killing {
  /** Names of the kills, in their order. */
  readonly done: string[] = [];
  readonly #wires = new Map<string, { readonly wire: Wire; readonly env: Environment }>();
  readonly #dying = new Set<Role>();
  #house: House | undefined;
  #restarting: Promise<unknown> = Promise.resolve();

  constructor(private readonly plan: KillPlan) {}

  /** For the house: each process reaches the database by a wire of its own. */
  readonly reach: NonNullable<HouseOptions['reach']> = async (name, signIn) => {
    if (!signIn['DATABASE_URL']) return signIn;
    const laid = this.#wires.get(name) ?? (await Wire.lay(signIn, (statement) => this.#judge(roleOf(name), statement)));
    this.#wires.set(name, laid);
    return laid.env;
  };

  /** From now on; before that nothing is killed, and who ends is not started again. */
  begin(house: House): void {
    this.#house = house;
    house.processes.onDeath = (name) => {
      this.#restarting = Promise.all([this.#restarting, this.#again(house, roleOf(name))]);
    };
  }

  /** SIGKILL, unless the role is dying already. */
  kill(role: Role, name: string): boolean {
    const pid = this.#house?.processes.pid(processOf(role));
    if (pid === undefined || this.#dying.has(role)) return false;
    this.#dying.add(role);
    process.kill(pid, 'SIGKILL');
    this.done.push(name);
    return true;
  }

  /** Kills no more, and resolves when everything runs again. */
  async end(): Promise<void> {
    this.#house = undefined;
    for (let last; last !== this.#restarting;) {
      last = this.#restarting;
      await last;
    }
  }

  async close(): Promise<void> {
    for (const { wire } of this.#wires.values()) await wire.close();
  }

  #judge(role: Role, statement: Statement): Cut | undefined {
    if (!this.#house || this.#dying.has(role)) return undefined;
    const kill = this.plan.at(role, statement);
    if (!kill) return undefined;
    const giveBack = (): void => this.plan.giveBack(kill);
    return {
      when: kill.when,
      end: () => {
        if (!this.kill(role, kill.name)) giveBack();
      },
      missed: giveBack,
    };
  }

  /** One that ends while it starts, because it is killed once more or finds no database, is started as any that ends. */
  async #again(house: House, role: Role): Promise<void> {
    await letLeasesEnd(house, role).catch(() => undefined); // without a database they end by themselves
    this.#dying.delete(role);
    const bornAt = new Date();
    const isUp = await house.startRole(role).then(
      () => true,
      () => false,
    );
    if (isUp) await letAttemptsEnd(house, role, bornAt).catch(() => undefined); // without Temporal too
  }
}

function roleOf(name: string): Role {
  const role = ROLES.find((one) => processOf(one) === name);
  if (role === undefined) throw new Error(`${name} is no role's first process`);
  return role;
}
