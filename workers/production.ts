import { isLoopbackHost } from '../domain/loopback.js';
import type { Registry } from '../platforms/registry.js';
import type { Config } from './config.js';

type Given = Omit<Config, 'folder' | 'platforms'>;

/**
 * What profile `production` refuses, each with its place: settings of a demo, vendors that are not the vendors, addresses without TLS, and
 * one person, account or key under two names, which would let one decide as two.
 */
export function refusedInProduction(config: Given, platforms: Registry): readonly string[] {
  return [...demoSettings(config), ...foreignVendors(config, platforms), ...plainAddresses(config), ...doubles(config)];
}

function demoSettings({ consoleAuth, pace }: Given): readonly string[] {
  return [
    ...(consoleAuth.type === 'password' ? ['consoleAuth must be proxy in production'] : []),
    ...(Object.values(pace).some((factor) => factor !== 1) ? ['pace must be 1 in production'] : []),
  ];
}

function foreignVendors({ tenants }: Given, platforms: Registry): readonly string[] {
  return tenants.flatMap((tenant) => {
    const { apiDomains } = platforms.of(tenant.platform);
    return platforms
      .at(tenant)
      .addresses.map((address) => new URL(address))
      .filter(({ hostname }) => !apiDomains.some((d) => hostname === d || hostname.endsWith(`.${d}`)))
      .map(({ host }) => `${tenant.platform}/${tenant.tenant}: ${host} is not a host of the vendor`);
  });
}

/** Every address of the configuration, whatever it is for: keys, identities, secrets and answers go over it. A browser on the UI's own machine needs no TLS to it. */
function plainAddresses(config: Given): readonly string[] {
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
function doubles({ deciders }: Given): readonly string[] {
  const held = (what: string, of: (d: Given['deciders'][number]) => readonly string[]): readonly string[] => {
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
