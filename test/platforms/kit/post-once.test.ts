import { describe, expect, it } from 'vitest';
import { QuellError } from '../../../domain/errors.js';
import { postOnce } from '../../../platforms/kit/post-once.js';

/** A conversation in which `post` does what is said; `there` is what is in it. */
function conversation(outcome: 'posts' | 'loses the answer' | 'comes second' | 'is refused') {
  const there: string[] = [];
  let looks = 0;
  return {
    there,
    looks: () => looks,
    send: () =>
      postOnce(
        async () => {
          looks++;
          return there[0];
        },
        async () => {
          if (outcome !== 'is refused') there.push('m1');
          if (outcome === 'loses the answer') throw new QuellError('VENDOR_DOWN', 'post');
          if (outcome !== 'posts') throw new QuellError('VENDOR_REFUSED', 'post');
          return 'm1';
        },
      ),
  };
}

describe('a message', () => {
  it('is posted once, however often it is asked for', async () => {
    const { send, there } = conversation('posts');
    expect(await send()).toEqual({ messageId: 'm1', already: false });
    expect(await send()).toEqual({ messageId: 'm1', already: true });
    expect(there).toEqual(['m1']);
  });

  it('whose answer was lost is found by the next try', async () => {
    const { send, there } = conversation('loses the answer');
    await expect(send()).rejects.toMatchObject({ code: 'VENDOR_DOWN' });
    expect(await send()).toEqual({ messageId: 'm1', already: true });
    expect(there).toEqual(['m1']);
  });

  it('that came second is the one that came first', async () => {
    expect(await conversation('comes second').send()).toEqual({ messageId: 'm1', already: true });
  });

  it('that is refused is looked for once more and then told as refused', async () => {
    const { send, looks } = conversation('is refused');
    await expect(send()).rejects.toMatchObject({ code: 'VENDOR_REFUSED' });
    expect(looks()).toBe(2);
  });
});
