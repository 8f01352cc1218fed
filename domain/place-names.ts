import { fold, stem, wordsOf } from './message-words.js';

/** Languages in which a country may be named (CLDR by the runtime). */
const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pl', 'pt'];

/** Beside the country's names: what else it is called, and the beginnings of its adjectives. Folded. */
const ALSO: Readonly<Record<string, string>> = {
  AT: 'austrian osterreichisch* autrichien* austriac* oostenrijks* austriack*',
  BE: 'belgian belgisch* belge* belga',
  BG: 'bulgarian bulgarisch* bulgar*',
  BR: 'brazilian brasilianisch* bresilien* brasilen* brasileir*',
  CH: 'swiss schweizer* suizo* svizzer* zwitserse szwajcarsk* suico*',
  CZ: 'czech tschechien tschechisch* tcheque*',
  DE: 'german deutsch* allemand* aleman* tedesc* duits* niemieck* alemao',
  DK: 'danish danisch* danois* danes*',
  ES: 'spanish spanisch* espagnol* espanol* spagnol* spaans* hiszpansk*',
  FI: 'finnish finnisch* finlandais*',
  FR: 'french franzosisch* francais* frances* frans* francusk*',
  GB: 'england scotland wales british britain uk grossbritannien angleterre inglaterra inghilterra engeland anglia anglii',
  IE: 'irish irisch* irlandais* irlandes*',
  IT: 'italian italienisch* italien* italian* wlosk* wloszech',
  NL: 'holland dutch niederlandisch* holland* olanda nederlands* holandi*',
  NO: 'norwegian norwegisch* norvegien*',
  PL: 'polish polnisch* polonais* polac* pools* polsk* polsce polones*',
  PT: 'portuguese portugiesisch* portugais* portugues* portoghes*',
  SE: 'swedish schwedisch* suedois* sueco* svedes* zweeds* szwedzk* szwecj*',
  US: 'usa america american amerika* amerique',
};

/** What one city is called where people write of it; forms that differ by more than an ending. Folded, by `|`. */
const CITIES = `vienna|wien|vienne|viena|wenen|wieden|wiedniu|becs
lisbon|lissabon|lisbonne|lisboa|lisbona|lizbona|lizbonie
munich|munchen|monaco di baviera|monachium
cologne|koln|colonia|keulen|kolonia
prague|prag|praga|praag|praha|pradze
warsaw|warschau|varsovie|varsovia|varsavia|warszawa|warszawie
cracow|krakow|krakau|cracovie|cracovia|krakowie
milan|mailand|milano|mediolan|milao
rome|rom|roma|rzym|rzymie
turin|torino|turyn
venice|venedig|venise|venecia|venezia|wenecja|veneza
florence|florenz|firenze|florencia|florencja
naples|neapel|napoli|napoles|neapol
geneva|genf|geneve|ginebra|ginevra|genewa|genebra
zurich|zurigo|zurych
basel|basle|bale|basilea|bazylea
brussels|brussel|bruxelles|bruselas|bruksela|bruxelas
antwerp|antwerpen|anvers|amberes|antwerpia
the hague|den haag|la haye|la haya|haga
copenhagen|kopenhagen|copenhague|kobenhavn|kopenhaga
gothenburg|goteborg|goteborga
london|londres|londra|londen|londyn
edinburgh|edimbourg|edimburgo|edynburg
paris|parigi|parijs|paryz|paryzu
strasbourg|strassburg|estrasburgo|strasburgo|straatsburg
luxembourg|luxemburg|luxemburgo|lussemburgo
moscow|moskau|moscou|moscu|mosca|moskou|moskwa|moskva
athens|athen|athenes|atenas|atene|athene|ateny
bucharest|bukarest|bucarest|boekarest|bukareszt|bucuresti
budapest|budapeszt|budapeste
belgrade|belgrad|belgrado|beograd
sofia|sofija
kyiv|kiev|kiew|kijow|kijev
seville|sevilla|seville|siviglia|sewilla
barcelona|barcelone|barcellona
madrid|madryt|madri
dublin|dublino|dublim
hamburg|hambourg|hamburgo|amburgo
frankfurt|frankfurt am main|francfort|francoforte|frankfurcie|francfort sur le main
berlin|berlino|berlijn|berlim
nuremberg|nurnberg|norimberga|neurenberg|norymberga
hanover|hannover|hanovre
dresden|dresde|dresda|drezno
leipzig|lipsk|lipsia
gdansk|danzig
wroclaw|breslau|breslavia
poznan|posen
istanbul|stambul|estambul
cairo|kairo|le caire
tokyo|tokio
beijing|peking|pekin|pechino
singapore|singapur|singapour|singapura
new york|nueva york|nowy jork|nova york|nova iorque`
  .split('\n')
  .map((line) => line.split('|'));

/** Places that are ordinary words somewhere: nobody can say which is meant. */
const AMBIGUOUS = new Set(
  wordsOf(`nice reading bath essen split mobile orange tours cork leer halle hof bar most same man turkey chad jordan georgia niger
  lens worms celle much singen wesel lot nancy florence sion troyes cannes chester male bergen`),
);

/** Words that many operators carry, and brands that people speak of for other reasons. */
const OPERATORS = new Set(
  wordsOf(`example network networks telecom telekom telecoms communication communications broadband mobile wireless internet online hosting
  host cloud server servers services service solutions systems data center centre datacenter technology technologies digital group holding
  limited gmbh company corporation incorporated cable fiber fibre glasfaser carrier provider hotel congress conference fair airport campus
  university home household line lines office guest wifi wlan public private business enterprise global international national deutsche
  united region regional city local access exit node proxy consult consulting gateway backbone transit rented partner backup hospital school
  amazon google microsoft cloudflare apple oracle akamai facebook meta slack germany france europe european`),
);

/** One name as words; a single word is compared by its stem. */
type Name = readonly string[];

/** What a city is called, in any of the languages. */
export function cityNames(city: string): readonly Name[] {
  const own = wordsOf(city).join(' ');
  const group = CITIES.find((names) => names.includes(own)) ?? [];
  return namesOf([own, ...group]);
}

/** What a country is called, by its ISO 3166 code. */
export function countryNames(code: string): readonly Name[] {
  if (!/^[A-Z]{2}$/.test(code)) return [];
  const names = LANGUAGES.flatMap((language) => new Intl.DisplayNames(language, { type: 'region' }).of(code) ?? []);
  return namesOf([...names.filter((n) => n !== code), ...(ALSO[code] ?? '').split(' ')]);
}

/** The words by which a network can be told from others. */
export const networkNames = (asName: string): readonly Name[] =>
  namesOf(wordsOf(asName).filter((w) => w.length > 3 && !OPERATORS.has(w)));

function namesOf(names: readonly string[]): readonly Name[] {
  const split = names.map((n) => fold(n).match(/\p{L}+\*?/gu) ?? []);
  return split.filter(([first = '', ...more]) => first.length > 1 && (more.length > 0 || !AMBIGUOUS.has(first)));
}

/** Whether words hold a name, whole and in its order. A single long word may be inflected; `*` stands for any ending of an adjective. */
export function isNamed(words: readonly string[], name: Name): boolean {
  const fits = (word: string | undefined, wanted: string): boolean =>
    word !== undefined &&
    (wanted.endsWith('*')
      ? word.startsWith(wanted.slice(0, -1)) && word.length <= wanted.length + 4
      : word === wanted || (name.length === 1 && wanted.length > 4 && word.length > 4 && stem(word) === stem(wanted)));
  return words.some((_, i) => name.every((wanted, k) => fits(words[i + k], wanted)));
}
