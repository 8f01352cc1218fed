import type { GoogleMethod } from './methods.js';

/** Privileges of an administrator role, as the Admin console names them; the longest name of methods that fits decides. */
const PRIVILEGES: Readonly<Record<string, string>> = {
  'directory.users.get': 'Admin API: Users, Read',
  'directory.users.list': 'Admin API: Users, Read',
  'directory.users.update suspended': 'Admin API: Users, Update, Suspend Users',
  'directory.users.update password': 'Admin API: Users, Update, Reset Password and Force Password Change',
  'directory.users.signOut': 'Security Center: User Security Management',
  'directory.tokens': 'Security Center: User Security Management',
  'directory.asps': 'Security Center: User Security Management',
  'directory.verificationCodes': 'Security Center: User Security Management',
  reports: 'Reports',
  alertcenter: 'Alert Center, View Access',
  cloudidentity: 'Mobile Device Management, Manage Devices and Settings',
  'vault.matters.list': 'Google Vault: Manage Matters',
  'vault.matters.create': 'Google Vault: Manage Matters',
  'vault.matters.holds': 'Google Vault: Manage Holds',
};

/** What the administrator who is acted as must be allowed, beside the scope; undefined where nobody is, or the person alone. */
export function privilegeOf({ name, as }: Pick<GoogleMethod, 'name' | 'as'>): string | undefined {
  if (!as.includes('admin')) return undefined;
  const prefix = Object.keys(PRIVILEGES)
    .filter((p) => name === p || name.startsWith(`${p}.`))
    .sort((a, b) => b.length - a.length)[0];
  return prefix === undefined ? undefined : PRIVILEGES[prefix];
}
