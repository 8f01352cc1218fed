import type { Row } from './row.js';

/** Texts as people wrote them in earlier incidents' tickets and scanners' bug reports, made up anew. */
export const BY_HAND: readonly Row[] = [
  said(
    'en',
    'For the migration use my account raj@example.com password: Blue-Heron-4471 until I am back.',
    'Blue-Heron-4471',
  ),
  said('en', 'don’t tell anyone, but the password is Winter-Fox-88!', 'Winter-Fox-88!'),
  said('en', 'jenkins admin / Kx92-mmQ1-zz, jenkins password = Kx92-mmQ1-zz', 'Kx92-mmQ1-zz'),
  said('en', 'user: svc-export\npass: 9fJ!2kLm-q', '9fJ!2kLm-q'),
  said('en', 'Welcome! Your temporary password is Hello-4821-World', 'Hello-4821-World'),
  said('en', 'Tr4velAgency77 is the password for the booking portal', 'Tr4velAgency77'),
  said('de', 'Moin, das WLAN Passwort im Büro ist Kaffee!Tasse99', 'Kaffee!Tasse99'),
  said('de', 'Zugang SAP: Benutzer MUSTER, Kennwort: Init1234!', 'Init1234!'),
  said('fr', 'Bonjour, voici le mdp : Soleil#2026', 'Soleil#2026'),
  said('es', 'Os paso la contraseña del NAS: Tormenta_77', 'Tormenta_77'),
  said('it', 'ecco la password dell’ufficio: Caffe-Corto-12', 'Caffe-Corto-12'),
  said('pt', 'segue a senha do servidor: Praia@2026', 'Praia@2026'),
  said('nl', 'het wachtwoord van de printer is Tulp-4455', 'Tulp-4455'),
  said('pl', 'podaję hasło do VPN: Zima_2026x', 'Zima_2026x'),
  said('sv', 'lösenordet till skrivaren är Snö-och-is-33', 'Snö-och-is-33'),
  said('tr', 'yazıcının şifresi: Kar.Tanesi-34', 'Kar.Tanesi-34'),
  said('ja', 'プリンターのパスワードは Yuki-4521 です。よろしくお願いします。', 'Yuki-4521'),
  ...[
    'The password is stored in the vault, folder build.',
    'If it does not work, reset your password: see the wiki.',
    'Password: ask Ann, she has the vault open. Never post a token here.',
    'Our password policy says 14 characters, and no secret in chat.',
    'password: (leave blank)',
    'Wifi password: printed on the router',
    'password is hard to remember, use the vault',
    'The secret of a good stand-up is brevity',
    'Do we need the password for the 10:30 demo?',
    'password expired again, third time this week :(',
    'the key is to ask early',
    'Lost my token for the gym',
    'he said the password is "not" in the e-mail',
    'The default password is changeme, so change it',
    'password = none',
    'Passwords: 12+ characters, 2FA, no reuse',
    'Boarding pass: gate B12',
    'the password is 8-16 characters',
  ].map((text): Row => ({ text, kind: 'sentence', language: 'en' })),
  ...[
    'Passwort: kriegst du gleich per Telefon',
    'Das Passwort ist dein Geburtsdatum, nicht gut',
    'Kennwort ist gesperrt nach 3 Versuchen',
  ].map((text): Row => ({ text, kind: 'sentence', language: 'de' })),
  ...['mot de passe : je te l’envoie demain', 'le mot de passe est trop court (6 caractères)'].map((text): Row => ({
    text,
    kind: 'sentence',
    language: 'fr',
  })),
];

function said(language: Row['language'], text: string, secret: string): Row {
  return { text, kind: 'sentence', language, secret };
}
