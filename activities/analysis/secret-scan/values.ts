import { FUNCTION_WORDS, NOT_A_VALUE, PLACEHOLDER_WORDS, POSTPOSITION, UNITS } from './words.js';

/**
 * How firmly the text says that a value follows: `name` is a name of configuration with `=` or `:` after it, `assigned` a word of prose with
 * such a sign, `said` a sentence ("the password is …"), `bare` the two words side by side.
 */
export type Link = 'name' | 'assigned' | 'said' | 'bare';

export interface Candidate {
  readonly value: string;
  readonly link: Link;
  readonly quoted: boolean;
  /** What follows the value in its line, at most a few dozen characters. */
  readonly after: string;
}

/** Whether a value stands where a password is named: something made up to be hard to guess, or at least nothing that the language, the code or a form would put there. */
export function isPassword({ value, link, quoted, after }: Candidate): boolean {
  if (value.length < 4 || value.length > 128 || (!quoted && CJK.test(value))) return false;
  // Rules of a table, lines of dots
  if (!/[\p{L}\p{N}]/u.test(value)) return false;
  if (isPlaceholder(value) || isReference(value) || isMeasure(value, after)) return false;
  if (link !== 'name' && POSTPOSITION.test(after)) return false;
  const strength = strengthOf(value);
  if (strength === 'words') return quoted && (link === 'name' || link === 'assigned');
  if (strength === 'word')
    return link === 'name' ? !startsSentence(after) : quoted && link !== 'bare' && !startsSentence(after);
  if (strength === 'weak')
    return link === 'name' || link === 'assigned' || (link === 'said' && (quoted || /^\d{6,}$/.test(value)));
  if (strength === 'fair') return link !== 'bare' || quoted;
  return true;
}

/** Scripts that leave no space between words: what runs on from a name is the sentence. */
const CJK = /[\u3040-\u30ff\u3400-\u9fff]/;

/** Whether a value stands where a key or token is named: long, of the characters that such are made of, and random. */
export function isKey({ value, link, quoted, after }: Candidate, shortest: number): boolean {
  if (value.length < shortest || value.length > 1000 || !/^[\w+/=.~:-]+$/.test(value)) return false;
  if (isPlaceholder(value) || isReference(value) || isMeasure(value, after)) return false;
  if (link === 'bare' && !quoted && value.length < 20) return false;
  // A name and its value: the name is looked at by itself.
  if (/^[A-Za-z_.-]{3,60}[=:]./.test(value)) return false;
  const { letters, digits } = census(value);
  if (!letters || !digits) return value.length >= 20 && isRandomLetters(value);
  if (link === 'said' || link === 'bare') return value.length >= 16 && new Set(value).size >= 8 && isFilledIn(value);
  return isFilledIn(value);
}

/** No mask or example, and not only letters of one case. */
export const isFilledIn = (secret: string): boolean =>
  (/\d/.test(secret) || (/[a-z]/.test(secret) && /[A-Z]/.test(secret))) && isVaried(secret);

