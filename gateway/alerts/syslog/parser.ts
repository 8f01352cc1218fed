import { createHash } from 'node:crypto';
import { QuellError } from '../../../domain/errors.js';
import type { Severity } from '../../../domain/platform.js';
import { cefOf } from '../cef/cef.js';
import { partsOf } from '../cef/parser.js';
import { Fields } from '../kit/fields.js';
import type { AlertParser, AlertParts } from '../kit/parser.js';
import { platformOf, severityOf, techniques } from '../kit/values.js';
import { objectIn } from '../rows/json-text.js';
import { factsOfRow, noSubjectIn } from '../rows/log-row.js';
import { templateOf } from '../rows/template.js';
import { syslogOf, timeOf, type SyslogLine } from './header.js';
import { keysAndValues } from './key-values.js';
import { lineIn, linesOf } from './lines.js';

/**
 * Lines of syslog (RFC 5424, RFC 3164) in `lines`, each an alert: the message is CEF, a JSON object, or `key=value`, and the parameters of
 * structured data count with it. Words alone say nothing that could be relied on, and are refused.
 */
export const syslog: AlertParser = {
  looksLike: (body) => linesOf(body).some((line) => syslogOf(line) !== undefined),
  split: (body) => linesOf(body).map((line) => new Fields({ line })),
  read(f, { receivedAt }) {
    const text = lineIn(f);
    const line = syslogOf(text);
    if (!line)
      throw new QuellError(
        'ALERT_FORMAT',
        'syslog: the line has no header of RFC 5424 or RFC 3164 (<priority>, time, host)',
      );
    const event = cefOf(text);
    if (event) return partsOf(event, receivedAt);
    // Words may stand before the object (`@cee:`).
    const inner = objectIn(line.message.slice(Math.max(0, line.message.indexOf('{'))));
    const fields = { ...line.data, ...(inner ?? keysAndValues(line.message)) };
    if (Object.keys(fields).length === 0)
      throw new QuellError(
        'ALERT_FORMAT',
        'syslog: the message is neither CEF nor a JSON object nor key=value, and has no structured data',
      );
    return { ...partsOfFields(fields, line), detectedAt: timeOf(line.time, receivedAt) };
  },
};

function partsOfFields(fields: object, line: SyslogLine): AlertParts {
  const t = templateOf(new Fields(fields));
  const facts = factsOfRow(fields);
  const raw = t.text('severity', 'alertseverity', 'level', 'rulelevel', 'urgency');
  const id = t.text('alertid', 'externalid', 'id', 'uuid', 'eventid') ?? facts.rowId;
  const source = line.app ?? line.host ?? '';
  return {
    // Without an id the same line is the same alert.
    dedupeKey: `${source}:${id ?? hashOf(JSON.stringify([line.time, line.host, line.messageId, fields]))}`,
    groupKey: t.text('ruleid', 'rule', 'rulename') ?? line.messageId,
    platform: facts.platform ?? platformOf(line.app),
    subjects: facts.subjects,
    noSubject: noSubjectIn('syslog', 'the message', facts),
    title: t.text('title', 'alertname', 'rulename', 'rule', 'name', 'msg', 'message') ?? line.messageId ?? line.app,
    severity: raw === undefined ? (OF_PRIORITY[line.severity ?? 7] ?? 'low') : severityOf(raw),
    severityRaw: raw ?? line.severity?.toString(),
    occurredAt: facts.occurredAt,
    ips: facts.ips,
    userAgent: facts.userAgent,
    sessionId: facts.sessionId,
    attack: techniques(
      t.texts('technique', 'techniques', 'mitre', 'mitretechnique', 'tags').map((text) => text.toUpperCase()),
    ),
    evidence: facts.evidence,
    link: t.text('link', 'url', 'alerturl'),
  };
}

/** How grave the sender's priority is; what it calls less than a warning says nothing of an alert. */
const OF_PRIORITY: readonly Severity[] = ['high', 'high', 'high', 'medium', 'medium'];

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
