import { DIGITS, HEX, UPPER, WORDLIKE, type Random } from './random.js';

type Make = (r: Random) => string;
const uuid = (r: Random): string =>
  `${r.chars(HEX, 8)}-${r.chars(HEX, 4)}-4${r.chars(HEX, 3)}-8${r.chars(HEX, 3)}-${r.chars(HEX, 12)}`;
const t = (...parts: readonly string[]): string => parts.join('');

const PLACEHOLDERS = [
  '<password>',
  'your-password-here',
  'changeme',
  '${PASSWORD}',
  '{{secret}}',
  'xxxx',
  '********',
  '$DB_PASS',
  '[redacted]',
  'YOUR_PASSWORD',
  '%DB_PASSWORD%',
  '...',
];
const OTHER_PLACEHOLDERS = [
  '<your password>',
  'my-secret-value',
  'change_me',
  '#{db_password}',
  '{{ .Values.password }}',
  'XXXXXXXX',
  '•••••••',
  '$(cat secret.txt)',
  '(hidden)',
  'REPLACE_ME',
  '__PASSWORD__',
  'PASSWORD',
  '<redacted>',
  'todo',
];
const NAMES = ['password=', 'DB_PASSWORD=', 'Password: ', 'passwort: ', 'db_pass: ', '"password": '];
const OTHER_NAMES = [
  'PASSWORD=',
  'SMTP_PASS=',
  'pwd: ',
  'Mot de passe : ',
  'spring.datasource.password=',
  'client_secret=',
];

/** Kind → texts without a secret. */
export const OPEN: Readonly<Record<string, readonly Make[]>> = {
  placeholder: [(r) => `${r.pick(NAMES)}${r.pick(PLACEHOLDERS)}`, (r) => `set ${r.pick(NAMES)}${r.pick(PLACEHOLDERS)}`],
  'example token': [
    () => t('AK', 'IAIOSFODNN7EXAMPLE'),
    () => t('wJalrXUtnFEMI/K7MDENG/bPxRfiCY', 'EXAMPLEKEY'),
    () => t('xox', 'b-your-token-here'),
    () => t('xox', 'b-xxxxxxxxxxxx-xxxxxxxxxxxx-xxxxxxxxxxxxxxxx'),
    () => t('gh', 'p_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'),
    () => t('sk_', 'live_XXXXXXXXXXXXXXXXXXXXXXXX'),
    () => 'https://user:password@host.example.com/path',
    () => 'postgres://user:${DB_PASSWORD}@db.example.com/app',
    () => 'for example: password=Passw0rd2024',
  ],
  'id or hash': [
    (r) => `request ${uuid(r)} failed`,
    (r) => `commit ${r.chars(HEX, 40)}`,
    (r) => `sha256:${r.chars(HEX, 64)}`,
    (r) => `md5 ${r.chars(HEX, 32)}  notes.zip`,
    (r) => `password hash: $2b$12$${r.chars(WORDLIKE, 53)}`,
    (r) => `tenant ${uuid(r)}, app ${uuid(r)}`,
    (r) => `user U0${r.chars(UPPER + DIGITS, 9)} in C0${r.chars(UPPER + DIGITS, 9)}`,
    (r) => `trace-id: ${r.chars(HEX, 32)}`,
    (r) => `fixed in ${r.chars(HEX, 7)}, token bucket is full`,
    (r) => `"passwordResetId": "${uuid(r)}"`,
  ],
  'image or link': [
    (r) => `data:image/png;base64,iVBORw0KGgo${r.chars(WORDLIKE + '+/', 200)}`,
    (r) => `https://files.example.com/d/${r.chars(WORDLIKE, 33)}/edit?usp=sharing`,
    (r) => `https://example.com/reset-password?step=${r.below(9)}`,
    (r) => `https://wiki.example.com/pages/${r.below(90_000)}/Password+policy`,
    (r) => `https://chat.example.com/archives/C0${r.chars(UPPER + DIGITS, 8)}/p${r.chars(DIGITS, 16)}`,
    (r) => `https://video.example.com/j/${r.chars(DIGITS, 11)}`,
  ],
  'file name': [
    () => 'password-policy.pdf',
    (r) => `passwords_${2020 + r.below(6)}.xlsx`,
    () => 'Passwortrichtlinie v2.docx',
    (r) => `reset-password-guide-${r.below(20)}.md`,
    () => 'see docs/secrets/token-rotation.md',
  ],
  code: [
    () => 'const password = getPassword();',
    () => 'password: string;',
    () => 'if (password === confirmPassword) return;',
    () => 'password = os.environ["DB_PASSWORD"]',
    () => 'password: process.env.DB_PASSWORD,',
    () => 'function resetPassword(user: User): Promise<void>',
    () => '<input type="password" name="password" id="pw1">',
    () => 'def check_password(self, password: str) -> bool:',
    () => 'ALTER USER app PASSWORD NULL;',
    () => 'token = await client.getToken(scope);',
    () => 'passwordMinLength: 14',
    () => 'PASSWORD_FILE=/run/secrets/db_password',
    () => 'secretKeyRef: { name: db, key: password }',
  ],
  figure: [
    (r) => `version 2.${r.below(20)}.${r.below(20)} is out`,
    (r) => `call +49 30 ${r.chars(DIGITS, 7)}`,
    (r) => `IBAN DE${r.chars(DIGITS, 20)}`,
    (r) => `invoice ${r.chars(UPPER, 2)}-${r.chars(DIGITS, 7)}`,
    (r) => `room 4.${r.below(90)}, 10:${10 + r.below(50)}`,
    (r) => `tracking number ${r.chars(DIGITS, 12)}`,
    (r) => `ticket INC-${r.chars(DIGITS, 5)}: password reset`,
    (r) => `license plate B-${r.chars(UPPER, 2)} ${r.chars(DIGITS, 4)}`,
  ],
};

