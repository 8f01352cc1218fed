import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WorkflowFailedError } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect } from 'vitest';
import { parse, stringify } from 'yaml';
import { startHouse, type House, type HouseOptions } from '../../../cli/demo/house.js';
import type { ActTarget } from '../../../domain/act-target.js';
import { ACTS, type ActionKind } from '../../../domain/acts/index.js';
import { digest } from '../../../domain/canonical.js';
import type { ApprovalDecision, Signed } from '../../../domain/decision.js';
import type { ActionResult, ContainmentPlan, PlannedAction, SignedPlan, SignedResult } from '../../../domain/plan.js';
import type { Platform } from '../../../domain/platform.js';
import type { Scenario } from '../../../simulator/core/scenario.js';
import type { JournalEntry } from '../../../simulator/core/world.js';
import { dataConverter } from '../../../store/data-converter.js';
import { KeyRing, readSigningKey, type SigningKey } from '../../../store/key-ring.js';
import { payloadKeys } from '../../../store/payload-codec.js';
import { signBody } from '../../../store/signing.js';
import { QUEUES } from '../../../workflows/queues.js';
import type { Call } from './attacker-workflow.js';

const ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
/** The strictest rule there is: no plan of the attacks fails for being lax. */
export const RULE = 'vip_two_leads';

type Record_ = Record<string, unknown>;
export interface AttackOptions extends Pick<HouseOptions, 'without' | 'change' | 'pace'> {
  readonly scenario: string;
  /** Changes what the containment role alone is started with. */
  readonly configure?: (config: Record_, policy: Record_, house: House) => void;
}

export interface StepSpec {
  readonly kind: ActionKind;
  readonly target: ActTarget;
  readonly platform?: Platform;
  readonly tenant?: string;
  readonly rule?: string;
  readonly by?: PlannedAction['by'];
  readonly step?: number;
}

/** The house under attack, and the attacker: all of Temporal, the payload key, and the keys of the vault where an attack is said to have stolen some. */
export class Attack {
  constructor(
    readonly house: House,
    readonly state: string,
  ) {}

  get journal(): readonly JournalEntry[] {
    return [...this.house.world.journal];
  }
  id(platform: Platform, person: string): string {
    return this.house.world.nativeId(platform, person);
  }

  /** A private half of the vault: `plan`, `result`, `manifest`, `decision`, `person-ann`, … */
  key(name: string): SigningKey {
    return readSigningKey(join(this.house.files.vault, `${name}.key`));
  }

  plan(steps: readonly StepSpec[], change: Partial<ContainmentPlan> = {}): ContainmentPlan {
    return {
      planId: `p-${randomUUID()}`,
      caseId: 'case-s-attacked',
      subjectId: 's-attacked',
      suspects: [],
      purpose: 'containment',
      actions: steps.map((spec, i) => actionOf(spec, i + 1)),
      policyDigest: 'd',
      createdAt: minutes(0),
      expiresAt: minutes(60),
      manifests: [],
      ...change,
    };
  }

  /** As the analysis role signs. */
  authored(plan: ContainmentPlan): SignedPlan {
    return signBody(plan, this.key('plan'));
  }

  decision(plan: ContainmentPlan, person: string, change: Partial<ApprovalDecision> = {}): Signed<ApprovalDecision> {
    const body: ApprovalDecision = {
      ...{ type: 'approval', caseId: plan.caseId, planId: plan.planId, planDigest: digest(plan), verb: 'approve' },
      ...{ personId: person, role: 'lead', at: minutes(0), expiresAt: minutes(30), nonce: randomUUID() },
      ...change,
    };
    return signBody(body, this.key(`person-${person}`));
  }

  /** Of leads; of both who are there in every scenario. */
  approvals(plan: ContainmentPlan, people: readonly string[] = ['ann', 'ben']): readonly Signed<ApprovalDecision>[] {
    return people.map((person) => this.decision(plan, person));
  }

