import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../../platforms/registry.js';
import { METHODS, type GoogleMethod } from '../../../platforms/google/methods.js';
import { privilegeOf } from '../../../platforms/google/privileges.js';
import { ACTION_KINDS } from '../../../domain/acts/index.js';
import { createGoogleContainment } from '../../../platforms/google/containment.js';
import { createGoogleEvidence } from '../../../platforms/google/evidence.js';
import { googleBases } from '../../../platforms/google/settings.js';
import { createWire } from '../../../platforms/wire.js';
import { methodOf } from '../../conformance/google-package.js';

const TABLE = Object.entries(METHODS as Readonly<Record<string, GoogleMethod>>);
const settings = {
  tenant: 'main',
  customerId: 'C0',
  adminSubject: 'admin@example.com',
  serviceAccount: { email: 'nobody', privateKey: 'none' },
  timeoutMs: 1,
  wire: createWire({ bases: [] }),
  notices: PLATFORMS.notices,
  blockLevel: 'accessPolicies/1/accessLevels/deny',
};

describe.each(TABLE)('%s', (_, method) => {
  it('is a method of the SDK as it is installed, at a host that is called, and takes each of those scopes', () => {
    const known = methodOf(method.name);
    expect([known?.http, known?.template]).toEqual([method.method, method.path]);
    expect(googleBases().map((b) => b.own)).toContain(known?.root);
    for (const scope of method.scopes) expect(known?.scopes).toContain(scope);
  });

  it('serves something that the roles have, within a limit, and writes only where it is no GET', () => {
    const offered = [
      ...createGoogleEvidence(settings).sources.map((s) => s.id),
      ...Object.keys(createGoogleContainment(settings).acts),
      ...['directory', 'sightings', 'protection', 'talk', 'check'],
    ];
    expect(method.serves.filter((s) => !offered.includes(s))).toEqual([]);
    expect(method.serves).not.toEqual([]);
    expect(method.writes).toBe(method.method !== 'GET');
    expect(method.limit.calls / method.limit.seconds).toBeGreaterThan(0);
  });

  it('names the privilege that the administrator needs', () => {
    expect(privilegeOf(method) !== undefined).toBe(method.as.includes('admin'));
  });
});

it('serves every source and every act', () => {
  const served = new Set(TABLE.flatMap(([, m]) => m.serves));
  const { acts } = createGoogleContainment(settings);
  expect(ACTION_KINDS.filter((kind) => acts[kind] && !served.has(kind))).toEqual([]);
  expect(createGoogleEvidence(settings).sources.filter((s) => !served.has(s.id))).toEqual([]);
});
