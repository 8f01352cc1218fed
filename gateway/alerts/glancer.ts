import { QuellError } from '../../domain/errors.js';
import { ThreadFailure, Threads } from '../../store/threads/threads.js';
import { glanceAt, type Glance } from './glance.js';
import type { GlanceOrder } from './glance-thread.js';
import type { AlertContext } from './kit/parser.js';

export interface GlancerOptions {
  /** Bytes of a body; a larger one is read by a thread. */
  readonly inlineBytes: number;
  /** Milliseconds that a thread may read one body. */
  readonly withinMs: number;
  /** What the thread runs. */
  readonly module: URL;
}

const OPTIONS: GlancerOptions = {
  // A thread would take longer to be told than such a body takes to be read.
  inlineBytes: 32 * 1024,
  withinMs: 2_000,
  module: new URL('glance-thread.ts', import.meta.url),
};
/** Of a body of 1 MiB every value may be an object. */
const HEAP_MB = 256;
const WAITING = 8;
/** Senders wait some ten seconds for their answer, and the body is kept only then. */
const ANSWER_MS = 6_000;

/** Reads bodies as they arrive, so that no body keeps the event loop: small ones at once, others in a thread with a time limit. */
export class Glancer {
  readonly #options: GlancerOptions;
  readonly #threads: Threads<GlanceOrder, Glance>;

  constructor(options: Partial<GlancerOptions> = {}) {
    this.#options = { ...OPTIONS, ...options };
    const { module, withinMs } = this.#options;
    this.#threads = new Threads({ module, withinMs, answerMs: ANSWER_MS, most: 1, heapMb: HEAP_MB, waiting: WAITING });
  }

  /** What a body holds, or why it was not read: it took too long, too many wait, or it broke its thread. */
  async glance(body: Uint8Array, context: AlertContext): Promise<Glance> {
    const { source, format, receivedAt, parser } = context;
    // A parser that nothing can be made of elsewhere reads here.
    if (body.length <= this.#options.inlineBytes || (parser && parser.taught === undefined))
      return glanceAt(body, context);
    try {
      return await this.#threads.ask({ body, source, format, receivedAt, taught: parser?.taught });
    } catch (error) {
      if (!(error instanceof ThreadFailure)) throw error;
      return { unread: new QuellError('ALERT_FORMAT', this.#why(error)).message };
    }
  }

  async close(): Promise<void> {
    await this.#threads.close();
  }

  #why({ why }: ThreadFailure): string {
    switch (why) {
      case 'late':
        return `the body, with those before it, takes longer than ${this.#options.withinMs} ms to read; send fewer alerts at once`;
      case 'full':
        return 'too many large bodies wait to be read; send fewer at once';
      default:
        return 'the body could not be read; send fewer alerts at once';
    }
  }
}
