/**
 * What the words of a message are held against: forms that compare over inflection and accents, and the few words in English, German,
 * French, Spanish, Italian, Dutch, Polish and Portuguese that say that something is to be done, is coming, or must not be. A language that
 * is missing here claims nothing. All of it is linear in the length of the text.
 */

/** Lower case, without accents, on one alphabet: `Übergabe` is `ubergabe`, `Łódź` is `lodz`. */
export const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßłøđıæœ’]/g, (c) => LETTERS[c] ?? c);
const LETTERS: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', ł: 'l', ø: 'o', đ: 'd', ı: 'i', æ: 'ae', œ: 'oe', '’': "'" },
};

/** Runs of letters, folded; digits and marks part them, so that `price_sheet-27.xlsx` is four words less the number. */
export const wordsOf = (text: string): readonly string[] => lettersIn(fold(text));
/** The same of what is folded already. */
export const lettersIn = (folded: string): readonly string[] => folded.match(/\p{L}+/gu) ?? [];

const ENDINGS =
  /(?:ungen|ung|ern|ien|ies|iem|owi|ami|ach|om|ow|es|en|er|em|os|as|s|e|n|a|o|i|y|u|ы|и|а|я|у|е|ов|ом|ам|ах)$/u;
const STEM = 4;

/** The word without its endings, down to four letters: crude, and the same on both sides (`drawings`, `Zeichnungen`, `faktury`). */
export function stem(word: string): string {
  let left = word;
  for (;;) {
    const shorter = left.replace(ENDINGS, '');
    if (shorter === left || shorter.length < STEM) return left;
    left = shorter;
  }
}

const words = (list: string): string => list.trim().split(/\s+/).join('|');
const beginning = (list: string): RegExp => new RegExp(`(?<!\\p{L})(?:${words(list)})`, 'u');
const whole = (list: string): RegExp => new RegExp(`(?<!\\p{L})(?:${words(list)})(?!\\p{L})`, 'u');

/** What is asked for is an act on data: to take, copy, hand over, export, switch. Beginnings of words, folded. */
const ASKS = beginning(`
  take taking download export copy copies pull collect gather migrat archiv backup back\\sup sync transfer hand\\sover handover deliver
  print(?!er) save put(?!\\p{L}) move moving upload reads?(?!\\p{L}) load swap switch enable disable roll keep kept retain approv
  nimm nehm mitnehm herunterlad lade zieh abzieh kopier exportier sammel sammle verschieb ubergab ubergeb liefer sichern sicherung ubertrag
  druck umzieh umstell aktivier deaktivier aufbewahr genehmig freigegeben
  prend prenez prenons emport telecharg copi recuper rassembl deplac transfer livr sauvegard imprim remet desactiv activez activer approuv
  descarg baja(?!\\p{L}) toma(?!t) coge lleva reun recoge mueve mover pasa(?!p) entreg guarda saca imprim activa(?!t) aprob
  scaric esport raccogl spost consegn salva(?!t)
  neem meenem meene exporteer kopieer verzamel verplaats leveren levering overdra sla\\sop goedgekeurd
  pobier pobra zabier zabra wez eksport skopi kopiow zbierz przenies przenos przekaz dostarcz zarchiwiz wydruk zatwierdz
  levar levem pegue baixe baixar descarreg recolh mova entregu guarde aprov
`);
export const asksForWork = (folded: string): boolean => ASKS.test(folded);

/** Words around a negation that forbid nothing. */
const HARMLESS =
  /(?:do not|don't|not to|please don't|nobody should|no need to) (?:be (?:surprised|alarmed|afraid)|worry|wonder|hesitate|panic|mind|forget)|(?:need|have) not (?:to )?|(?:do not|don't) (?:have|need) to|no need to|nicht (?:wundern|erschrecken|vergessen|notig|schlimm)|(?:ne vous|ne t')(?: en)? ?(?:etonnez|inquiete[sz]?) pas|n'oublie[sz]? pas|no (?:te|os|se) (?:preocup\p{L}*|asust\p{L}*|extran\p{L}*|olvid\p{L}*)|non (?:preoccup\p{L}*|dimentic\p{L}*|spavent\p{L}*)|niet (?:schrikken|vergeten|erg)|nie (?:martw\p{L}* sie|zapomn\p{L}*|przejmuj\p{L}* sie)|nao (?:se )?(?:preocup\p{L}*|esque\p{L}*|assust\p{L}*)/gu;
const FORBIDS = new RegExp(
  `off[ -]limits|hands off|leave (?:\\S+ ){1,4}alone|without (?:my |our |the )?(?:permission|approval)|defense de|` +
    `(?<!\\p{L})no (?:deb|toqu|toc|copi|abr|descarg|llev|baj|pued|permit|usar|use|autoriz)|por favor no |\\b(?:do|does|must|may|should|can|shall|will|is|are) not\\b|` +
    `n't(?!\\p{L})|(?<!\\p{L})(?:${words(`
    mustn't cannot never forbidden prohibited nobody stop refrain
    nicht kein keine keinen keinesfalls niemals verboten untersagt tabu unterlassen finger\\sweg
    pas jamais interdit interdite interdits interdites
    prohibido prohibida prohibidos nunca jamas
    non vietato vietata vietati
    niet geen nooit verboden
    nie zakaz zabronion\\p{L}* nigdy wolno
    nao proibid\\p{L}*
  `)})(?!\\p{L})`,
  'u',
);
/** The text holds something back: taken as a whole, so that what is named in one sentence and forbidden in the next is not asked for. */
export const forbids = (folded: string): boolean => FORBIDS.test(folded.replace(HARMLESS, ' '));