export const HELD_OUT: Readonly<Record<string, readonly Make[]>> = {
  placeholder: [
    (r) => `${r.pick(OTHER_NAMES)}${r.pick(OTHER_PLACEHOLDERS)}`,
    (r) => `in .env: ${r.pick(OTHER_NAMES)}"${r.pick(OTHER_PLACEHOLDERS)}"`,
  ],
  'example token': [
    () => t('AK', 'IAI44QH8DHBEXAMPLE'),
    () => t('xox', 'p-000000000000-000000000000-XXXXXXXXXXXXXXXX'),
    () => t('gl', 'pat-XXXXXXXXXXXXXXXXXXXX'),
    () => t('github', '_pat_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'),
    () => t('GOC', 'SPX-your-client-secret-here'),
    () => t('hooks.slack', '.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX'),
    () => 'mysql://root:secret@localhost:3306/test',
    () => 'https://<user>:<password>@example.com',
    () => 'z. B. Passwort: Sommer2024!',
    () => 'Authorization: Bearer <token>',
  ],
  'id or hash': [
    (r) => `correlation id ${uuid(r)}`,
    (r) => `merge ${r.chars(HEX, 12)}..${r.chars(HEX, 12)}`,
    (r) => `ETag: "${r.chars(HEX, 32)}"`,
    (r) => `image@sha256:${r.chars(HEX, 64)}`,
    (r) => `integrity sha512-${r.chars(WORDLIKE + '+/', 86)}==`,
    (r) => `{"id":"${uuid(r)}","passwordProfile":null}`,
    (r) => `key id k-${r.chars(HEX, 16)}`,
    (r) => `token_id=${uuid(r)}`,
    (r) => `argon2: $argon2id$v=19$m=65536,t=3,p=4$${r.chars(WORDLIKE, 22)}$${r.chars(WORDLIKE, 43)}`,
    (r) => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5${r.chars(WORDLIKE + '+/', 48)} ann@laptop`,
  ],
  'image or link': [
    (r) => `![logo](data:image/gif;base64,R0lGODlh${r.chars(WORDLIKE + '+/', 160)}==)`,
    (r) => `https://docs.example.org/document/d/${r.chars(WORDLIKE + '_-', 44)}/view`,
    (r) => `https://login.example.com/authorize?client_id=${uuid(r)}&response_type=code&scope=openid`,
    (r) => `https://example.com/forgot-password/${r.below(100)}`,
    (r) => `https://calendar.example.com/event?eid=${r.chars(WORDLIKE, 60)}`,
    (r) => `https://cdn.example.net/app.${r.chars(HEX, 20)}.js`,
  ],
  'file name': [
    () => 'Password Reset Procedure.docx',
    () => 'keepass.kdbx is on the share',
    (r) => `secret_santa_${2020 + r.below(6)}.pdf`,
    () => 'politique-mots-de-passe.pdf',
    (r) => `token-report-2026-0${1 + r.below(9)}.csv`,
  ],
  code: [
    () => 'var password = prompt("Password:");',
    () => 'password VARCHAR(255) NOT NULL,',
    () => 'user.password = hash(password)',
    () => 'password: z.string().min(12),',
    () => "password: Deno.env.get('PW')",
    () => 'assert isStrong(password) == True',
    () => 'this.password = password;',
    () => '<label for="password">Password</label>',
    () => 'private String passwordEncoder;',
    () => 'SECRET_KEY = config("SECRET_KEY")',
    () => 'password_hash = bcrypt(password, rounds=12)',
    () => 'token := jwt.New(jwt.SigningMethodHS256)',
    () => 'vault kv get -field=password secret/data/db',
    () => 'password: !vault |',
    () => 'password: "{{ vault_db_password }}"',
    () => 'ConvertTo-SecureString $password -AsPlainText -Force',
  ],
  figure: [
    (r) => `build 1${r.chars(DIGITS, 4)} (v3.${r.below(9)}.0-rc${r.below(9)})`,
    (r) => `Tel. 030-${r.chars(DIGITS, 8)}, pass the word`,
    (r) =>
      `FR76 ${r.chars(DIGITS, 4)} ${r.chars(DIGITS, 4)} ${r.chars(DIGITS, 4)} ${r.chars(DIGITS, 4)} ${r.chars(DIGITS, 4)} ${r.chars(DIGITS, 3)}`,
    (r) => `order #${r.chars(DIGITS, 8)} shipped`,
    (r) => `Meeting ID: ${r.chars(DIGITS, 3)} ${r.chars(DIGITS, 4)} ${r.chars(DIGITS, 4)}`,
    (r) => `serial ${r.chars(UPPER + DIGITS, 12)}`,
    (r) => `password reset took ${r.below(50)}ms`,
    (r) => `boarding pass: seat ${1 + r.below(30)}C`,
    (r) => `OPS-${r.chars(DIGITS, 4)} token refresh is slow`,
  ],
};

