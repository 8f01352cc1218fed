import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createPeopleActivities, type PeopleDeps } from '../../../activities/people/index.js';
import type { PeopleActivities } from '../../../activities/contract.js';
import type { HumanTask } from '../../../domain/case.js';
import { QuellError } from '../../../domain/errors.js';
import type { Platform } from '../../../domain/platform.js';
import type { SubjectFacts } from '../../../domain/subject.js';
import type { OutgoingMessage, Talk, TalkPort } from '../../../platforms/ports.js';
import { readAnswerToken } from '../../../store/answer-token.js';
import { House, perform, quietly } from '../support/house.js';
import { action, later, NOW, plan } from '../support/plans.js';

interface Sent {
  readonly by: string;
  readonly to: string;
  readonly message: OutgoingMessage;
}

/** Senders of all platforms; the same key is never posted twice. */
class Post {
  readonly sent: Sent[] = [];
  readonly broken = new Map<string, Error>();
  ports(only: readonly Platform[] = ['slack', 'microsoft', 'google']): readonly TalkPort[] {
    const chat = { slack: 'slack', microsoft: 'teams', google: 'google_chat' } as const;
    return only.map((platform) => ({
      platform,
      tenant: 'main',
      talk: [this.talk(platform, chat[platform]), ...(platform === 'slack' ? [] : [this.talk(platform, 'mail')])],
    }));
  }
  private talk(platform: Platform, channel: Talk['channel']): Talk {
    const by = `${platform}/${channel}`;
    return {
      channel,
      send: (to, message) => {
        const error = this.broken.get(by);
        if (error) return Promise.reject(error);
        const already = this.sent.some((s) => s.by === by && s.to === to && s.message.key === message.key);
        if (!already) this.sent.push({ by, to, message });
        return Promise.resolve({ messageId: message.key, already });
      },
    };
  }
}

interface Bench {
  readonly house: House;
  readonly post: Post;
  readonly calls: { readonly url: string; readonly headers: Headers; readonly body: string }[];
  readonly answers: (number | Error)[];
  readonly subject: SubjectFacts;
  readonly managerId: string;
  make(change?: Partial<PeopleDeps>): PeopleActivities;
}

async function bench(): Promise<Bench> {
  const house = await House.build();
  const managerId = await house.person({
    accounts: [{ platform: 'google', tenant: 'main', nativeId: '77' }],
    mails: ['boss@example.com'],
    name: 'Bo Boss',
  });
  const accounts = [
    { platform: 'slack', tenant: 'main', nativeId: 'U1' },
    { platform: 'microsoft', tenant: 'main', nativeId: 'e-1' },
    { platform: 'google', tenant: 'main', nativeId: '1001' },
  ] as const;
  const subjectId = await house.person({ accounts, mails: ['ada@example.com'], name: 'Ada Example', managerId });
  const post = new Post();
  const calls: Bench['calls'] = [];
  const answers: Bench['answers'] = [];
  const doFetch = ((url: string, init: RequestInit) => {
    calls.push({ url, headers: new Headers(init.headers), body: init.body as string });
    const answer = answers.shift() ?? 202;
    return answer instanceof Error
      ? Promise.reject(answer)
      : Promise.resolve(new Response('', { status: answer, headers: { 'retry-after': '3' } }));
  }) as typeof fetch;
  const person = (personId: string, roles: string[], change: object = {}) => ({
    personId,
    roles,
    email: `${personId}@example.com`,
    subjectId: `s-${personId}`,
    ...change,
  });
  return {
    house,
    post,
    calls,
    answers,
    managerId,
    subject: {
      subjectId,
      kind: 'person',
      vip: false,
      authority: 'microsoft',
      accounts,
      mail: 'microsoft',
      protectedBecause: [],
      readAt: later(0),
    },
    make: (change = {}) =>
      createPeopleActivities({
        talk: post.ports(),
        registry: house.registry,
        policies: house.policies,
        people: [
          person('one', ['responder']),
          person('two', ['responder', 'lead']),
          person('counsel', ['counsel']),
          person('self', ['responder'], { email: 'ada@example.com', subjectId }),
        ],
        answerKey: house.keys.secret('answer'),
        answersUrl: 'https://answers.example.com/',
        consoleUrl: 'https://console.example.com',
        notify: {
          mail: ['cert@example.org'],
          webhook: { url: 'https://hooks.example.com/in', secret: 'very secret' },
          pager: { url: 'https://pager.example.com/v2/enqueue', routingKey: 'r-1' },
        },
        fetch: doFetch,
        clock: () => NOW,
        ...change,
      }),
  };
}

