import { authored } from './support/people.js';
import { expect, it } from 'vitest';
import type { CaseState, HumanTask } from '../../domain/case.js';
import { useTimeSkipping } from '../support/temporal.js';
import { assessmentOf, casePolicy, exposureOf, INSIDE, planOf, TAKEOVER } from './support/facts.js';
import { usePlaybook } from './support/running.js';
import { failing, PlayedWorld, type Activities } from './support/world.js';

const temporal = useTimeSkipping();
const { withCase } = usePlaybook(temporal);

/** The subject is not asked: nothing here waits for them. */
const covertly: Activities['contactSubject'] = async ({ deadline }) => ({
  channel: 'none',
  avoided: [],
  sentAt: deadline,
});

/** An insider, a step that no platform can do, one that needs an approver, and a secret that lay open. */
const insiderWorld = (change: Partial<Activities> = {}): PlayedWorld =>
  new PlayedWorld({
    contactSubject: covertly,
    assess: async ({ depth }) => assessmentOf({ depth, ...INSIDE }),
    planContainment: async ({ caseId, purpose }) =>
      purpose === 'first_steps'
        ? undefined
        : authored(
            planOf(caseId, [
              { kind: 'quarantine_device', rule: 'automatic', change: { by: 'task' } },
              { kind: 'disable_account', rule: 'one' },
            ]),
          ),
    auditExposure: async () => ({
      exposure: exposureOf({
        ...{ messages: 5, files: 20 },
        secrets: [{ fingerprint: 'f'.repeat(64), kind: 'token', live: 'unknown' }],
      }),
      disclosure: { key: 'disclosure', sha256: '0', bytes: 1, rows: 0 },
    }),
    ...change,
  });

const ended = (state: CaseState): readonly Pick<HumanTask, 'kind' | 'status'>[] =>
  state.tasks.map(({ kind, status }) => ({ kind, status })).sort((a, b) => a.kind.localeCompare(b.kind));

it('goes on to its report when nobody does anything, and every wait ends as its task said', async () => {
  const world = insiderWorld();
  await withCase(world, async (running) => {
    const state = await running.end();
    expect(ended(state)).toEqual([
      { kind: 'acknowledge', status: 'late' },
      { kind: 'acknowledge', status: 'late' },
      { kind: 'interview', status: 'late' },
      { kind: 'manual_action', status: 'late' },
      { kind: 'manual_action', status: 'late' },
      { kind: 'rotate_secret', status: 'late' },
      { kind: 'significance', status: 'late' },
    ]);
    for (const task of state.tasks)
      expect(
        state.timeline.some((e) => e.text.includes(task.ifLate)),
        task.ifLate,
      ).toBe(true);
    // Incident response is called a second time, and no more.
    expect(world.asked('notifyIncidentResponse')).toHaveLength(2);
    // Significance stays undecided: no clock.
    expect(state.disclosure).toMatchObject({ significant: 'unknown', clocks: [] });
    expect(world.order('actOnStep')).toEqual([]);
    expect(state).toMatchObject({ stage: 'closed', verdict: 'insider', closedAs: 'contained' });
    // The report is written over the tasks as they ended.
    expect(ended(world.asked('closeCase')[0]!.state)).toEqual(ended(state));
  });
});

it('takes what people do: interview, proof, rotation, acknowledgement, significance and its clock', async () => {
  const world = insiderWorld();
  await withCase(world, async (running) => {
    await running.complete(await running.task('interview'), 'p-responder', { explained: 'no' });
    const manual = async (step: number): Promise<HumanTask> => {
      const { tasks } = await running.until((s) => s.tasks.some((t) => t.kind === 'manual_action' && t.step === step));
      return tasks.find((t) => t.kind === 'manual_action' && t.step === step)!;
    };
    await running.until((s) => s.plans.some((p) => p.status === 'awaiting_approval'));
    await temporal.sleep('121 minutes'); // nobody approves
    for (const step of [1, 2]) await running.complete(await manual(step), 'p-responder', { proof: `ticket ${step}` });
    await running.complete(await running.task('rotate_secret'), 'p-responder', { live: 'yes', proof: 'rotated' });
    await running.complete(await running.task('acknowledge'), 'p-lead');
    const aware = { 'aware:gdpr-33': '2026-03-02T10:00Z' };
    const significance = await running.task('significance');
    expect(significance.fields.map((f) => f.name)).toEqual([
      ...['significant', 'reason', 'aware:gdpr-33', 'determination_of_materiality:sec-8k'],
    ]);
    await running.complete(significance, 'p-lead', {
      significant: true,
      reason: 'many',
      ...aware,
      'determination_of_materiality:sec-8k': '2026-03-06T15:00Z',
    });
    const state = await running.end();
    expect(new Set(state.tasks.map((t) => t.status))).toEqual(new Set(['done']));
    expect(world.asked('notifyIncidentResponse')).toHaveLength(1);
    expect(state.disclosure).toMatchObject({
      significant: true,
      clocks: [
        { id: 'gdpr-33', dueAt: '2026-03-05T10:00:00.000Z', by: 'p-lead' },
        { id: 'sec-8k', dueAt: '2026-03-12T21:30:00.000Z', by: 'p-lead' },
      ],
    });
  });
});

