/** Patterns for what people write in chat and the vendor-token rules do not know. All are linear: no nested repetition, bounded parts. */
export interface SecretPattern {
  readonly kind: string;
  readonly pattern: RegExp;
}

const QUOTE = `["'\`]?`;

export const PATTERNS: readonly SecretPattern[] = [
  // `password: x`, `pwd=x`, `passwort ist x`, `api_key = "x"`; the value is group 1
  {
    kind: 'password',
    pattern: new RegExp(
      `\\b(?:password|passwd|passwort|passphrase|pwd|pw|kennwort|mot de passe|contraseña)${QUOTE}\\s{0,3}(?::|=|is\\b|ist\\b|est\\b|es\\b)\\s{0,3}${QUOTE}([^\\s"'\`<>,;]{4,80})`,
      'giu',
    ),
  },
  {
    kind: 'api_key',
    pattern: new RegExp(
      `\\b(?:api[_-]?key|secret[_-]?key|access[_-]?token|auth[_-]?token|client[_-]?secret)${QUOTE}\\s{0,3}[:=]\\s{0,3}${QUOTE}([A-Za-z0-9_+/=.~-]{8,200})`,
      'gi',
    ),
  },
  { kind: 'stripe_key', pattern: /\b([sr]k_(?:live|test)_[A-Za-z0-9]{16,99})/g },
  { kind: 'google_api_key', pattern: /\b(AIza[0-9A-Za-z_-]{35})/g },
  { kind: 'aws_key_id', pattern: /\b((?:AKIA|ASIA)[0-9A-Z]{16})\b/g },
  { kind: 'azure_storage_key', pattern: /\bAccountKey=([A-Za-z0-9+/]{86}==)/g },
  { kind: 'jwt', pattern: /\b(eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000})/g },
  { kind: 'pypi_token', pattern: /\b(pypi-[A-Za-z0-9_-]{50,300})/g },
  { kind: 'discord_token', pattern: /\b([MN][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,38})\b/g },
  { kind: 'telegram_token', pattern: /\b(\d{8,10}:AA[A-Za-z0-9_-]{33})\b/g },
  { kind: 'twilio_key', pattern: /\b(SK[0-9a-f]{32})\b/g },
  {
    kind: 'private_key',
    pattern: /-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY-----[\s\\n]{0,4}([A-Za-z0-9+/=\s\\]{40,8000})-----END/g,
  },
];

/** Words that stand where a password would and are none. */
export const NO_SECRET =
  /^(?:reset|resets|changed?|expired?|expires|policy|manager|protected|required|incorrect|wrong|correct|the|not|too|a|in|on|for|and|or|null|none|true|false|undefined|\*+|x{3,}|\.{3,}|<.*|\[.*|\{.*|\$.*|%.*|your.*|example.*|changeme\.\.\.)$/i;
