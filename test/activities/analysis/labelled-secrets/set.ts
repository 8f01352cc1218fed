import { BY_HAND } from './by-hand.js';
import * as configuration from './configuration.js';
import * as decoys from './decoys.js';
import { FOURTH_HAND } from './fourth-hand.js';
import { PHRASES as HELD_OUT_PHRASES } from './phrases-held-out.js';
import { PHRASES as OPEN_PHRASES } from './phrases-open.js';
import { randomOf, WORDLIKE, type Random } from './random.js';
import { LANGUAGES, type Row } from './row.js';
import { SECOND_HAND } from './second-hand.js';
import { THIRD_HAND } from './third-hand.js';
import { CARRIED, OTHER_PASSWORDS, PASSWORDS, TOKENS } from './values.js';

export type Half = 'open' | 'held-out';
const SEED: Readonly<Record<Half, number>> = { open: 20_260_310, 'held-out': 19_740_707 };
const DECOYS_PER_SENTENCE = 6;
const DECOYS_PER_FORM = 10;

/** One half of the labelled set: the same rows in every run. The open one holds what was written by hand too. */
export function labelledSet(half: Half): readonly Row[] {
  const r = randomOf(SEED[half]);
  const rows = [
    ...positives(half, r),
    ...negatives(half, r),
    ...(half === 'open' ? [...BY_HAND, ...SECOND_HAND, ...THIRD_HAND, ...FOURTH_HAND] : []),
  ];
  return [...new Map(rows.map((row) => [row.text, row])).values()];
}

function* positives(half: Half, r: Random): Generator<Row> {
  const [phrases, makers, forms] =
    half === 'open'
      ? [OPEN_PHRASES, PASSWORDS, configuration.OPEN]
      : [HELD_OUT_PHRASES, OTHER_PASSWORDS, configuration.HELD_OUT];
  const put = (template: string, secret: string, kind: string, language: Row['language'] = 'any'): Row => ({
    text: template.replaceAll('{v}', () => secret),
    kind,
    language,
    secret,
  });
  const often = <T>(items: readonly T[]): readonly T[] => [...items, ...items, ...items];
  for (const language of LANGUAGES)
    for (const template of often(phrases[language].said)) yield put(template, r.pick(makers)(r), 'sentence', language);
  for (const template of often(forms.named)) yield put(template, r.pick(makers)(r), 'name = value');
  for (const template of often(forms.dressed)) yield put(template, r.pick(makers)(r), 'markup, invisible, full width');
  // `@`, `/`, `#`, `?`, `%` are written in another way in an address
  for (const template of often(forms.carried))
    yield put(
      template,
      r
        .pick(makers)(r)
        .replace(/[@/#?%&]/g, '-'),
      'address, command, pair',
    );
  for (const template of often(forms.keys)) yield put(template, `${r.chars(WORDLIKE, 22)}${r.below(100)}`, 'named key');
  for (const [kind, make] of Object.entries(TOKENS)) {
    for (const carrier of CARRIED[kind] ?? ['{v}'])
      for (const around of forms.around.slice(0, 4))
        yield put(
          around.replace('{v}', () => carrier),
          make(r),
          kind,
        );
  }
}

function* negatives(half: Half, r: Random): Generator<Row> {
  const [phrases, forms] = half === 'open' ? [OPEN_PHRASES, decoys.OPEN] : [HELD_OUT_PHRASES, decoys.HELD_OUT];
  for (const language of LANGUAGES)
    for (const sentence of phrases[language].decoys)
      for (let i = 0; i < DECOYS_PER_SENTENCE; i++)
        yield { text: decoys.fill(sentence, r, half), kind: 'sentence', language };
  for (const [kind, makers] of Object.entries(forms))
    for (const make of makers)
      for (let i = 0; i < (kind === 'placeholder' ? 10 : 1) * DECOYS_PER_FORM; i++)
        yield { text: make(r), kind, language: 'any' };
}
