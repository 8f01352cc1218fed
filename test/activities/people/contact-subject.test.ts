import { describe, expect, it } from 'vitest';
import { type PeopleDeps } from '../../../activities/people/index.js';
import { QuellError } from '../../../domain/errors.js';
import type { Platform } from '../../../domain/platform.js';
import type { SubjectFacts } from '../../../domain/subject.js';
import { readAnswerToken } from '../../../store/answer-token.js';
import { perform } from '../support/house.js';
import { later, NOW } from '../support/plans.js';

import { bench, type Bench } from '../support/people.js';

describe('contactSubject', () => {
  const ask = (
    b: Bench,
    suspect: readonly Platform[],
    change: Partial<SubjectFacts> = {},
    deps: Partial<PeopleDeps> = {},
  ) =>
    perform(b.make(deps), 'contactSubject', {
      caseId: 'case-1',
      subject: { ...b.subject, ...change },
      askId: 'ask-1',
      suspect,
      deadline: later(60),
    });

  it.each<[readonly Platform[], string, string]>([
    [['slack'], 'mail', 'microsoft/mail'],
    [['microsoft'], 'slack', 'slack/slack'],
    [['microsoft', 'slack'], 'google_chat', 'google/google_chat'],
    [['microsoft', 'slack', 'google'], 'phone_task', ''],
  ])('when %j is suspect it asks by %s', async (suspect, channel, by) => {
    const b = await bench();
    const { managerId: _none, ...profile } = (await b.house.registry.profile(b.subject.subjectId)) ?? { managerId: '' };
    await b.house.registry.setProfile({ ...profile, subjectId: b.subject.subjectId } as Parameters<
      typeof b.house.registry.setProfile
    >[0]);
    const result = await ask(b, suspect);
    expect(result.channel).toBe(channel);
    expect(b.post.sent.map((s) => s.by)).toEqual(by === '' ? [] : [by]);
    for (const { by: sender } of b.post.sent) expect(suspect).not.toContain(sender.split('/')[0]);
    for (const p of suspect) expect(result.avoided.join()).toContain(p);
  });

  it('asks nobody when the case is covert, and says so', async () => {
    const b = await bench();
    const { subject } = b;
    const asked = { caseId: 'case-1', subject, askId: 'ask-1', suspect: [], deadline: later(60), covert: true };
    const { channel, avoided } = await perform(b.make({}), 'contactSubject', asked);
    expect(channel).toBe('none');
    expect(avoided).toContain('mail: the case is covert');
    expect(b.post.sent).toEqual([]);
  });

  it('asks the manager on a clean mailbox when no channel of the subject is clean', async () => {
    const b = await bench();
    expect(
      await ask(b, ['microsoft', 'slack'], { accounts: b.subject.accounts.filter((a) => a.platform !== 'google') }),
    ).toMatchObject({ channel: 'manager' });
    expect(b.post.sent[0]).toMatchObject({ by: 'google/mail', to: 'boss@example.com' });
  });

  it('carries a link whose token names the question alone, and buttons only in chat', async () => {
    const b = await bench();
    await ask(b, ['slack']);
    const [mail] = b.post.sent;
    expect(mail?.message.buttons).toBeUndefined();
    const url = mail?.message.link?.url ?? '';
    expect(url).toMatch(/^https:\/\/answers\.example\.com\/answers\//);
    const token = url.slice(url.lastIndexOf('/') + 1);
    expect(readAnswerToken(token, b.house.keys.secret('answer'), NOW)).toEqual({
      caseId: 'case-1',
      askId: 'ask-1',
      personId: b.subject.subjectId,
      channel: 'mail',
      expiresAt: later(60),
    });
    expect(readAnswerToken(token, b.house.keys.secret('answer'), new Date(later(61)))).toBeUndefined();
    expect(readAnswerToken(token, b.house.keys.secret('session'), NOW)).toBeUndefined();
    expect(readAnswerToken(`${token.slice(0, -2)}xx`, b.house.keys.secret('answer'), NOW)).toBeUndefined();
    await ask(b, ['microsoft']);
    expect(b.post.sent[1]?.message.buttons?.map((x) => x.id)).toEqual(['me', 'not_me', 'unsure']);
  });

  it('asks once, however often it is tried', async () => {
    const b = await bench();
    await ask(b, ['slack']);
    await ask(b, ['slack']);
    expect(b.post.sent).toHaveLength(1);
  });

  it('asks the sponsor of an app, and nobody when there is none', async () => {
    const b = await bench();
    await ask(b, ['slack'], { kind: 'app', sponsorId: b.managerId, accounts: [] });
    expect(b.post.sent).toMatchObject([{ to: 'boss@example.com' }]);
    expect(
      await ask(b, ['slack'], { kind: 'app', subjectId: 's-unknown', accounts: [], mail: 'google' }),
    ).toMatchObject({ channel: 'phone_task' });
  });

  it('passes over a channel that fails for good, and retries one that may come back', async () => {
    const b = await bench();
    b.post.broken
      .set('microsoft/mail', new QuellError('VENDOR_SCOPE'))
      .set('google/mail', new QuellError('VENDOR_SCOPE'));
    const result = await ask(b, ['slack']);
    expect(result).toMatchObject({ channel: 'teams', on: 'microsoft' });
    expect(result.avoided).toContain('mail: VENDOR_SCOPE');
    b.post.broken
      .set('microsoft/mail', new QuellError('VENDOR_DOWN', 'ada@example.com'))
      .set('google/mail', new QuellError('VENDOR_DOWN'));
    await expect(ask(b, ['slack'])).rejects.toMatchObject({ type: 'VENDOR_DOWN' });
    await expect(ask(b, ['slack'])).rejects.not.toThrow('ada@');
  });
});
