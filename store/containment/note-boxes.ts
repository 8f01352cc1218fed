import { z } from 'zod';
import type { NotedStep, StepNote } from '../../domain/step-record.js';
import { QuellError } from '../../domain/errors.js';
import { jsonOf } from '../../domain/json.js';
import { CaseKeys, readCaseKey, type KeyPlace } from '../case-keys.js';
import type { Compartment } from '../compartment.js';
import type { KeyWrapper, KeyWrapping } from '../key-wrapping.js';
import { decrypt, encrypt } from '../seal.js';

/** Where their keys lie: containment alone opens it. */
export const NOTES = 'grounds' as const satisfies Compartment;

/** As a row holds it: which key of which case opens the box, in base64. */
const Sealed = z.strictObject({ caseId: z.string(), keyId: z.string(), box: z.string() });
export type SealedNote = z.infer<typeof Sealed>;

type NoteId = Pick<NotedStep, 'planDigest' | 'step'> & Pick<StepNote, 'kind'>;

const contextOf = (caseId: string, { planDigest, step, kind }: NoteId): string =>
  `quell containment note v1\0${caseId}\0${planDigest}\0${step}\0${kind}`;

/** Seals what a step was done to and how that stood before, with a key of its case that lies beside those of its grounds: destroyed with them. Errors: those of `CaseKeys`. */
export class NoteSealer {
  private readonly keys: CaseKeys;

  constructor(place: KeyPlace, wrapper: KeyWrapper) {
    this.keys = new CaseKeys(place, wrapper);
  }

  async seal(
    { caseId, ...id }: NotedStep,
    { kind, content }: Pick<StepNote, 'kind'> & { readonly content: object },
  ): Promise<SealedNote> {
    const { id: keyId, key } = await this.keys.for(caseId);
    const box = encrypt(key, Buffer.from(JSON.stringify(content)), contextOf(caseId, { ...id, kind }));
    return { caseId, keyId, box: box.toString('base64') };
  }
}

/** Both ways, for the containment workers. */
export class NoteBoxes extends NoteSealer {
  constructor(
    private readonly place: KeyPlace,
    private readonly wrapping: KeyWrapping,
  ) {
    super(place, wrapping);
  }

  /** Errors: STORE_GONE when the case was forgotten, STORE_TAMPERED for a box of another row. */
  async open(id: NoteId, content: unknown): Promise<StepNote['content']> {
    const sealed = Sealed.safeParse(content);
    if (!sealed.success) throw new QuellError('STORE_TAMPERED', 'a note of a step is none');
    const { caseId, keyId, box } = sealed.data;
    const key = await readCaseKey(this.place, caseId, keyId, this.wrapping);
    return jsonOf(
      decrypt(key, Buffer.from(box, 'base64'), contextOf(caseId, id)).toString('utf8'),
    ) as StepNote['content'];
  }
}
