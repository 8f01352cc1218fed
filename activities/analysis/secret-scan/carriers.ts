import type { Span } from './issuers.js';
import { isFilledIn, isPassword } from './values.js';

interface Carrier {
  readonly kind: string;
  readonly anchor: RegExp;
  /** Group 1 is the secret. Linear as in `issuers.ts`. */
  readonly pattern: RegExp;
  readonly accept: (secret: string) => boolean;
}

const isFirm = (value: string): boolean => isPassword({ value, link: 'name', quoted: true, after: '' });
const isStrong = (value: string): boolean =>
  isPassword({ value, link: 'bare', quoted: false, after: '' }) && /\d/.test(value) && /\p{L}/u.test(value);
const DATABASE =
  'mongodb|postgres|postgresql|mysql|mysqlx|mariadb|mssql|sqlserver|oracle|redis|rediss|amqp|amqps|clickhouse|cassandra|cockroachdb|db2|neo4j|bolt|ldap|ldaps';
const ADDRESS = '[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\\.[A-Za-z0-9-]{1,63}){1,4}';

/** What carries a password by its grammar, whatever it is called: addresses, headers, commands, pairs of account and password. */
const CARRIERS: readonly Carrier[] = [
  {
    kind: 'database_connection_string',
    anchor: /:\/\//,
    pattern: new RegExp(
      `(?<![a-z])(?:${DATABASE})(?:\\+[a-z]{2,8})?://(?<user>[^\\s:/@"'<>]{0,100}):(?!\\k<user>@)(?<secret>[^\\s/"'<>]{1,200})@`,
      'gi',
    ),
    accept: isFirm,
  },
  {
    kind: 'basicauth',
    anchor: /:\/\//,
    pattern: new RegExp(
      `(?<![a-z+])(?:https?|ftps?|sftp|ssh|git|smtps?|imaps?|socks5h?|wss?|rtsp|svn|nats|mqtts?|vnc|rdp|smb)(?:\\+[a-z]{2,8})?://(?<user>[^\\s:/@"'<>]{0,100}):(?!\\k<user>@)(?<secret>[^\\s/"'<>]{1,200})@`,
      'gi',
    ),
    accept: isFirm,
  },
  {
    kind: 'database_connection_string',
    anchor: /jdbc:oracle/,
    pattern: /jdbc:oracle:thin:\w{1,60}\/([^\s@"'<>]{4,100})@/g,
    accept: isFirm,
  },
  {
    kind: 'http_authorization',
    anchor: /[Bb]earer/,
    pattern: /\b[Bb]earer[ \t]{1,3}([A-Za-z0-9_.~+/-]{20,2000}={0,2})/g,
    accept: (s) => /\d/.test(s) && isFilledIn(s),
  },
  {
    kind: 'http_authorization',
    anchor: /uthorization/,
    pattern:
      /uthorization["']?[ \t]{0,3}[:=][ \t]{0,3}["']?(?:Basic|Token|token|SSWS|ApiKey)[ \t]{1,3}([A-Za-z0-9_.~+/-]{12,2000}={0,2})/g,
    accept: isFilledIn,
  },
  {
    kind: 'password',
    anchor: /\s(?:-u|--user)[ =]/,
    pattern: /\bcurl\b[^\n]{0,200}?[ \t](?:-u|--user)[ =]["']?[^\s:"']{1,64}:([^\s"'`]{4,100})/g,
    accept: isFirm,
  },
  {
    kind: 'password',
    anchor: /IDENTIFIED BY|SecureString|net use|value=/i,
    pattern:
      /(?:\bIDENTIFIED BY |\bConvertTo-SecureString (?:-String )?|\bnet use\b[^\n]{0,100}?\/user:\S{1,60} |(?:key|name)="[\w.:-]{0,40}(?:password|passwd|pwd)"\s{1,4}value=)["']?([^\s"'`]{4,100})/gi,
    accept: isFirm,
  },
  {
    kind: 'password',
    anchor: /sshpass|mysql|mariadb/,
    pattern: /\b(?:sshpass -p ?|(?:mysql|mariadb)(?:dump|admin)?\b[^\n]{0,100}?[ \t]-p)["']?([^\s"'`]{4,100})/g,
    accept: isFirm,
  },
  {
    kind: 'password',
    anchor: /@/,
    pattern: new RegExp(`(?<![\\w.%+-])${ADDRESS}[ \\t]{0,2}[:|/;][ \\t]{0,2}([^\\s"'\`<>,;]{6,100})`, 'g'),
    accept: (s) => isStrong(s) && !/^\d{2,5}(?:\/|$)/.test(s),
  },
  {
    // "login: ann / Xy…", "Zugangsdaten: ann und Xy…", "user/pass = ann/Xy…"
    kind: 'password',
    anchor: /./,
    pattern: new RegExp(
      '(?<![\\p{L}\\p{N}_])(?:ftp|sftp|vpn|wifi|wi-fi|wlan|ssh|rdp|login|logins|logon|log-in|creds?|credentials|user(?:name)?|benutzer(?:name)?|zugangsdaten|anmeldedaten|logindaten|login-daten|identifiants?|accès|credenciales|acceso|usuario|utente|credenziali|accesso|credenciais|acesso|utilizador|inloggegevens|gebruiker|dane logowania|dane do logowania|użytkownik|inloggningsuppgifter|inloggning|användare|giriş bilgileri|kullanıcı|giriş|ログイン情報|ログイン|アカウント)' +
        '(?:[ \\t][\\p{L}\\d.-]{2,20})?' +
        '(?:[ \\t]?[/+&|][ \\t]?[\\p{L} ]{2,16}?)?(?:[ \\t]{0,2}\\([^()\\n]{1,40}\\)|[ \\t]{1,2}(?:for|für|pour|para|per|voor|do|till|to)[ \\t][^\\n:=]{1,40}?)?(?:[ \\t]{0,3}[:=][ \\t\\n]{0,3}|[ \\t](?:are|sind|sont|son|sono|são|zijn|är)[ \\t]{1,3})' +
        '["\'`]{0,2}[\\w.@+\\\\-]{2,64}["\'`]{0,2}(?:[ \\t]{0,3}[/:|,][ \\t]{0,3}|[ \\t]{1,3}(?:and|und|et|y|e|en|i|och|ve)[ \\t]{1,3})["\'`]{0,2}([^\\s"\'`<>,;]{6,100})',
      'giu',
    ),
    accept: isStrong,
  },
];

/** Passwords in addresses (`scheme://user:password@host`), headers, commands and pairs. */
export function* carriedSecrets(text: string): Generator<Span> {
  for (const { kind, anchor, pattern, accept } of CARRIERS) {
    if (!anchor.test(text)) continue;
    for (const match of text.matchAll(pattern)) {
      const secret = (match.groups?.['secret'] ?? match[1])?.replace(/[.):?]+$/, '');
      if (secret !== undefined && accept(secret))
        yield { kind, secret, from: match.index + match[0].lastIndexOf(secret) };
    }
  }
}
