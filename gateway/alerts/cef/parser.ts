import { createHash } from 'node:crypto';
import { QuellError } from '../../../domain/errors.js';
import type { Instant, Severity } from '../../../domain/platform.js';
import { Fields } from '../kit/fields.js';
import type { AlertParser, AlertParts } from '../kit/parser.js';
import { platformOf, severityOf, techniques } from '../kit/values.js';
import { factsOfRow, type RowFacts } from '../rows/log-row.js';
import { clientsIn } from '../rows/people.js';
import { timeOf } from '../syslog/header.js';
import { linesOf, lineIn } from '../syslog/lines.js';
import { cefOf, isCef, type Cef } from './cef.js';

/** Lines of the Common Event Format in `lines`, each an alert, with a header of syslog before them or without. */
export const cef: AlertParser = {
  looksLike: (body) => linesOf(body).some(isCef),
  split: (body) => linesOf(body).map((line) => new Fields({ line })),
  read(f, { receivedAt }) {
    const event = cefOf(lineIn(f));
    if (!event)
      throw new QuellError(
        'ALERT_FORMAT',
        'cef: the line holds no CEF:0|vendor|product|version|class|name|severity| with seven whole parts',
      );
    return partsOf(event, receivedAt);
  },
};

/** What an event says as an alert. Undefined for what a vendor logs in this format and is no alert. */
export function partsOf(event: Cef, receivedAt: Instant): AlertParts | undefined {
  const { vendor, product, classId, extension: e } = event;
  // The SIEM agent of Defender for Cloud Apps sends the activities of people too.
  const isCloudApps = /^mcas$/i.test(vendor) || /cloud ?app/i.test(product);
  if (isCloudApps && classId.startsWith('EVENT_CATEGORY')) return undefined;
  const facts = factsOfRow(e);
  const of = (...keys: readonly string[]): string | undefined => keys.map((key) => e[key]).find((v) => v !== undefined);
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
    noSubject: noSubjectOf(facts),
    title: event.name === '' ? of('msg') : event.name,
    severity: gravity(event.severity),
    severityRaw: event.severity,
    occurredAt: timeOf(of('start'), receivedAt) ?? timeOf(time, receivedAt) ?? timeOf(event.before, receivedAt),
    detectedAt: timeOf(time, receivedAt) ?? timeOf(event.before, receivedAt),
    ips: [
      ...facts.ips,
      ...clientsIn([
        ...valuesOf(event, /^(?:source|src|client) ?ipv6|client ?ip/i),
        ...(isCloudApps ? [e['dvc'] ?? '', e['c6a1'] ?? ''] : []),
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

const noSubjectOf = ({ unclear }: RowFacts): string =>
  unclear === undefined
    ? 'cef: no mail address is in suser, in a labelled user (cs1Label=user), or, where nobody is named who acted, in duser of the extension'
    : `cef: ${unclear} of the extension names who acted by no mail address; let the sender write the address there`;

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
