import { createPeopleActivities, type PeopleDeps } from '../../../activities/people/index.js';
import type { PeopleActivities } from '../../../activities/contract.js';
import type { Platform } from '../../../domain/platform.js';
import type { SubjectFacts } from '../../../domain/subject.js';
import type { OutgoingMessage, Talk, TalkPort } from '../../../platforms/ports.js';
import { PLATFORMS } from '../../../platforms/registry.js';
import { House } from './house.js';
import { later, NOW } from './plans.js';

export interface Sent {
  readonly by: string;
  readonly to: string;
  readonly message: OutgoingMessage;
}

/** Senders of all platforms; the same key is never posted twice. */
export class Post {
  readonly sent: Sent[] = [];
  readonly broken = new Map<string, Error>();
  ports(only: readonly Platform[] = PLATFORMS.ids): readonly TalkPort[] {
    return only.map((platform) => ({
      platform,
      tenant: 'main',
      talk: [
        this.talk(platform, PLATFORMS.of(platform).channel),
        ...(platform === 'slack' ? [] : [this.talk(platform, 'mail')]),
      ],
      limitations: [],
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

export interface Bench {
  readonly house: House;
  readonly post: Post;
  readonly calls: { readonly url: string; readonly headers: Headers; readonly body: string }[];
  readonly answers: (number | Error)[];
  readonly subject: SubjectFacts;
  readonly managerId: string;
  make(change?: Partial<PeopleDeps>): PeopleActivities;
}

export async function bench(): Promise<Bench> {
  const house = await House.build();
  const registry = await house.registryFor('people');
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
        registry,
        policies: house.policies,
        people: async () => [
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
