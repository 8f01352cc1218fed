// Takes over what 0.2.0 kept; goes with the release after this one.
import { newKey, sealMessage, type InboxMessage } from '../inbox/message.js';
import type { OpenKey } from '../key-ring.js';
import { query } from '../postgres/connection.js';
import {
  lettersIn,
  messagesOf,
  openLetter,
  outcomesIn,
  segmentsIn,
  type Envelope,
  type Letter,
  type Outcome,
} from './inbox-folder.js';
import { hexOf, insert, type Part, type Target } from './rows.js';

/** What becomes a row, by number. */
interface Plan {
  readonly pending: ReadonlySet<number>;
  readonly letters: readonly Letter[];
  readonly settled: readonly (readonly [Envelope, Outcome])[];
  readonly left: Part['left'];
  /** The highest number that was given. */
  readonly last: number;
}

/**
 * Takes over `inbox/`. Messages keep their numbers and content, sealed anew for the same key; the next number is above all of them.
 * Errors: STORE_TAMPERED when something does not open, STORE_GONE when it is for another key, STORE, those of `query`.
 */
export async function takeInbox(target: Target, dir: string, own: OpenKey): Promise<Part> {
  const plan = await planOf(dir, own);
  for (const { name } of await segmentsIn(dir)) {
    const rows: Row[] = [];
    const seal = sealing(own);
    for await (const { envelope, open } of messagesOf(dir, name, own))
      if (plan.pending.has(envelope.seq)) rows.push(rowOf(envelope, { status: 'waiting', ...seal(open(), envelope) }));
    await insert(target, 'inbox', COLUMNS, rows);
  }
  const seal = sealing(own);
  const letters = plan.letters.flatMap((letter) =>
    letter.content === undefined
      ? []
      : rowOf(letter, {
          ...seal(openLetter(letter, letter.content, own), letter),
          ...(letter.waiting
            ? { status: 'waiting' }
            : { status: 'dead_letter', settled_at: letter.at, reason: letter.reason }),
          resent: letter.resent,
        }),
  );
  const settled = plan.settled.map(([envelope, { status, at, text = null, alertIds = null, caseIds = null }]) =>
    rowOf(envelope, { status, settled_at: at, reason: text, alert_ids: alertIds, case_ids: caseIds }),
  );
  await insert(target, 'inbox', COLUMNS, letters);
  await insert(target, 'inbox', COLUMNS, settled);
  await numberFrom(target, plan.last);
  const again = plan.letters.filter(({ waiting }) => waiting).length;
  return {
    taken: {
      'messages that wait': plan.pending.size,
      'dead letters': plan.letters.length - again,
      'dead letters to be delivered again': again,
      'settled messages': settled.length,
    },
    left: plan.left,
  };
}

async function planOf(dir: string, own: OpenKey): Promise<Plan> {
  const outcomes = await outcomesIn(dir);
  const known = new Map<number, Envelope>();
  const segments = await segmentsIn(dir);
  for (const { name } of segments)
    for await (const { envelope } of messagesOf(dir, name, own)) known.set(envelope.seq, envelope);
  // A letter whose message has no outcome yet was being kept when the console ended: the message waits still. One that was delivered since is a letter no more.
  const letters = (await lettersIn(dir)).filter(
    ({ seq }) => outcomes.get(seq)?.status === 'dead_letter' || !(outcomes.has(seq) || known.has(seq)),
  );
  const readable = letters.filter(({ content }) => content !== undefined);
  const pending = [...known.values()].filter(({ seq }) => !outcomes.has(seq));
  const settled = [...outcomes.values()].filter(({ status }) => status !== 'dead_letter').reverse();
  const described = settled.flatMap((outcome) => {
    const envelope = known.get(outcome.seq);
    return envelope === undefined ? [] : [[envelope, outcome] as const];
  });
  const taken = new Set<string>();
  // A message that came again after its first was forgotten is one row: the one that there is most to do with.
  const isFirst = ({ dedupe }: Envelope): boolean => !taken.has(dedupe) && Boolean(taken.add(dedupe));
  const plan = {
    pending: new Set(pending.filter(isFirst).map(({ seq }) => seq)),
    letters: [...readable.filter(({ waiting }) => waiting), ...readable.filter(({ waiting }) => !waiting)].filter(
      isFirst,
    ),
    settled: described.filter(([envelope]) => isFirst(envelope)),
  };
  return {
    ...plan,
    left: {
      'settled numbers whose message is forgotten': settled.length - described.length,
      'dead letters without content': letters.length - readable.length,
      'repeats of a message that is taken':
        pending.length +
        readable.length +
        described.length -
        plan.pending.size -
        plan.letters.length -
        plan.settled.length,
    },
    last: [
      ...known.keys(),
      ...outcomes.keys(),
      ...letters.map(({ seq }) => seq),
      ...segments.map(({ first }) => first - 1),
    ].reduce((most, seq) => Math.max(most, seq), 0),
  };
}

const COLUMNS = [
  ...(['seq', 'kind', 'source', 'dedupe', 'received_at', 'sealed_key', 'box'] as const),
  ...(['status', 'settled_at', 'reason', 'alert_ids', 'case_ids', 'resent'] as const),
];
type Row = Readonly<Record<(typeof COLUMNS)[number], unknown>>;

const rowOf = ({ seq, kind, source, dedupe, receivedAt }: Envelope, given: Partial<Row>): Row => ({
  ...{ seq, kind, source, dedupe, received_at: receivedAt, sealed_key: null, box: null },
  ...{ status: 'waiting', settled_at: null, reason: null, alert_ids: null, case_ids: null, resent: 0 },
  ...given,
});

/** Seals messages by one key, as the intake does those of one statement. */
function sealing(own: OpenKey): (message: InboxMessage, envelope: Envelope) => Pick<Row, 'sealed_key' | 'box'> {
  const { bytes, sealed } = newKey(own);
  return (message, { dedupe }) => ({ sealed_key: sealed, box: hexOf(sealMessage(bytes, message, dedupe)) });
}

/** All organisations number together: while we raise the next number, none of them takes one. */
async function numberFrom({ on }: Target, last: number): Promise<void> {
  if (last === 0) return;
  await query(on, 'LOCK TABLE inbox IN SHARE ROW EXCLUSIVE MODE');
  await query(
    on,
    `SELECT setval(s.name::regclass, $1) FROM (SELECT pg_get_serial_sequence('inbox', 'seq') AS name) s
     WHERE coalesce(pg_sequence_last_value(s.name::regclass), 0) < $1`,
    [last],
  );
}
