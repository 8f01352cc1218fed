import type { Fact, Weigh } from './attribution.js';
import type { ContextRows } from './episodes.js';
import type { EventKind } from './evidence.js';
import type { History } from './history.js';
import type { FactCode } from './weights.js';

/** A sign-in by device code, or what followed it, of a person who does not sign in so. */
export const isStrangeCode = ({ context, acts }: ContextRows, history: History): boolean =>
  context.by === 'device_code' && acts.some((e) => !history.usesDeviceCodes(e.platform));

/** What the log tells of the place is where the code was typed: it speaks for nobody who holds the token. */
const OF_THE_TYPIST: readonly FactCode[] = [
  'address.egress',
  'address.own',
  'address.grown',
  'address.shared',
  'address.crowd',
  'network.own',
  'client.own',
  'country.own',
];
const TAKES: readonly EventKind[] = ['file_download', 'file_view', 'conversation_read', 'export'];
/** Things that were taken: fewer are what anybody opens who has just come in. */
const COLLECTS = 10;

/** The facts of such a context, from those of its place. By itself it is a question; with collection after it the token is in other hands. */
export function codeFacts({ acts }: ContextRows, facts: readonly Fact[], weigh: Weigh): readonly Fact[] {
  const taken = acts.filter((e) => TAKES.includes(e.kind)).reduce((n, e) => n + (e.count ?? 1), 0);
  const isExport = acts.some((e) => e.kind === 'export');
  return [
    ...facts.filter((f) => !OF_THE_TYPIST.includes(f.code)),
    weigh('authentication.device_code', 'signed in by a device code, which the person never used before'),
    ...(taken >= COLLECTS || isExport
      ? [weigh('device_code.collects', `${taken} things were taken after a sign-in by a device code`)]
      : []),
  ];
}
