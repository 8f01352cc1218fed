import { expect, it } from 'vitest';
import { useTimeSkipping } from '../support/temporal.js';
import { alertRef, casePolicy, collectionOf, subjectFacts } from './support/facts.js';
import { usePlaybook } from './support/running.js';
import { failing, PlayedWorld } from './support/world.js';

const temporal = useTimeSkipping();
const { withCase } = usePlaybook(temporal);

it('opens for a person without an alert, after the time in which the first one would have come', async () => {
  const world = new PlayedWorld();
  await withCase(
    world,
    async (running) => {
      expect(await running.end()).toMatchObject({ stage: 'closed', alerts: [] });
      expect(world.asked('openCase')).toMatchObject([
        { summary: { caseId: running.caseId, subjectId: 's-subject' }, alerts: [] },
      ]);
    },
    [],
  );
});

it('pins the policy with the alerts that came first', async () => {
  const world = new PlayedWorld();
  const first = [alertRef(), alertRef({ severity: 'critical' })];
  await withCase(
    world,
    async (running) => {
      const state = await running.end();
      expect(world.asked('openCase')[0]?.alerts).toEqual(first);
      expect(state).toMatchObject({ severity: 'critical', policy: { digest: casePolicy().digest } });
    },
    first,
  );
});

it('asks a person who it is when the directories do not know, and goes on without an answer', async () => {
  const world = new PlayedWorld({ identifySubject: failing('VENDOR_NOT_FOUND') });
  await withCase(world, async (running) => {
    const { subject, tasks, stage, verdict } = await running.end();
    expect(verdict).toBe('undetermined');
    expect(world.asked('announceTasks')).toHaveLength(1);
    expect(subject).toMatchObject({ accounts: [], protectedBecause: ['unknown'] });
    expect(tasks).toMatchObject([{ kind: 'identify_subject', role: 'responder', status: 'late' }]);
    expect(stage).toBe('closed');
  });
});

it('takes what a person found out about the subject', async () => {
  const world = new PlayedWorld({ identifySubject: failing('VENDOR_NOT_FOUND') });
  await withCase(world, async (running) => {
    await running.complete(await running.task('identify_subject'), 'p-responder', { found: 'evidence-key' });
    const state = await running.end();
    expect(state.tasks).toMatchObject([{ status: 'done', doneBy: 'p-responder', result: { found: 'evidence-key' } }]);
  });
});

it('hands its alerts to the case of the same person and closes as merged, without a report', async () => {
  const world = new PlayedWorld({
    identifySubject: async ({ subjectId }) => subjectFacts(subjectId, { sameAs: 's-older' }),
  });
  const alerts = [alertRef()];
  await withCase(
    world,
    async (running) => {
      const state = await running.end();
      expect(state).toMatchObject({ stage: 'closed', closedAs: 'merged' });
      expect(state.report).toBeUndefined();
      expect(world.asked('handOver')).toEqual([{ fromCaseId: running.caseId, toSubjectId: 's-older', alerts }]);
      expect(world.order('collectEvidence', 'closeCase', 'contactSubject')).toEqual([]);
      expect(world.asked('recordProgress').at(-1)?.summary).toMatchObject({ stage: 'closed', closedAs: 'merged' });
    },
    alerts,
  );
});

it('makes a gap of a tenant that cannot be read, and reads the others', async () => {
  const world = new PlayedWorld({
    collectEvidence: async (input) => (input.depth === 'narrow' ? failing('VENDOR_AUTH')() : collectionOf(input)),
  });
  await withCase(world, async (running) => {
    const state = await running.end();
    expect(state.collections.map((c) => c.depth)).toEqual(['wide']);
    expect(state.timeline.map((e) => e.text).join('\n')).toContain('**slack could not be read (narrow)**');
    expect(state.report).toBeDefined();
  });
});

it('never calls a case benign of which nothing could be read', async () => {
  const world = new PlayedWorld({ collectEvidence: failing('VENDOR_AUTH') });
  await withCase(world, async (running) => {
    const state = await running.end();
    expect(state).toMatchObject({ verdict: 'undetermined', closedAs: 'undetermined', collections: [] });
    expect(state.escalation?.reasons.map((r) => r.code)).toContain('evidence.gaps');
  });
});

it('asks a person to mend a stage that fails, and tries it again after a day', async () => {
  const world = new PlayedWorld({ openCase: failing('STORE_TAMPERED') });
  await withCase(world, async (running) => {
    const task = await running.task('stage_failed');
    expect(task.text).toContain('STORE_TAMPERED');
    expect(world.asked('openCase')).toHaveLength(1);
    world.answer({ openCase: async () => casePolicy() });
    const state = await running.end();
    expect(state).toMatchObject({ closedAs: 'no_incident', policy: { digest: casePolicy().digest } });
    expect(state.tasks).toMatchObject([{ kind: 'stage_failed', status: 'late', ifLate: 'the stage is tried again' }]);
  });
});
