import { readFileSync } from 'node:fs';
import { PLATFORMS } from '../../platforms/registry.js';
import { createGoogleContainment } from '../../platforms/google/containment.js';
import { GOOGLE_AFFECTED } from '../../platforms/google/resolve/affected.js';
import { createMicrosoftContainment } from '../../platforms/microsoft/containment.js';
import { MICROSOFT_AFFECTED } from '../../platforms/microsoft/resolve/affected.js';
import type { ContainmentPort } from '../../platforms/ports.js';
import type { AffectedWords } from '../../platforms/kit/reading.js';
import { createSlackContainment } from '../../platforms/slack/containment.js';
import { SLACK_AFFECTED } from '../../platforms/slack/resolve/affected.js';
import { createWire } from '../../platforms/wire.js';

/** What one vendor's adapter declares of its acts, with every licence and without some, and where that is tried. */
export interface ActVendor {
  readonly vendor: 'slack' | 'microsoft' | 'google';
  readonly title: string;
  readonly full: ContainmentPort;
  /** By what is missing. */
  readonly without: Readonly<Record<string, ContainmentPort>>;
  readonly affected: AffectedWords;
  /** The suite that tries every act, and its trials: kind and what of it. */
  readonly suite: string;
  readonly trials: readonly { readonly kind: string; readonly of: string | undefined }[];
}

const { notices } = PLATFORMS;
const base = { tenant: 'main', timeoutMs: 1, wire: createWire({ bases: [] }) };
const slack = (plan: 'pro' | 'business' | 'enterprise'): ContainmentPort =>
  createSlackContainment({ ...base, tokens: {}, teamIds: [], plan });
const microsoft = (licences: Parameters<typeof createMicrosoftContainment>[0]['licences'] = {}): ContainmentPort =>
  createMicrosoftContainment({
    ...base,
    notices,
    tenantId: 'tenant',
    credential: { clientId: 'client', clientSecret: 'secret' },
    licences,
  });
const google = (extra: Partial<Parameters<typeof createGoogleContainment>[0]> = {}): ContainmentPort =>
  createGoogleContainment({
    ...base,
    notices,
    customerId: 'C0',
    adminSubject: 'admin@example.com',
    serviceAccount: { email: 'e', privateKey: 'k' },
    ...extra,
  });
const BLOCK = { blockLevel: 'accessPolicies/1/accessLevels/deny' };

/** Nothing is called: the adapters are made without a way to the vendors. */
export const actVendors = (): readonly ActVendor[] => [
  {
    vendor: 'slack',
    title: 'Slack',
    full: slack('enterprise'),
    without: { 'on Business+': slack('business'), 'on Pro': slack('pro') },
    affected: SLACK_AFFECTED,
    ...suiteOf('slack'),
  },
  {
    vendor: 'microsoft',
    title: 'Microsoft',
    full: microsoft(),
    without: {
      'without Entra ID P1': microsoft({ entraP1: false }),
      'without Entra ID P2': microsoft({ entraP2: false }),
      'without Defender': microsoft({ defender: false }),
      'without Intune': microsoft({ intune: false }),
      'without any of these': microsoft({ entraP1: false, entraP2: false, defender: false, intune: false }),
    },
    affected: MICROSOFT_AFFECTED,
    ...suiteOf('microsoft'),
  },
  {
    vendor: 'google',
    title: 'Google',
    full: google(BLOCK),
    without: {
      'without Vault': google({ ...BLOCK, licences: { vault: false } }),
      'without device management': google({ ...BLOCK, licences: { devices: false } }),
      'without an access level that keeps addresses out': google(),
    },
    affected: GOOGLE_AFFECTED,
    ...suiteOf('google'),
  },
];

/** Trials as the suite's file has them: a suite runs its trials when it is loaded, so that it is read and not imported. */
function suiteOf(vendor: ActVendor['vendor']): Pick<ActVendor, 'suite' | 'trials'> {
  const suite = `${vendor}-acts.test.ts`;
  const text = readFileSync(new URL(suite, import.meta.url), 'utf8');
  const trials = text.matchAll(
    /\bkind: '(?<kind>\w+)'(?: as const)?,(?:\s*of: (?:(?<quote>['"])(?<of>.+?)\k<quote>|(?<each>\w+)),)?/g,
  );
  return { suite, trials: [...trials].map(({ groups }) => trialOf(groups ?? {})) };
}

/** `each`: the name of what a trial is repeated over. */
function trialOf({ kind = '', of, each }: Partial<Record<string, string>>): ActVendor['trials'][number] {
  return { kind, of: each === undefined ? of : `(one for each ${each})` };
}
