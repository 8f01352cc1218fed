import type { Dossier } from '../../activities/dossier.js';
import { changesOf, episodeRows, forAndAgainst } from '../../activities/records/report/for-and-against.js';
import { weighedIn } from '../../activities/records/report/weighing.js';
import {
  CLOSING_WORDS,
  DECISION_WORDS,
  nextWords,
  percent,
  saidClosing,
  WHOSE_WORDS,
} from '../../domain/case-words.js';
import type { CaseState } from '../../domain/case.js';
import { unread } from '../../domain/unread.js';
import type { ConsolePerson, PageData } from './app.js';
import { ownIds } from './own-ids.js';
import type { ConsolePorts } from './ports.js';

/** What speaks for and against each explanation, the episodes, what is asked next, and how the case closed. */
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
    changes: changesOf(dossier?.episodes ?? []).map((c) => ({ ...c, whose: WHOSE_WORDS[c.whose] })),
    closing: closing && CLOSING_WORDS[closing],
  };
}

/** Whom the attacker's traces led to, by name. Who reads it is not told of themselves. */
export async function othersOf(
  ports: ConsolePorts,
  state: CaseState,
  person: ConsolePerson,
): Promise<readonly object[]> {
  const { others = [] } = state;
  if (others.length === 0) return [];
  const [own, people] = await Promise.all([
    ownIds(ports, person),
    ports.people(others.map(({ subjectId }) => subjectId)),
  ]);
  return others
    .filter(({ subjectId }) => !own.includes(subjectId))
    .map((other) => ({ ...other, name: people.get(other.subjectId)?.name ?? other.subjectId }));
}
