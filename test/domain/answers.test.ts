import { describe, expect, it } from 'vitest';
import { answerOf, hasNewAnswer, refuseAnswer, weighed, withAnswer } from '../../domain/answers.js';
import type { ContactState } from '../../domain/case.js';
import type { ContactAnswer } from '../../domain/decision.js';

describe('answers', () => {
  const asked: ContactState = {
    ...{ askId: 'ask-1', channel: 'mail', avoided: [], outcome: 'waiting' },
    ...{ askedAt: '2026-03-02T12:00:00.000Z', deadline: '2026-03-02T13:00:00.000Z' },
  };
  let nonces = 0;
  const say = (answer: ContactAnswer['answer'], change: Partial<ContactAnswer> = {}): ContactAnswer => {
    nonces += 1;
    const said = { type: 'answer', caseId: 'case-1', askId: 'ask-1', answer, personId: 'p', channel: 'mail' } as const;
    return { ...said, at: `2026-03-02T12:${String(nonces).padStart(2, '0')}:00.000Z`, nonce: `n-${nonces}`, ...change };
  };
  const after = (...answers: readonly ContactAnswer[]): ContactState => answers.reduce(withAnswer, asked);

  it('keep the first, and every other one beside it', () => {
    const [first, second] = [say('me', { words: 'note.1' }), say('not_me')];
    const contact = after(first, second);
    expect(contact).toMatchObject({ outcome: 'me', answeredAt: first.at, words: 'note.1' });
    expect(contact.later).toEqual([{ answer: 'not_me', at: second.at, nonce: second.nonce }]);
  });

  it('count together as the gravest of them, in whatever order they came', () => {
    for (const [answers, together] of [
      [['me'], 'me'],
      [['me', 'not_me'], 'not_me'],
      [['not_me', 'me'], 'not_me'],
      [['me', 'unsure'], 'unsure'],
      [['unsure', 'me'], 'unsure'],
      [['me', 'unsure', 'not_me', 'me'], 'not_me'],
    ] as const)
      expect(answerOf(after(...answers.map((a) => say(a)))), answers.join()).toBe(together);
    expect(answerOf(asked)).toBe('waiting');
    expect(answerOf({ ...asked, outcome: 'silent' })).toBe('silent');
  });

  it('are refused when they say nothing new, were played before, or are to another question', () => {
    const [first, second] = [say('me'), say('not_me')];
    const contact = after(first, second);
    for (const [what, body, code] of [
      ['the newest again', say('not_me'), 'DECISION_REPLAYED'],
      ['the first, played again', first, 'DECISION_REPLAYED'],
      ['the second, played again', second, 'DECISION_REPLAYED'],
      ['another question', say('me', { askId: 'ask-2' }), 'NOT_AUTHORISED'],
      ['the first answer in new words', say('me'), undefined],
      ['the newest with words', say('not_me', { words: 'note.2' }), undefined],
    ] as const)
      expect(refuseAnswer(contact, body), what).toBe(code);
    expect(refuseAnswer(asked, first)).toBeUndefined();
    expect(refuseAnswer({ ...asked, outcome: 'silent' }, first)).toBeUndefined();
    expect(refuseAnswer({ ...asked, outcome: 'not_contacted' }, first)).toBe('NOT_AUTHORISED');
  });

  it('are bounded', () => {
    const many = Array.from({ length: 11 }, (_, i) => say(i % 2 === 0 ? 'me' : 'not_me'));
    const contact = after(...many);
    expect(contact.later).toHaveLength(10);
    expect(refuseAnswer(contact, say('not_me'))).toBe('TOO_MUCH');
  });

  it('are news until a decision has weighed them', () => {
    expect(hasNewAnswer(after(say('me')))).toBe(false);
    const contact = after(say('me'), say('not_me'));
    expect(hasNewAnswer(contact)).toBe(true);
    expect(hasNewAnswer(weighed(contact))).toBe(false);
    expect(hasNewAnswer(withAnswer(weighed(contact), say('unsure')))).toBe(true);
    expect(weighed(asked)).toBe(asked);
  });
});
