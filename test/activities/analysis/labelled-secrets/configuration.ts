/** `{v}` is the secret. What programs and administrators write, which is the same in every language. */
interface Configuration {
  readonly named: readonly string[];
  readonly carried: readonly string[];
  readonly keys: readonly string[];
  /** Around a token. */
  readonly around: readonly string[];
  /** Around `password: {v}`: what clients do to text. */
  readonly dressed: readonly string[];
}

export const OPEN: Configuration = {
  named: [
    'DB_PASSWORD={v}',
    'PGPASSWORD={v} psql -h db.example.com',
    'POSTGRES_PASSWORD: {v}',
    'redis_pwd={v}',
    'spring.datasource.password={v}',
    'adminPassword: "{v}"',
    '"password": "{v}",',
    "password = '{v}'",
    'export DB_PASS={v}',
    'DB_PASS: {v}',
  ],
  carried: [
    'https://deploy:{v}@git.example.com/app.git',
    'postgres://app:{v}@db.example.com:5432/app',
    'mongodb+srv://root:{v}@cluster0.example.net/?retryWrites=true',
    'Server=tcp:db.example.com;Database=app;User Id=sa;Password={v};Encrypt=True',
    'curl -u ann:{v} https://api.example.com/v1/me',
  ],
  keys: ['api_key = "{v}"', 'CLIENT_SECRET: {v}', 'access_token={v}', 'API key: {v}'],
  around: ['{v}', 'here you go: {v} (do not share)', '`{v}`', 'TOKEN={v}\nPORT=8080', 'use *{v}* for the bot'],
  dressed: [
    '*password*: `{v}`',
    '**Password:** {v}',
    '_Passwort_: {v}',
    '<b>Password</b>: <code>{v}</code>',
    'pass\u200bword: {v}',
    'pass\u00adword: {v}',
    'ｐａｓｓｗｏｒｄ：{v}',
    'password:\n```{v}```',
    '• Password: “{v}”',
    'password&#58; {v}',
  ],
};

export const HELD_OUT: Configuration = {
  named: [
    'MYSQL_ROOT_PASSWORD={v}',
    'SMTP_PASS={v}',
    '--password={v} --host db.example.com',
    'mysql.password: {v}',
    'ldap_bind_password = {v}',
    '{"user":"sa","passwd":"{v}"}',
    "'DB_PASSWORD' => '{v}',",
    '<password>{v}</password>',
    'ENV ADMIN_PWD {v}\nENV ADMIN_PWD={v}',
    'wifiPassword = "{v}"',
    'sshpass -p {v} ssh root@host.example.com',
  ],
  carried: [
    'ftp://backup:{v}@files.example.net/in',
    'mysql://shop:{v}@192.0.2.10:3306/shop',
    'redis://:{v}@cache.example.com:6379/0',
    'amqp://queue:{v}@mq.example.com:5672',
    'jdbc:sqlserver://db.example.com:1433;user=sa;password={v};encrypt=true',
    'dana@example.com:{v}',
  ],
  keys: ["apiKey: '{v}'", 'client-secret={v}', 'Authorization: Bearer {v}', 'x-api-key: {v}', 'the API token is {v}'],
  around: ['token: {v}', '> {v}', 'Can you try {v}? Thanks', '"{v}"', '{"key":"{v}"}', '~{v}~ is the old one'],
  dressed: [
    '*Password:* {v}',
    '~password~ password: {v}',
    '||password: {v}||',
    '<p><strong>Passwort</strong>:&nbsp;{v}</p>',
    '\u202apassword\u202c: {v}',
    'p\u2060assword: {v}',
    'Ｐａｓｓｗｏｒｄ＝{v}',
    'Password:<br>{v}',
    '- *password* – password: ‘{v}’',
    '&quot;password&quot;: &quot;{v}&quot;',
  ],
};
