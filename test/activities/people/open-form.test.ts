import { describe, expect, it } from 'vitest';
import { MAX_WORDS } from '../../../domain/contact.js';
import { QuellError } from '../../../domain/errors.js';
import type { FormPress, TalkPort } from '../../../platforms/ports.js';
import { perform } from '../support/house.js';
import { bench } from '../support/people.js';

const PRESS = {
  platform: 'slack',
  tenant: 'main',
  trigger: '1.2.x',
  token: 'the token',
  replyTo: 'https://x',
} as const;

describe('openForm', () => {
  const run = async (openForm: (press: FormPress) => Promise<{ readonly opened: boolean }>, tenant = 'main') => {
    const b = await bench();
    const slack = (tenantOf: string, open = openForm): TalkPort => ({
      platform: 'slack',
      tenant: tenantOf,
      talk: [{ channel: 'slack', send: () => Promise.reject(new Error('not asked for')), openForm: open }],
      limitations: [],
    });
    const elsewhere = () => Promise.reject(new Error('of another tenant'));
    const talk = [...b.post.ports(['microsoft', 'google']), slack('other', elsewhere), slack('main')];
    return await perform(b.make({ talk }), 'openForm', { ...PRESS, tenant });
  };

  it('asks the tenant of the press for a form with the three answers and room for words', async () => {
    const pressed: FormPress[] = [];
    expect(await run((press) => Promise.resolve({ opened: pressed.push(press) === 1 }))).toEqual({ opened: true });
    expect(pressed).toEqual([
      expect.objectContaining({ trigger: '1.2.x', value: 'the token', replyTo: 'https://x' }) as unknown,
    ]);
    expect(pressed[0]?.form.answer.options.map((o) => o.id)).toEqual(['me', 'not_me', 'unsure']);
    expect(pressed[0]?.form.text).toContain('never ask you for a password');
    expect(MAX_WORDS).toBeLessThanOrEqual(3_000); // what a field of Slack takes
  });

  it('opens none where the platform has no forms, or what stands in the way does not pass', async () => {
    const b = await bench();
    const microsoft = { ...PRESS, platform: 'microsoft' } as const;
    expect(await perform(b.make({ talk: b.post.ports() }), 'openForm', microsoft)).toEqual({ opened: false });
    const refused = () => Promise.reject(new QuellError('VENDOR_REFUSED', 'views.open: view_too_large'));
    expect(await run(refused)).toEqual({ opened: false });
  });

  it('leaves what may pass to be tried again', async () => {
    const down = () => Promise.reject(new QuellError('VENDOR_DOWN', 'views.open'));
    await expect(run(down)).rejects.toMatchObject({ type: 'VENDOR_DOWN', nonRetryable: false });
  });
});
