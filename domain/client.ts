/** The program behind a user-agent text, as far as it matters for whose it is: versions change every week, the program and its system do not. */
export interface ClientKind {
  /** `Edge`, `Chrome`, `Firefox`, `Slack`, `python-requests`, …; `unknown` when nothing is recognised. */
  readonly program: string;
  /** `Windows`, `macOS`, `Linux`, `iOS`, `Android`, `ChromeOS`, or `unknown`. */
  readonly system: string;
  /** A library or command-line tool: people read with browsers and apps. */
  readonly scripted: boolean;
}

const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/\bTeams\//i, 'Teams'],
  [/\bSlack(?:_SSB)?\//i, 'Slack'],
  [/com\.google\.|\bGoogleChat\b/i, 'Google app'],
  [/\bEdgA?(?:iOS)?\//i, 'Edge'],
  [/\bOPR\/|\bOpera\b/i, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//i, 'Firefox'],
  [/\b(?:Headless)?Chrome\/|\bCriOS\//i, 'Chrome'],
  [/\bVersion\/[\d.]+.*Safari\//i, 'Safari'],
  [/\bOutlook\b|Microsoft Office/i, 'Office'],
];
/** Libraries and tools by the name they give themselves. */
const SCRIPTS =
  /^(?:python(?:-requests|-urllib|-httpx)?|curl|wget|go-http-client|okhttp|axios|node(?:-fetch)?|undici|got|java|apache-httpclient|libwww-perl|postmanruntime|insomnia|httpie|ruby|php|guzzle|powershell|rclone|aiohttp|scrapy|azuread|roadtools|graphrunner|teamfiltration|aadinternals)\b|HeadlessChrome|PowerShell\//i;
/** Tools for scripts that a log names by their app. */
const TOOLS = /\b(?:Azure CLI|Command Line Tools|Management Shell|Graph Explorer|(?:[A-Z]\w+ )*PowerShell)\b/;
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/Windows NT|Windows 1[01]/i, 'Windows'],
  [/iPhone|iPad|CPU OS|\biOS\b/i, 'iOS'],
  [/Android/i, 'Android'],
  [/CrOS/i, 'ChromeOS'],
  [/Mac OS X|Macintosh|macOS/i, 'macOS'],
  [/Linux|X11/i, 'Linux'],
];

export function clientOf(userAgent: string): ClientKind {
  const script = SCRIPTS.exec(userAgent.trim()) ?? TOOLS.exec(userAgent);
  return {
    program: script
      ? script[0].toLowerCase().replace(/\/$/, '')
      : (PROGRAMS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? 'unknown'),
    system: SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? 'unknown',
    scripted: script !== null,
  };
}

/**
 * The family of a program that tells its system; undefined for an app of the vendor that does not (Slack's access log often has the
 * bare name), which is as good as no word about the program. A script needs no system to be one.
 */
export function tellingFamily(userAgent: string | undefined): string | undefined {
  if (userAgent === undefined) return undefined;
  const { program, system, scripted } = clientOf(userAgent);
  return program !== 'unknown' && system === 'unknown' && !scripted ? undefined : clientFamily(userAgent);
}

/** Two versions of one program on one system are one family. What is not recognised is its own text without numbers. */
export function clientFamily(userAgent: string): string {
  const { program, system } = clientOf(userAgent);
  if (program !== 'unknown') return `${program} on ${system}`;
  const name = userAgent
    .replace(/[\d._]+/g, '')
    .trim()
    .slice(0, 60);
  return system === 'unknown' ? name : `${name.slice(0, 20)} on ${system}`;
}