/** Of many different characters, without a mask or a word such as EXAMPLE in it. */
export function isVaried(secret: string): boolean {
  if (
    secret.length <= 600 &&
    /example|placeholder|redacted|your[_-]|[_-]here\b|dummy|changeme|replace[_-]?me|insert[_-]/i.test(secret)
  )
    return false;
  if (secret.length <= 600 && /([xX*.#])\1{7}/.test(secret)) return false;
  const counts = new Map<string, number>();
  for (const c of secret) counts.set(c, (counts.get(c) ?? 0) + 1);
  return counts.size >= Math.min(6, secret.length / 2) && Math.max(...counts.values()) <= secret.length / 2;
}

type Strength = 'strong' | 'fair' | 'weak' | 'word' | 'words';

/**
 * `strong` nobody writes by chance (three kinds of characters, or letters among digits, of some length); `fair` is letters with digits or
 * signs; `weak` is figures alone or words run together; `word` is one word of any language; `words` several.
 */
function strengthOf(value: string): Strength {
  if (/\s/.test(value)) return /\d/.test(value) && /\p{L}/u.test(value) ? 'weak' : 'words';
  const { letters, digits, kinds, signs } = census(value);
  if (!letters) return signs.replace(/[-/.:,+]/g, '') === '' || value.length < 8 ? 'weak' : 'fair';
  const inner = signs.replace(/[-_.'/]/g, '') !== '';
  if (digits) {
    // what joins words is no sign: `srv-db2`
    if (kinds - (signs !== '' && !inner ? 1 : 0) >= 3 && value.length >= 7) return 'strong';
    if (value.length >= 10 && (inner || /\d\p{L}+\d|\p{L}\d{3,}\p{L}/u.test(value))) return 'strong';
    return value.length >= 5 ? 'fair' : 'weak';
  }
  // Letters alone, or with signs: `Blue!Heron` is made up, `case-sensitive` and `and/or` are not.
  if (inner && /[^\p{L}][\p{L}]/u.test(value)) return kinds >= 3 ? 'fair' : 'weak';
  if (isRandomLetters(value)) return 'fair';
  if (/\p{Ll}\p{Lu}/u.test(value) && value.length >= 8 && signs === '') return 'weak';
  const parts = value.split(/[-_.]/);
  if (parts.length >= 4 && parts.every((p) => p.length >= 3) && !parts.some((p) => FUNCTION_WORDS.has(p.toLowerCase())))
    return 'fair';
  return 'word';
}

function census(value: string): { letters: boolean; digits: boolean; kinds: number; signs: string } {
  const signs = value.replace(/[\p{L}\p{N}]/gu, '');
  const lower = /\p{Ll}/u.test(value);
  const upper = /\p{Lu}/u.test(value);
  const digits = /\d/.test(value);
  return { letters: lower || upper, digits, kinds: [lower, upper, digits, signs !== ''].filter(Boolean).length, signs };
}

/** Letters that no language strings together: case that changes back and forth, or hardly a vowel in twelve. */
function isRandomLetters(value: string): boolean {
  if (!/^[A-Za-z]{10,}$/.test(value)) return false;
  const turns = value.match(/[a-z][A-Z]/g)?.length ?? 0;
  if (turns >= 3 && /[A-Z]{2}|[a-z][A-Z][a-z]?[A-Z]/.test(value)) return true;
  const vowels = value.match(/[aeiouyAEIOUY]/g)?.length ?? 0;
  return vowels / value.length < 0.17 || /[bcdfghjklmnpqrstvwxz]{7}/i.test(value);
}

const PLACEHOLDER_FORM: readonly RegExp[] = [
  /^[<[{(].*/, // <password>, [redacted], {{secret}}, (leave blank)
  /^[$%@#!~]?\{.*\}?$/, // ${PASSWORD}, #{password}
  /^\$\([^)]*\)?$/, // $(pass show db)
  /^\$[A-Za-z_]+(?:_?\d)?$/, // $DB_PASS; not $ecret2026
  /^\$[A-Z_][A-Z0-9_]*$/,
  /^\$env:/i,
  /^(?:ENC|enc|vault)[[({]/, // encrypted in the file
  /^%[\w.-]+%?$/, // %DB_PASS%, %s
  /^@@?\w+@@?$/,
  /^@[\w.]+\(/, // @Microsoft.KeyVault(SecretUri=…)
  /^__\w+__$/,
  /^:\w+$/, // :password, a bound parameter
  /^([^\p{L}\p{N}])\1*$/u,
  /^(.)\1{3,}$/u, // xxxx, 0000
  /[xX]{4,}|\*{3,}|[•●∙⬤█]{2,}|\.{3,}|_{4,}|\?{2,}|-{4,}/u,
  /^(?:\$2[aby]?\$|\$argon2|\$[156y]\$|\{S?SHA|pbkdf2|scrypt:|sha\d{1,3}[:$-]|md5:)/i, // a hash of it
  /^(?:1234|abcd|qwer)(?:\.\.\.|…)/i,
];

/** What a form, a template or a page of documentation shows in place of the secret. `changeme` and its kin are such; `changeme2026` is a password. */
function isPlaceholder(value: string): boolean {
  if (PLACEHOLDER_FORM.some((p) => p.test(value))) return true;
  const words = value
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((w) => w !== '');
  if (words.length === 0) return false;
  const figures = value.replace(/\D/g, '');
  if (
    /example|placeholder|redacted|beispiel|exemple|ejemplo|esempio|exemplo|voorbeeld|przyklad|przykład|exempel|örnek/i.test(
      value,
    )
  )
    return true;
  if (figures.length > 1) return false;
  return words.every((w) => PLACEHOLDER_WORDS.has(w)) || (words.length === 1 && NOT_A_VALUE.has(words[0] ?? ''));
}

const REFERENCE: readonly RegExp[] = [
  /^[a-z][\w+.-]{1,20}:\/\//i, // an address; a secret in it is found as one of its own
  /^(?:www\.|mailto:|op:|vault:|env:|file:|arn:|secret:|ssm:|keyvault:|ref:|kms:|!ref|!sub)/i,
  /^[^\s@]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}$/, // a mail address
  /^(?:\.{0,2}|~|[A-Za-z]:)[/\\][\w./\\ -]*$/, // a path
  /^[a-z][a-z_-]*(?:\/[a-z0-9_.-]+)+$/, // secret/data/db
  /\.(?:pdf|docx?|xlsx?|pptx?|txt|md|png|jpe?g|svg|zip|kdbx|key|pem|html?|php|ya?ml|json|env|csv|[jt]sx?|py|go|rb|sh|local|internal)$/i,
  /^[A-Za-z_$]+(?:\.[A-Za-z_$]+)+(?:[([].*)?$/, // process.env.DB_PASSWORD
  /^(?:new|await|\w+(?:[.:]{1,2}\w+)*)[([<].*[)\]>;]/, // getPassword(), z.string(), os.environ["X"]
  /^\w+(?:[.:]{1,2}\w+)*\($/,
  /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*\(/,
  /^(?:this|self|req|res|request|process|os|config|env|settings|secrets|args|opts|options|props|user|data|body|params|form|vars?|local|module|input)(?:\.|->|\[|::)/i,
  /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/, // DB_PASSWORD
  /\s[~.]{0,2}\/[\w./-]+$/, // `cat /run/secrets/db`
  /^(?:[a-z]+\||[A-Z][A-Za-z]*<[A-Za-z])/, // required|min:12, Brand<string>
  /^#[\w-]+$/, // a channel
  /^@[\w.-]+$/, // a person
  /^(?:&&|\|\||!==?|===?|=>|->|\+=)/,
  /^[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}\.(?:com|org|net|io|dev|de|fr|es|it|pt|nl|pl|se|jp|tr|local)(?:[:/].*)?$/i, // a host
];
/** Where the secret is, or a word of the code for it; not the secret. */
const isReference = (value: string): boolean => REFERENCE.some((p) => p.test(value));

const MEASURE: readonly RegExp[] = [
  /^[vV]?\d+(?:\.\d+)+(?:[-+.][a-z]{1,6}\d{0,3})?$/, // a version, an address
  /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:T.*)?$/, // a date
  /^\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:am|pm|uhr)?$/i,
  /^[<>≥≤~=+]*\d{1,4}(?:[-–.+/]\d{1,4})?[+%]?$/,
  /^\+?\d{1,3}[-/ ()]\d[\d\-/ ()]{4,}$/, // a telephone number
  /^\d{1,4}[-‐–]?(?:st|nd|rd|th|er|ème|e|º|ª|x|k|m|g|gb|mb|kb|px|h|d|w|min|s|ms|sec|hrs?|bits?)$/i,
  /^[A-Z][A-Z0-9]{1,9}-\d{1,6}$/, // a ticket
  /^#\d+$/,
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  /^[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?$/, // an IBAN
  /^(?:sha|md|aes|rsa|utf|iso|nist|rfc|pbkdf|bcrypt|argon|base|oauth|http|tls|ipv|mfa|totp|fido|office|windows|python|cve|pci|pkcs|u?2fa)[-_ ]?\d{1,5}(?:[-_.:][a-z\d]{1,8}){0,3}$/i,
  /^(?:1password|keepass\w{0,3}|2-?faktor\p{L}*|2-?factor\p{L}*|2-?step\p{L}*|two-factor|365|b2b|b2c|k8s|i18n|s3|ec2|e2ee?|o365|m365|p2p)$/iu,
];
/** A figure, a date, a version, an id or a name of technology. */
function isMeasure(value: string, after: string): boolean {
  if (MEASURE.some((p) => p.test(value))) return true;
  const unit = /^\d{1,6}[-‐–+]?(\p{L}+)(?:-\p{L}+)*$/u.exec(value)?.[1]?.toLowerCase();
  if (unit !== undefined && UNITS.has(unit)) return true;
  const next = /^[\s"'`)]*(\p{L}+)/u.exec(after)?.[1]?.toLowerCase();
  return /^[\d\-–+.,]+$/.test(value) && next !== undefined && UNITS.has(next);
}

/** One word and then more words is a sentence: "Password: printed on the router". */
const startsSentence = (after: string): boolean =>
  /^["'`]?\s*[,(]?\s*(?:[\p{L}\p{N}'’]|--|[+=?])/u.test(
    after.replace(/^[ \t]*\n[^]*/, '').replace(/^\s*(?:#|\/\/).*/, ''),
  );
