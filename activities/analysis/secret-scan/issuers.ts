import { isFilledIn, isVaried } from './values.js';

/** A form of secret that its issuer can be told by. */
export interface IssuedForm {
  readonly kind: string;
  /** One of these stands in every text that the pattern can match: most texts are done with here. Compared as they are written. */
  readonly anchors: readonly string[];
  /** Group 1 is the secret. Linear: it begins at a literal or an edge, every part is bounded, no repetition lies in another without a mark between. */
  readonly pattern: RegExp;
  /** What is asked of the match beside its form. */
  readonly accept?: (secret: string) => boolean;
}

export interface Span {
  readonly kind: string;
  readonly secret: string;
  readonly from: number;
}

/** Secrets that stand in the text in a form of their issuer; examples (`AKIA…EXAMPLE`, `xoxb-xxxx`) are none. */
export function* issuedSecrets(text: string): Generator<Span> {
  for (const { kind, anchors, pattern, accept = isFilledIn } of FORMS) {
    if (!anchors.some((a) => text.includes(a))) continue;
    for (const match of text.matchAll(pattern)) {
      const secret = match[1]?.trim();
      if (secret === undefined || !accept(secret)) continue;
      yield { kind, secret, from: match.index + match[0].indexOf(secret) };
    }
  }
}

const mixed = (s: string): boolean => /[a-z]/.test(s) && /[A-Z]/.test(s) && /\d/.test(s);

const prefixed = (kind: string, anchors: readonly string[], rest: string): IssuedForm => ({
  kind,
  anchors,
  pattern: new RegExp(`(?<![A-Za-z0-9])((?:${anchors.map((a) => a.replaceAll('.', '\\.')).join('|')})${rest})`, 'g'),
});

/**
 * Forms as the issuers document them and the public rules of gitleaks and secretlint have them. The platforms that are watched come first:
 * `xoxc` with its cookie `xoxd` is a live browser session of Slack, as are `ESTSAUTH…` of Entra and `SID` of Google.
 */
