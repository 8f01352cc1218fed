import { join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CaseState } from '../../domain/case.js';
import { linkOf, NO_TRACES, pivotAlertId, type OwnedSighting, type Traces } from '../../domain/pivot.js';
import { QUEUES } from '../../workflows/queues.js';
import { useDevServer } from '../support/temporal.js';
import { assessmentOf, casePolicy, HOME, subjectFacts } from './support/facts.js';
import type { beyondWorkflow } from './support/beyond-workflow.js';
import { failing, PlayedWorld, workersFor } from './support/world.js';

const dev = useDevServer();
let bundle: Awaited<ReturnType<typeof bundleWorkflowCode>>;
beforeAll(async () => {
  bundle = await bundleWorkflowCode({
    workflowsPath: join(import.meta.dirname, 'support', 'beyond-workflow.ts'),
    workflowInterceptorModules: [join(import.meta.dirname, '..', '..', 'workflows', 'inbound.ts')],
  });
}, 120_000);

const NOON = '2026-03-02T12:00:00.000Z';
const THIEF = '203.0.113.9';
const TRACES: Traces = { ...NO_TRACES, addresses: [THIEF], since: '2026-03-01T00:00:00.000Z' };
const sighting = (nativeId: string, change: Partial<OwnedSighting> = {}): OwnedSighting => ({
  ...{ ...HOME, nativeId, by: 'address', value: THIEF, rows: 2, succeeded: true, subjectId: `s-${nativeId}` },
  ...{ firstAt: '2026-03-02T09:00:00.000Z', lastAt: '2026-03-02T10:00:00.000Z' },
  ...change,
});

async function look(world: PlayedWorld, change: Partial<CaseState> = {}, times = 1): Promise<CaseState> {
  const caseId = dev.id('case');
  const state = {
    ...{ caseId, subjectId: 's-self', openedAt: '2026-03-02T12:00:00.000Z', stage: 'investigation', severity: 'high' },
    ...{ verdict: 'compromised', alerts: [], alertsFolded: 0, collections: [], unread: [], plans: [], tasks: [] },
    ...{ timeline: [], refused: [], rounds: 1, alertsAssessed: 0 },
    subject: subjectFacts('s-self', { accounts: [{ ...HOME, nativeId: 'U-self' }] }),
    assessment: { ...assessmentOf({ depth: 'wide' }), traces: TRACES },
    policy: casePolicy({ tenants: [HOME] }),
    ...change,
  } as CaseState;
  let ended: CaseState | undefined;
  await dev.withWorkers(
    workersFor(bundle, () => world),
    async () => {
      ended = await dev.client.workflow.execute<typeof beyondWorkflow>('beyondWorkflow', {
        taskQueue: QUEUES.playbook,
        workflowId: caseId,
        args: [{ caseId, subjectId: 's-self', home: HOME, resume: state, times }],
      });
    },
  );
  return ended as CaseState;
}

const textOf = (state: CaseState): string => state.timeline.map((t) => t.text).join('\n');

