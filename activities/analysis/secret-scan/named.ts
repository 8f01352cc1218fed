import type { Span } from './issuers.js';
import { isKey, isPassword, type Candidate, type Link } from './values.js';
import {
  ARTICLE,
  AS,
  CHANGED_TO,
  EXAMPLE,
  FILLERS,
  IS,
  KEY,
  NAME_ENDING,
  NOT_THE_SECRET,
  OF,
  OTHER_MATTER,
  PASSWORD,
  PLACE,
  SHORT_KEY,
  SHORT_PASSWORD,
  SHORT_PREFIX,
  TO,
} from './words.js';

/**
 * Secrets that the text names: `DB_PASSWORD=…`, `"password": "…"`, "mein Passwort lautet …", "… is the password". A name is found, then
 * what links it to a value, then the value is judged. What is read around a name is bounded, so that all is linear in the text.
 */
export function* namedSecrets(text: string): Generator<Span> {
  for (const match of text.matchAll(NAME)) {
    const name = nameAt(text, match);
    if (name === undefined || EXAMPLE.test(lineBefore(text, name.from))) continue;
    const span = forward(text, name) ?? backward(text, name);
    if (span) yield span;
  }
}

interface Name {
  readonly from: number;
  readonly end: number;
  readonly isKey: boolean;
  /** Shortest value that it may have. */
  readonly shortest: number;
  /** Written as code writes names: `db_password`, `adminPassword`, `spring.datasource.password`. */
  readonly isIdentifier: boolean;
  /** A word that means much else in this place: the value has to show by itself. */
  readonly isVague: boolean;
}

const NAME = new RegExp(`(${PASSWORD})|(${SHORT_PASSWORD})|(${KEY})|(${SHORT_KEY})`, 'giu');
const BEFORE = /[\p{L}\p{N}_.$-]{0,60}$/u;
const ENDING = /[\p{L}\p{N}_$-]*(?:\.[\p{L}\p{N}_$-]+)*/uy;
const STANDS_ALONE = new RegExp(`(?:^|[^\\p{L}\\p{N}]|(?<![\\p{L}])(?:${SHORT_PREFIX}))$`, 'iu');
const CJK = /[\u3000-\u30ff\u3400-\u9fff]/;

function nameAt(text: string, match: RegExpExecArray): Name | undefined {
  const [word, long, short, key] = match;
  const from = match.index;
  const before = BEFORE.exec(text.slice(Math.max(0, from - 60), from))?.[0] ?? '';
  const isCamel = /[a-z]$/.test(before) && /^[A-Z][a-z]/.test(word);
  if (long === undefined && !isCamel && !STANDS_ALONE.test(before)) return undefined;
  ENDING.lastIndex = from + word.length;
  const ending = CJK.test(word) ? '' : (ENDING.exec(text)?.[0] ?? '');
  if (ending.length > 40 || !NAME_ENDING.test(ending)) return undefined;
  const end = from + word.length + ending.length;
  return {
    from: from - before.length,
    end,
    isKey: long === undefined && short === undefined,
    shortest: long !== undefined || short !== undefined ? 4 : key === undefined ? 12 : 8,
    isIdentifier:
      isCamel ||
      /[\p{L}\p{N}][_.]/u.test(before) ||
      /^_/.test(ending) ||
      text.slice(Math.max(0, from - 2), from) === '--',
    // a boarding pass; the worst passwords
    isVague:
      (word.toLowerCase() === 'pass' && /[a-z] $/.test(text.slice(Math.max(0, from - 2), from))) ||
      /^(?:passwords|passwörter|mots de passe|contraseñas|wachtwoorden|hasła)$/i.test(word),
  };
}

const lineBefore = (text: string, at: number): string =>
  text.slice(Math.max(0, text.lastIndexOf('\n', at - 1) + 1, at - 80), at);

