/** A thread that reads no body to its end. */
import { answerWith } from '../../../store/threads/answering.js';

answerWith(() => {
  for (;;);
});
