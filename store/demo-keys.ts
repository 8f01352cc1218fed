import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { KEYS, mayHoldText, ROLE_KEYS, type KeyName, type Role } from './role-keys.js';

/**
 * Demo profile: makes every key that is missing in `dir` (mode 0700, files 0600), a sender secret for each of `senders` and a pair
 * `person-<id>` for each of `people`. Existing files stay. No key is the same in two state folders.
 */
export function generateDemoKeys(
  dir: string,
  more: { readonly senders?: readonly string[]; readonly people?: readonly string[] } = {},
): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  for (const [name, { type, optional }] of Object.entries(KEYS)) {
    if (optional) continue;
    if (type === 'secret') writeOnce(join(dir, `${name}.key`), () => randomBytes(32).toString('base64url'));
    else writePair(dir, name, type);
  }
  for (const sender of more.senders ?? [])
    writeOnce(join(dir, `${sender}.secret`), () => randomBytes(32).toString('hex'));
  for (const person of more.people ?? []) writePair(dir, `person-${person}`, 'ed25519');
}

/** Makes `to` hold exactly the halves that `role` needs, nothing else. */
export function handOutKeys(from: string, role: Role, to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const need = ROLE_KEYS[role];
  const files = [
    ...need.own.map((name: KeyName) => `${name}.key`),
    ...need.pub.map((name: KeyName) => `${name}.pub`),
    ...readdirSync(from).filter((file) => file.endsWith('.secret') && mayHoldText(role, file.slice(0, -7))),
  ];
  for (const file of files) {
    if (!existsSync(join(from, file))) continue;
    copyFileSync(join(from, file), join(to, file));
    chmodSync(join(to, file), 0o600);
  }
}

function writePair(dir: string, name: string, type: 'x25519' | 'ed25519'): void {
  if (existsSync(join(dir, `${name}.key`))) return;
  const pair = type === 'x25519' ? generateKeyPairSync('x25519') : generateKeyPairSync('ed25519');
  writeOnce(join(dir, `${name}.pub`), () => pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(), true);
  writeOnce(join(dir, `${name}.key`), () => pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

function writeOnce(path: string, make: () => string, replace = false): void {
  if (existsSync(path) && !replace) return;
  // By way of a rename, so that a start that is killed leaves no half key behind.
  writeFileSync(`${path}.tmp`, `${make().trim()}\n`, { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}
