import { beforeAll, expect, it } from 'vitest';
import { summarise } from '../../domain/case-summary.js';
import type { ContainmentPlan } from '../../domain/plan.js';
import { CaseWriter } from '../../store/cases/case-writer.js';
import { listCases } from '../../store/cases/case-list.js';
import { decideUpdate } from '../../workflows/messages.js';
import { useDatabase } from '../support/database.js';
import { useDevServer } from '../support/temporal.js';
import { assessmentOf, casePolicy, planOf, TAKEOVER } from './support/facts.js';
import { authored, decisionOn, DECIDERS } from './support/people.js';
import { usePlaybook } from './support/running.js';
import { PlayedWorld } from './support/world.js';

const temporal = useDevServer();
const database = useDatabase();
const { withCase } = usePlaybook(temporal);
const SOON = { timeout: 20_000, interval: 25 };

let writer: CaseWriter;
beforeAll(() => {
  writer = new CaseWriter(database.as('records'));
});
const now = (): string => new Date().toISOString();

/** Somebody else in the account, and a plan that two leads decide; what the record is handed lands in the index. */
const recorded = (plans: ContainmentPlan[]): PlayedWorld =>
  new PlayedWorld({
    contactSubject: async ({ deadline }) => ({ channel: 'none', avoided: [], sentAt: deadline }),
    assess: async ({ depth }) => assessmentOf({ depth, ...TAKEOVER }),
    planContainment: async ({ caseId, purpose }) => {
      if (purpose === 'first_steps') return undefined;
      plans[0] ??= planOf(caseId, [{ kind: 'disable_account', rule: 'two' }]);
      return authored(plans[0]);
    },
    openCase: async ({ summary }) => {
      await writer.put(summary, now());
      return casePolicy();
    },
    recordProgress: async ({ summary }) => {
      await writer.put(summary, now());
      return {};
    },
    listPlan: (wait) => writer.putPlan(wait),
    closeCase: async ({ state }) => {
      await writer.put({ ...summarise(state), stage: 'closed' }, now());
      return { html: 'report.html', json: 'report.json', sha256: '0' };
    },
  });

/** For whom the case is listed as theirs to do. */
async function asked(): Promise<readonly string[]> {
  const console = database.as('console');
  const listed = await Promise.all(
    DECIDERS.map(async (person) => {
      const { cases } = await listCases(console, { open: true, waitsFor: person }, { limit: 9 });
      return cases.length > 0 ? [person.personId] : [];
    }),
  );
  return listed.flat();
}
const entry = async () => (await listCases(database.as('console'), {}, { limit: 9 })).cases[0];

it('shows a case to whom it waits for, by the index alone, from its opening to its close', async () => {
  const plans: ContainmentPlan[] = [];
  const world = recorded(plans);
  await withCase(world, async (running) => {
    await expect.poll(asked, SOON).toEqual(['p-lead', 'p-lead-2', 'p-subject']);
    expect(await entry()).toMatchObject({ stage: 'containment', verdict: 'compromised', openTasks: 0 });
    const plan = plans[0]!;
    const containment = temporal.client.workflow.getHandle(`containment-${plan.planId}`);
    const approve = (personId: string) =>
      containment.executeUpdate(decideUpdate, { args: [decisionOn(plan, 'approve', personId)] });

    await approve('p-lead');
    await expect.poll(asked, SOON).toEqual(['p-lead-2', 'p-subject']);
    await approve('p-lead-2');
    // The plan waits for nobody; the lead has to acknowledge and to decide on disclosure.
    await expect.poll(async () => (await entry())?.stage, SOON).toBe('disclosure');
    expect((await entry())?.plans).toEqual([]);
    await expect.poll(asked, SOON).toEqual(['p-lead', 'p-lead-2', 'p-subject']);
    expect((await entry())?.waits.map((w) => w.kind).sort()).toEqual(['acknowledge', 'significance']);

    await running.complete(await running.task('acknowledge'), 'p-lead');
    await expect.poll(async () => (await entry())?.waits.map((w) => w.kind), SOON).toEqual(['significance']);
    await running.complete(await running.task('significance'), 'p-lead', { significant: false, reason: 'few' });
    await running.end();
    expect(await asked()).toEqual([]);
    const closed = await entry();
    expect(closed).toMatchObject({ stage: 'closed', closedAs: 'contained', openTasks: 0, waits: [] });
    expect(Object.keys(closed?.times ?? {}).sort()).toEqual(['acknowledgedAt', 'beganAt', 'containedAt', 'detectedAt']);
    // Each wait is written once, and what was passed through on the way is not.
    expect(world.asked('recordProgress').length).toBeLessThanOrEqual(4);
    expect(world.asked('listPlan').map((p) => [p.written, p.roles, p.decidedBy])).toEqual([
      [1, ['lead'], []],
      [2, ['lead'], ['p-lead']],
      [3, [], ['p-lead', 'p-lead-2']],
    ]);
  });
});
