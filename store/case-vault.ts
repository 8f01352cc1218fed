import type { CaseStorage, Compartment } from './compartment.js';
import { NOTES, NoteBoxes } from './containment/note-boxes.js';
import { EvidenceReader, EvidenceWriter } from './evidence-store.js';
import { openedBy, sealedFor } from './file-key-wrapping.js';
import type { KeyRing } from './key-ring.js';
import type { KeyWrapping } from './key-wrapping.js';
import { FolderObjects } from './objects/folder-objects.js';
import { RECIPIENTS, type NameOf, type Role } from './role-keys.js';

/** The files of cases as one role has them: it reads and writes what it can open and wrap keys of. */
export class CaseVault {
  constructor(
    readonly storage: CaseStorage,
    readonly keys: KeyWrapping,
  ) {}

  writer(compartment: Compartment): EvidenceWriter {
    return new EvidenceWriter({ ...this.storage, compartment }, this.keys);
  }

  reader(compartment: Compartment): EvidenceReader {
    return new EvidenceReader({ ...this.storage, compartment }, this.keys);
  }

  /** What the containment workers note of steps. */
  notes(): NoteBoxes {
    const place = { compartment: NOTES, keys: this.storage.keys };
    return new NoteBoxes(place, this.keys);
  }
}

/** Files and keys beside each other in a state folder. */
export function folderStorage(root: string): CaseStorage {
  const objects = new FolderObjects(root);
  return { files: objects, keys: objects };
}

/** Wraps by the public halves of a compartment's readers; opens by the private half of this role, if it reads any. */
export function fileKeys(ring: KeyRing, role: Role): KeyWrapping {
  const own = Object.values<readonly NameOf<'x25519'>[]>(RECIPIENTS)
    .flat()
    .find((name) => name === `seal-${role}`);
  return {
    wrap: (key, use) => sealedFor(RECIPIENTS[use.compartment].map((name) => ring.sealing(name))).wrap(key, use),
    open: async (wrapped, use) => (own === undefined ? undefined : openedBy(ring.opening(own)).open(wrapped, use)),
  };
}