const TOOLS = [
  '1Password',
  'the vault',
  'Confluence',
  'KeePass2',
  'Bitwarden',
  'SharePoint',
  'Office365',
  'web01',
  'GitLab',
];
const PEOPLE = ['Ann', 'Ben', 'the helpdesk', '@dana', 'ann@example.com'];
const OTHER_TOOLS = [
  'LastPass',
  'Azure Key Vault',
  'Jira',
  'Vaultwarden',
  'Dashlane',
  'srv-db2',
  'Windows11',
  'Nextcloud',
  'SAP4',
];
const OTHER_PEOPLE = ['Zoe', 'IT', 'support@example.org', '@leo', 'Herr Muster'];

/** Fills `{tool}`, `{who}`, `{n}`, `{date}` of a sentence about passwords. */
export function fill(sentence: string, r: Random, half: 'open' | 'held-out'): string {
  const [tools, people] = half === 'open' ? [TOOLS, PEOPLE] : [OTHER_TOOLS, OTHER_PEOPLE];
  const date = r.pick([`2026-0${1 + r.below(9)}-1${r.below(9)}`, `1${r.below(9)}.0${1 + r.below(9)}.2026`]);
  return sentence
    .replaceAll('{tool}', r.pick(tools))
    .replaceAll('{who}', r.pick(people))
    .replaceAll('{n}', String(8 + r.below(90)))
    .replaceAll('{date}', date);
}
