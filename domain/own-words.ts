import { plainText } from './text.js';

/**
 * What the writer of a message or mail wrote, without what it quotes or passes on: another's words are no announcement of the writer's, and
 * another's password is not the writer's. As plain text (`plainText`, which leaves a quotation of HTML as lines with `>`).
 *
 * - Lines that begin with `>` are quoted (RFC 3676 4.5, Slack, Google Chat), and all after `>>>` (Slack).
 * - What introduces a quotation (`On … Kim wrote:`, `Am … schrieb Kim:`) belongs to it. Where no line with `>` follows, all that follows is quoted.
 * - After a header of a mail client (`-----Original Message-----`, `From: … Sent: …`, `Von: … Gesendet: …`, "Begin forwarded message:") all is
 *   another's.
 *
 * Where nothing marks a quotation, all is the writer's own. Linear in the length of the text.
 */
export const ownWords = (text: string): string => ownWordsIn(plainText(text));

/** The same of what is plain text already. */
export function ownWordsIn(plain: string): string {
  const lines = plain.split('\n');
  const own: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (line.startsWith('>>>') || PASSED_ON.test(line) || isHeader(lines, i)) break;
    if (/^\s{0,3}>/.test(line)) continue;
    const until = introductionEnds(lines, i);
    if (until === undefined) own.push(line);
    else if (isQuotedNext(lines, until)) i = until;
    else break;
  }
  return own.join('\n').trim();
}

const words = (list: string): string =>
  list
    .trim()
    .split(/\s{2,}|\n\s*/)
    .join('|');

/** A line of its own that a mail client puts above what it passes on. */
const PASSED_ON = new RegExp(
  `^\\s{0,3}[-_*\\s]{0,40}(?:${words(`
    original message  forwarded message  begin forwarded message  original appointment
    ursprüngliche nachricht  originalnachricht  weitergeleitete nachricht  anfang der weitergeleiteten nachricht  urspr\\. nachricht
    message d'origine  message original  message transféré  message transmis  début du message transféré
    mensaje original  mensaje reenviado  inicio del mensaje reenviado  messaggio originale  messaggio inoltrato  inizio messaggio inoltrato
    oorspronkelijk bericht  doorgestuurd bericht  begin doorgestuurd bericht  wiadomość oryginalna  przekazana wiadomość
    mensagem original  mensagem encaminhada`)})\\s{0,3}:?[-_*\\s]{0,40}$`,
  'iu',
);

const FROM = words('from  von  de  da  van  od');
const SENT = words(
  'sent  date  gesendet  datum  envoyé  envoyé le  enviado  enviado el  fecha  data  inviato  verzonden  wysłano  enviada em',
);
const HEADER_FROM = new RegExp(`^\\s{0,3}(?:${FROM})\\s?:\\s{0,3}\\S`, 'iu');
const HEADER_SENT = new RegExp(`(?:^|\\s)(?:${SENT})\\s?:\\s{0,3}\\S`, 'iu');
/** Outlook writes the fields of the mail that is answered, one a line: who, then when. */
const isHeader = (lines: readonly string[], at: number): boolean =>
  HEADER_FROM.test(lines[at] ?? '') && lines.slice(at, at + 4).some((line) => HEADER_SENT.test(line.slice(0, 1_000)));

const BEGINS = new RegExp(`^\\s{0,3}(?:${words('on  am  le  el  il  op  w dniu  dnia  em  den')})\\s`, 'iu');
const WROTE = new RegExp(
  `(?<!\\p{L})(?:${words('wrote  writes  schrieb  schrieb am  a écrit  escribió  ha scritto  schreef  napisał  napisała  napisał\\(a\\)  escreveu  skrev')})(?!\\p{L})[^:\\n]{0,200}:\\s*$`,
  'iu',
);
const HAS_DATE = /\d/;

/** The last line of an introduction that begins here: clients break it after 72 letters. */
function introductionEnds(lines: readonly string[], at: number): number | undefined {
  if (!BEGINS.test(lines[at] ?? '')) return undefined;
  let said = '';
  for (let i = at; i < Math.min(lines.length, at + 3); i++) {
    said += ` ${(lines[i] ?? '').slice(0, 300)}`;
    if (WROTE.test(said)) return HAS_DATE.test(said) ? i : undefined;
  }
  return undefined;
}

function isQuotedNext(lines: readonly string[], at: number): boolean {
  const next = lines.slice(at + 1, at + 4).find((line) => line.trim() !== '');
  return next !== undefined && /^\s{0,3}>/.test(next);
}
