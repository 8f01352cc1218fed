import { describe, expect, it } from 'vitest';
import { rank, type EvidenceLine } from '../../domain/explanations.js';
import { DEFAULT_DECISION } from '../../domain/weights.js';
import { answer } from '../../gateway/case-client.js';
import { answerUpdate } from '../../workflows/messages.js';
import { useTimeSkipping } from '../support/temporal.js';
import { assessmentOf, HOUR, INSIDE, LAG_MS, MINUTE, plus, STRANGE, TAKEOVER, UNCLEAR } from './support/facts.js';
import { answerTo } from './support/people.js';
import { usePlaybook, type RunningCase } from './support/running.js';
import { PlayedWorld } from './support/world.js';

const temporal = useTimeSkipping();
const { withCase } = usePlaybook(temporal);
const { watch, thresholds } = DEFAULT_DECISION;
const READS = (watch.days * 24) / watch.everyHours;

/** Nobody can be asked, and what was found is neither clear nor quiet. */
const unclear = (seen: typeof UNCLEAR = UNCLEAR): PlayedWorld =>
  new PlayedWorld({
    contactSubject: async () => ({ channel: 'none', avoided: [], sentAt: plus('2026-03-02', 0) }),
    assess: async ({ depth }) => assessmentOf({ depth, ...seen }),
  });
/** Lets the logs settle; answers with the instant up to which the case then keeps watch. */
async function onWatch(running: RunningCase): Promise<string> {
  await running.until((s) => s.lagUntil !== undefined);
  await temporal.sleep(LAG_MS + MINUTE);
  return (await running.until((s) => s.watchUntil !== undefined)).watchUntil!;
}
/** When the wide window was read, oldest first. */
const readings = (world: PlayedWorld): readonly string[] =>
  world
    .asked('collectEvidence')
    .filter((r) => r.depth === 'wide')
    .map((r) => r.to)
    .sort();

describe('a case that stays suspicious', () => {
  it('reads again on schedule for the days of the policy, and ends with a second decision', async () => {
    const world = unclear();
    await withCase(world, async (running) => {
      const until = await onWatch(running);
      const before = readings(world).length;
      expect((await running.view()).escalation).toMatchObject({ decision: 'watch', verdict: 'suspicious' });
      const state = await running.end();
      const during = readings(world).slice(before);
      expect(during).toHaveLength(READS);
      during.forEach((at, i) => {
        expect(at >= plus(until, -(READS - 1 - i) * watch.everyHours * HOUR), at).toBe(true);
      });
      expect(state.watchUntil).toBeUndefined();
      expect(state).toMatchObject({
        stage: 'closed',
        closedAs: 'undetermined',
        escalation: { decision: 'close', verdict: 'suspicious' },
      });
      expect(state.tasks).toEqual([expect.objectContaining({ kind: 'judgement', role: 'responder', status: 'late' })]);
    });
  });

  it('escalates more easily than at first, on the next reading', async () => {
    const wanted = thresholds.escalate - thresholds.watchSensitivity / 2;
    const line = (weight: number): EvidenceLine => ({
      ...{ code: 'access.unknown', group: 'access', strength: 1 },
      weights: { intruder: weight },
    });
    const weight = Array.from({ length: 1_000 }, (_, i) => i / 100).find((w) => rank([line(w)]).attack >= wanted)!;
    const world = unclear({ ...UNCLEAR, lines: [line(weight)] });
    await withCase(world, async (running) => {
      await onWatch(running);
      const before = readings(world).length;
      expect(await running.end()).toMatchObject({ escalation: { decision: 'escalate' } });
      expect(readings(world).length).toBeGreaterThan(before);
    });
  });

  it('finds on the next reading what came meanwhile', async () => {
    const world = unclear();
    await withCase(world, async (running) => {
      const until = await onWatch(running);
      world.answer({ assess: async ({ depth }) => assessmentOf({ depth, ...TAKEOVER }) });
      const before = readings(world).length;
      const state = await running.end();
      expect(state).toMatchObject({ escalation: { decision: 'escalate' }, verdict: 'compromised' });
      expect((readings(world)[before] ?? '') < until).toBe(true);
    });
  });

  it('closes as no incident when what was strange has its explanation by then', async () => {
    const world = unclear();
    await withCase(world, async (running) => {
      await onWatch(running);
      world.answer({ assess: async ({ depth }) => assessmentOf({ depth }) });
      expect(await running.end()).toMatchObject({ closedAs: 'no_incident', escalation: { decision: 'close' } });
    });
  });

  it('asks those who must know when it leans to the person, and goes on by what they say', async () => {
    const [own, whole] = INSIDE.lines;
    const leaning = { ...INSIDE, impact: UNCLEAR.impact, lines: [own!, { ...whole!, weights: { insider: 4 } }] };
    await withCase(unclear(leaning), async (running) => {
      await onWatch(running);
      const asked = await running.task('interview');
      await running.complete(asked, 'p-responder', { explained: 'no' });
      const state = await running.until((s) => s.escalation?.decision === 'escalate');
      expect(state.verdict).toBe('insider');
      expect(state.tasks.filter((t) => t.kind === 'interview')).toHaveLength(1);
    });
  });
});

