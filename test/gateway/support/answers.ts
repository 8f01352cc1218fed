import { afterEach } from 'vitest';
import { readInboxAnswer } from '../../../gateway/intake/inbox-answer.js';
import { mintAnswerToken, type AnswerClaims } from '../../../store/answer-token.js';
import { useDatabase } from '../../support/database.js';
import { openEdge, type Edge, type EdgeOptions } from './edge.js';

/** Opens edges over one database, which are closed after each test. */
export function useEdges(): (options?: EdgeOptions) => Promise<Edge> {
  const database = useDatabase();
  const open: Edge[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((e) => e.close()));
  });
  return async (options) => {
    const made = await openEdge(database, options);
    open.push(made);
    return made;
  };
}

export const CLAIMS: AnswerClaims = {
  caseId: 'case-s-1',
  askId: 'ask-1',
  personId: 's-1',
  channel: 'mail',
  expiresAt: '2026-03-01T12:00:00.000Z',
};

/** The token of an open question. */
export const tokenOf = (e: Edge, claims: Partial<AnswerClaims> = {}): string =>
  mintAnswerToken({ ...CLAIMS, ...claims }, e.keys.secret('answer'));

/** The answers that were kept, with the way they came. */
export const answers = async (e: Edge) =>
  (await e.kept()).map((i) => ({ source: i.source, ...readInboxAnswer(i.body) }));
