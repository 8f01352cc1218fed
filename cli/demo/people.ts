import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { CaseState, HumanTask, PlanState } from '../../domain/case.js';
import type { ApprovalDecision, TaskCompletion } from '../../domain/decision.js';
import { readSigningKey, type SigningKey } from '../../store/key-ring.js';
import { signBody } from '../../store/signing.js';
import type { Situation } from '../../simulator/core/scenario.js';
import type { ReceivedMessage } from '../../simulator/core/server.js';
import type { SlackTenant } from '../../simulator/slack/index.js';
import { OWN_WORDS } from '../../domain/contact.js';
import { completeTask, decide, viewContainment } from '../../gateway/case-client.js';
import { roleFor } from '../../domain/approval.js';

const DECIDE_WITHIN_MS = 60 * 60_000;
/** Slack takes a press for three seconds. */
const FORM_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 100;

/**
 * Plays the people of a scenario: the subject answers by the link of the message that reached them, or with something to say by the form in Slack;
 * approvers and task holders sign with their own keys.
 */
export class PlayedPeople {
  readonly #done = new Set<string>();
  readonly #keys = new Map<string, SigningKey>();

  constructor(
    readonly scenario: Situation,
    readonly client: Client,
    readonly vault: string,
    /** What reached a person, as that person sees it. */
    readonly messagesTo: (person: string) => readonly ReceivedMessage[],
    readonly say: (line: string) => void,
    readonly slack?: Pick<SlackTenant, 'buttons' | 'press' | 'forms' | 'sendForm'>,
  ) {}

  /** Does what the people would do now about one case. */
  async act(state: CaseState): Promise<void> {
    if (state.contact?.outcome === 'waiting') await this.#answer(state);
    if (state.contact) await this.#answerAgain(state);
    for (const plan of state.plans) if (plan.status === 'awaiting_approval') await this.#decide(state, plan);
    for (const task of state.tasks) if (task.status === 'open') await this.#complete(state, task);
  }

  async #answer(state: CaseState): Promise<void> {
    const { answer, words = '', afterSeconds } = this.scenario.plays.subject;
    if (answer === 'silent' || !this.#due(`answer:${state.caseId}`, afterSeconds)) return;
    for (const person of Object.keys(this.scenario.people)) {
      if (words !== '' && (await this.#answerInForm(person, { answer, words }))) continue;
      for (const link of this.#linksOf(person)) {
        if (this.#done.has(link)) continue;
        this.#done.add(link);
        await sendAnswer(link, { answer, words });
      }
    }
  }

  /** What they say after their first answer, or after a silence instead of one, by the same links. */
  async #answerAgain(state: CaseState): Promise<void> {
    const { answer: first, answers } = this.scenario.plays.subject;
    if (first !== 'silent' && state.contact?.outcome === 'waiting') return;
    for (const [n, { answer, words = '', afterSeconds }] of answers.entries()) {
      const name = `answer:${state.caseId}:${n}`;
      if (this.#done.has(name)) continue;
      const links = Object.keys(this.scenario.people).flatMap((person) => this.#linksOf(person));
      if (links.length === 0 || !this.#due(name, afterSeconds)) return;
      this.#done.add(name);
      for (const link of links) await sendAnswer(link, { answer, words });
    }
  }

  #linksOf(person: string): readonly string[] {
    const links = this.messagesTo(person).flatMap((m) => m.links);
    return links.filter((link) => new URL(link).pathname.startsWith('/answer'));
  }

  /** False when there is no button for a form, or none opens. */
  async #answerInForm(person: string, entries: Readonly<Record<string, string>>): Promise<boolean> {
    if (this.#done.has(`form:${person}`)) return true;
    const button = this.slack?.buttons(person).findLast((b) => b.actionId === OWN_WORDS);
    if (!this.slack || !button) return false;
    await this.slack.press(person, button.messageTs, button.actionId);
    for (const until = Date.now() + FORM_WITHIN_MS; this.slack.forms(person).length === 0; await sleep(LOOK_EVERY_MS))
      if (Date.now() > until) return false;
    await this.slack.sendForm(person, entries);
    this.#done.add(`form:${person}`);
    return true;
  }

  async #decide(state: CaseState, plan: PlanState): Promise<void> {
    for (const { person, verb, afterSeconds } of this.scenario.plays.approvers) {
      const name = `${plan.planId}:${person}`;
      if (!this.#due(name, afterSeconds) || this.#done.has(name)) continue;
      this.#done.add(name);
      const view = await viewContainment(this.client, plan.containmentId);
      const rules = state.policy?.containment.approvalRules ?? [];
      if (view?.status !== 'awaiting_approval') continue; // the others were enough
      const role = roleFor(view.plan.body.actions, rules, this.scenario.deciders[person] ?? []);
      if (role === undefined) continue;
      const at = new Date();
      const body: ApprovalDecision = {
        type: 'approval',
        caseId: state.caseId,
        planId: plan.planId,
        planDigest: plan.digest,
        verb,
        personId: person,
        role,
        at: at.toISOString(),
        expiresAt: new Date(at.getTime() + DECIDE_WITHIN_MS).toISOString(),
        nonce: randomUUID(),
      };
      await this.#quietly(() => decide(this.client, plan.containmentId, signBody(body, this.#key(person))));
    }
  }

  async #complete(state: CaseState, task: HumanTask): Promise<void> {
    const { tasks } = this.scenario.plays;
    const outcome = typeof tasks === 'string' ? tasks : (tasks[task.kind] ?? 'done');
    const name = `${state.caseId}:${state.openedAt}:${task.taskId}`;
    if (outcome === 'late' || this.#done.has(name)) return;
    const person = Object.entries(this.scenario.deciders).find(([, roles]) => roles.includes(task.role))?.[0];
    if (person === undefined) return;
    this.#done.add(name);
    const body: TaskCompletion = {
      type: 'task',
      caseId: state.caseId,
      taskId: task.taskId,
      outcome,
      fields: Object.fromEntries(task.fields.map((f) => [f.name, filled(f, this.scenario)])),
      personId: person,
      role: task.role,
      at: new Date().toISOString(),
      nonce: `${name}:${randomUUID()}`,
    };
    await this.#quietly(() => completeTask(this.client, state.caseId, signBody(body, this.#key(person))));
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

  /** The case may have moved on between the look and the act; what was refused is said. */
  async #quietly(act: () => Promise<void>): Promise<void> {
    await act().catch((error: unknown) =>
      this.say(`  (played person refused: ${error instanceof Error ? error.message : 'unknown'})`),
    );
  }
}

async function sendAnswer(link: string, said: Readonly<Record<'answer' | 'words', string>>): Promise<void> {
  const page = await (await fetch(link)).text();
  const form = /name="form" value="([^"]+)"/.exec(page)?.[1] ?? '';
  await fetch(link, { method: 'POST', body: new URLSearchParams({ form, ...said }) });
}

function filled(field: HumanTask['fields'][number], { plays }: Situation): string | boolean {
  if (field.name === 'significant') return plays.significant;
  if (field.name === 'explained') return plays.interview;
  if (field.name === 'answer') return plays.subject.answer === 'silent' ? 'not_reached' : plays.subject.answer;
  if (field.type === 'yes_no') return true;
  if (field.type === 'instant') return new Date().toISOString();
  if (field.type === 'choice') return field.options?.at(0) ?? '';
  return `Played: ${field.label}`;
}
