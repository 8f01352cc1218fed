import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { microsoftManifest } from '../../../platforms/microsoft/manifest.js';
import { isResourceSpecific, microsoftNeeds } from '../../../platforms/microsoft/needs.js';
import { permissionsOf } from '../../../platforms/microsoft/operations.js';
import { VENDOR_ROLES } from '../../../platforms/operation.js';
import { AZ } from './az.js';

/** What the script is to give to a role's app: of which API, which permission. */
const wanted = (role: (typeof VENDOR_ROLES)[number]): readonly string[] =>
  [...new Set(microsoftNeeds(role).flatMap((n) => n.scopes))].filter((s) => !isResourceSpecific(s)).sort();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quell-grant-'));
  for (const name of ['bin', 'tenant', 'certificates']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'bin', 'az'), AZ);
  chmodSync(join(folder, 'bin', 'az'), 0o755);
  const [{ text } = { text: '' }] = microsoftManifest().files;
  writeFileSync(join(folder, 'grant.sh'), text.replace('PAUSE=5', 'PAUSE=0'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function certificate(role: string): void {
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
    ...['-subj', `/CN=quell-${role}`, '-keyout', join(folder, `${role}.key`)],
    ...['-out', join(folder, 'certificates', `${role}.crt`)],
  ]);
  expect(made.status).toBe(0);
}
/** Runs the script against a tenant of files; `env` switches faults on. */
function run(env: Readonly<Record<string, string>> = {}): { readonly code: number | null; readonly out: string } {
  const child = spawnSync('sh', [join(folder, 'grant.sh'), join(folder, 'certificates')], {
    encoding: 'utf8',
    env: {
      PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
      TENANT: join(folder, 'tenant'),
      ...env,
    },
  });
  return { code: child.status, out: child.stdout + child.stderr };
}
const lines = (name: string): readonly string[] =>
  existsSync(join(folder, 'tenant', name))
    ? readFileSync(join(folder, 'tenant', name), 'utf8')
        .trim()
        .split('\n')
    : [];

describe('the script that grants', () => {
  it.each(['sh', 'bash'])('is a script that %s can read', (shell) => {
    const parsed = spawnSync(shell, ['-n', join(folder, 'grant.sh')], { encoding: 'utf8' });
    expect(parsed.stderr).toBe('');
    expect(parsed.status).toBe(0);
  });

  it('ends at the first thing that goes wrong', () => {
    expect(readFileSync(join(folder, 'grant.sh'), 'utf8')).toMatch(/^set -eu$/m);
  });

  it('registers an app for each role and gives it what the table asks for, and no more', () => {
    for (const role of VENDOR_ROLES) certificate(role);
    const { code, out } = run();
    expect(out).not.toMatch(/PROBLEM/);
    expect(code).toBe(0);
    expect(lines('registrations')).toEqual(VENDOR_ROLES.map((role) => `Quell ${role}`));
    for (const role of VENDOR_ROLES)
      expect(
        lines(`given-Quell ${role}`)
          .filter((l) => !l.startsWith('role '))
          .sort(),
      ).toEqual(wanted(role));
    expect(lines('given-Quell containment').filter((l) => l.startsWith('role '))).toEqual(['role User Administrator']);
    expect(lines('certificates').length).toBe(3);
    expect(out).not.toMatch(/PRIVATE KEY|not-for-anybody/);
  });

  it('covers the whole table: what it gives and what the Teams app asks for is all that a role needs', () => {
    const text = readFileSync(join(folder, 'grant.sh'), 'utf8');
    for (const role of VENDOR_ROLES)
      for (const permission of permissionsOf(role).filter((p) => p !== 'Ti.ReadWrite'))
        expect(text).toContain(isResourceSpecific(permission) ? `asks for ${permission}` : `permit '${permission}'`);
    // Indicators are for tenants without Conditional Access.
    expect(text).not.toContain("permit 'Ti.ReadWrite'");
    const [{ text: without } = { text: '' }] = microsoftManifest({ licences: { entraP1: false } }).files;
    expect(without).toContain("permit 'Ti.ReadWrite'");
    expect(without).not.toContain("permit 'Policy.ReadWrite.ConditionalAccess'");
  });

  it('gives the reason and the loss above each permission', () => {
    const text = readFileSync(join(folder, 'grant.sh'), 'utf8').split('\n');
    const permits = text.flatMap((line, n) => (line.startsWith("permit '") ? [n] : []));
    expect(permits.length).toBe(VENDOR_ROLES.flatMap((role) => wanted(role)).length);
    for (const n of permits) {
      expect(text[n - 1]).toMatch(/^# Without it: \S/);
      expect(text[n - 2]).toMatch(/^# \S/);
    }
  });

  it('changes nothing when it runs again', () => {
    for (const role of VENDOR_ROLES) certificate(role);
    expect(run().code).toBe(0);
    const before = lines('writes');
    expect(before.length).toBeGreaterThan(40);
    expect(run().code).toBe(0);
    expect(lines('writes')).toEqual(before);
  });

  it('makes nothing when what is there cannot be seen', () => {
    expect(run({ AZ_FAILS: 'ad app list' }).code).not.toBe(0);
    expect(lines('writes')).toEqual([]);
  });

  it('waits until what it made is known everywhere', () => {
    expect(run({ AZ_LATE: '2' }).code).toBe(0);
    expect([...lines('given-Quell evidence')].sort()).toEqual(wanted('evidence'));
  });

  it('says what this tenant does not have, gives the rest, and fails', () => {
    const { code, out } = run({ AZ_WITHOUT: 'https://api.securitycenter.microsoft.com' });
    expect(code).toBe(1);
    expect(out).toMatch(/PROBLEM: this tenant does not know https:\/\/api\.securitycenter\.microsoft\.com/);
    expect([...lines('given-Quell people')].sort()).toEqual(wanted('people'));
  });

  it('does not guess between two registrations of one name', () => {
    const { code, out } = run({ AZ_TWICE: 'Quell evidence' });
    expect(code).toBe(1);
    expect(out).toMatch(/more than one registration/);
    expect(lines('writes')).toEqual([]);
  });

  it('refuses a file that holds a private key', () => {
    certificate('evidence');
    const file = join(folder, 'certificates', 'evidence.crt');
    writeFileSync(file, readFileSync(join(folder, 'evidence.key'), 'utf8') + readFileSync(file, 'utf8'));
    const { code, out } = run();
    expect(code).toBe(1);
    expect(out).toMatch(/holds a private key/);
    expect(lines('certificates')).toEqual([]);
  });
});
