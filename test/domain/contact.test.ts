import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contactPlan, type ContactPlan } from '../../domain/contact.js';
import type { Platform } from '../../domain/platform.js';
import { PLATFORMS } from '../../platforms/registry.js';
import type { SubjectFacts } from '../../domain/subject.js';
import { after, defaultPolicy } from './fixtures.js';

const subject: SubjectFacts = {
  subjectId: 's-1',
  kind: 'person',
  vip: false,
  authority: 'microsoft',
  accounts: (['slack', 'microsoft'] as const).map((platform) => ({ platform, tenant: 'main', nativeId: 'N1' })),
  mail: 'microsoft',
  protectedBecause: [],
  readAt: after(0),
};
const plan = (suspect: readonly Platform[], given: Partial<SubjectFacts> = {}, covert = false): ContactPlan =>
  contactPlan({
    subject: { ...subject, ...given },
    suspect,
    policy: defaultPolicy.contact,
    chats: PLATFORMS.channels,
    covert,
  });
const withoutMail = (): SubjectFacts => {
  const { mail: _mail, ...rest } = subject;
  return rest;
};

describe('where the question goes', () => {
  it.each<[string, readonly Platform[], readonly string[]]>([
    ['nothing is suspect', [], ['mail', 'teams', 'slack', 'manager', 'phone_task']],
    ['Slack is suspect', ['slack'], ['mail', 'teams', 'manager', 'phone_task']],
    ['Microsoft is suspect: neither Teams nor its mailbox', ['microsoft'], ['slack', 'manager', 'phone_task']],
    ['both are suspect', ['slack', 'microsoft'], ['manager', 'phone_task']],
  ])('%s', (_, suspect, channels) => {
    const got = plan(suspect);
    expect(got.channels).toEqual(channels);
    expect(got.ask).toBe('s-1');
    expect([...got.channels, ...got.avoided.map((a) => a.channel)].sort()).toEqual(
      [...defaultPolicy.contact.channels].sort(),
    );
    for (const { why } of got.avoided) expect(why).not.toBe('');
  });

  it('is no mailbox that nobody knows', () => {
    const got = contactPlan({
      subject: withoutMail(),
      suspect: [],
      policy: defaultPolicy.contact,
      chats: PLATFORMS.channels,
      covert: false,
    });
    expect(got.channels).not.toContain('mail');
    expect(got.avoided).toContainEqual({ channel: 'mail', why: 'no mailbox is known' });
  });

  it('is the sponsor for guests, apps and shared accounts, who needs no account of the subject', () => {
    for (const kind of ['guest', 'app', 'shared'] as const) {
      const got = plan(['slack'], { kind, sponsorId: 's-2', accounts: [] });
      expect(got.ask).toBe('s-2');
      expect(got.channels).toEqual(['mail', 'teams', 'google_chat', 'manager', 'phone_task']);
    }
    expect(plan([], { kind: 'guest' }).ask).toBe('s-1');
    expect(plan([], { sponsorId: 's-2' }).ask).toBe('s-1');
  });

  it('is nowhere while the case is covert', () => {
    const got = plan([], {}, true);
    expect(got.channels).toEqual([]);
    expect(got.avoided.map((a) => a.channel)).toEqual(defaultPolicy.contact.channels);
  });

  it('is never a channel that runs through a suspect platform', () => {
    const through = { slack: 'slack', teams: 'microsoft', google_chat: 'google' } as const;
    fc.assert(
      fc.property(
        fc.subarray([...PLATFORMS.ids]),
        fc.constantFrom(...PLATFORMS.ids),
        fc.subarray([...PLATFORMS.ids]),
        fc.constantFrom('person' as const, 'app' as const),
        fc.boolean(),
        (suspect, mail, on, kind, covert) => {
          const accounts = on.map((platform) => ({ platform, tenant: 'main', nativeId: 'N' }));
          const { channels } = plan(suspect, { mail, kind, sponsorId: 's-2', accounts }, covert);
          for (const [channel, platform] of Object.entries(through))
            if (suspect.includes(platform)) expect(channels).not.toContain(channel);
          if (suspect.includes(mail)) expect(channels).not.toContain('mail');
          if (covert) expect(channels).toEqual([]);
          else expect(channels).toContain('phone_task');
        },
      ),
    );
  });
});
