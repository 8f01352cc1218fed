import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../platforms/registry.js';
import { METHODS, ownScopesOf, scopesOf, type GoogleMethod } from '../../platforms/google/methods.js';
import { privilegeOf } from '../../platforms/google/privileges.js';
import { googleBases } from '../../platforms/google/settings.js';
import { VENDOR_ROLES } from '../../platforms/operation.js';
import { createGoogleContainment } from '../../platforms/google/containment.js';
import { createWire } from '../../platforms/wire.js';

const text = readFileSync('docs/install/google.md', 'utf8');
const section = (title: string): string => text.split(/^## /m).find((s) => s.startsWith(title)) ?? '';
const quoted = (line: string): readonly string[] => [...line.matchAll(/`([^`]+)`/g)].map((m) => m[1] ?? '');

describe('what an administrator is told to give', () => {
  it.each(VENDOR_ROLES)('to %s is what its calls ask for, no more and no less', (role) => {
    const line =
      section('3. Domain')
        .split('\n')
        .find((l) => l.startsWith(`| \`${role}\` |`)) ?? '';
    expect(quoted(line).slice(1)).toEqual(scopesOf(role).map((s) => s.replace('https://www.googleapis.com/auth/', '')));
  });

  it('as service accounts themselves is named beside it', () => {
    for (const role of VENDOR_ROLES)
      for (const scope of ownScopesOf(role))
        expect(section('3. Domain')).toContain(`\`${scope.split('/').at(-1) ?? ''}\``);
  });

  it('to the administrator is what the methods need', () => {
    const rows = section('4. The')
      .split('\n')
      .flatMap((l) => /^\| ((?:Admin|Security|Reports|Alert|Mobile|Google).*?) \|/.exec(l)?.[1] ?? []);
    const needed = (Object.values(METHODS) as readonly GoogleMethod[]).flatMap((m) => privilegeOf(m) ?? []);
    expect(rows.sort()).toEqual([...new Set(needed)].sort());
  });

  it('of APIs is every host that is called', () => {
    const enabled = section('1. The');
    const apis = googleBases().map(({ own }) => new URL(own).host);
    for (const host of apis.filter((h) => !['oauth2.googleapis.com', 'www.googleapis.com'].includes(h)))
      expect(enabled).toContain(host);
    expect(enabled).toContain('drive.googleapis.com'); // called at www.googleapis.com
  });

  it('of acts is every act', () => {
    const { acts } = createGoogleContainment({
      tenant: 'main',
      customerId: 'C0',
      adminSubject: 'a@example.com',
      serviceAccount: { email: 'e', privateKey: 'k' },
      timeoutMs: 1,
      wire: createWire({ bases: [] }),
      notices: PLATFORMS.notices,
      blockLevel: 'accessPolicies/1/accessLevels/deny',
    });
    for (const kind of Object.keys(acts)) expect(section('What each act')).toContain(`\`${kind}\``);
  });
});
