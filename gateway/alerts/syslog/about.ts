import type { AboutFormat } from '../kit/parser.js';

export const about: AboutFormat = {
  name: 'syslog',
  product: 'Syslog (RFC 5424, RFC 3164)',
  sends:
    'lines of text in `lines` that carry CEF, JSON or `key=value`, by a collector (rsyslog `omhttp`, syslog-ng `http()`, Vector, Logstash)',
  auth: ['hmac', 'bearer'],
  shape: 'a line in `lines` with a header of syslog',
  identity: 'an id in the message, else the line',
  subjects: 'who acted in the message’s fields',
  states: 'always new',
  setUp:
    'Let the collector post `{"lines":["<134>1 …", …]}`; `quell alert send FILE` does so with a text file. Each line is an alert; a line that is none loses itself alone, and a message in words alone is refused. The severity is `severity` or `level` of the message, else it is of the priority (a warning or error is medium, worse is high).',
  nobodyWithout: ['lines.0.user_email'],
};
