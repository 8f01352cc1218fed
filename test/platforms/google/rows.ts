import { PLATFORMS } from '../../../platforms/registry.js';
import type { GoogleSettings } from '../../../platforms/google/settings.js';
import { ADMIN_LOG } from '../../../platforms/google/sources/admin.js';
import { chatLog } from '../../../platforms/google/sources/chat.js';
import { driveLog } from '../../../platforms/google/sources/drive.js';
import { LOGIN_LOG } from '../../../platforms/google/sources/login.js';
import { activitiesIn, type ReportLog } from '../../../platforms/google/sources/reports.js';
import { RULE_LOG } from '../../../platforms/google/sources/rules.js';
import { TAKEOUT_LOG } from '../../../platforms/google/sources/takeout.js';
import { TOKEN_LOG } from '../../../platforms/google/sources/token.js';
import { VAULT_LOG } from '../../../platforms/google/sources/vault-log.js';
import type { Mapped } from '../../../platforms/kit/rows.js';
import type { EvidenceEvent } from '../../../domain/evidence.js';
import type { SourceQuery } from '../../../platforms/ports.js';

/** The person that rows are about. */
export const DANA = '100000000000000000001';
export const MAX = '100000000000000000002';
export const OWN_CLIENT = '110000000000000000009';

export const SETTINGS = {
  ...{ tenant: 'main', customerId: 'C01example', adminSubject: 'quell-admin@example.com', timeoutMs: 1000 },
  serviceAccount: { email: 'evidence@quell-example.iam.gserviceaccount.com', privateKey: '' },
  notices: PLATFORMS.notices,
  ownAppIds: [OWN_CLIENT],
  domains: ['example.com', 'bücher.example'],
} as unknown as GoogleSettings;
export const CONTEXT = { platform: 'google', tenant: 'main', settings: SETTINGS } as const;
export const QUERY: SourceQuery = {
  ...{ nativeId: DANA, emails: ['dana@example.com'], readContent: true },
  ...{ from: '2026-02-01T00:00:00.000Z', to: '2026-03-10T12:00:00.000Z' },
};

export const LOGS = {
  login: LOGIN_LOG,
  user_accounts: { ...LOGIN_LOG, application: 'user_accounts' },
  token: TOKEN_LOG,
  admin: ADMIN_LOG,
  chat: chatLog(SETTINGS),
  drive: driveLog(SETTINGS),
  takeout: TAKEOUT_LOG,
  vault: VAULT_LOG,
  rules: RULE_LOG,
} as const satisfies Readonly<Record<string, ReportLog>>;
export type LogName = keyof typeof LOGS;

type Value = string | number | boolean | readonly string[] | readonly (readonly [string, string])[];
const isNested = (value: readonly unknown[]): value is readonly (readonly [string, string])[] =>
  Array.isArray(value[0]);
function said(value: Value): object {
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return { intValue: String(value) };
  if (typeof value === 'string') return { value };
  return isNested(value)
    ? { multiMessageValue: value.map(([name, one]) => ({ parameter: [{ name, value: one }] })) }
    : { multiValue: value };
}
export const parametersOf = (parameters: Readonly<Record<string, Value>>): readonly object[] =>
  Object.entries(parameters).map(([name, value]) => ({ name, ...said(value) }));

let serial = 0;
type More = Readonly<Record<string, unknown>> & { readonly type?: string; readonly at?: string };
/** An activity as activities.list gives it, by Dana; whatever is said otherwise stands in its place. */
export function activity(
  application: string,
  name: string,
  parameters: Readonly<Record<string, Value>> = {},
  { type = 'access', at = '2026-03-10T10:00:00.000Z', ...more }: More = {},
): object {
  return {
    kind: 'admin#reports#activity',
    id: { time: at, uniqueQualifier: `-${String(++serial)}`, applicationName: application, customerId: 'C01example' },
    actor: { callerType: 'USER', email: 'dana@example.com', profileId: DANA },
    ownerDomain: 'example.com',
    ipAddress: '203.0.113.9',
    networkInfo: { ipAsn: [64500], regionCode: 'DE', subdivisionCode: 'DE-BE' },
    events: [{ type, name, parameters: parametersOf(parameters) }],
    ...more,
  };
}

export const readLog = (log: LogName, items: readonly unknown[]): Mapped<EvidenceEvent> =>
  activitiesIn(CONTEXT, LOGS[log], QUERY, items);
/** The one event of one activity. */
export const readOne = (log: LogName, item: unknown): EvidenceEvent | undefined => readLog(log, [item]).values[0];
