import { afterEach, describe, expect, it } from 'vitest';
import { Threads, type ThreadsOptions } from '../../../store/threads/threads.js';

const open: Threads<string, string>[] = [];
function threads(options: Partial<ThreadsOptions> = {}): Threads<string, string> {
  const module = new URL('stuck.ts', import.meta.url);
  const all = new Threads<string, string>({ module, most: 1, heapMb: 128, ...options });
  open.push(all);
  return all;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});
const why = async (answer: Promise<string>): Promise<unknown> =>
  answer.then(
    () => 'answered',
    (error: unknown) => (error as { readonly why?: unknown }).why,
  );

describe('work in threads', () => {
  it('is answered to each who asked, in their order', async () => {
    const all = threads();
    expect(await Promise.all(['a', 'b', 'c'].map((order) => all.ask(order)))).toEqual(['did a', 'did b', 'did c']);
  });

  it('that never ends is ended, and costs nobody else anything', async () => {
    const all = threads({ withinMs: 300 });
    const [stuck, next] = [why(all.ask('stick')), all.ask('next')];
    expect(await stuck).toBe('late');
    expect(await next).toBe('did next');
  });

  it('that ends its thread, or fails, has no answer; the next has', async () => {
    const all = threads();
    expect(await why(all.ask('end'))).toBe('ended');
    expect(await why(all.ask('fail'))).toBe('failed');
    expect(await all.ask('next')).toBe('did next');
  });

  it('that a thread never begins with is given up, and so is the thread', async () => {
    const all = threads({ answerMs: 400, module: new URL('never-begins.ts', import.meta.url) });
    expect(await Promise.all([why(all.ask('a')), why(all.ask('b'))])).toEqual(['late', 'late']);
  });

  it('that waits behind others for too long is given up', async () => {
    const all = threads({ withinMs: 15_000, answerMs: 3_000 });
    expect(await all.ask('first')).toBe('did first');
    const [stuck, waiting] = [why(all.ask('stick')), why(all.ask('b'))];
    expect(await Promise.all([stuck, waiting])).toEqual(['late', 'late']);
  });

  it('is refused when too much waits', async () => {
    const all = threads({ waiting: 1 });
    const first = all.ask('a');
    expect(await why(all.ask('b'))).toBe('full');
    expect(await first).toBe('did a');
  });

  it('that was given up waits no more', async () => {
    const all = threads({ withinMs: 300 });
    const given = new AbortController();
    const reason = new Error('given up');
    const [stuck, waiting] = [why(all.ask('stick')), all.ask('b', given.signal)];
    given.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(await stuck).toBe('late');
  });

  it('has no answer when the threads are closed, or none can begin', async () => {
    const all = threads();
    const answer = why(all.ask('stick'));
    await all.close();
    expect(await answer).toBe('ended');
    expect(await why(threads({ module: new URL('there-is-none.ts', import.meta.url) }).ask('a'))).toBe('ended');
  });
});