  /** Hands the containment worker a step, as an activity of the attacker's own workflow. */
  act(plan: SignedPlan, step = 1, decisions: readonly unknown[] = [], what = 'actOnStep'): Promise<Answer> {
    const action = plan.body?.actions?.find((a) => a.step === step) ?? plan.body?.actions?.[0];
    const queue = QUEUES.containment({ platform: action?.platform ?? 'microsoft', tenant: 'main' });
    return this.ask(queue, what, { plan, step, decisions });
  }

  /** A plan that the analysis role signed and both leads approved: only what holds in spite of that refuses it. */
  async approved(spec: StepSpec, by?: readonly string[]): Promise<Answer> {
    const plan = this.plan([spec]);
    return await this.act(this.authored(plan), 1, this.approvals(plan, by));
  }

  async ask(taskQueue: string, activity: string, input: unknown): Promise<Answer> {
    const call: Call = { taskQueue, activity, input };
    const workflowId = `attack-${randomUUID()}`;
    try {
      const given: unknown = await this.house.client.workflow.execute('attackerWorkflow', {
        workflowId,
        taskQueue: 'attacker',
        workflowExecutionTimeout: '2 minutes',
        args: [call],
      });
      const signed = given as SignedResult | undefined;
      return { given, ...(signed?.body?.result ? { result: signed.body.result } : {}) };
    } catch (error) {
      const cause = error instanceof WorkflowFailedError ? error.cause : error;
      const inner = cause instanceof ActivityFailure ? cause.cause : cause;
      return { thrown: inner instanceof ApplicationFailure ? (inner.type ?? 'unknown') : String(inner) };
    }
  }

  /** Does the work and gives what was written at the tenants meanwhile. */
  async written(work: () => Promise<unknown>): Promise<readonly JournalEntry[]> {
    const before = this.journal.length;
    await work();
    return this.journal.slice(before);
  }

  async restart(role: 'containment'): Promise<void> {
    const { processes } = this.house;
    const gone = new Promise<void>((resolve) => (processes.onDeath = (name) => name === role && resolve()));
    process.kill(processes.pid(role)!, 'SIGTERM');
    await gone;
    await this.house.startRole(role);
  }
}

export interface Answer {
  readonly result?: ActionResult;
  /** Code of what the worker threw. */
  readonly thrown?: string;
  readonly given?: unknown;
}

/** Why, as the catalogue's detail says it: `PROTECTED break_glass`. */
export const whyOf = (answer: Answer): string =>
  `${endOf(answer) ?? ''} ${/\(([^()]+)\)$/.exec(answer.result?.text ?? '')?.[1] ?? ''}`.trim();

/** The code that an attack ended in; `done` or `already` when it did not. */
export const endOf = ({ result, thrown }: Answer): string | undefined => thrown ?? result?.code ?? result?.status;

const actionOf = (spec: StepSpec, n: number): PlannedAction => ({
  platform: spec.platform ?? 'microsoft',
  tenant: spec.tenant ?? 'main',
  step: spec.step ?? n,
  kind: spec.kind,
  target: spec.target,
  by: spec.by ?? 'vendor',
  reason: 'attack',
  reversible: ACTS[spec.kind]?.reversible ?? true,
  undo: '',
  losses: '',
  d3fend: 'D3-AL',
  rule: spec.rule ?? RULE,
});

export const minutes = (n: number): string => new Date(Date.now() + n * 60_000).toISOString();

/** A key of nobody's. */
export function stranger(): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return { keyId: 'k-stranger', publicKey: raw.toString('hex'), privateKey };
}

/** A stranger's key under the id of a key that is trusted. */
export const posingAs = (key: SigningKey): SigningKey => ({ ...stranger(), keyId: key.keyId });

export async function until<T>(look: () => Promise<T | false | undefined>, within = 120_000): Promise<T> {
  for (const deadline = Date.now() + within; Date.now() < deadline; await new Promise((r) => setTimeout(r, 250))) {
    const seen = await look().catch(() => undefined);
    if (seen) return seen;
  }
  throw new Error('it did not come to hold');
}

