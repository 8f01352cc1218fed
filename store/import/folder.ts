// Knows the folder of 0.2.0; goes with the release after this one.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Lock } from '../lock.js';

/** Where 0.2.0 kept what is in tables now. */
export const oldPaths = (root: string) => ({
  audit: join(root, 'audit'),
  spool: join(root, 'audit-spool'),
  registry: join(root, 'registry', 'subjects.log'),
  cases: join(root, 'cases', 'cases.jsonl'),
  links: join(root, 'cases', 'incident-links.jsonl'),
  ledger: join(root, 'containment', 'ledger.jsonl'),
  inbox: join(root, 'inbox'),
  reports: join(root, 'reports'),
  endedSessions: join(root, 'ended-sessions'),
});
export type OldPaths = ReturnType<typeof oldPaths>;

/** Holds the places of all its writers, so that none of them writes meanwhile. Errors: STORE when one of them runs. */
export async function holdFolder(paths: OldPaths): Promise<() => Promise<void>> {
  const files = [
    join(paths.audit, 'lock'),
    join(dirname(paths.cases), 'lock'),
    `${paths.ledger}.lock`,
    join(paths.inbox, 'writer.lock'),
    join(paths.inbox, 'reader.lock'),
  ];
  const held: Lock[] = [];
  const release = async (): Promise<void> => {
    for (const lock of held) await lock.release();
  };
  try {
    for (const file of files) if (existsSync(dirname(file))) held.push(await Lock.take(file));
    return release;
  } catch (error) {
    await release();
    throw error;
  }
}
