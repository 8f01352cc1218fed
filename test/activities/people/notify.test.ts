import { PLATFORMS } from '../../../platforms/registry.js';
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { perform, quietly } from '../support/house.js';
import { later, NOW } from '../support/plans.js';

import { bench } from '../support/people.js';

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
    expect(await perform(b.make(), 'notifyIncidentResponse', input)).toEqual({ ways: ['pager', 'webhook', 'mail'] });
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

  it('posts to the response channel in Teams as a card, which does not count as clean where Microsoft is suspect', async () => {
    const b = await bench();
    const teams = 'https://example.com/workflows/secret';
    expect(
      await perform(
        b.make({ notify: { mail: [], channels: PLATFORMS.responseChannels.map((c) => ({ ...c, url: teams })) } }),
        'notifyIncidentResponse',
        input,
      ),
    ).toEqual({
      ways: ['teams (on a platform under suspicion)'],
    });
    const [post] = b.calls;
    expect(post?.url).toBe(teams);
    expect(JSON.parse(post?.body ?? '')).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: { type: 'AdaptiveCard', actions: [{ type: 'Action.OpenUrl' }] },
        },
      ],
    });
    expect(post?.body).toContain('severity high');
  });

  it('is one call for one round, however often it is tried, and another for the next round', async () => {
    const b = await bench();
    const run = (acknowledgeBy: string) => perform(b.make(), 'notifyIncidentResponse', { ...input, acknowledgeBy });
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
      await expect(perform(b.make(deps), 'notifyIncidentResponse', input)).rejects.toMatchObject({
        nonRetryable: false,
      });
    b.answers.push(503);
    expect(await perform(b.make(deps), 'notifyIncidentResponse', input, quietly(5))).toEqual({
      ways: ['mail (on a platform under suspicion)'],
    });
  });

  it('is content with one clean way, and names no way that does not work', async () => {
    const b = await bench();
    b.answers.push(401, 500);
    expect(await perform(b.make(), 'notifyIncidentResponse', input)).toEqual({ ways: ['mail'] });
    const silent = { talk: [], notify: { mail: ['cert@example.org'] } };
    expect(await perform(b.make(silent), 'notifyIncidentResponse', input)).toEqual({ ways: [] });
  });
});
