import { instantOf } from '../../../domain/instants.js';
import type { Instant } from '../../../domain/platform.js';

/** A line of syslog in its parts. */
export interface SyslogLine {
  /** 0 (emergency) to 7 (debug), where the line has a priority. */
  readonly severity: number | undefined;
  /** As it is written. */
  readonly time: string;
  readonly host: string | undefined;
  readonly app: string | undefined;
  readonly messageId: string | undefined;
  /** Parameters of the structured data. */
  readonly data: Readonly<Record<string, string>>;
  readonly message: string;
}

const PRIORITY = /^<(\d{1,3})>/;
const STAMP = String.raw`(?:\d{4}-\d{2}-\d{2}T\S{5,40}|[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?: (?:[A-Z]{3,4}|[+-]\d{2}:?\d{2}))?:?)`;
const MODERN = /^1 (\S{1,64}) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) /;
const LEGACY = new RegExp(`^(${STAMP})(?: (\\S{1,255}))?(?: |$)`);
const TAG = /^([^\s[\]:{}="]{1,64})(?:\[[^\]]{1,64}\])?: ?/;

/** A line in the form of RFC 5424, or of RFC 3164 as it is met (without a priority, with an ISO time); undefined for others. Linear in the line. */
export function syslogOf(line: string): SyslogLine | undefined {
  const priority = PRIORITY.exec(line);
  const severity = priority === null ? undefined : Number(priority[1]) % 8;
  const rest = line.slice(priority?.[0].length ?? 0);
  const modern = priority === null ? null : MODERN.exec(rest);
  if (modern) {
    const [whole, time = '', host, app, , messageId] = modern;
    const { data, end } = structuredData(rest, whole.length);
    return {
      ...{ severity, time, data, host: named(host), app: named(app), messageId: named(messageId) },
      message: rest
        .slice(end)
        .replace(/^\s*\uFEFF?/, '')
        .trim(),
    };
  }
  const legacy = LEGACY.exec(rest);
  if (!legacy) return undefined;
  const [whole, time = '', host] = legacy;
  // A device that names no host begins with its message.
  const isHost = host !== undefined && !/^(?:CEF:|\{|\[)|=|:$/.test(host);
  const body = isHost ? rest.slice(whole.length) : rest.slice(time.length).trimStart();
  const tag = TAG.exec(body);
  const isTag = tag !== null && tag[1] !== 'CEF';
  return {
    ...{ severity, time, data: {}, host: isHost ? host : undefined, messageId: undefined },
    app: isTag ? tag[1] : undefined,
    message: (isTag ? body.slice(tag[0].length) : body).trim(),
  };
}

const named = (part: string | undefined): string | undefined => (part === '-' ? undefined : part);

/** `[id name="value"][…]` or `-`; in a value `"`, `\` and `]` are escaped. */
function structuredData(
  text: string,
  from: number,
): { readonly data: Readonly<Record<string, string>>; readonly end: number } {
  if (text[from] !== '[') return { data: {}, end: text[from] === '-' ? from + 1 : from };
  const data: [string, string][] = [];
  let end = from;
  while (text[end] === '[') {
    const element = /\[[^\s=\]"]{1,64}(?: [^\s=\]"]{1,64}="(?:[^"\\\]]|\\.)*")*\]/y;
    element.lastIndex = end;
    const found = element.exec(text);
    if (!found) break;
    for (const [, name = '', value = ''] of found[0].matchAll(/ ([^\s=\]"]{1,64})="((?:[^"\\\]]|\\.)*)"/g))
      data.push([name, value.replace(/\\(["\\\]])/g, '$1')]);
    end += found[0].length;
  }
  return { data: Object.fromEntries(data), end };
}

const BEGINNING = new RegExp(`^(?:<\\d{1,3}>)?(${STAMP})`);

/**
 * The instant that a text begins with: any form of the house's, and that of syslog without a year
 * (`Mar 10 10:00:00`). A time without a year is the last one before `receivedAt`, by a day that clocks may differ.
 */
export function timeOf(text: string | undefined, receivedAt: Instant): Instant | undefined {
  if (text === undefined) return undefined;
  const whole = instantOf(text);
  if (whole !== undefined) return whole;
  const stamp = (BEGINNING.exec(text.replace(/^<\d{1,3}>1 /, ''))?.[1] ?? '').replace(/:$/, '');
  const [, day = '', time] = /^([A-Z][a-z]{2} [ \d]\d) (\d{2}:.+)$/.exec(stamp) ?? [];
  if (time === undefined) return instantOf(stamp);
  const inYear = (y: number): Instant | undefined => instantOf(`${day} ${String(y)} ${time}`);
  const now = new Date(receivedAt);
  const latest = new Date(now.getTime() + DAY_MS).toISOString();
  const this_ = inYear(now.getUTCFullYear());
  return this_ !== undefined && this_ > latest ? inYear(now.getUTCFullYear() - 1) : this_;
}
const DAY_MS = 24 * 3_600_000;