describe('what people say while it watches', () => {
  it('ends it early: an answer that came after the silence', async () => {
    const world = new PlayedWorld({ assess: async ({ depth }) => assessmentOf({ depth, ...STRANGE }) });
    await withCase(world, async (running) => {
      await running.until((s) => s.contact?.outcome === 'waiting');
      await temporal.sleep(2 * HOUR);
      await running.until((s) => s.contact?.outcome === 'silent');
      await onWatch(running);
      await running.handle.executeUpdate(answerUpdate, { args: [answerTo(running.caseId, 'not_me')] });
      // Without letting time pass.
      const state = await running.until((s) => s.escalation?.decision === 'escalate');
      expect(state).toMatchObject({ verdict: 'compromised', contact: { outcome: 'not_me' } });
    });
  });

  it.each([
    ['compromised', { escalation: { decision: 'escalate' }, verdict: 'compromised' }],
    ['insider', { escalation: { decision: 'escalate' }, verdict: 'insider' }],
    ['benign', { escalation: { decision: 'close' }, verdict: 'benign', closedAs: 'no_incident' }],
    ['false_positive', { escalation: { decision: 'close' }, verdict: 'false_positive', closedAs: 'no_incident' }],
  ])('is a verdict: the case follows the responder who says %s', async (verdict, followed) => {
    const world = unclear();
    await withCase(world, async (running) => {
      await onWatch(running);
      const before = readings(world).length;
      await running.complete(await running.task('judgement'), 'p-responder', { verdict, reason: 'evidence-key' });
      const { escalation } = await running.until((s) => s.escalation?.decision !== 'watch');
      expect(escalation?.reasons.map((r) => r.code)).toEqual(['judgement']);
      const ended = await running.end();
      expect(ended).toMatchObject(followed);
      // Nothing is read for it: only the investigation reads, when it comes to one.
      expect(readings(world)).toHaveLength(before + (ended.escalation?.decision === 'escalate' ? 1 : 0));
    });
  });

  it('is a verdict of a responder alone: nobody else may set it, nor the subject about themselves', async () => {
    await withCase(unclear(), async (running) => {
      await onWatch(running);
      const task = await running.task('judgement');
      const fields = { verdict: 'benign', reason: 'evidence-key' };
      for (const person of ['p-subject', 'p-anybody'])
        await expect(running.complete(task, person, fields)).rejects.toThrow();
      await expect(running.complete(task, 'p-responder', { verdict: 'benign' })).rejects.toThrow(); // no reason given
      expect((await running.view()).escalation?.decision).toBe('watch');
    });
  });

  it('may be that nobody can tell: it reads once more, and goes on watching', async () => {
    const world = unclear();
    await withCase(world, async (running) => {
      await onWatch(running);
      const before = readings(world).length;
      const task = await running.task('judgement');
      await running.complete(task, 'p-responder', { verdict: 'cannot_tell', reason: 'evidence-key' });
      await running.until((s) => readings(world).length === before + 1 && s.watchUntil !== undefined);
      expect(await running.end()).toMatchObject({ escalation: { decision: 'close', verdict: 'suspicious' } });
      expect(readings(world).length).toBeLessThanOrEqual(before + 1 + READS);
    });
  });

  it('is refused once the case has closed', async () => {
    const world = new PlayedWorld({ assess: async ({ depth }) => assessmentOf({ depth, ...STRANGE }) });
    await withCase(world, async (running) => {
      await running.until((s) => s.contact?.outcome === 'waiting');
      const state = await running.end();
      expect(state).toMatchObject({ stage: 'closed', contact: { outcome: 'silent' } });
      const late = answer(temporal.client, running.caseId, answerTo(running.caseId, 'not_me'));
      await expect(late).rejects.toMatchObject({ code: 'CASE_CLOSED' });
    });
  });
});
