import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { expect, test, vi } from 'vitest';
import { DOSSIER_NAMES } from '../../activities/dossier.js';
import { withDatabase } from '../../cli/context.js';
import type { House } from '../../cli/demo/house.js';
import { PlayedPeople } from '../../cli/demo/people.js';
import type { CaseState, HumanTask, PlanState } from '../../domain/case.js';
import { completeTask, decide, viewCase, viewContainment } from '../../gateway/case-client.js';
import type { AlertRow } from '../../gateway/delivery.js';
import { CaseVault, fileKeys, folderStorage } from '../../store/case-vault.js';
import { listDeadLetters } from '../../store/inbox/dead-letters.js';
import { KeyRing, readSigningKey } from '../../store/key-ring.js';
import { signBody } from '../../store/signing.js';
import { attackerOf, crowd } from '../support/crowd.js';
import { withHouse } from '../support/house.js';
import { delivered, eachOf, fire, reworded, shots, underFire, type Shot, type Status } from '../support/storm.js';

const SUBJECTS = 20;
const EACH = 250;
const REPEATS = 400;
const REWORDED = 100;
const PEOPLE_PACE = 40;
/** Alerts on one person while its plan waits. */
const ON_ONE = 1_000;
const WITHIN_MS = 240_000;
/** A full case and the joins of a storm, five events each. */
const MAX_EVENTS = 500;
const AT_ONCE = 4;
/** The responder of the organisation, and a lead. */
const [RESPONDER, LEAD] = ['ann', 'ben'];

/** One subject's case as people meet it. */
class Desk {
  state: CaseState | undefined;
  /** The plans that asked for a decision: more than one when an alert came after the first. */
  readonly decided: PlanState[] = [];
  task: HumanTask | undefined;

  constructor(
    readonly house: House,
    readonly person: string,
    readonly caseId: string,
    readonly verb: 'approve' | 'deny',
    /** How the first decision is sent. */
    readonly send: (decision: () => Promise<void>) => Promise<void> = (decision) => decision(),
  ) {}

  get done(): boolean {
    const asked = this.state?.plans.filter((p) => p.purpose === 'containment') ?? [];
    const settled = asked.every((p) => p.status !== 'awaiting_approval' && p.status !== 'acting');
    return this.decided.length > 0 && settled && this.task !== undefined;
  }

  /** How it stands, for whoever asks why it is not done. */
  get standing(): string {
    const plans = this.state?.plans.map((p) => `${p.purpose} ${p.status}`).join(', ') ?? 'no plan';
    const last = this.state?.timeline.slice(-3).map((entry) => entry.text);
    return `${this.person}, ${this.verb} sent: ${this.state?.stage ?? 'no case'}; ${plans}, ${this.decided.length} decided; ${last?.join(' / ') ?? ''}`;
  }

  /** What people can do in it now: a decision on each plan that asks for one, one task. A refusal fails the test. */
  async look(): Promise<void> {
    this.state = await viewCase(this.house.client, this.caseId);
    const isDecided = ({ planId }: PlanState): boolean => this.decided.some((d) => d.planId === planId);
    const plan = this.state?.plans.find(
      (p) => p.purpose === 'containment' && p.status === 'awaiting_approval' && !isDecided(p),
    );
    // A case shows its plan a moment before the plan can be decided on.
    if (plan && (await viewContainment(this.house.client, plan.containmentId))) {
      this.decided.push(plan);
      await (this.decided.length === 1 ? this.send(() => this.#decide(plan)) : this.#decide(plan));
    }
    const task = this.state?.tasks.find((t) => t.status === 'open' && t.role === 'lead');
    if (task && !this.task) {
      this.task = task;
      await this.#complete(task);
    }
  }

  async #decide(plan: PlanState): Promise<void> {
    const at = new Date();
    await decide(
      this.house.client,
      plan.containmentId,
      signBody(
        {
          type: 'approval',
          caseId: this.caseId,
          planId: plan.planId,
          planDigest: plan.digest,
          verb: this.verb,
          personId: RESPONDER,
          role: 'responder',
          at: at.toISOString(),
          expiresAt: new Date(at.getTime() + 3_600_000).toISOString(),
          nonce: randomUUID(),
        },
        this.#key(RESPONDER),
      ),
    );
  }

  async #complete(task: HumanTask): Promise<void> {
    const fields = task.fields.filter((f) => f.required).map((f) => [f.name, f.type === 'yes_no' ? false : 'seen']);
    await completeTask(
      this.house.client,
      this.caseId,
      signBody(
        {
          type: 'task',
          caseId: this.caseId,
          taskId: task.taskId,
          outcome: 'done',
          fields: Object.fromEntries(fields) as Record<string, string | boolean>,
          personId: LEAD,
          role: task.role,
          at: new Date().toISOString(),
          nonce: randomUUID(),
        },
        this.#key(LEAD),
      ),
    );
  }

