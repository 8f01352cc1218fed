import type { Alert } from '../../domain/alert.js';
import { QuellError } from '../../domain/errors.js';
import * as registry from './formats.js';
import { alertOf } from './kit/alert-of.js';
import { Fields, isTooMuch } from './kit/fields.js';
import type { AlertContext, AlertFormat, AlertParser } from './kit/parser.js';

/** Every format of the registry by its name. */
export const FORMATS: ReadonlyMap<string, AlertFormat> = new Map(
  Object.values(registry).map((format) => [format.about.name, format]),
);
/** The words that a source may be configured with: the registry's, and `mapping` for a format that the operator taught. */
export const FORMAT_NAMES: readonly string[] = [...FORMATS.keys()];
export const MAPPING = 'mapping';

/** Alerts of one body that are read; a body of 1 MiB holds no more that say something. */
const MAX_ALERTS = 1_000;
/** Of so many refusals the reasons are looked into; people are shown the first. */
const MAX_EXPLAINED = 10;

/** What a body holds: alerts, and why the rest of it is none. Both empty: authentic, and nothing to do. */
export interface ReadAlerts {
  /** Each with its own part of the body, as it came. */
  readonly alerts: readonly { readonly alert: Alert; readonly raw: unknown }[];
  readonly problems: readonly QuellError[];
}

/** Normalises a body of a known format. One bad alert of several does not hide the others. Never throws. */
export function readAlerts(value: unknown, context: AlertContext): ReadAlerts {
  if (typeof value !== 'object' || value === null || isTooMuch(value))
    return {
      alerts: [],
      problems: [new QuellError('ALERT_FORMAT', 'the body is not a JSON object of reasonable depth and size')],
    };
  const alerts: ReadAlerts['alerts'][number][] = [];
  const problems: QuellError[] = [];
  let left = MAX_ALERTS;
  for (const body of bodies(value)) {
    try {
      const parts = unread(body, context, problems.length < MAX_EXPLAINED);
      alerts.push(...parts.slice(0, left).flatMap((part) => readPart(part, context, problems)));
      left -= parts.length;
    } catch (error) {
      problems.push(known(error));
      left -= 1;
    }
    if (left < 0) {
      problems.push(
        new QuellError(
          'ALERT_FORMAT',
          `the body holds more than ${MAX_ALERTS} alerts, and the rest was not read; send fewer at once`,
        ),
      );
      break;
    }
  }
  return { alerts, problems };
}

/** The same, all or nothing. Errors: ALERT_FORMAT, ALERT_NO_SUBJECT; nothing else, whatever the body. */
export function parseAlerts(value: unknown, context: AlertContext): readonly Alert[] {
  const { alerts, problems } = readAlerts(value, context);
  if (problems[0]) throw problems[0];
  return alerts.map(({ alert }) => alert);
}

/** The format that a body has by its shape, for files that come without a source; undefined when it is none that Quell reads. */
export function detectFormat(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || isTooMuch(value)) return undefined;
  const [first] = bodies(value);
  return first && [...FORMATS.values()].find((format) => format.looksLike(first))?.about.name;
}

/** How a source's alerts are read. Errors: ALERT_FORMAT for a format that there is not. */
export function parserOf({ format, parser }: Pick<AlertContext, 'format' | 'parser'>): AlertParser {
  const found = parser ?? FORMATS.get(format);
  if (!found) throw new QuellError('ALERT_FORMAT', `the source is configured for a format that Quell does not read`);
  return found;
}

/** The alerts of a body that is of its source's format. Errors: ALERT_FORMAT, with what it looks like instead. */
export function unread(body: Fields, context: AlertContext, explained = true): readonly Fields[] {
  const parser = parserOf(context);
  if (parser.looksLike(body)) return partsOf(parser, body);
  const other = explained ? detectFormat(body.value) : undefined;
  const hints = [
    parser.about === undefined
      ? ': the expression of `match` is not true of it'
      : `: it was looked for ${parser.about.shape}`,
    other === undefined ? '' : `; it looks like ${other}`,
  ];
  throw new QuellError('ALERT_FORMAT', `the body is not a ${context.format} alert${hints.join('')}`);
}

/** The alert of one part, or its problem. */
export function readPart(part: Fields, context: AlertContext, problems: QuellError[]): ReadAlerts['alerts'] {
  const parser = parserOf(context);
  try {
    const parts = parser.read(part, context);
    if (!parts) return [];
    const body = problems.length < MAX_EXPLAINED ? part : undefined;
    return [{ alert: alertOf(context, parts, { body, identity: parser.about?.identity }), raw: part.value }];
  } catch (error) {
    problems.push(known(error));
    return [];
  }
}

/** The alerts of a body, unread. */
const partsOf = (parser: AlertParser, body: Fields): readonly Fields[] => parser.split?.(body) ?? [body];

/** Several alerts may come as a list, whatever their format. */
export const bodies = (value: object): readonly Fields[] =>
  (Array.isArray(value) ? value : [value]).map((v) => new Fields(v));

/** What a parser throws is of the catalogue; anything else is a defect and must show. */
function known(error: unknown): QuellError {
  if (error instanceof QuellError) return error;
  throw error;
}
