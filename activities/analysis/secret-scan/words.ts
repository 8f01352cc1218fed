/**
 * The words of the languages: English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Swedish, Turkish, Japanese. Lists are
 * alternatives of regular expressions, with no group that holds a bar; longer ones are tried first. One that people write without its accents stands here both ways.
 */
const or = (...groups: readonly string[]): string =>
  groups
    .flatMap((g) => g.split('|'))
    .sort((a, b) => b.length - a.length)
    .join('|');

/** Words that name a password and nothing else, also as the end of a longer name (`DB_PASSWORD`, `Datenbankpasswort`), inflected. */
export const PASSWORD = or(
  'passwords?|passwds?|passphrases?|pass[ -]phrase|passcodes?|pswd',
  'passwort|passwortes|passworts|passwörter|passwoerter|kennwort|kennworts|kennwörter',
  'mots? de passe|motdepasse|phrase secrète',
  'contraseñas?|contrasenas?|palabra clave',
  'parola d.ordine|parola chiave',
  'palavra[ -]passe|palavra[ -]chave',
  'wachtwoord|wachtwoorden|wachtzin',
  'hasło|hasła|hasłem|haśle|haslo|hasla|haslem',
  'lösenord|lösenordet|losenord|losenordet|lösenfras',
  'parolası|parolasi|parolam|parolamız|parolanız|şifreyi|şifresini|parolayı|parolasını|şifresi|sifresi|şifrem|sifrem|şifremiz|şifreniz|şifre|şİfre|sifre',
  'パスワード|パスフレーズ|暗証番号|合言葉|passord|adgangskode|salasana|пароль|密码',
);
/** Short or common ones: they must stand alone, or behind a sign, a change of case or one of a few prefixes. */
export const SHORT_PASSWORD = or('pwd|pw|psw|pass|mdp|clave|senha|parola|pswrd|pwort|lösen|zugangscode');
export const SHORT_PREFIX =
  'db|pg|my|root|admin|user|wifi|wlan|ssh|smtp|mail|ftp|sql|app|test|dev|prod|svc|sa|redis|mongo|mysql|vpn|rdp|api';

/** Keys and tokens that are named without doubt. */
export const KEY = or(
  'api[ _-]?keys?|api[ _-]?tokens?|api[ _-]?secret|secret[ _-]?access[ _-]?key|secret[ _-]?key|access[ _-]?key|access[ _-]?token|auth[ _-]?token',
  'refresh[ _-]?token|bearer[ _-]?token|bot[ _-]?token|personal[ _-]?token|session[ _-]?token|deploy[ _-]?token|client[ _-]?secret|app[ _-]?secret|shared[ _-]?secret|signing[ _-]?secret|webhook[ _-]?secret|consumer[ _-]?secret',
  'signing[ _-]?key|encryption[ _-]?key|master[ _-]?key|storage[ _-]?key|account[ _-]?key|subscription[ _-]?key|private[ _-]?key|license[ _-]?secret|secret[ _-]?token',
  'api[ -]?schlüssel|geheimschlüssel|zugriffstoken|zugangstoken|clé api|clé d.api|clé secrète|jeton d.accès|clave de api|clave api|clave secreta|token de acceso|chiave api|chiave segreta|token di accesso',
  'chave de api|chave da api|chave api|chave secreta|token de acesso|api-sleutel|geheime sleutel|toegangstoken|klucz api|klucz do api|token dostępu|api-nyckel|hemlig nyckel|åtkomsttoken|api anahtarı|gizli anahtar|erişim anahtarı|apiキー|シークレットキー|アクセストークン',
);
/** Words that mean much else too: what they name has to be long. */
export const SHORT_KEY = or('tokens?|secrets?|geheimnis|jeton|トークン|シークレット');

/** Endings of a name that leave it a name of the secret itself: `PASSWORD_PROD`, `password2`, `passwordValue`. */
export const NAME_ENDING =
  /^(?:[-_.]?(?:\d{1,3}|prod|production|dev|test|stage|staging|live|old|new|admin|root|db|user|value|plain|plaintext|text|main|backup|default|primary|secondary|string|base|raw|base64|b64))*$/i;

/** Between a name and a sign further on: the sign is about something else than the secret. */
export const OTHER_MATTER =
  /(?<!\p{L})(?:ids?|hash\w*|ticket|request|event|polic\w+|reset\w*|links?|urls?|version|expir\w*|valid|since|dates?|devices?|hosts?|attempts?|manager|vault|generator|length|hints?|history|error\w*|codes?|serial|numbers?|users?|accounts?|complexity|age|rotation|rollout|spray\w*|failed|from|last|must|should|has|have|nummer|richtlinie|abgelaufen|ablauf|länge|zuletzt|muss|hat|dernière|doit|última|último|debe|ultima|deve|último|laatst|moet|ostatnia|musi|senast|måste|son)(?!\p{L})/iu;

