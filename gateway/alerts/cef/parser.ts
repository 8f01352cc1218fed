import { createHash } from 'node:crypto';
import { QuellError } from '../../../domain/errors.js';
import type { Instant, Severity } from '../../../domain/platform.js';
import type { Fields } from '../kit/fields.js';
import type { AlertFormat, AlertParts } from '../kit/parser.js';
import { platformOf, severityOf, techniques } from '../kit/values.js';
import { factsOfRow, looksInRows } from '../kit/rows/log-row.js';
import { clientsIn } from '../kit/rows/people.js';
import { timeOf } from '../syslog/header.js';
import { lineIn, linesOf, splitLines } from '../syslog/lines.js';
import { about } from './about.js';
import { cefOf, isCef, type Cef } from './cef.js';

/** Lines of the Common Event Format in `lines`, each an alert, with a header of syslog before them or without. */
export const cef: AlertFormat = {
  about,
  looksLike: (body) => linesOf(body).some(isCef),
  split: splitLines,
  read(f, { receivedAt }) {
    const event = cefOf(lineIn(f));
    if (!event)
      throw new QuellError(
        'ALERT_FORMAT',
        'cef: the line holds no CEF:0|vendor|product|version|class|name|severity| with seven whole parts',
      );
    return partsOf(f, event, receivedAt);
  },
};

/** What an event says as an alert. Undefined for what a vendor logs in this format and is no alert. */
export function partsOf(f: Fields, event: Cef, receivedAt: Instant): AlertParts | undefined {
  const { vendor, product, classId, extension } = event;
  const e = f.at('line').holding(extension);
  const header = f.at('line').holding({ name: event.name, severity: event.severity });
  // The SIEM agent of Defender for Cloud Apps sends the activities of people too.
  const isCloudApps = /^mcas$/i.test(vendor) || /cloud ?app/i.test(product);
  if (isCloudApps && classId.startsWith('EVENT_CATEGORY')) return undefined;
  const facts = factsOfRow(e, USERS);
  const of = (...keys: readonly string[]): string | undefined => e.text(...keys);
  const time = of('rt', 'start', 'deviceCustomDate1', 'end');
  return {
    // The same event without an id of its device is the same text with the same time.
    dedupeKey: `${vendor}|${product}|${of('externalId') ?? hashOf(`${event.text}${time === undefined ? event.before : ''}`)}`,
    groupKey: `${vendor}|${product}|${classId}`,
    platform:
      platformOf(of('destinationServiceName', 'sourceServiceName', 'app')) ??
      platformOf(vendor, product) ??
      facts.platform,
    subjects: facts.subjects,
    lookedFor: looksInRows(f, (g) => [g.at('line').holding(extension)], USERS),
    title: header.text('name') ?? of('msg'),
    severity: gravity(header.text('severity') ?? ''),
    severityRaw: event.severity,
    occurredAt: timeOf(of('start'), receivedAt) ?? timeOf(time, receivedAt) ?? timeOf(event.before, receivedAt),
    detectedAt: timeOf(time, receivedAt) ?? timeOf(event.before, receivedAt),
    ips: [
      ...facts.ips,
      ...clientsIn([
        ...valuesOf(event, /^(?:source|src|client) ?ipv6|client ?ip/i),
        ...(isCloudApps ? e.texts('dvc', 'c6a1') : []),
      ]),
    ],
    userAgent: facts.userAgent,
    sessionId: facts.sessionId ?? valuesOf(event, /session/i)[0],
    attack: techniques(valuesOf(event, /mitre|att&ck|attack|technique/i)),
    evidence: [
      ...facts.evidence,
      { type: 'file', value: of('filePath') },
      { type: 'url', value: of('request') },
      { type: 'query', value: of('act') },
    ],
    link: valuesOf(event, /url|link/i)[0],
  };
}

const USERS = ['suser', 'suid', 'duser'];

const valuesOf = ({ labelled }: Cef, label: RegExp): readonly string[] =>
  Object.entries(labelled).flatMap(([name, value]) => (label.test(name) ? [value] : []));

/** 0 to 10, or a word (ArcSight, "Implementing Common Event Format"). */
function gravity(severity: string): Severity {
  if (/^very[- ]?high$/i.test(severity)) return 'critical';
  const n = /^\d{1,2}$/.test(severity) ? Number(severity) : Number.NaN;
  if (Number.isNaN(n)) return severityOf(severity);
  return n >= 9 ? 'critical' : n >= 7 ? 'high' : n >= 4 ? 'medium' : 'low';
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
