import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { CaseState, HumanTask, PlanState } from '../../domain/case.js';
import type { ApprovalDecision, TaskCompletion } from '../../domain/decision.js';
import { readSigningKey, type SigningKey } from '../../store/key-ring.js';
import { signBody } from '../../store/signing.js';
import type { Scenario } from '../../simulator/core/scenario.js';
import type { ReceivedMessage } from '../../simulator/core/server.js';
import { completeTaskUpdate, decideUpdate } from '../../workflows/messages.js';

const DECIDE_WITHIN_MS = 60 * 60_000;

/** Plays the people of a scenario: the subject answers by the link of the message that reached them, approvers and task holders sign with their own keys. */
export class PlayedPeople {
  readonly #done = new Set<string>();
  readonly #keys = new Map<string, SigningKey>();

  constructor(
    readonly scenario: Scenario,
    readonly client: Client,
    readonly vault: string,
    /** What reached a person, as that person sees it. */
    readonly messagesTo: (person: string) => readonly ReceivedMessage[],
  ) {}

  /** Does what the people would do now about one case. */
  async act(state: CaseState): Promise<void> {
    if (state.contact?.outcome === 'waiting') await this.#answer(state);
    for (const plan of state.plans) if (plan.status === 'awaiting_approval') await this.#decide(state, plan);
    for (const task of state.tasks) if (task.status === 'open') await this.#complete(state, task);
  }

  async #answer(state: CaseState): Promise<void> {
    const { answer, afterSeconds } = this.scenario.plays.subject;
    if (answer === 'silent' || !this.#due(`answer:${state.caseId}`, afterSeconds)) return;
    for (const person of Object.keys(this.scenario.people)) {
      for (const link of this.messagesTo(person)
        .flatMap((m) => m.links)
        .filter((l) => new URL(l).pathname.startsWith('/answer'))) {
        if (this.#done.has(link)) continue;
        this.#done.add(link);
        await fetch(link, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: `answer=${answer}`,
        });
      }
    }
  }

  async #decide(state: CaseState, plan: PlanState): Promise<void> {
    for (const { person, verb, afterSeconds } of this.scenario.plays.approvers) {
      const name = `${plan.planId}:${person}`;
      if (!this.#due(name, afterSeconds) || this.#done.has(name)) continue;
      this.#done.add(name);
      const [role = 'responder'] = this.scenario.deciders[person] ?? [];
      const at = new Date();
      for (const [index, as] of (this.scenario.deciders[person] ?? [role])
        .filter((r) => r === 'lead' || r === 'responder')
        .entries()) {
        const body: ApprovalDecision = {
          type: 'approval',
          caseId: state.caseId,
          planId: plan.planId,
          planDigest: plan.digest,
          verb,
          personId: person,
          role: as,
          at: at.toISOString(),
          expiresAt: new Date(at.getTime() + DECIDE_WITHIN_MS).toISOString(),
          nonce: `${name}:${index}:${randomUUID()}`,
        };
        await this.#quietly(() =>
          this.client.workflow
            .getHandle(plan.containmentId)
            .executeUpdate(decideUpdate, { args: [signBody(body, this.#key(person))] }),
        );
      }
    }
  }

  async #complete(state: CaseState, task: HumanTask): Promise<void> {
    const { tasks, significant } = this.scenario.plays;
    const name = `${state.caseId}:${state.openedAt}:${task.taskId}`;
    if (tasks === 'late' || this.#done.has(name)) return;
    const person = Object.entries(this.scenario.deciders).find(([, roles]) => roles.includes(task.role))?.[0];
    if (person === undefined) return;
    this.#done.add(name);
    const body: TaskCompletion = {
      type: 'task',
      caseId: state.caseId,
      taskId: task.taskId,
      outcome: tasks,
      fields: Object.fromEntries(task.fields.map((f) => [f.name, filled(f, significant)])),
      personId: person,
      role: task.role,
      at: new Date().toISOString(),
      nonce: `${name}:${randomUUID()}`,
    };
    await this.#quietly(() =>
      this.client.workflow
        .getHandle(state.caseId)
        .executeUpdate(completeTaskUpdate, { args: [signBody(body, this.#key(person))] }),
    );
  }

  readonly #since = new Map<string, number>();
  #due(name: string, afterSeconds: number): boolean {
    const since = this.#since.get(name) ?? Date.now();
    this.#since.set(name, since);
    return Date.now() - since >= afterSeconds * 1_000;
  }

  #key(person: string): SigningKey {
    const key = this.#keys.get(person) ?? readSigningKey(join(this.vault, `person-${person}.key`));
    this.#keys.set(person, key);
    return key;
  }

  /** The case may have moved on between the look and the act. */
  async #quietly(act: () => Promise<unknown>): Promise<void> {
    await act().catch(() => undefined);
  }
}

function filled(field: HumanTask['fields'][number], significant: boolean): string | boolean {
  if (field.name === 'significant') return significant;
  if (field.type === 'yes_no') return true;
  if (field.type === 'instant') return new Date().toISOString();
  if (field.type === 'choice') return field.options?.at(0) ?? '';
  return `Played: ${field.label}`;
}
