/** A thread of the tests: what it is told to do, it does; `stick` never ends, `end` ends the thread. */
import { answerWith } from '../../../store/threads/answering.js';

answerWith((order: string) => {
  if (order === 'stick') for (;;);
  if (order === 'end') process.exit(1);
  if (order === 'fail') throw new Error('words of the order');
  return `did ${order}`;
});