/** Between name and sign: "password for the wiki of ann: …". */
export const OF = or(
  'for|of|to|on|at|in|from|für|fürs|fuer|von|vom|zum|zur|auf|im|ins|beim|der|des|au|aux|pour|du|de la|de|des|d|sur|para|del|en|do|da|dos|per|di|della|dello|dell|nell|all|sull|del|dei|su|voor|van|op|naar|dla|do|na|konta|till|för|på|av|için|icin',
);
/** Between name and sign without a preposition: "password staging: …", "Passwort WLAN = …". */
export const PLACE = or(
  'db|database|datenbank|wifi|wlan|wi-fi|vpn|ssh|ftp|sftp|smtp|imap|ldap|ad|admin|root|user|account|konto|compte|cuenta|conta|login|guest|gast|gäste|invité|invitado|router|server|portal|portail|jenkins|gitlab|grafana|sap|jira|mysql|postgres|redis|mongo|oracle|backup|laptop|windows',
  'prod|production|produktion|dev|test|testing|stage|staging|temporary|temp|temporaire|temporal|provvisoria|provisoria|provisório|provisória|tijdelijk|tymczasowe|tillfälligt|new|neu|nouveau|nueva|nuova|nova|nieuw|nowe|nytt|adresi|hesabı',
);

/** "is", "was", "reads". */
export const IS = or(
  "it's|its|c'est|is|was|are|reads|equals",
  'ist|war|lautet|heißt|heisst|est|était|es|era|sería|è|é|era|foi|is|was|luidt|to|jest|było|brzmi|är|var|lyder|oldu|olarak',
);
/** "I changed the password to …": the value has to show by itself, for passwords are given to people and places too. */
export const TO = or('to|auf|hab ich auf|habe ich auf|en|par|à|a|por|in|su|para|como|naar|na|till');
/** "changed to", "set to". */
export const CHANGED_TO = [
  '(?:has been |was |is |got )?(?:now |just )?(?:changed|set|reset|updated|rotated) (?:back )?to',
  '(?:wurde |ist |hab ich |habe ich )?(?:jetzt )?(?:geändert|gesetzt|zurückgesetzt|umgestellt) auf',
  '(?:(?:wurde|ist|steht) )?(?:jetzt )?auf',
  '(?:a été |est )?(?:changé|remplacé|réinitialisé|modifié) (?:en|par|à)',
  '(?:se |ha sido |fue |lo )?(?:cambió|cambiada|cambiado|restablecida|puesto|puesta) (?:a|por|en)',
  '(?:è stata |è )?(?:cambiata|impostata|reimpostata|modificata) (?:in|a|su)',
  '(?:foi |está )?(?:alterada|mudada|redefinida|definida|trocada) (?:para|como)',
  '(?:is )?(?:nu )?(?:gewijzigd|veranderd|gezet|aangepast) (?:in|naar|op)',
  '(?:zostało )?(?:zmienione|ustawione) na',
  '(?:har )?(?:ändrats|bytts|ändrat|satts) till',
].join('|');
/** What may stand between the link and the value. */
export const FILLERS = or(
  'now|still|again|simply|just|currently|temporarily|probably|always|the following|as follows|following|set to|changed to|then|actually',
  'jetzt|nun|noch|immer noch|wieder|einfach|aktuell|derzeit|vorübergehend|ab sofort|ab morgen|ab heute|seit heute|folgendes|folgendermaßen|wie folgt|weiterhin|momentan',
  'maintenant|désormais|toujours|encore|simplement|actuellement|le suivant|la suivante|à présent|dorénavant|donc',
  'ahora|todavía|aún|simplemente|actualmente|la siguiente|desde hoy|sigue siendo|ora|adesso|ancora|sempre|semplicemente|attualmente|la seguente|il seguente|da oggi',
  'agora|ainda|simplesmente|atualmente|a seguinte|sempre|nu|nog steeds|nog|gewoon|momenteel|als volgt|vanaf nu|vanaf vandaag|voortaan',
  'teraz|nadal|obecnie|po prostu|następujące|od dziś|wciąż|nu|fortfarande|just nu|helt enkelt|följande|numera|från och med nu|şimdi|hâlâ|hala|şu|artık|şöyle|şu anda|bugünden itibaren|現在|今',
);

