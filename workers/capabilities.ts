import type { Capability } from '../domain/capability.js';
import type { Platform } from '../domain/platform.js';
import { createGoogleContainment } from '../platforms/google/containment.js';
import { createMicrosoftContainment } from '../platforms/microsoft/containment.js';
import type { ContainmentPort } from '../platforms/ports.js';
import { createSlackContainment } from '../platforms/slack/containment.js';
import { createWire } from '../platforms/wire.js';
import type { Config } from './config.js';

const NOBODY = 'declares only';
const TIMEOUT_MS = 1;
const NO_WAY = createWire({ bases: [] });

/**
 * What the adapters declare, for the planner, which holds no credential: adapters are made without one and asked what
 * they can do. Nothing is called.
 */
export function capabilities(config: Config): Readonly<Record<Platform, Capability>> {
  const slack = config.tenants.find((t) => t.platform === 'slack');
  const microsoft = config.tenants.find((t) => t.platform === 'microsoft');
  const google = config.tenants.find((t) => t.platform === 'google');
  return {
    slack: declared(
      createSlackContainment({
        tenant: NOBODY,
        wire: NO_WAY,
        tokens: {},
        teamIds: [],
        timeoutMs: TIMEOUT_MS,
        plan: slack?.plan ?? 'enterprise',
      }),
    ),
    microsoft: declared(
      createMicrosoftContainment({
        tenant: NOBODY,
        tenantId: NOBODY,
        wire: NO_WAY,
        credential: { clientId: NOBODY, clientSecret: NOBODY },
        timeoutMs: TIMEOUT_MS,
        licences: Object.fromEntries(Object.entries(microsoft?.licences ?? {}).filter(([, v]) => v !== undefined)),
      }),
    ),
    google: declared(
      createGoogleContainment({
        tenant: NOBODY,
        customerId: NOBODY,
        adminSubject: NOBODY,
        serviceAccount: { email: NOBODY, privateKey: NOBODY },
        timeoutMs: TIMEOUT_MS,
        wire: NO_WAY,
        licences: Object.fromEntries(Object.entries(google?.licences ?? {}).filter(([, v]) => v !== undefined)),
        ...(google?.blockLevel === undefined ? {} : { blockLevel: google.blockLevel }),
      }),
    ),
  };
}

function declared({ acts, order, limitations }: ContainmentPort): Capability {
  return {
    acts: Object.fromEntries(
      Object.entries(acts).map(([kind, { reversible, undo, losses }]) => [kind, { reversible, undo, losses }]),
    ),
    order,
    limitations,
  };
}