/** People whom attacks are aimed at, with accounts at all three vendors. */
const PEOPLE: Scenario['people'] = Object.fromEntries(
  ['glass', 'tom', 'vera', 'tess', 'deb'].map((key) => [
    key,
    {
      ...{ name: `${key} Example`, email: `${key}@example.com`, accounts: ['slack', 'microsoft', 'google'] as const },
      ...{ authority: 'microsoft', mail: 'microsoft', admin: false, kind: 'person', timeZone: 'Europe/Berlin' },
    } as unknown as Scenario['people'][string],
  ]),
);

/** With `glass` for emergencies, `vera` a VIP, `deb` one more lead, `tom` and `tess` anybody. */
export const withPeople = (scenario: Scenario): Scenario => ({
  ...scenario,
  people: { ...scenario.people, ...PEOPLE },
  deciders: { ...scenario.deciders, deb: ['responder', 'lead'] },
  vips: [...scenario.vips, 'vera'],
});

/** `glass` is protected as the configuration says it: by native ids. */
export const protectGlass: NonNullable<AttackOptions['configure']> = (config, _, { world }) => {
  config['breakGlass'] = (['slack', 'microsoft', 'google'] as const).map((p) => world.nativeId(p, 'glass'));
};

Runtime.install({ logger: new DefaultLogger('ERROR') });

/** One house for the tests of a file. Read what it gives inside tests and hooks. */
export function useAttack(options: AttackOptions): { readonly on: Attack } {
  let attack: Attack | undefined;
  const stops: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    const state = mkdtempSync(join(tmpdir(), 'quell-'));
    stops.push(async () => rmSync(state, { recursive: true, force: true }));
    const { configure, without = [], ...given } = options;
    const house = await startHouse({
      ...{ root: ROOT, state, withUi: false, ...given },
      without: [...without, ...(configure ? (['containment'] as const) : [])],
    });
    stops.push(() => house.stop());
    attack = new Attack(house, state);
    if (configure) {
      const policyFile = join(state, 'policy.yaml');
      const [config, policy] = [house.files.config, policyFile].map((f) => parse(readFileSync(f, 'utf8')) as Record_);
      configure(config!, policy!, house);
      writeFileSync(house.files.config, stringify(config), { mode: 0o600 });
      writeFileSync(policyFile, stringify(policy));
      await house.startRole('containment');
    }
    stops.push(await startAttacker(house));
  }, 300_000);
  afterAll(async () => {
    for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
  }, 120_000);
  return {
    get on() {
      if (!attack) throw new Error('the house stands inside tests and hooks only');
      return attack;
    },
  };
}

async function startAttacker({ temporal, files }: House): Promise<() => Promise<void>> {
  const keys = payloadKeys(KeyRing.read({ dir: join(files.roleFolder('console'), 'keys') }));
  const connection = await NativeConnection.connect({ address: temporal.address });
  const converter = dataConverter(keys, { plain: 'mark' });
  const worker = await Worker.create({
    ...{ connection, namespace: temporal.namespace, taskQueue: 'attacker', dataConverter: converter },
    workflowBundle: await bundleWorkflowCode({
      workflowsPath: join(ROOT, 'test', 'security', 'support', 'attacker-workflow.ts'),
      logger: new DefaultLogger('ERROR'),
      ...(converter.failureConverterPath === undefined ? {} : { failureConverterPath: converter.failureConverterPath }),
    }),
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
}

/** Nothing was written, and each attack ended as it should. */
export function expectRefused(ends: Readonly<Record<string, string | undefined>>, codes: readonly string[]): void {
  const wrong = Object.entries(ends).filter(([, end]) => end === undefined || !codes.includes(end));
  expect(Object.fromEntries(wrong)).toEqual({});
}
