import { QuellError } from '../../domain/errors.js';
import type { OutgoingMessage, Talk } from '../../platforms/ports.js';
import type { ReceivedMessage } from '../../simulator/core/server.js';
import { inARow, type Mishap } from './faults.js';
import { secretsIn } from './secrets.js';
import type { Subject } from './subject.js';

/** A fresh tenant and a way to talk to a person there. */
export interface Conversation {
  readonly subject: Subject;
  readonly talk: Talk;
  readonly to: string;
  /** What the person got. */
  received(): readonly ReceivedMessage[];
  close(): Promise<void>;
}

export const MESSAGE: OutgoingMessage = {
  key: 'case-1:question-1',
  title: 'Was this you?',
  text: 'A sign-in from Amsterdam.',
  link: { label: 'Answer', url: 'https://intake.example.com/answer/1' },
};
/** The worker's own number, so that a person who must be asked is asked. */
const ATTEMPTS = 12;

/** Says something as the product does: what may be tried again is tried again, under the same key. */
export async function sayUntilSaid({ talk, to }: Conversation): Promise<{ readonly failures: readonly QuellError[] }> {
  const failures: QuellError[] = [];
  for (;;) {
    try {
      await talk.send(to, MESSAGE);
      return { failures };
    } catch (error) {
      if (!(error instanceof QuellError) || !error.retryable || failures.length === ATTEMPTS) throw error;
      failures.push(error);
    }
  }
}

/** What is wrong when mishaps happen after so many calls of an operation: the person must get it once. */
export async function wrongAfter(
  open: () => Promise<Conversation>,
  { operation, skip, kinds }: { readonly operation: string; readonly skip: number; readonly kinds: readonly Mishap[] },
): Promise<readonly string[]> {
  const where = `call ${String(skip + 1)} of ${operation}: ${kinds.join(', ')}`;
  const conversation = await open();
  const { platform, world, secrets } = conversation.subject;
  const faults = inARow(kinds, { platform, operation, skip });
  world.faults.push(...faults);
  try {
    const { failures } = await sayUntilSaid(conversation);
    const got = conversation.received().length;
    return [
      ...(got === 1 ? [] : [`${where}: the person got it ${String(got)} times`]),
      ...faults.filter((f) => f.times > 0).map((f) => `${where}: ${f.kind} was never met`),
      ...failures.flatMap((f) => secretsIn(f, secrets())).map((s) => `${where}: an error tells ${s}`),
    ];
  } catch (error) {
    return [`${where}: ${String(error)}`];
  } finally {
    await conversation.close();
  }
}
