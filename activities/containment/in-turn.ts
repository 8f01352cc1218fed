import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import type { Turn, TurnBook } from './ports.js';

const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 500;

/** Does work when no other attempt, of this worker or another, is at the same key; waits until then. Errors: those of the database and of `work`. */
export async function inTurn<T>(book: TurnBook, key: string, work: (turn: Turn) => Promise<T>): Promise<T> {
  const turn = { key, holder: randomUUID() };
  for (let wait = FIRST_WAIT_MS; !(await book.takeTurn(turn)); wait = Math.min(wait * 2, LONGEST_WAIT_MS))
    await Context.current().sleep(Math.ceil(wait * (0.5 + Math.random() / 2)));
  // What cannot be kept ends by itself, and whoever lost it is told at the next note.
  const timer = setInterval(() => void book.keepTurn(turn).catch(() => undefined), book.turnMs / 4);
  try {
    return await work(turn);
  } finally {
    clearInterval(timer);
    await book.endTurn(turn).catch(() => undefined);
  }
}
