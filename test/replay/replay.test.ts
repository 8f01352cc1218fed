import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/lib/setup.mjs';
import { listScenarios } from '../../simulator/core/scenario.js';
import { dataConverter } from '../../store/data-converter.js';
import { payloadKeys } from '../../store/payload-codec.js';
import * as workflows from '../../workflows/index.js';
import { testKeys } from '../store/support.js';
import { playbookBundle } from '../support/temporal.js';
import { listHistories, readHistory, readText, shownPath, type History, type HistoryEvent } from './history-file.js';

const { version: release } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
/** Kept for the histories of older releases alone: nothing starts them. */
const RETIRED: readonly string[] = ['ipBlocksWorkflow'];
const histories = listHistories();
const ofThisRelease = histories.filter((h) => h.release === release);

/** Replays histories against a bundle; what each one fails with, by its place. */
async function replay(recorded: readonly History[], code: string): Promise<readonly (Error | undefined)[]> {
  const options: ReplayWorkerOptions = {
    workflowBundle: { code },
    // Recorded histories are plain.
    dataConverter: dataConverter(payloadKeys(testKeys()), { plain: 'pass' }),
  };
  const named = recorded.map((history) => ({
    workflowId: startOf(history).workflowId,
    history: historyFromJSON(history),
  }));
  const results = new Map<string, { readonly error?: Error }>();
  for await (const result of Worker.runReplayHistories(options, named)) results.set(result.runId, result);
  return recorded.map((history) => {
    const result = results.get(startOf(history).originalExecutionRunId);
    return result ? result.error : new Error('it was not replayed');
  });
}

interface Start {
  readonly workflowId: string;
  readonly originalExecutionRunId: string;
  readonly workflowType: { readonly name: string };
}
const startOf = ({ events }: History): Start =>
  events[0]?.['workflowExecutionStartedEventAttributes'] as unknown as Start;

describe('every workflow goes on with the histories that it began', () => {
  let failures: readonly (Error | undefined)[] = [];
  beforeAll(async () => {
    failures = await replay(histories.map(readHistory), (await playbookBundle()).code);
  });

  it.each(histories.map((name, i) => [shownPath(name), i] as const))('%s', (path, i) => {
    const failure = failures[i];
    if (!failure) return;
    throw new Error(
      `Cases that run would stop at ${path}: put what changed behind patched(…) (CONTRIBUTING.md, "Changing a workflow"). ` +
        'Only when no release has begun such a history yet: npm run record-histories.',
      { cause: failure },
    );
  });

  it('has the histories of every scenario and of every workflow', () => {
    expect([...new Set(ofThisRelease.map((h) => h.scenario))].sort()).toEqual([...listScenarios()].sort());
    const typesIn = (names: readonly (typeof histories)[number][]): ReadonlySet<string> =>
      new Set(names.map((name) => startOf(readHistory(name)).workflowType.name));
    const now = Object.keys(workflows).filter((type) => !RETIRED.includes(type));
    expect([...typesIn(ofThisRelease)].sort()).toEqual(now.sort());
    expect([...typesIn(histories)].sort()).toEqual(Object.keys(workflows).sort());
  });

  it.each(histories.map((name) => [shownPath(name), name] as const))('%s tells of nothing real', (_, name) => {
    const text = readText(name);
    for (const [address] of text.matchAll(/[\w.+-]+@[\w-]+\.[\w.-]*\w/g))
      if (!address.startsWith('worker@')) expect(address).toMatch(/[@.]example\.(com|org)$/);
    expect(text).not.toMatch(/"\d+@/); // a worker's process and host
    expect(text).not.toMatch(/["( ](file:\/\/)?\/(home|root|tmp|Users|var|opt|work)\//);
  });
});

describe('the check can fail', () => {
  const recorded = (): History => {
    const name = ofThisRelease.find((h) => h.scenario === 'slack-takeover' && h.workflow === 'case');
    return readHistory(name!);
  };

  it.each<[string, (events: readonly HistoryEvent[]) => readonly HistoryEvent[]]>([
    ['that asks for another activity', (events) => rewritten(events, 'auditExposure', 'auditNothing')],
    ['that never waited for an answer', (events) => renumbered(events.filter((e) => !e.eventType.includes('TIMER')))],
  ])('on a history %s', async (_, change) => {
    const history = recorded();
    const changed = { events: change(history.events) };
    expect(changed.events).not.toEqual(history.events);
    const [failure] = await replay([changed], (await playbookBundle()).code);
    expect(failure).toBeInstanceOf(DeterminismViolationError);
  });

  it.each([
    ['asks another activity', '.identifySubject.', '.identifyNobody.'],
    ['leaves a stage out', "return 'exposure'", "return 'disclosure'"],
  ])('on a workflow that %s', async (_, from, to) => {
    const { code } = await playbookBundle();
    expect(code).toContain(from);
    const [failure] = await replay([recorded()], code.replaceAll(from, to));
    expect(failure).toBeInstanceOf(DeterminismViolationError);
  });
});

const rewritten = (events: readonly HistoryEvent[], from: string, to: string): readonly HistoryEvent[] =>
  JSON.parse(JSON.stringify(events).replaceAll(`"${from}"`, `"${to}"`)) as readonly HistoryEvent[];

/** What was taken out leaves no gap: a history with one would be refused as broken, not as different. */
const renumbered = (events: readonly HistoryEvent[]): readonly HistoryEvent[] =>
  events.map((event, i) => ({ ...event, eventId: String(i + 1) }));
