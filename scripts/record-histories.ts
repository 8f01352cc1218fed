// `npm run record-histories [-- SCENARIO…]`: plays scenarios and keeps the histories of their workflows for `test/replay`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { historyToJSON, JSONToPayload, payloadToJSON, type JSONPayload } from '@temporalio/common/lib/proto-utils.js';
import { raiseAlerts } from '../cli/demo/alerts.js';
import { startHouse, type House } from '../cli/demo/house.js';
import { playToEnd } from '../cli/demo/play.js';
import { listScenarios } from '../simulator/core/scenario.js';
import type { ForgetDecision, SwitchDecision } from '../domain/decision.js';
import { decideForgetting, turnSwitch } from '../gateway/case-client.js';
import { KeyRing } from '../store/key-ring.js';
import { EncryptionCodec, payloadKeys } from '../store/payload-codec.js';
import { signBody } from '../store/signing.js';
import { historyFolder, shownPath, textOf, writeHistory, type Json } from '../test/replay/history-file.js';
import { startOfGuard } from '../workers/workflows-port.js';
import type { forgettingWorkflow, planTargetsWorkflow } from '../workflows/index.js';
import { containmentViewQuery } from '../workflows/messages.js';
import { QUEUES } from '../workflows/queues.js';
import { ROOT } from './lib/setup.mjs';
import { temporalCli } from './lib/temporal-binaries.mjs';

const { version: release } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
/** One stands for all where a scenario makes many. */
const CASES_KEPT = 1;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

process.env['QUELL_TEMPORAL_CLI'] = temporalCli();
const wanted = process.argv.slice(2);
for (const scenario of wanted.length > 0 ? wanted : listScenarios()) await record(scenario);
process.exit(0);

/** Plays one scenario in a folder of its own; its old histories of this release make room for the new ones. */
async function record(scenario: string): Promise<void> {
  const state = mkdtempSync(join(tmpdir(), 'quell-record-'));
  try {
    const house = await startHouse({ root: ROOT, state, scenario, withUi: false });
    try {
      await raiseAlerts(house, () => undefined);
      await playToEnd(house);
      const ring = KeyRing.read({ dir: join(house.files.roleFolder('console'), 'keys') });
      const keys = payloadKeys(ring);
      await asPeopleDo(house, ring);
      const recorded = await readAll(house.client, new EncryptionCodec(keys, 'pass'));
      rmSync(historyFolder({ release, scenario }), { recursive: true, force: true });
      for (const [workflow, text] of recorded) {
        const name = { release, scenario, workflow };
        writeHistory(name, text);
        say(shownPath(name));
      }
    } finally {
      await house.stop();
    }
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

/** What no scenario does by itself: somebody looks at a plan, a lead stops all containment and lets it go on, a case is held, and a day's forgetting passes. */
async function asPeopleDo({ client, world }: House, ring: KeyRing): Promise<void> {
  const [lead = ''] = Object.entries(world.scenario.deciders).find(([, roles]) => roles.includes('lead')) ?? [];
  for await (const { workflowId } of client.workflow.list({ query: "WorkflowType = 'containmentWorkflow'" })) {
    const { plan } = await client.workflow.getHandle(workflowId).query(containmentViewQuery);
    const look = { workflowId: 'plan-targets-recorded', taskQueue: QUEUES.playbook, args: [plan] as [typeof plan] };
    await client.workflow.execute<typeof planTargetsWorkflow>('planTargetsWorkflow', look);
    break;
  }
  const key = ring.signing('decision');
  const people = {
    keys: [{ ...ring.verifying('decision'), holder: { kind: 'console' as const } }],
    deciders: [{ personId: lead, roles: ['lead'] }],
  };
  const said = { type: 'switch' as const, personId: lead, role: 'lead', why: 'a drill' };
  const at = new Date();
  const stop: SwitchDecision = { ...said, verb: 'stop', at: at.toISOString(), nonce: 'n-stop' };
  const expiresAt = new Date(at.getTime() + 600_000).toISOString();
  const resume: SwitchDecision = { ...stop, verb: 'resume', nonce: 'n-resume', lifts: stop.nonce, expiresAt };
  for (const decision of [stop, resume]) await turnSwitch(client, startOfGuard(people), signBody(decision, key));
  for await (const { workflowId: caseId } of client.workflow.list({ query: "WorkflowType = 'caseWorkflow'" })) {
    const hold = { type: 'forget' as const, verb: 'hold' as const, caseId, note: 'note.recorded', nonce: 'n-hold' };
    const body: ForgetDecision = { ...hold, personId: lead, role: 'lead', at: at.toISOString(), expiresAt };
    await decideForgetting(client, signBody(body, key), 60_000);
    break;
  }
  const round = { workflowId: 'forgetting-recorded', taskQueue: QUEUES.playbook, args: [] as [] };
  await client.workflow.execute<typeof forgettingWorkflow>('forgettingWorkflow', round);
}

/** The texts of a run's histories by what they are kept as. */
async function readAll(client: Client, codec: EncryptionCodec): Promise<ReadonlyMap<string, string>> {
  const runs: WorkflowExecutionInfo[] = [];
  for await (const run of client.workflow.list()) runs.push(run);
  const texts = new Map<string, string>();
  for (const { type, workflowId, runId } of thinned(runs)) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const plain = await decoded(JSON.parse(historyToJSON(history)) as Json, codec);
    const text = scrubbed(textOf(plain as never));
    const kind = type.replace(/Workflow$/, '').replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
    let name = kind;
    for (let n = 2; texts.has(name); n++) name = `${kind}-${n}`;
    texts.set(name, text);
  }
  return texts;
}

/** Oldest first, so that names stay the same from one recording to the next; of many cases only the first, with its children. */
function thinned(runs: readonly WorkflowExecutionInfo[]): readonly WorkflowExecutionInfo[] {
  const sorted = [...runs].sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
  const cases = sorted.filter((r) => r.type === 'caseWorkflow' && !r.parentExecution).slice(CASES_KEPT);
  const left = new Set(cases.map((r) => r.workflowId));
  return sorted.filter((r) => !left.has(r.workflowId) && !left.has(r.parentExecution?.workflowId ?? ''));
}

/** Payloads as they were before the codec; whatever is not encrypted stays. */
async function decoded(value: Json, codec: EncryptionCodec): Promise<Json> {
  if (Array.isArray(value)) return await Promise.all((value as readonly Json[]).map((item) => decoded(item, codec)));
  if (typeof value !== 'object' || value === null) return value;
  if (typeof (value as { readonly metadata?: { readonly encoding?: Json } }).metadata?.encoding === 'string') {
    const [payload] = await codec.decode([JSONToPayload(value as JSONPayload)]);
    return payload ? (payloadToJSON(payload) as Json) : value;
  }
  const inner = Object.entries(value).map(async ([name, item]) => [name, await decoded(item, codec)] as const);
  return Object.fromEntries(await Promise.all(inner));
}

/** Takes out what tells of the machine: who ran the workers, and the traces of errors. Throws when something is left. */
function scrubbed(text: string): string {
  const clean = text
    .replaceAll(/"\d+@[^"]*"/g, '"worker"')
    .replaceAll(/"(stackTrace|stack_trace)": "[^"\\]*(?:\\.[^"\\]*)*"/g, '"$1": ""');
  for (const told of [`@${hostname()}`, ROOT, homedir(), tmpdir()])
    if (clean.includes(told)) throw new Error(`a history still tells of this machine: ${told}`);
  return clean;
}
