import { QuellError } from '../domain/errors.js';
import type { CaseStorage, Compartment } from './compartment.js';
import { NOTES, NoteBoxes } from './containment/note-boxes.js';
import { EvidenceReader, EvidenceWriter } from './evidence-store.js';
import { openedBy, sealedFor } from './file-key-wrapping.js';
import type { KeyRing } from './key-ring.js';
import type { KeyOpener, KeyWrapper } from './key-wrapping.js';
import { FolderObjects } from './objects/folder-objects.js';
import { RECIPIENTS, type NameOf, type Role } from './role-keys.js';

/** What wraps and opens the keys of cases, by compartment. Errors: CONFIG where the role has no part in it. */
export interface KeyWrapping {
  wrapper(compartment: Compartment): KeyWrapper;
  opener(compartment: Compartment): KeyOpener;
}

/** The files of cases as one role has them. */
export class CaseVault {
  constructor(
    readonly storage: CaseStorage,
    private readonly keys: KeyWrapping,
  ) {}

  writer(compartment: Compartment): EvidenceWriter {
    return new EvidenceWriter({ ...this.storage, compartment }, this.keys.wrapper(compartment));
  }

  reader(compartment: Compartment): EvidenceReader {
    return new EvidenceReader({ ...this.storage, compartment }, this.keys.opener(compartment));
  }

  /** What the containment workers note of steps. */
  notes(): NoteBoxes {
    const place = { compartment: NOTES, keys: this.storage.keys };
    return new NoteBoxes(place, this.keys.wrapper(NOTES), this.keys.opener(NOTES));
  }
}

/** Files and keys beside each other in a state folder. */
export function folderStorage(root: string): CaseStorage {
  const objects = new FolderObjects(root);
  return { files: objects, keys: objects };
}

/** Wraps by the public halves of a compartment's readers, opens by the private half of this role. */
export function fileKeys(ring: KeyRing, role: Role): KeyWrapping {
  return {
    wrapper: (compartment) => sealedFor(RECIPIENTS[compartment].map((name) => ring.sealing(name))),
    opener: (compartment) => {
      const own = (RECIPIENTS[compartment] as readonly NameOf<'x25519'>[]).find((name) => name === `seal-${role}`);
      if (own === undefined) throw new QuellError('CONFIG', `role ${role} does not read ${compartment}`);
      return openedBy(ring.opening(own));
    },
  };
}