  #key(person: string): ReturnType<typeof readSigningKey> {
    return readSigningKey(join(this.house.files.vault, `person-${person}.key`));
  }
}

/**
 * As many accounts as there are subjects may be stopped in an hour: what holds back a runaway is tested elsewhere.
 * The containment worker counts by the policy that it finds when it starts.
 */
function raiseBudget(state: string): void {
  const file = join(state, 'policy.yaml');
  const policy = parse(readFileSync(file, 'utf8')) as { containment: { budget: Record<string, number> } };
  policy.containment.budget = {
    ...{ accountsPerHour: 1_000, actionsPerHour: 10_000, accountsPerDepartmentPerHour: 1_000, accountsHeld: 1_000 },
  };
  writeFileSync(file, stringify(policy));
}

test('5,000 alerts on 20 people are 20 cases, none is lost, and people decide in each', async ({ annotate }) => {
  let subjects: readonly string[] = [];
  const change: NonNullable<Parameters<typeof withHouse>[0]['change']> = (scenario) => {
    const told = crowd(scenario, SUBJECTS, Date.now() % 1_000_000, PEOPLE_PACE);
    ({ subjects } = told);
    return told.scenario;
  };
  await withHouse({ scenario: 'slack-takeover', change, without: ['containment'] }, async (house, state) => {
    raiseBudget(state);
    await house.startRole('containment');
    const began = Date.now();
    const since = (): string => `${((Date.now() - began) / 1_000).toFixed(1)} s`;
    const all = shots(house, subjects, EACH);
    const again = all.slice(0, REPEATS);
    const said = all
      .filter((s) => s.source === 'siem')
      .slice(0, REWORDED)
      .map(reworded);
    const storm = [...all, ...again, ...said];

    const answers = await fire(house, storm.slice(0, SUBJECTS));
    const firing = fire(house, storm.slice(SUBJECTS)).finally(() => annotate(`accepted after ${since()}`));
    const opened = await delivered(answers, WITHIN_MS);
    await annotate(`first alert of each delivered after ${since()}`);
    // The last decision is sent while alerts on this one person go on and on.
    const more: Awaited<ReturnType<typeof underFire>>[] = [];
    const desks = subjects.map((person, n) => {
      const caseId = opened[n]?.caseIds?.[0] ?? '';
      if (n > 0) return new Desk(house, person, caseId, n % 2 === 0 ? 'approve' : 'deny');
      return new Desk(house, person, caseId, 'approve', async (decision) => {
        more.push(await underFire(house, person, ON_ONE, decision));
        await annotate(`decided under fire after ${since()}`);
      });
    });
    const deciding = staff(house, desks).finally(() => annotate(`decided and acted in all after ${since()}`));
    answers.push(...(await firing));
    const statuses = await delivered(answers, WITHIN_MS);
    await annotate(`${storm.length} delivered after ${since()}`);
    await deciding;
    const [extra] = more;
    storm.push(...(extra?.sent ?? []));
    statuses.push(...(await delivered(extra?.answers ?? [], WITHIN_MS)));
    await annotate(`${storm.length} delivered after ${since()}`);

    // Every message names the one case of its person; a repeat has the first one's receipt.
    expect(answers.map((a) => a.repeat)).toEqual(answers.map((_, i) => i >= all.length && i < all.length + REPEATS));
    expect(statuses.map((s) => s.caseIds)).toEqual(storm.map((s) => [desks.find((d) => d.person === s.about)?.caseId]));
    expect(new Set(desks.map((d) => d.caseId)).size).toBe(SUBJECTS);
    expect(await casesOf(house)).toBe(SUBJECTS);
    vi.stubEnv('QUELL_STATE', state);
    expect(await withDatabase(listDeadLetters).finally(() => vi.unstubAllEnvs())).toEqual([]);
    await noneLost(house, state, desks, storm, statuses);
    for (const desk of desks) await tookEffect(house, desk);

    expect(storm.length).toBeGreaterThanOrEqual(all.length + REPEATS + REWORDED + ON_ONE);
    const sizes = await Promise.all(desks.map(({ caseId }) => house.client.workflow.getHandle(caseId).describe()));
    for (const { historyLength } of sizes) expect(historyLength).toBeLessThan(MAX_EVENTS);
    const most = sizes.reduce((a, b) => (a.historyLength > b.historyLength ? a : b));
    await annotate(`largest history: ${most.historyLength} events, ${most.historySize ?? 0} bytes`);
  });
});

