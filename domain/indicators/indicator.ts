import type { LogSource } from '../evidence.js';
import type { Finding, FindingKind } from '../finding.js';
import type { Technique } from './techniques.js';
import type { View } from './view.js';

/** One thing that is looked for in the evidence, and what a person must know to judge it. Its cases lie beside it: `<id>.cases.yaml`. */
export interface Indicator {
  /** The name of its file. */
  readonly id: string;
  readonly kind: FindingKind;
  /** One sentence: when it holds. */
  readonly what: string;
  /** The playbook's words that ask for it. */
  readonly why: string;
  /** The logs it looks in. Where none of them could be read it is silent, which is no "no". */
  readonly sources: readonly (LogSource | 'case_index')[];
  /** The techniques that its findings may name. */
  readonly attack: readonly Technique[];
  /** What else looks like it, and what keeps it apart as far as that goes. */
  readonly falsePositives: readonly string[];
  /** Pure. */
  readonly find: (view: View) => readonly Finding[];
}