const FORMS: readonly IssuedForm[] = [
  prefixed('slack_session', ['xoxc-'], '[A-Za-z0-9-]{10,400}'),
  prefixed('slack_session', ['xoxd-'], '[A-Za-z0-9%+/=_-]{20,1000}'),
  prefixed(
    'slack',
    ['xoxb-', 'xoxp-', 'xoxa-', 'xoxo-', 'xoxr-', 'xoxs-', 'xoxe-', 'xoxe.xoxb-', 'xoxe.xoxp-'],
    '[A-Za-z0-9-]{10,400}',
  ),
  prefixed('slack', ['xapp-'], '\\d-[A-Za-z0-9-]{10,400}'),
  {
    // the cookies of a sign-in that stays: `0.AX…` of the tenant, then what Entra alone reads
    kind: 'entra_session',
    anchors: ['ESTSAUTH', 'estsauth'],
    pattern: /ESTSAUTH(?:PERSISTENT|LIGHT)?["']?\s{0,3}[=:]\s{0,3}["']?([A-Za-z0-9+._-]{30,3000})/gi,
  },
  {
    kind: 'google_session',
    anchors: ['SID'],
    pattern: /(?<![A-Za-z0-9])(?:__Secure-[13]P)?SID["']?\s{0,3}[=:]\s{0,3}["']?(g\.a[0-9A-Za-z_-]{40,300})/g,
  },
  {
    kind: 'slack_webhook',
    anchors: ['hooks.slack.com/'],
    pattern:
      /(hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Z][A-Z0-9]{5,20}\/[A-Za-z0-9]{5,40}\/[A-Za-z0-9]{16,80}(?:\/[A-Za-z0-9]{16,80})?)/g,
  },
  {
    kind: 'teams_webhook',
    anchors: ['webhook.office.com/', 'outlook.office.com/webhook'],
    pattern:
      /((?:[a-z0-9-]{1,60}\.webhook\.office\.com|outlook\.office\.com)\/webhook(?:b2)?\/[0-9a-f-]{36}@[0-9a-f-]{36}\/IncomingWebhook\/[0-9a-f]{32}\/[0-9a-f-]{36}(?:\/[A-Za-z0-9_-]{1,100})?)/gi,
    // the host is the tenant's, and may be example.…
    accept: (s) => isFilledIn(s.slice(s.lastIndexOf('IncomingWebhook/') + 'IncomingWebhook/'.length)),
  },
  {
    kind: 'google_chat_webhook',
    anchors: ['chat.googleapis.com/v1/spaces/'],
    pattern: /(chat\.googleapis\.com\/v1\/spaces\/[\w-]{5,40}\/messages\?key=[\w%-]{20,80}&token=[\w%=-]{20,200})/g,
  },
  {
    kind: 'discord_webhook',
    anchors: ['/webhooks/'],
    pattern: /(discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/\d{17,20}\/[\w-]{50,100})/g,
  },
  prefixed('google_client_secret', ['GOCSPX-'], '[A-Za-z0-9_-]{20,40}'),
  prefixed('google_api_key', ['AIza'], '[0-9A-Za-z_-]{35}'),
  prefixed('google_token', ['ya29.'], '[\\w-]{30,1000}'),
  prefixed('google_token', ['1//0'], '[\\w-]{40,200}'),
  {
    // three characters, a digit, `Q~`, and 31 to 34 more
    kind: 'entra_client_secret',
    anchors: ['Q~'],
    pattern: /(?<![\w~.-])([\w~.-]{3}\dQ~[\w~.-]{30,33}[\w~-])(?![\w~-])/g,
  },
  {
    // Entra's secrets of any age: one run of 34 to 44 with a tilde in it
    kind: 'entra_client_secret',
    anchors: ['~'],
    pattern: /(?<![\w~.%/@-])([\w~.-]{33,43}[\w~-])(?![\w~/@-])/g,
    accept: (s) => s.includes('~') && !/\dQ~/.test(s) && mixed(s) && !/[~._-]{3}/.test(s) && isFilledIn(s),
  },
  {
    kind: 'azure_sas',
    anchors: ['sig='],
    pattern: /(?<![A-Za-z0-9])sig=([A-Za-z0-9%+/_-]{27,200}={0,2})/g,
    accept: (s) => mixed(s) && isFilledIn(s),
  },
  { kind: 'azure_storage_key', anchors: ['AccountKey='], pattern: /\bAccountKey=([A-Za-z0-9+/]{86}==)/g },
  {
    kind: 'azure_shared_key',
    anchors: ['SharedAccessKey='],
    pattern: /\bSharedAccessKey=([A-Za-z0-9+/]{42,86}={1,2})/g,
  },
  {
    kind: 'aws_key_id',
    anchors: ['AKIA', 'ASIA'],
    pattern: /(?<![A-Za-z0-9])((?:AKIA|ASIA)[0-9A-Z]{16})(?![A-Za-z0-9])/g,
    accept: isVaried,
  },
  {
    // the two halves as the console shows them and people copy them
    kind: 'aws_secret_key',
    anchors: ['AKIA', 'ASIA'],
    pattern: /(?:AKIA|ASIA)[0-9A-Z]{16}[\s,:;/|"'`]{1,6}([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/g,
  },
  prefixed('github', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], '[A-Za-z0-9_]{30,255}'),
  prefixed('github', ['github_pat_'], '[A-Za-z0-9_]{60,255}'),
  prefixed(
    'gitlab',
    ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glft-', 'glcbt-', 'glsoat-', 'glimt-', 'glagent-'],
    '[A-Za-z0-9_.-]{20,128}',
  ),
  prefixed('stripe_key', ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'], '[A-Za-z0-9]{16,250}'),
  prefixed('webhook_signing_secret', ['whsec_'], '[A-Za-z0-9+/]{24,80}={0,2}'),
  prefixed('npm', ['npm_'], '[A-Za-z0-9]{36}(?![A-Za-z0-9])'),
  { kind: 'npm', anchors: ['_authToken='], pattern: /_authToken=([A-Za-z0-9+/=_-]{20,300})/g },
  prefixed('pypi_token', ['pypi-'], '[A-Za-z0-9_-]{50,300}'),
  {
    kind: 'jwt',
    anchors: ['eyJ'],
    pattern: /(?<![A-Za-z0-9_-])(eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,1000})/g,
  },
  {
    kind: 'discord_token',
    anchors: ['M', 'N', 'O'],
    pattern: /(?<![\w.-])([MNO][A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,38})(?![\w-])/g,
  },
  { kind: 'telegram_token', anchors: [':AA'], pattern: /(?<![\w])(\d{8,10}:AA[A-Za-z0-9_-]{33})(?![\w-])/g },
  { kind: 'twilio_key', anchors: ['SK'], pattern: /(?<![A-Za-z0-9])(SK[0-9a-f]{32})(?![A-Za-z0-9])/g },
  prefixed('sendgrid', ['SG.'], '[\\w-]{16,32}\\.[\\w-]{30,80}'),
  prefixed('shopify', ['shpat_', 'shpca_', 'shppa_', 'shpss_'], '[A-Fa-f0-9]{32,64}'),
  prefixed('openai', ['sk-proj-', 'sk-svcacct-', 'sk-admin-'], '[A-Za-z0-9_-]{40,250}'),
  { kind: 'openai', anchors: ['T3BlbkFJ'], pattern: /(?<![A-Za-z0-9])(sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})/g },
  prefixed('anthropic', ['sk-ant-'], '[A-Za-z0-9_-]{40,200}'),
  prefixed('groq', ['gsk_'], '[A-Za-z0-9]{52}'),
  prefixed('huggingface', ['hf_'], '[A-Za-z]{34}(?![A-Za-z])'),
  prefixed('linear', ['lin_api_'], '[A-Za-z0-9_]{32,128}'),
  prefixed('notion', ['ntn_'], '\\d{11}[A-Za-z0-9]{35}'),
  prefixed('grafana', ['glsa_'], '[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}'),
  prefixed('grafana', ['glc_'], '[A-Za-z0-9+/]{32,400}={0,2}'),
  prefixed('1password', ['ops_ey'], '[A-Za-z0-9+/=]{98,1280}'),
  prefixed('hashicorp_vault', ['hvs.', 'hvb.', 'hvr.'], '[A-Za-z0-9_-]{24,300}'),
  prefixed('vercel', ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'], '[A-Za-z0-9]{20,60}'),
  prefixed('databricks', ['dapi'], '[a-f0-9]{32}(?:-\\d)?(?![A-Za-z0-9])'),
  prefixed('docker', ['dckr_pat_'], '[A-Za-z0-9_-]{27}'),
  prefixed('figma', ['figd_'], '[A-Za-z0-9_-]{40,200}'),
  prefixed('digitalocean', ['dop_v1_', 'doo_v1_', 'dor_v1_'], '[a-f0-9]{64}'),
  prefixed('atlassian', ['ATATT3'], '[A-Za-z0-9_=-]{50,400}'),
  prefixed('new_relic', ['NRAK-'], '[A-Z0-9]{27}'),
  prefixed('postman', ['PMAK-'], '[a-f0-9]{24}-[a-f0-9]{34}'),
  prefixed('age_key', ['AGE-SECRET-KEY-1'], '[0-9A-Z]{58}'),
  {
    kind: 'private_key',
    anchors: ['PRIVATE KEY'],
    pattern:
      /-----BEGIN ?(?:[A-Z0-9]{2,10} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr]){0,8}(?:[A-Za-z-]{3,20}: [^\n]{0,100}\n\s{0,4}){0,5}([A-Za-z0-9+/=\s\\]{40,8000})/g,
    accept: (s) => isFilledIn(s.replace(/\s|\\n/g, '')),
  },
  {
    kind: 'private_key',
    anchors: ['Private-Lines:'],
    pattern: /Private-Lines: \d{1,3}\s{1,4}([A-Za-z0-9+/=\s]{40,8000})/g,
  },
];