/** The people of all cases, until each has had its decision and a task. */
async function staff(house: House, desks: readonly Desk[]): Promise<void> {
  const subjects = new PlayedPeople(
    { ...house.scenario, plays: { ...house.scenario.plays, approvers: [], tasks: 'late' } },
    house.client,
    house.files.vault,
    house.messagesTo,
    () => undefined,
  );
  const open = (): readonly Desk[] => desks.filter((desk) => !desk.done);
  for (const deadline = Date.now() + WITHIN_MS; open().length > 0; await new Promise((r) => setTimeout(r, 500))) {
    if (Date.now() > deadline)
      throw new Error(
        `not done in time: ${open()
          .map((desk) => desk.standing)
          .join('; ')}`,
      );
    await eachOf(open(), AT_ONCE, async (desk) => {
      await desk.look();
      if (desk.state) await subjects.act(desk.state);
    });
  }
}

async function casesOf({ client }: House): Promise<number> {
  return (await client.workflow.count("WorkflowType = 'caseWorkflow'")).count;
}

/** Each alert lies in the dossier of its person's case, and the case counts each once. */
async function noneLost(
  house: House,
  state: string,
  desks: readonly Desk[],
  storm: readonly Shot[],
  statuses: readonly Status[],
): Promise<void> {
  const keys = KeyRing.read({ dir: join(house.files.roleFolder('console'), 'keys') });
  const reader = new CaseVault(folderStorage(state), fileKeys(keys, 'console')).reader('dossier');
  for (const { person, caseId } of desks) {
    const seen = await viewCase(house.client, caseId);
    const sent = new Set(statuses.flatMap((s, i) => (storm[i]?.about === person ? (s.alertIds ?? []) : [])));
    expect(sent.size).toBe(new Set(storm.flatMap((s) => (s.about === person ? [s.alert] : []))).size);
    const kept = new Set<string>();
    for (const key of await reader.list(caseId, DOSSIER_NAMES.alerts))
      for await (const { alert } of reader.readRows<AlertRow>(caseId, { key })) kept.add(alert.alertId);
    expect([...kept].sort()).toEqual([...sent].sort());
    const known = (seen?.alerts ?? []).map((a) => a.alertId);
    expect(known.filter((id) => !sent.has(id))).toEqual([]);
    expect(new Set(known).size + (seen?.alertsFolded ?? 0)).toBe(sent.size);
  }
}

/** The decisions stand in the plans' views, and the tenants show it. */
async function tookEffect(house: House, { person, verb, decided, caseId, task }: Desk): Promise<void> {
  for (const { containmentId } of decided) {
    const view = await viewContainment(house.client, containmentId);
    expect(view?.decisions.map(({ body }) => [body.verb, body.personId])).toEqual([[verb, RESPONDER]]);
  }
  const about = `@${person}`;
  const [slack, microsoft] = [await house.inspect('slack', about), await house.inspect('microsoft', about)];
  const stopped = verb === 'approve';
  expect({
    person,
    verb,
    active: slack['active'],
    enabled: microsoft['enabled'],
    public: slack['publicFiles'],
  }).toEqual({
    ...{ person, verb },
    active: !stopped,
    enabled: !stopped,
    public: stopped ? 0 : 1,
  });
  if (stopped) expect(slack['sessions']).toBe(0);
  // One list at the vendor, written for ten plans at once.
  expect(await house.inspect('microsoft', `ip:${attackerOf(person)}`)).toMatchObject({ blocked: stopped });
  const after = await viewCase(house.client, caseId);
  const plans = after?.plans.filter((p) => decided.some((d) => d.planId === p.planId)) ?? [];
  expect(plans.map((p) => p.status)).toEqual(decided.map(() => (stopped ? 'holding' : 'denied')));
  expect(after?.tasks.find((t) => t.taskId === task?.taskId)).toMatchObject({ status: 'done', doneBy: LEAD });
}
