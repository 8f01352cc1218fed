import { describe, expect, it } from 'vitest';
import { play, signIn } from '../support/signed-in.js';

describe('an undelivered alert', () => {
  it('says whom it names and who of them has a case, and nobody that there is a case about themselves', async () => {
    const whomItNames = async () => [
      { who: 'left@example.com' },
      { who: 'known@example.com', subjectId: 's-known', caseId: 'case-s-known' },
      { who: 'me@example.com', subjectId: 's-ann', caseId: 'case-s-ann' },
    ];
    const { body } = await (await signIn(play({}, { whomItNames }), 'ann')).get('/dead-letters/7');
    expect(body).toContain('left@example.com <span class="soft">has no case');
    expect(body).toContain('known@example.com <a href="/cases/case-s-known">');
    expect(body).not.toContain('me@example.com <');
    expect(body).not.toContain('case-s-ann');
  });
});