describe('looking beyond the subject', () => {
  it('tells the case of everybody else who got in from the attacker’s address, once, with what ties them', async () => {
    const world = new PlayedWorld({
      findOthers: async () => ({
        sightings: [
          sighting('U-self'),
          sighting('U1'),
          sighting('U2', { succeeded: false }),
          { ...sighting('U3'), subjectId: undefined as never },
        ],
        gaps: [],
      }),
    });
    const ended = await look(world, {}, 2);
    expect(world.asked('findOthers')).toHaveLength(2);
    expect(world.asked('findOthers')[0]).toMatchObject({ subjectId: 's-self', tenant: HOME, traces: TRACES });
    const [raised, ...more] = world.asked('raiseAlerts');
    expect(more).toEqual([]);
    const alertId = pivotAlertId({ ...sighting('U1'), seenBy: ['address'] }, 's-U1');
    expect(raised).toMatchObject({
      ...{ caseId: 'case-s-U1', subjectId: 's-U1', home: HOME, after: ended.caseId },
      alerts: [{ alertId, source: 'quell', severity: 'high', occurredAt: '2026-03-02T09:00:00.000Z' }],
      tie: {
        told: [{ alertId, ips: [THIEF], title: 'Seen with the address of an attacker in another case' }],
        links: [linkOf(sighting('U1'))],
      },
    });
    expect(ended.others).toEqual([{ subjectId: 's-U1', caseId: 'case-s-U1', by: 'address', alertId }]);
    // The case is in its incident before another is told of it.
    expect(world.order('recordProgress', 'raiseAlerts')).toEqual(['recordProgress', 'raiseAlerts']);
    expect(textOf(ended)).toContain("`case-s-U1` shares the attacker's address");
    expect(textOf(ended)).toContain('1 account(s) that no directory knows');
    expect(textOf(ended)).not.toContain(THIEF);
  });

  it('tells nobody of a spray, or by what many use, and says so', async () => {
    const settled = { firstAt: '2026-02-01T00:00:00.000Z' };
    const world = new PlayedWorld({
      findOthers: async () => ({
        sightings: [
          ...Array.from({ length: 6 }, (_, i) => sighting(`F${String(i)}`, { succeeded: false })),
          ...Array.from({ length: 5 }, (_, i) => sighting(`U${String(i)}`, settled)),
        ],
        gaps: [{ ...HOME, source: 'slack.audit_logs', code: 'TOO_MUCH', text: 'more' }],
      }),
    });
    const ended = await look(world);
    expect(world.asked('raiseAlerts')).toEqual([]);
    expect(ended.others).toBeUndefined();
    for (const part of ['tried at 6 accounts in vain', 'used by many', 'slack.audit_logs'])
      expect(textOf(ended)).toContain(part);
  });

  it('goes on when a tenant can’t be searched or a case can’t be told', async () => {
    const blind = new PlayedWorld({ findOthers: failing('CONFIG') });
    expect(textOf(await look(blind))).toContain('not all could be searched (slack/');
    const deaf = new PlayedWorld({
      findOthers: async () => ({ sightings: [sighting('U1'), sighting('U2')], gaps: [] }),
      raiseAlerts: failing('ALERT_NO_SUBJECT'),
    });
    const ended = await look(deaf);
    expect(deaf.asked('raiseAlerts')).toHaveLength(2);
    expect(ended.others).toBeUndefined();
    expect(textOf(ended)).toContain('`case-s-U2` could not be told');
  });

  it.each([
    ['own_work', 'me', undefined, 0],
    ['authorised_work', 'me', undefined, 0],
    // What nobody explains is followed, and so is what strangers tried.
    ['own_work', 'silent', undefined, 1],
    ['own_work', 'me', [{ platform: 'slack' as const, count: 9, addresses: [THIEF], moreAddresses: 0 }], 1],
    ['false_alert', 'me', undefined, 1],
  ] as const)(
    'of a case that closes as %s after %s, with attempts %j, asks %d tenants',
    async (explanation, said, attempts, asked) => {
      const world = new PlayedWorld({ findOthers: async () => ({ sightings: [], gaps: [] }) });
      await look(world, {
        contact: { askId: 'a1', channel: 'mail', avoided: [], askedAt: NOON, deadline: NOON, outcome: said },
        escalation: { decision: 'close', verdict: 'benign', reasons: [], ranking: [{ explanation, probability: 0.6 }] },
        assessment: { ...assessmentOf({ depth: 'wide' }), traces: TRACES, ...(attempts ? { attempts } : {}) },
      });
      expect(world.asked('findOthers')).toHaveLength(asked);
    },
  );

  it('asks nobody without traces, and in a case whose policy knows no tenants', async () => {
    const world = new PlayedWorld();
    await look(world, { assessment: assessmentOf({ depth: 'wide' }) });
    await look(world, { policy: casePolicy() });
    expect(world.asked('findOthers')).toEqual([]);
  });
});
