import type { Dossier } from '../../activities/dossier.js';
import { episodeRows, forAndAgainst } from '../../activities/records/report/for-and-against.js';
import { weighedIn } from '../../activities/records/report/weighing.js';
import { CLOSING_WORDS, DECISION_WORDS, nextWords, percent, saidClosing } from '../../domain/case-words.js';
import type { CaseState } from '../../domain/case.js';
import { unread } from '../../domain/unread.js';
import type { PageData } from './app.js';

/** What speaks for and against each explanation, the episodes, what is asked next, and how the case closed. `lines` counts the evidence shown at once. */
export async function weighedPart(
  state: CaseState,
  dossier: Dossier | undefined,
  noteOr: (value: string) => Promise<string>,
): Promise<PageData> {
  const weighed = weighedIn(state, dossier);
  const judged = weighed?.judgement;
  const closing = saidClosing(state);
  return {
    decided: state.escalation && DECISION_WORDS[state.escalation.decision],
    weighed: weighed && { ...forAndAgainst(weighed), attack: percent(weighed.attack), evidence: weighed.evidence },
    judged: judged && { ...judged, reason: await noteOr(judged.reason) },
    next: state.escalation && nextWords(state.escalation, unread(state)),
    episodes: episodeRows(dossier?.episodes ?? []),
    closing: closing && CLOSING_WORDS[closing],
  };
}
