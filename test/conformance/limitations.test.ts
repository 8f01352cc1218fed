import { afterEach, describe, expect, it } from 'vitest';
import type { Limitation } from '../../platforms/ports.js';
import * as google from '../platforms/google/fixture.js';
import * as microsoft from '../platforms/microsoft/fixture.js';
import * as slack from '../platforms/slack/fixture.js';

interface Declares {
  readonly limitations: readonly Limitation[];
}
let close: () => Promise<void> = () => Promise.resolve();
afterEach(() => close());

/** What each port of a vendor says that it cannot do. */
const VENDORS = {
  slack: async (): Promise<readonly Declares[]> => {
    const tenant = await slack.startTenant();
    close = tenant.close;
    return [slack.evidenceOf(tenant), slack.containmentOf(tenant), slack.talkOf(tenant)];
  },
  microsoft: async (): Promise<readonly Declares[]> => {
    const tenant = await microsoft.startTenant();
    close = tenant.close;
    return [microsoft.evidenceOf(tenant), microsoft.containmentOf(tenant), microsoft.talkOf(tenant)];
  },
  google: async (): Promise<readonly Declares[]> => {
    const tenant = await google.startTenant();
    close = tenant.close;
    return [google.evidenceOf(tenant), google.containmentOf(tenant), google.talkOf(tenant)];
  },
};

describe('what a platform cannot do', () => {
  it.each(Object.entries(VENDORS))(
    '%s says for reading, acting and talking, with why and what instead',
    async (_, ports) => {
      for (const { limitations } of await ports()) {
        expect(limitations.length).toBeGreaterThan(0);
        for (const { what, why, instead } of limitations)
          for (const words of [what, why, instead]) expect(words).not.toBe('');
        expect(new Set(limitations.map((l) => l.what)).size).toBe(limitations.length);
      }
    },
  );

  it.each([
    ['slack', 'reset_credentials'],
    ['slack', 'block_ip'],
    ['microsoft', 'posting to Teams through Graph'],
    ['google', 'chats read as an administrator'],
  ] as const)('%s declares: %s', async (vendor, what) => {
    const ports = await VENDORS[vendor]();
    expect(ports.flatMap((p) => p.limitations.map((l) => l.what))).toContain(what);
  });
});
