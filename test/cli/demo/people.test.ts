import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { PlayedPeople } from '../../../cli/demo/people.js';
import type { CaseState, HumanTask } from '../../../domain/case.js';
import type { Signed, TaskCompletion } from '../../../domain/decision.js';
import { generateDemoKeys } from '../../../store/demo-keys.js';
import { caseOf, scenarioWith } from '../verdicts/scene.js';

/** What was sent by the answer page, as its form is: `answer words`. */
const answers: string[] = [];
const completed: TaskCompletion[] = [];
let server: Server;
let link: string;
let vault: string;
beforeAll(async () => {
  vault = mkdtempSync(join(tmpdir(), 'quell-people-'));
  generateDemoKeys(vault, { people: ['ann', 'ben'] });
  server = createServer((request, response) => {
    if (request.method !== 'POST') return void response.end('<input name="form" value="token">');
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const form = new URLSearchParams(body);
      answers.push(`${String(form.get('form'))} ${String(form.get('answer'))} ${String(form.get('words'))}`.trim());
      response.end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  link = `http://127.0.0.1:${(server.address() as AddressInfo).port}/answers/t`;
});
afterAll(() => {
  server.close();
  rmSync(vault, { recursive: true, force: true });
});
beforeEach(() => answers.splice(0));
afterEach(() => completed.splice(0));

const client = {
  workflow: {
    getHandle: () => ({
      executeUpdate: (_: unknown, { args }: { args: readonly [Signed<TaskCompletion>] }) =>
        Promise.resolve(void completed.push(args[0].body)),
    }),
  },
} as unknown as Client;

const playing = (plays: object): PlayedPeople =>
  new PlayedPeople(
    scenarioWith({ plays }),
    client,
    vault,
    (person) => (person === 'ada' ? [{ channel: 'mail', at: '', text: '', links: [link] }] : []),
    () => undefined,
  );
const asked = (outcome: string): CaseState =>
  caseOf('ada', { stage: 'contact', tasks: [], contact: { outcome } as CaseState['contact'] & object });

it('answers once, and again when the scenario says so', async () => {
  const again = [{ answer: 'not_me', words: 'After all.', afterSeconds: 0 }];
  const people = playing({ subject: { answer: 'me', afterSeconds: 0, answers: again } });
  await people.act(asked('waiting'));
  await people.act(asked('waiting'));
  expect(answers).toEqual(['token me']);
  await people.act(asked('me'));
  await people.act(asked('me'));
  expect(answers).toEqual(['token me', 'token not_me After all.']);
});

it('may break a silence', async () => {
  const people = playing({ subject: { answer: 'silent', answers: [{ answer: 'unsure', afterSeconds: 0 }] } });
  await people.act(asked('waiting'));
  expect(answers).toEqual(['token unsure']);
});

it('stays silent when nothing else is said', async () => {
  await playing({ subject: { answer: 'silent' } }).act(asked('waiting'));
  expect(answers).toEqual([]);
});

const task = (kind: HumanTask['kind'], fields: HumanTask['fields'] = []): HumanTask => ({
  ...{ taskId: kind, kind, role: 'investigator', text: '', dueAt: '', ifLate: '', status: 'open', fields },
});
const explained: HumanTask['fields'] = [
  { name: 'explained', label: '', type: 'choice', options: ['yes', 'no', 'partly'], required: true },
];
const withTasks = caseOf('ada', {
  stage: 'investigation',
  tasks: [task('interview', explained), task('manual_action'), task('acknowledge')],
});
const ends = (): readonly string[] => completed.map((c) => `${c.taskId} ${c.outcome}`);

it('ends tasks by their kind, and leaves those that come late', async () => {
  const tasks = { manual_action: 'not_possible', acknowledge: 'late' };
  await playing({ subject: { answer: 'silent' }, tasks }).act(withTasks);
  expect(ends()).toEqual(['interview done', 'manual_action not_possible']);
});

it.each([
  [{}, 'cannot_say'],
  [{ interview: 'yes' }, 'yes'],
  [{ interview: 'no' }, 'no'],
  [{ interview: 'partly' }, 'partly'],
] as const)('answers an interview: %o', async (plays, answer) => {
  await playing({ subject: { answer: 'silent' }, ...plays }).act(withTasks);
  expect(completed.find((c) => c.taskId === 'interview')?.fields).toEqual({ explained: answer });
});