/** Before a name: what is shown is an example. */
export const EXAMPLE =
  /(?:\be\. ?g\.|\bfor (?:example|instance)\b|(?<![.@\w-])examples?\b(?![.@\w-])|\bsample\b|\bz\. ?b\.|\bzum beispiel\b|\bbeispiel(?:sweise)?\b|\bpar exemple\b|\bp\. ?ex\.|\bpor ejemplo\b|\bp\. ?ej\.|\bad esempio\b|\bper esempio\b|\besempio\b|\bpor exemplo\b|\bbijv\.|\bbijvoorbeeld\b|\bna przykład\b|\bnp\.|\bprzykład\b|\btill exempel\b|\bt\. ?ex\.|\bexempel\b(?!\.)|örneğin|\börnek\b|例えば|たとえば|例[:：]|\b(?:like|such as|wie|comme|como|come|zoals|jak|som)\b:? ?["'`(])/iu;

/** The secret may stand before its name: "X is the password", "use X as the password". */
export const AS = or(
  'is|was|war|était|era|foi|było|var|as|ist|als|est|comme|es|como|è|come|é|is|als|to|jako|är|som|olarak',
);
export const ARTICLE = or(
  'the|our|my|your|his|her|their|new|current|a|das|unser|mein|dein|ihr|neue|neues|aktuelle|le|mon|ton|votre|notre|nouveau|la|el|tu|mi|su|nueva|il|o|minha|sua|a|nova|het|mijn|jouw|ons|nieuwe|moje|twoje|nasze|nowe|mitt|ditt|nya|det|de|temporary|initial',
);
/** After a name that follows its value: it is not the password that is meant. */
export const NOT_THE_SECRET =
  /^[\s-]*(?:polic|manag|reset|generator|hash|rule|field|richtlin|verwalt|vault|store|length|hint|expir|tool|app\b|prompt|protect)/i;

const set = (...groups: readonly string[]): ReadonlySet<string> => new Set(groups.flatMap((g) => g.split('|')));

/** Made of these alone, a value is a placeholder. */
export const PLACEHOLDER_WORDS = set(
  'your|my|the|a|an|some|here|goes|this|that|new|old|current|change|changeme|changeit|me|it|replace|replaceme|insert|enter|put|type|fill|in|todo|tbd|tba|fixme|example|sample|dummy|fake|placeholder|redacted|hidden|masked|removed|omitted|test',
  'password|passwd|pass|pwd|pw|secret|secrets|key|token|passphrase|value|string|api|apikey|user|username|client|access|db|database|admin|xxx|xx|foo|bar|foobar|baz|s|secretvalue|mypassword|mysecret|yourpassword|yoursecret|userpassword|supersecret|notarealpassword|not|real',
  'passwort|kennwort|dein|ihr|mein|hier|einsetzen|eintragen|ändern|geheim|mot|de|passe|votre|ton|ici|motdepasse|contraseña|tu|su|aqui|aquí|secreto|la|tua|qui|segreto|senha|sua|segredo|wachtwoord|jouw|uw|geheim|hasło|twoje|tutaj|tajne|lösenord|ditt|här|hemlig|şifre|parola|şifreniz|buraya|gizli',
);

/** Words that stand where a value would, in forms, code and curt sentences, in any of the languages. */
export const NOT_A_VALUE = set(
  'null|none|nil|true|false|undefined|empty|blank|unset|string|str|text|varchar|bool|boolean|int|integer|number|bytes|char|any|unknown|object|optional|required|mandatory|needed|input|prompt|hidden|masked|auto|default|yes|no|on|off|enabled|disabled|set|unchanged|changed|same|identical|missing|invalid|valid|incorrect|wrong|correct|weak|strong|reset|resets|expired|expires|expiring|forgotten|forgot|lost|stored|saved|protected|encrypted|hashed|salted|rotated|revoked|updated|generated|random|compromised|leaked|exposed|shared|private|confidential|secure|insecure|safe|pending|ask|see|check|contact|use|policy|manager|vault|keepass|bitwarden|lastpass|onepassword|dashlane|keychain|keyvault|wiki|confluence|sharepoint|jira|later|soon|dm|verbally|phone|n/a|ok|done|works|failed|error|admin|password|self|sensitive',
  'leer|keins|keine|erforderlich|notwendig|pflicht|pflichtfeld|vergessen|abgelaufen|geändert|zurückgesetzt|falsch|richtig|korrekt|ungültig|unbekannt|bekannt|gleich|unverändert|siehe|frag|frage|fragen|im|beim|steht|liegt|geheim|sicher|unsicher|gespeichert|verschlüsselt|hinterlegt|telefonisch|persönlich|folgt|wie|nötig|gesperrt|schwach|stark',
  'vide|aucun|obligatoire|facultatif|requis|oublié|expiré|modifié|incorrect|invalide|voir|demander|demandez|inchangé|identique|perdu|faible|fort|sécurisé|stocké|chiffré|nécessaire|inconnu|secret|confidentiel',
  'vacío|vacía|ninguna|obligatoria|obligatorio|opcional|requerida|olvidada|caducada|caducado|cambiada|incorrecta|inválida|ver|pedir|pregunta|preguntar|misma|perdida|débil|fuerte|segura|guardada|cifrada|necesaria|desconocida|secreta|vuoto|vuota|nessuna|obbligatoria|obbligatorio|facoltativa|richiesta|dimenticata|scaduta|cambiata|errata|sbagliata|valida|vedi|chiedi|chiedere|stessa|persa|debole|forte|sicura|salvata|cifrata|necessaria|sconosciuta|segreta',
  'vazio|vazia|nenhuma|obrigatória|obrigatório|necessária|esquecida|expirada|expirou|alterada|incorreta|ver|veja|perguntar|pergunte|mesma|perdida|fraca|segura|guardada|leeg|geen|verplicht|optioneel|vereist|vergeten|verlopen|gewijzigd|onjuist|ongeldig|zie|vraag|hetzelfde|kwijt|zwak|sterk|veilig|opgeslagen|versleuteld|nodig|onbekend',
  'puste|brak|wymagane|opcjonalne|zapomniane|wygasło|zmienione|nieprawidłowe|błędne|patrz|zapytaj|zobacz|takie|słabe|silne|bezpieczne|zapisane|zaszyfrowane|potrzebne|nieznane|tajne|tom|inget|krävs|obligatoriskt|valfritt|glömt|utgånget|ändrat|felaktigt|fel|ogiltigt|se|fråga|samma|svagt|starkt|säkert|sparat|krypterat|okänt|hemligt',
  'boş|yok|gerekli|zorunlu|isteğe|unutuldu|süresi|değiştirildi|yanlış|hatalı|geçersiz|bakınız|sor|sorun|aynı|zayıf|güçlü|güvenli|kayıtlı|şifreli|bilinmiyor|gizli',
);

/** After a value, in languages that put the word of place or likeness behind: where it is, or what it is like. */
export const POSTPOSITION =
  /^["'`]?[ \t]?(?:に(?!な|変更|し)|と|で(?![すし])|の|から|まで|より|(?:ile|içinde|için|kişisinde|tarihine|tarihinde|bilir|üzerinde|altında|sayfasına|gibi)(?!\p{L}))/u;

/** Parts of hyphened expressions: `must-be-changed`, `end-of-life`. */
export const FUNCTION_WORDS = set(
  'the|and|of|to|be|in|on|by|or|for|not|must|with|from|at|is|are|was|up|out|non|self|well|end|per|one|two|multi|based|less|only|und|der|die|das|auf|von|mit|nicht|les|des|est|sur|par|non|del|los|las|por|con|che|non|per|van|het|een|voor|niet|nie|jest|och|att|det|inte|ile|için',
);

/** After a figure: a length or a time. */
export const UNITS = set(
  'characters|character|chars|char|letters|digits|digit|symbols|symbol|words|bits|bit|bytes|days|day|weeks|months|month|years|year|hours|hour|minutes|minute|seconds|times|attempts|users|accounts|percent|people|step|steps|factor|fold|or|and|to|plus|more|at|old|am|pm',
  'zeichen|buchstaben|ziffern|stellen|stellig|tage|tagen|wochen|monate|monaten|jahre|stunden|minuten|versuche|versuchen|mal|uhr|bis|oder|und|caractères|caractère|lettres|chiffres|jours|semaines|mois|ans|heures|fois|tentatives|à|ou|et',
  'caracteres|carácter|letras|dígitos|días|semanas|meses|años|horas|veces|intentos|o|y|caratteri|lettere|cifre|giorni|settimane|mesi|anni|ore|volte|tentativi|e|dígitos|dias|anos|vezes|tentativas|ou|tekens|letters|cijfers|dagen|weken|maanden|jaar|uur|keer|pogingen|of|en',
  'znaków|znaki|liter|cyfr|dni|tygodni|miesięcy|miesiące|lat|godzin|razy|prób|lub|do|tecken|bokstäver|siffror|dagar|veckor|månader|år|timmar|gånger|försök|eller|karakter|karakterden|harf|rakam|gün|günde|hafta|ay|ayda|yıl|saat|kez|deneme|veya|文字|日|桁|回',
);
