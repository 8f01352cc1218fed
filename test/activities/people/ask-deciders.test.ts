import { describe, expect, it } from 'vitest';
import type { HumanTask } from '../../../domain/case.js';
import { QuellError } from '../../../domain/errors.js';
import { perform } from '../support/house.js';
import { action, later, plan } from '../support/plans.js';

import { bench } from '../support/people.js';

describe('requestApproval and announceTasks', () => {
  it('tells those who may decide, never the subject, and never what the plan is', async () => {
    const b = await bench();
    const of = plan([action(1, { rule: 'one_responder', reason: 'stolen session of U1' })], {
      subjectId: b.subject.subjectId,
    });
    const input = {
      caseId: 'case-1',
      plan: of,
      planDigest: 'abcdef0123456789',
      suspect: ['slack'] as const,
      deadline: later(60),
    };
    expect(await perform(b.make(), 'requestApproval', input)).toEqual({ asked: 2 });
    await perform(b.make(), 'requestApproval', input);
    expect(b.post.sent.map((s) => s.to).sort()).toEqual(['one@example.com', 'two@example.com']);
    for (const { message } of b.post.sent) {
      expect(JSON.stringify(message)).not.toMatch(/stolen|U1|disable/);
      expect(message.link?.url).toBe('https://console.example.com/cases/case-1');
      expect(message.buttons).toBeUndefined();
    }
  });

  it('prefers a way that the suspicion does not touch', async () => {
    const b = await bench();
    await b.house.person({
      accounts: [
        { platform: 'microsoft', tenant: 'main', nativeId: 'e-one' },
        { platform: 'slack', tenant: 'main', nativeId: 'Uone' },
      ],
      mails: ['one@example.com'],
    });
    const of = plan([action(1, { rule: 'one_responder' })]);
    await perform(b.make(), 'requestApproval', {
      caseId: 'case-1',
      plan: of,
      planDigest: 'd',
      suspect: ['microsoft'],
      deadline: later(60),
    });
    expect(b.post.sent.find((s) => s.to === 'Uone')?.by).toBe('slack/slack');
  });

  it('tells each holder once about all tasks, and not the subject about its own case', async () => {
    const b = await bench();
    const task = (taskId: string, role: string): HumanTask => ({
      taskId,
      kind: 'interview',
      role,
      text: 'secret text',
      dueAt: later(30),
      ifLate: '',
      fields: [],
      status: 'open',
    });
    const caseId = `case-${b.subject.subjectId}`;
    expect(
      await perform(b.make(), 'announceTasks', {
        caseId,
        tasks: [task('t-1', 'responder'), task('t-2', 'responder'), task('t-3', 'lead')],
        suspect: ['slack'],
      }),
    ).toEqual({ told: 2 });
    expect(b.post.sent.map((s) => [s.to, s.message.title])).toEqual([
      ['one@example.com', 'Quell: 2 tasks wait for you'],
      ['two@example.com', 'Quell: 3 tasks wait for you'],
    ]);
    expect(JSON.stringify(b.post.sent)).not.toContain('secret text');
  });

  it('counts only whom it reached', async () => {
    const b = await bench();
    for (const by of ['microsoft/mail', 'google/mail']) b.post.broken.set(by, new QuellError('VENDOR_SCOPE'));
    const of = plan([action(1, { rule: 'one_responder' })], { subjectId: b.subject.subjectId });
    expect(
      await perform(b.make(), 'requestApproval', {
        caseId: 'c',
        plan: of,
        planDigest: 'd',
        suspect: [],
        deadline: later(1),
      }),
    ).toEqual({ asked: 0 });
  });
});
