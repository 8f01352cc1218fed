export const about = {
  title: 'Syslog (RFC 5424, RFC 3164) that carries CEF, JSON or key=value',
  sender:
    'a collector (rsyslog `omhttp`, syslog-ng `http()`, Vector, Logstash) that posts `{"lines":["<134>1 …", …]}`; `quell alert send FILE` does so with a text file',
  auth: 'hmac from your own collector; bearer where it can only set a header',
  states: 'always new',
  notes:
    'Each line is an alert; a line that is none loses itself alone. Identity: an id in the message, else the line. Subjects: who acted in the message’s fields. Severity: `severity` or `level` of the message, else the priority (a warning or error is medium, worse is high). A message in words alone is refused.',
} as const;
