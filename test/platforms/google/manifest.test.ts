import { describe, expect, it } from 'vitest';
import { googleManifest } from '../../../platforms/google/manifest.js';
import { METHODS, ownScopesOf, scopesOf, type GoogleMethod } from '../../../platforms/google/methods.js';
import { privilegeOf } from '../../../platforms/google/privileges.js';
import { VENDOR_ROLES, type VendorRole } from '../../../platforms/operation.js';

const TABLE = Object.values(METHODS) as readonly GoogleMethod[];
const textOf = (role: VendorRole, options: Parameters<typeof googleManifest>[0] = {}): string =>
  googleManifest({ ...options, roles: [role] })
    .files.map((f) => f.text)
    .join('');

describe('what a Google administrator sets up', () => {
  it.each(VENDOR_ROLES)(
    '%s: one line with the delegated scopes of the table, as the Admin console takes it',
    (role) => {
      const lines = textOf(role).split('\n');
      expect(lines).toContain(scopesOf(role).join(','));
      for (const scope of ownScopesOf(role)) {
        expect(lines).toContain(`  ${scope}`);
        expect(scopesOf(role)).not.toContain(scope);
      }
    },
  );

  it.each(VENDOR_ROLES)('%s: each scope with its reasons and what is lost, each privilege, each API', (role) => {
    const text = textOf(role);
    const methods = TABLE.filter((m) => m.roles.includes(role));
    for (const method of methods) {
      const [scope = ''] = method.scopes;
      const section = text.slice(text.indexOf(`\n  ${scope}\n`)).split('\n\n')[0] ?? '';
      expect(section).toContain(method.why);
      expect(section).toMatch(/Without it: \S/);
      const privilege = privilegeOf(method);
      if (privilege !== undefined) expect(text).toContain(`\n  ${privilege}\n`);
    }
    const enabled = /gcloud services enable (.*)/.exec(text)?.[1]?.split(' ') ?? [];
    expect(enabled.length).toBe(new Set(enabled).size);
    expect(enabled).toContain('admin.googleapis.com');
    expect(enabled.includes('vault.googleapis.com')).toBe(methods.some((m) => m.api === 'vault'));
  });

  it('follows the configuration: accounts, licences, access level', () => {
    const of = (role: VendorRole): string => `quell-${role}@example-project.iam.gserviceaccount.com`;
    const serviceAccounts = { evidence: of('evidence'), containment: of('containment'), people: of('people') };
    const text = textOf('containment', { serviceAccounts, blockLevel: false, licences: { vault: false } });
    expect(text).toContain(serviceAccounts.containment);
    expect(text).not.toMatch(/cloud-platform|accesscontextmanager|ediscovery|vault/i);
    expect(textOf('containment')).toMatch(/roles\/accesscontextmanager\.policyEditor/);
  });

  it('is the same text every time', () => {
    expect(googleManifest()).toEqual(googleManifest());
  });
});