/** When somebody goes, or a change comes. Whole words, folded. */
const COMING = whole(`
  today tonight tomorrow monday tuesday wednesday thursday friday saturday sunday weekend week weeks month
  january february march april june july august september october november december
  heute morgen montag\\p{L}* dienstag\\p{L}* mittwoch\\p{L}* donnerstag\\p{L}* freitag\\p{L}* samstag\\p{L}* sonntag\\p{L}* woche wochen wochenende januar februar marz mai juni juli oktober dezember
  aujourd'hui demain lundi mardi mercredi jeudi vendredi samedi dimanche semaine semaines mois
  hoy manana lunes martes miercoles jueves viernes sabado domingo semana semanas mes
  oggi domani lunedi martedi mercoledi giovedi venerdi sabato domenica settimana settimane mese
  vandaag morgen maandag dinsdag woensdag donderdag vrijdag zaterdag zondag weekeinde weken maand
  dzis dzisiaj jutro poniedzialk\\p{L}* poniedzialek wtorek wtorku srode sroda srody czwartek czwartku piatek piatku sobote sobota niedziele niedziela tydzien tygodniu tygodnia
  hoje amanha segunda terca quarta quinta sexta sabado
  flight fly flying flights train travel travelling trip hotel airport landing boarding visit visiting abroad
  flug fliege fliegen zug reise reisen fahre fahren dienstreise bahn
  vol train voyage deplacement avion gare
  vuelo viaje viajo tren avion volo viaggio treno aereo vlucht vlieg trein reis
  lot lece leci lecimy pociag pociagiem podroz wyjazd delegacji delegacja voo viagem comboio trem viajo
`);
export const isComing = (folded: string): boolean => COMING.test(folded);

/** Who warns of an access, or calls a journey off, announces none. */
const WARNS = beginning(`
  phish suspicious suspect attack hack(?!athon) malware fraud scam spoof compromis block cancel postpon
  verdacht angriff angreif betrug sperr gesperrt kompromit abgesagt storniert verschoben
  attaque pirat fraude bloqu annul report\\u00e9
  sospech ataque cancelad aplazad sospett attacc truff blocc annullat rimandat
  aanval fraude geblok geannuleerd uitgesteld podejrzan atak oszust zablok odwolan przeloz suspeit adiad
`);
export const warns = (folded: string): boolean => WARNS.test(folded);

/** Sentences, folded, that tell: no question, and nothing denied. */
export function told(text: string): readonly string[] {
  return text.split(/(?<=[.!?])\s+|\n/).flatMap((sentence) => {
    const folded = fold(sentence).replace(HARMLESS, ' ');
    return sentence.includes('?') || FORBIDS.test(folded) || /(?<!\p{L})(?:not|no longer)(?!\p{L})/u.test(folded)
      ? []
      : [folded];
  });
}

/** Too general to name anything: the endings of files, what things are called everywhere, and small words of four letters and more. */
const GENERAL = new Set(
  wordsOf(`
  xlsx docx pptx html json jpeg tiff file files folder folders document documents data copy final version draft list report reports item items
  export exports search message messages chat chats channel channels mail mails team teams general test page pages note notes user users
  matter ticket case change request hold incident shared share drive site update status work task tasks office meeting policy rule rules setting settings
  datei dateien ordner dokument dokumente daten kopie entwurf liste bericht berichte nachricht nachrichten kanal suche
  fichier fichiers dossier dossiers donnees copie brouillon liste rapport rapports canal recherche reunion
  archivo archivos carpeta carpetas documento documentos datos copia borrador lista informe informes canal busqueda
  documenti cartella cartelle dati bozza elenco rapporto ricerca canale
  bestand bestanden mappen documenten gegevens kopie concept lijst rapport verslag kanaal
  plik pliki plikow folder folderu dokument dokumenty dane danych kopia lista raport raporty kanal
  arquivo arquivos ficheiro ficheiros pasta pastas dados copia rascunho relatorio
  that this with from your have will them they then than when what where which there here been were also into over under about after before
  please need needs some more most much many each every only very just like year years last next time
  dass diese dieser dieses eine einen einem einer oder aber auch noch nach vorher bitte alle allen alles jahr jahre jahres letzten
  sind wird werden haben
  dans avec pour vous nous cette leur leurs tous toutes tout plus moins annee svp
  para como todo todos toda todas este esta estos estas pero mas favor desde hasta
  della delle dello degli dalla nella tutti tutte tutto questo questa quello anno
  deze alle naar voor graag jaar
  prosze wszystkie wszystkich roku jest oraz przez
  pelo pela isso esta
`).map(stem),
);
/** Stems of the words that can name something. */
export const namesIn = (text: string): readonly string[] =>
  wordsOf(text)
    .filter((w) => w.length >= STEM)
    .map(stem)
    .filter((s) => !GENERAL.has(s));
