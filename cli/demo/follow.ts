import { setTimeout as sleep } from 'node:timers/promises';
import type { CaseState } from '../../domain/case.js';
import { waitsOf, type Wait } from '../../domain/waits.js';
import { paint } from '../terminal.js';
import type { House } from './house.js';
import { plain, Watch } from './watch.js';

const LOOK_EVERY_MS = 500;
const MAX_TEXT = 160;
const INDENT = ' '.repeat(9);

/** Tells the cases of a house for as long as the process runs: what happens, what is waited for, the subject's link, the report. */
export async function follow(house: House, say: (line: string) => void): Promise<never> {
  const teller = new Teller(house, say);
  for (;;) {
    await teller.look().catch(() => undefined); // a worker is busy, or all is being stopped
    await sleep(LOOK_EVERY_MS);
  }
}

class Teller {
  readonly #watch: Watch;
  readonly #told = new Set<string>();
  /** Waits of the last look: one that is over by the next is not worth telling. */
  #waiting = new Set<string>();

  constructor(
    private readonly house: House,
    private readonly say: (line: string) => void,
  ) {
    this.#watch = new Watch(house.client, say);
  }

  async look(): Promise<void> {
    const states = (await this.#watch.look()).slice(0, this.#watch.tellAtMost);
    const before = this.#waiting;
    this.#waiting = new Set();
    for (const state of states) {
      for (const wait of state.stage === 'closed' ? [] : waitsOf(state)) {
        const key = `${state.caseId} ${wait.who} ${wait.what} ${wait.until}`;
        this.#waiting.add(key);
        if (before.has(key)) this.#once(key, () => [waitLine(wait)]);
      }
      if (state.stage === 'closed') this.#once(`${state.caseId} ${state.openedAt} closed`, () => this.#end(state));
    }
    const asked = states.flatMap(({ contact: c }) => (c?.outcome === 'waiting' ? [c.askedAt] : [])).sort();
    if (asked[0] !== undefined && before.size > 0) this.#links(asked[0]);
  }

  /** The links that the subjects got with what they were asked since. */
  #links(since: string): void {
    const from = Date.parse(since) - 60_000; // the message goes out before the case notes it
    for (const [key, person] of Object.entries(this.house.scenario.people))
      for (const message of this.house.messagesTo(key))
        for (const link of message.links)
          if (Date.parse(message.at) >= from && new URL(link).pathname.startsWith('/answer'))
            this.#once(link, () => [
              `${INDENT}${paint.yellow('→')} answer as ${person.name}, by the link in the ${message.channel.replace('_', ' ')} message: ${paint.underline(link)}`,
            ]);
  }

  #end(state: CaseState): readonly string[] {
    const report = `${this.house.addresses.console}/cases/${state.caseId}/report`;
    return [
      ...(state.report === undefined ? [] : [`${INDENT}${paint.green('✓')} report: ${paint.underline(report)}`]),
      `${INDENT}  Ctrl-C stops everything; ${paint.bold('npm start -- --fresh')} begins anew.`,
    ];
  }

  #once(key: string, lines: () => readonly string[]): void {
    if (this.#told.has(key)) return;
    this.#told.add(key);
    for (const line of lines()) this.say(line);
  }
}

function waitLine({ who, what, until, otherwise }: Wait): string {
  const text = what.split('\n')[0] ?? '';
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)} …` : text;
  return `${INDENT}${paint.yellow('▸')} waits for ${paint.bold(who)}: ${plain(short)} ${paint.dim(`until ${until.slice(0, 16).replace('T', ' ')}, else ${otherwise}`)}`;
}