/** Where a block of code begins: its value stands in the next line. */
const FENCE = '`{3}[a-z]{0,12}\\n';
const END = '(?![\\p{L}\\p{N}])';
const ASIDE = '(?:[ \\t]{0,3}\\([^()\\n]{1,60}\\)|[ \\t]{1,3}\\[[^\\[\\]\\n]{1,40}\\])?';
const PLACES = `(?:[ \\t]{1,3}(?:${PLACE})${END}){0,3}`;
const WHOSE = `(?:[ \\t]{1,3}(?:${OF})(?:[ \\t]|(?<=[dl])')(?:[^\\n:=.!?;]|[.:](?=[^\\s])){1,60}?)?`;
const CLOSED = '[\\\\"\'`\\])*]{0,4}';
const FILLED = `(?:[ \\t]{1,3}(?:${FILLERS})${END})`;
const SIGN = `${FILLED}{0,2}[ \\t]{0,3}(?::=|=>|->|→|➜|=(?!=)|:(?!//|:)|\\|)`;
const VERB = `${FILLED}{0,2},?[ \\t]{1,3}(?:${CHANGED_TO}|${IS})${END}`;
const VERB_JA =
  '(?:[ \\t]?(?:は|が)[、 \\t]?(?:今も|今は|今|現在|まだ|引き続き|(?:以下|次)(?:です|の通りです|のとおりです))?[、 \\t]?)';
const HEAD = new RegExp(`${CLOSED}(?:${ASIDE}${PLACES}${WHOSE}${ASIDE})(?:(${SIGN})|(${VERB}|${VERB_JA}))`, 'iuy');
const SIDE_BY_SIDE = new RegExp(
  `${CLOSED}${PLACES}(${FILLED}{1,3})?(?:[ \\t]{0,3}\\n{0,3}${FENCE}|[ \\t]{1,3}|[ \\t]{0,3}\\n{1,3})`,
  'iuy',
);
const LOOSE = new RegExp(`${CLOSED}([ \\t][^\\n.!?;:=]{1,60}?)(?:[ \\t]{0,2}[:=→]|[ \\t]{1,3}(?:${IS})${END})`, 'iuy');
const FILLING = new RegExp(
  `${FILLED}{0,3}[ \\t]{0,3}:?[ \\t]{0,6}(?:\\n{0,2}${FENCE}|\\n{1,2}[ \\t]{0,8}(?:[-•*>][ \\t]{1,3})?)?`,
  'iuy',
);
const GIVEN = new RegExp(`[ \\t]{1,3}(?:(?:${TO})${END}|[-–—])[ \\t]{1,3}|を[ \\t]?`, 'iuy');
const REACH = 400;

function forward(text: string, name: Name): Span | undefined {
  // What follows a name in its own brackets is a call: `getPassword(`.
  if (text[name.end] === '(' && /\w/.test(text[name.end - 1] ?? '')) return undefined;
  const rest = text.slice(name.end, name.end + REACH);
  const inQuery = /[?&]/.test(text[name.from - 1] ?? '');
  for (const { link, end } of linksAfter(text, name, rest)) {
    const found = valueAt(rest, end, inQuery);
    if (!found || !isSecret({ ...found, link }, name)) continue;
    return { kind: name.isKey ? 'api_key' : 'password', secret: found.value, from: name.end + found.from };
  }
  return undefined;
}

interface Linked {
  readonly link: Link;
  /** Where it ends in what follows the name. */
  readonly end: number;
}