describe('contactSubject', () => {
  const ask = (
    b: Bench,
    suspect: readonly Platform[],
    change: Partial<SubjectFacts> = {},
    deps: Partial<PeopleDeps> = {},
  ) =>
    perform(b.make(deps).contactSubject, {
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
    expect(result).toMatchObject({ channel: 'teams' });
    expect(result.avoided).toContain('mail: VENDOR_SCOPE');
    b.post.broken
      .set('microsoft/mail', new QuellError('VENDOR_DOWN', 'ada@example.com'))
      .set('google/mail', new QuellError('VENDOR_DOWN'));
    await expect(ask(b, ['slack'])).rejects.toMatchObject({ type: 'VENDOR_DOWN' });
    await expect(ask(b, ['slack'])).rejects.not.toThrow('ada@');
  });
});

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
    expect(await perform(b.make().requestApproval, input)).toEqual({ asked: 2 });
    await perform(b.make().requestApproval, input);
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
    await perform(b.make().requestApproval, {
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
      await perform(b.make().announceTasks, {
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
      await perform(b.make().requestApproval, {
        caseId: 'c',
        plan: of,
        planDigest: 'd',
        suspect: [],
        deadline: later(1),
      }),
    ).toEqual({ asked: 0 });
  });
});

describe('notifyIncidentResponse', () => {
  const input = {
    caseId: 'case-1',
    verdict: 'compromised',
    severity: 'high',
    suspect: ['microsoft'],
    acknowledgeBy: later(30),
  } as const;

  it('calls every way: pager, signed webhook, mail from a clean sender', async () => {
    const b = await bench();
    expect(await perform(b.make().notifyIncidentResponse, input)).toEqual({ ways: ['pager', 'webhook', 'mail'] });
    const [pager, hook] = b.calls;
    expect(JSON.parse(pager?.body ?? '')).toMatchObject({
      routing_key: 'r-1',
      event_action: 'trigger',
      payload: { severity: 'error', source: 'quell' },
    });
    const [at, v1] = (hook?.headers.get('quell-signature') ?? '').split(',').map((p) => p.slice(p.indexOf('=') + 1));
    expect(v1).toBe(
      createHmac('sha256', 'very secret')
        .update(`${at ?? ''}.${hook?.body ?? ''}`)
        .digest('hex'),
    );
    expect(Number(at)).toBe(NOW.getTime() / 1000);
    expect(b.post.sent).toMatchObject([{ by: 'google/mail', to: 'cert@example.org' }]);
    expect(b.calls.map((c) => c.body).join()).not.toContain('example.com"'); // no address of a person
  });

  it('is one call for one round, however often it is tried, and another for the next round', async () => {
    const b = await bench();
    const run = (acknowledgeBy: string) => perform(b.make().notifyIncidentResponse, { ...input, acknowledgeBy });
    await run(later(30));
    await run(later(30));
    const key = (n: number): unknown => (JSON.parse(b.calls[n]?.body ?? '{}') as { dedup_key?: unknown }).dedup_key;
    expect(key(0)).toBe(key(2));
    expect(b.post.sent).toHaveLength(1);
    await run(later(60));
    expect(key(4)).not.toBe(key(0));
    expect(b.post.sent).toHaveLength(2);
  });

  it('does not content itself with the suspect platform: it tries the others again, then says so', async () => {
    const b = await bench();
    const deps = {
      talk: b.post.ports(['microsoft']),
      notify: { mail: ['cert@example.org'], pager: { url: 'https://pager.example.com/x', routingKey: 'r' } },
    };
    b.answers.push(503, new Error('reset'), 429);
    for (let n = 0; n < 3; n++)
      await expect(perform(b.make(deps).notifyIncidentResponse, input)).rejects.toMatchObject({ nonRetryable: false });
    b.answers.push(503);
    expect(await perform(b.make(deps).notifyIncidentResponse, input, quietly(5))).toEqual({
      ways: ['mail (on a platform under suspicion)'],
    });
  });

  it('is content with one clean way, and names no way that does not work', async () => {
    const b = await bench();
    b.answers.push(401, 500);
    expect(await perform(b.make().notifyIncidentResponse, input)).toEqual({ ways: ['mail'] });
    const silent = { talk: [], notify: { mail: ['cert@example.org'] } };
    expect(await perform(b.make(silent).notifyIncidentResponse, input)).toEqual({ ways: [] });
  });
});
