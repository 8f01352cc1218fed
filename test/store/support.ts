import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { headsIn } from '../../store/audit/heads.js';
import type { Checkpoint, FoundHead } from '../../store/audit/line.js';
import { CaseVault, fileKeys, folderStorage } from '../../store/case-vault.js';
import type { NoteBoxes } from '../../store/containment/note-boxes.js';
import { generateDemoKeys } from '../../store/demo-keys.js';
import { KeyRing, type SecretKey } from '../../store/key-ring.js';
import { FolderObjects } from '../../store/objects/folder-objects.js';
import { SubjectKeys } from '../../store/subjects/subject-keys.js';

/** A ring with a key of every name. */
export function testKeys(): KeyRing {
  const dir = mkdtempSync(join(tmpdir(), 'quell-test-keys-'));
  try {
    generateDemoKeys(dir);
    return KeyRing.read({ dir });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Every file below a folder. */
export function filesUnder(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** A folder of this process, gone with it. */
export function tempFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'quell-test-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Heads as they are found in a file, and the heads that a file has. */
export const found = (...heads: readonly Checkpoint[]): readonly FoundHead[] =>
  heads.map((head, i) => ({ where: `heads:${i + 1}`, head }));
export const keptIn = async (file: string): Promise<readonly Checkpoint[]> =>
  (await headsIn(file)).map(({ head }) => head!);

/** What the containment workers note of steps, sealed with keys in a folder of their own. */
export const noteBoxes = (ring = testKeys(), folder = tempFolder()): NoteBoxes =>
  new CaseVault(folderStorage(folder), fileKeys(ring, 'containment')).notes();

/** Keys of subjects in a folder of their own. */
export const subjectKeys = (registry: SecretKey, folder = tempFolder()): SubjectKeys =>
  new SubjectKeys(new FolderObjects(folder), registry);
