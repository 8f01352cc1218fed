import { isLoopbackHost } from '../gateway/loopback.js';
import type { Config } from './config.js';

/**
 * What profile `production` refuses, each with its place: settings of a demo, vendors that are not the vendors, addresses without TLS, and
 * one person, account or key under two names, which would let one decide as two.
 */
export function refusedInProduction(config: Config): readonly string[] {
  return [...demoSettings(config), ...foreignVendors(config), ...plainAddresses(config), ...doubles(config)];
}

function demoSettings({ consoleAuth, pace }: Config): readonly string[] {
  return [
    ...(consoleAuth.type === 'password' ? ['consoleAuth must be proxy in production'] : []),
    ...(Object.values(pace).some((factor) => factor !== 1) ? ['pace must be 1 in production'] : []),
  ];
}

const VENDOR_DOMAINS = [
  'slack.com',
  'slack-gov.com',
  'microsoft.com',
  'microsoftonline.com',
  'office.com',
  'microsoftonline.us',
  'microsoft.us',
  'office365.us',
  'googleapis.com',
];

function foreignVendors({ tenants }: Config): readonly string[] {
  return tenants.flatMap((tenant) => {
    const bases = tenant.platform === 'google' ? [tenant.baseUrl ?? []].flat() : Object.values(tenant.baseUrls);
    return bases
      .map((base) => new URL(base))
      .filter(({ hostname }) => !VENDOR_DOMAINS.some((d) => hostname === d || hostname.endsWith(`.${d}`)))
      .map(({ host }) => `${tenant.platform}/${tenant.tenant}: ${host} is not a host of the vendor`);
  });
}

/** Every address of the configuration, whatever it is for: keys, identities, secrets and answers go over it. A browser on the UI's own machine needs no TLS to it. */
function plainAddresses(config: Config): readonly string[] {
  return addressesIn(config, '')
    .filter(({ url }) => url.protocol !== 'https:')
    .filter(({ at, url }) => !(at === 'addresses.temporalUi' && isLoopbackHost(url.hostname)))
    .map(({ at, url }) => `${at}: ${url.protocol}//${url.host} must be https`);
}

function addressesIn(value: unknown, at: string): readonly { readonly at: string; readonly url: URL }[] {
  if (typeof value === 'string')
    return /^[a-z][a-z0-9+.-]*:\/\//i.test(value) && URL.canParse(value) ? [{ at, url: new URL(value) }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => addressesIn(inner, at === '' ? key : `${at}.${key}`));
}

/** Two entries that are one person would make a quorum of one. */
function doubles({ deciders }: Config): readonly string[] {
  const held = (what: string, of: (d: Config['deciders'][number]) => readonly string[]): readonly string[] => {
    const holders = new Map<string, readonly string[]>();
    for (const decider of deciders)
      for (const value of new Set(of(decider).map((v) => v.trim().toLowerCase())))
        holders.set(value, [...(holders.get(value) ?? []), decider.personId]);
    return [...holders]
      .filter(([, people]) => people.length > 1)
      .map(([value, people]) => `deciders: ${what} ${value} belongs to ${people.join(' and ')}`);
  };
  return [
    ...held('the person id', (d) => [d.personId]),
    ...held('the mail address', (d) => [d.email]),
    ...held('the account', (d) => d.accounts),
    ...held('the public key', (d) => [d.publicKey ?? []].flat()),
  ];
}
