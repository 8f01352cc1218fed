import { createHash } from 'node:crypto';
import { QuellError } from '../../../domain/errors.js';
import type { Severity } from '../../../domain/platform.js';
import { cefOf } from '../cef/cef.js';
import { partsOf } from '../cef/parser.js';
import type { Fields } from '../kit/fields.js';
import type { AlertFormat, AlertParts } from '../kit/parser.js';
import { platformOf, severityOf, techniques } from '../kit/values.js';
import { objectIn } from '../kit/rows/json-text.js';
import { factsOfRow, looksInRows } from '../kit/rows/log-row.js';
import { templateOf } from '../kit/rows/template.js';
import { about } from './about.js';
import { syslogOf, timeOf, type SyslogLine } from './header.js';
import { keysAndValues } from './key-values.js';
import { lineIn, linesOf, splitLines } from './lines.js';

/**
 * Lines of syslog (RFC 5424, RFC 3164) in `lines`, each an alert: the message is CEF, a JSON object, or `key=value`, and the parameters of
 * structured data count with it. Words alone say nothing that could be relied on, and are refused.
 */
export const syslog: AlertFormat = {
  about,
  looksLike: (body) => linesOf(body).some((line) => syslogOf(line) !== undefined),
  split: splitLines,
  read(f, { receivedAt }) {
    const text = lineIn(f);
    const line = syslogOf(text);
    if (!line)
      throw new QuellError(
        'ALERT_FORMAT',
        'syslog: the line has no header of RFC 5424 or RFC 3164 (<priority>, time, host)',
      );
    const event = cefOf(text);
    if (event) return partsOf(f, event, receivedAt);
    // Words may stand before the object (`@cee:`).
    const inner = objectIn(line.message.slice(Math.max(0, line.message.indexOf('{'))));
    const fields = { ...line.data, ...(inner ?? keysAndValues(line.message)) };
    if (Object.keys(fields).length === 0)
      throw new QuellError(
        'ALERT_FORMAT',
        'syslog: the message is neither CEF nor a JSON object nor key=value, and has no structured data',
      );
    return { ...partsOfFields(f, fields, line), detectedAt: timeOf(line.time, receivedAt) };
  },
};

function partsOfFields(f: Fields, fields: object, line: SyslogLine): AlertParts {
  const row = f.at('line').holding(fields);
  const t = templateOf(row);
  const facts = factsOfRow(row);
  const raw = t.text('severity', 'alert_severity', 'level', 'rule_level', 'urgency');
  const id = t.text('alert_id', 'external_id', 'id', 'uuid', 'event_id') ?? facts.rowId;
  const source = line.app ?? line.host ?? '';
  return {
    // Without an id the same line is the same alert.
    dedupeKey: `${source}:${id ?? hashOf(JSON.stringify([line.time, line.host, line.messageId, fields]))}`,
    groupKey: t.text('rule_id', 'rule', 'rule_name') ?? line.messageId,
    platform: facts.platform ?? platformOf(line.app),
    subjects: facts.subjects,
    lookedFor: looksInRows(f, (g) => [g.at('line').holding(fields)]),
    title: t.text('title', 'alert_name', 'rule_name', 'rule', 'name', 'msg', 'message') ?? line.messageId ?? line.app,
    severity: raw === undefined ? (OF_PRIORITY[line.severity ?? 7] ?? 'low') : severityOf(raw),
    severityRaw: raw ?? line.severity?.toString(),
    occurredAt: facts.occurredAt,
    ips: facts.ips,
    userAgent: facts.userAgent,
    sessionId: facts.sessionId,
    attack: techniques(
      t.texts('technique', 'techniques', 'mitre', 'mitre_technique', 'tags').map((text) => text.toUpperCase()),
    ),
    evidence: facts.evidence,
    link: t.text('link', 'url', 'alert_url'),
  };
}

/** How grave the sender's priority is; what it calls less than a warning says nothing of an alert. */
const OF_PRIORITY: readonly Severity[] = ['high', 'high', 'high', 'medium', 'medium'];

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