/** What may stand between a name and its value, the likeliest reading first. */
function* linksAfter(text: string, name: Name, rest: string): Generator<Linked> {
  const previous = text[name.from - 1] ?? '';
  if (previous === '<' && rest.startsWith('>')) yield { link: 'name', end: 1 };
  const given = match(GIVEN, rest, 0);
  if (given) yield { link: 'bare', end: given[0].length };
  const head = match(HEAD, rest, 0);
  if (head) {
    const [all, sign, verb] = head;
    const end = all.length + (match(FILLING, rest, all.length)?.[0].length ?? 0);
    const isCode = name.isIdentifier || sign?.endsWith('=') || (/["'`]/.test(previous) && /^\\?["'`]/.test(rest));
    // Polish "to" is a copula; an English one may lead to anybody: "I gave the password to …".
    const isTo = /^\s+to$/i.test(verb ?? '') && !/has[łl]o$/i.test(text.slice(name.from, name.end));
    yield { link: name.isVague || isTo ? 'bare' : sign === undefined ? 'said' : isCode ? 'name' : 'assigned', end };
  }
  // "the password you need: …": whatever stands between, the value has to show by itself.
  const loose = match(LOOSE, rest, 0);
  if (loose && !OTHER_MATTER.test(loose[1] ?? '')) {
    yield { link: 'bare', end: loose[0].length + (match(FILLING, rest, loose[0].length)?.[0].length ?? 0) };
  }
  const beside = head ? undefined : match(SIDE_BY_SIDE, rest, 0);
  if (!beside) return;
  const isFlag = text.slice(Math.max(0, name.from - 2), name.from) === '--';
  yield { link: isFlag ? 'name' : beside[1] === undefined ? 'bare' : 'said', end: beside[0].length };
}

const isSecret = (candidate: Candidate, name: Name): boolean =>
  name.isKey
    ? isKey(candidate, name.shortest) ||
      (/\d/.test(candidate.value) &&
        /\p{L}/u.test(candidate.value) &&
        candidate.link !== 'bare' &&
        candidate.value.length >= 8 &&
        /[^\w+/=.~:-]/.test(candidate.value) &&
        isPassword(candidate))
    : isPassword(candidate);

const QUOTED = /\\?(`{3}|"{3}|'{1,3}|["`])([^\n]{1,200}?)\\?\1/y;
const UNQUOTED = /["'`]{0,3}([^\s"'`]{1,300})/y;

interface Found {
  readonly value: string;
  readonly quoted: boolean;
  readonly after: string;
  readonly from: number;
}

/** The value that begins here, without the punctuation of the sentence around it. */
function valueAt(rest: string, at: number, inQuery: boolean): Found | undefined {
  const quoted = match(QUOTED, rest, at);
  if (quoted) {
    const value = quoted[2]?.trim() ?? '';
    return {
      value,
      quoted: true,
      after: rest.slice(at + quoted[0].length, at + quoted[0].length + 60),
      from: at + quoted[0].indexOf(value),
    };
  }
  const run = match(UNQUOTED, rest, at);
  if (!run) return undefined;
  const value = trimmed(run[1] ?? '', inQuery);
  const from = at + run[0].indexOf(run[1] ?? '');
  return value === ''
    ? undefined
    : { value, quoted: false, after: rest.slice(from + value.length, from + value.length + 60), from };
}

function trimmed(run: string, inQuery: boolean): string {
  const cut = run.search(
    inQuery ? /[&#;,]|<\// : /[;,]|&(?=\w{1,30}=)|<\/|(?<=[\x21-\x7e])[\u3000-\u30ff\u3400-\u9fff]/,
  );
  const value = (cut > 0 ? run.slice(0, cut) : run).replace(/[.:?…]+$/, '');
  const open = value.replace(/[^([{]/g, '').length;
  const closed = value.replace(/[^)\]}]/g, '').length;
  return closed > open ? value.replace(/[)\]}]+[.!?]*$/, '') : value;
}

const BEHIND = new RegExp(
  `(?:^|[\\s"'\`(:])([^\\s"'\`]{6,80}) ?["'\`]{0,3}[ \\t]{1,3}(?:${AS})[ \\t]{1,3}(?:(?:${ARTICLE})[ \\t]{1,3}){0,3}$`,
  'iu',
);
const BEHIND_JA = /(?:^|[\s「"'`、。])([\x21-\x7e]{6,80})["'`]?(?:が|は)(?:新しい)?$/u;

/** "X is the password", "use X as your password". */
function backward(text: string, name: Name): Span | undefined {
  if (NOT_THE_SECRET.test(text.slice(name.end, name.end + 20))) return undefined;
  const start = Math.max(0, name.from - 160);
  const before = text.slice(start, name.from);
  const found = BEHIND.exec(before) ?? BEHIND_JA.exec(before);
  const value = found?.[1];
  if (found === null || value === undefined) return undefined;
  const candidate: Candidate = { value, link: 'bare', quoted: false, after: '' };
  if (!/\d/.test(value) || !(name.isKey ? isKey(candidate, 16) : isPassword(candidate))) return undefined;
  return {
    kind: name.isKey ? 'api_key' : 'password',
    secret: value,
    from: start + found.index + found[0].indexOf(value),
  };
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