it('takes an acknowledgement of the first call for both, also when it comes after the second', async () => {
  await withCase(insiderWorld(), async (running) => {
    await running.complete(await running.task('interview'), 'p-responder', { explained: 'no' });
    await running.until((s) => s.plans.some((p) => p.status === 'awaiting_approval'));
    await temporal.sleep('121 minutes');
    const first = await running.task('acknowledge');
    await temporal.sleep('31 minutes');
    await running.until((s) => s.tasks.filter((t) => t.kind === 'acknowledge').length === 2);
    await running.complete(first, 'p-lead');
    const { tasks } = await running.view();
    expect(tasks.filter((t) => t.kind === 'acknowledge').map((t) => [t.status, t.doneBy])).toEqual([
      ['done', 'p-lead'],
      ['done', 'p-lead'],
    ]);
  });
});

it('runs no clock when a lead says that the breach is not significant', async () => {
  await withCase(insiderWorld(), async (running) => {
    await running.complete(await running.task('interview'), 'p-responder', { explained: 'no' });
    await running.until((s) => s.plans.some((p) => p.status === 'awaiting_approval'));
    await temporal.sleep('121 minutes');
    const aware = { 'aware:gdpr-33': '2026-03-02T10:00Z' };
    await running.complete(await running.task('significance'), 'p-lead', {
      significant: false,
      reason: 'few',
      ...aware,
    });
    expect((await running.end()).disclosure).toMatchObject({ significant: false, clocks: [] });
  });
});

it.each<[string, boolean | undefined, boolean]>([
  ['a lead allows it', true, true],
  ['a lead does not', false, false],
  ['nobody answers', undefined, false],
])("reads the text of messages below the policy's severity only by approval: %s", async (_, allowed, read) => {
  const world = new PlayedWorld({
    contactSubject: covertly,
    openCase: async () => casePolicy({ readContentFrom: 'critical' }),
    assess: async ({ depth }) => assessmentOf({ depth, ...TAKEOVER }),
  });
  await withCase(world, async (running) => {
    const task = await running.task('read_approval');
    if (allowed !== undefined) await running.complete(task, 'p-lead', { allowed });
    const state = await running.end();
    expect(world.asked('collectEvidence').some((c) => c.readContent)).toBe(read);
    expect(state.tasks.find((t) => t.kind === 'read_approval')?.status).toBe(allowed === undefined ? 'late' : 'done');
  });
});

it('waits in the console for people whom no message reaches', async () => {
  const world = insiderWorld({ announceTasks: failing('VENDOR_AUTH') });
  await withCase(world, async (running) => {
    await running.complete(await running.task('interview'), 'p-responder', { explained: 'partly' });
    const state = await running.end();
    expect(state.tasks.find((t) => t.kind === 'interview')).toMatchObject({ status: 'done' });
    expect(state.timeline.map((e) => e.text)).toContain(
      'The holders of the tasks could not be told; the tasks wait in the console',
    );
  });
});

it('tells the holders of every task once', async () => {
  const world = insiderWorld();
  await withCase(world, async (running) => {
    const state = await running.end();
    const told = world.asked('announceTasks').flatMap((a) => a.tasks.map((t) => t.taskId));
    expect(new Set(told).size).toBe(told.length);
    // Incident response is called by its own ways.
    const others = state.tasks.filter((t) => t.kind !== 'acknowledge').map((t) => t.taskId);
    expect(told).toEqual(expect.arrayContaining(others));
  });
});
