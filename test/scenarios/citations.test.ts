import { expect, it } from 'vitest';
import type { FindingKind } from '../../domain/finding.js';
import type { Row, Scenario } from '../../simulator/core/scenario.js';
import { randomTwin } from '../support/twin.js';
import { Judge } from './support/judge.js';
import { readScenario } from './support/stage.js';
import { tenantRows } from './support/tenant-rows.js';

const VOLUME =
  /^(audit (file_downloaded|FileDownloaded|MessagesListed|file_uploaded|FileUploaded|SharingSet|file_public_link_created)|chat .*|message|file)$/;
/** Rows that show each indicator, on any platform. */
const SHOWN_BY: Readonly<Partial<Record<FindingKind, RegExp>>> = {
  bulk_collection: /^(audit (file_downloaded|FileDownloaded|MessagesListed)|chat conversation_read|token)$/,
  unusual_chat_activity: /^message$/,
  sensitive_uploads: /^(audit (file_uploaded|FileUploaded)|chat attachment_upload)$/,
  config_or_api_change: /^(audit (ip_allowlist_disabled|TeamsTenantSettingChanged)|admin CHANGE_APPLICATION_SETTING)$/,
  unusual_sign_in: /^(audit user_login|sign_in|login|session|access|token)$/,
  session_reuse: /^(sign_in|audit (FileDownloaded|MessagesListed))$/,
  app_consent: /^grant$/,
  external_share: /^(audit (file_public_link_created|SharingSet)|file)$/,
  platform_alert: /^(audit anomaly|risk)$/,
  security_notice: /^mail$/,
  hidden_notice: /^mail_rule$/,
  credential_exposed: /^message$/,
  baseline_deviation: VOLUME,
  volume_surge: VOLUME,
};
/** A finding also cites what authenticates its rows. */
const ACCESS = /^(audit user_login|sign_in|login|session|access|token)$/;

/** Every row that a finding cites is in the tenants under the vendor's id, is a row of that indicator or authenticates one, and one at least shows it. */
async function proven(name: string, change: (scenario: Scenario) => Scenario): Promise<readonly string[]> {
  const read = await readScenario(name, { change, hoursAgo: 3 });
  const rows = tenantRows(read.world);
  const { findings } = (await new Judge(read).judge()).dossier;
  for (const { kind, platform, events } of findings) {
    const cited = events.map((id) => {
      const found = rows.filter((row) => row.platform === platform && id.includes(row.mark));
      expect(found, `${kind} cites ${id}`).not.toEqual([]);
      return found[0]?.is ?? '';
    });
    const shows = SHOWN_BY[kind];
    if (!shows) throw new Error(`what shows ${kind}?`);
    expect(
      cited.some((is) => shows.test(is)),
      kind,
    ).toBe(true);
    for (const is of cited) expect(shows.test(is) || ACCESS.test(is), `${kind} cites ${is}`).toBe(true);
  }
  return findings.map((f) => f.kind);
}

it.each<[string, readonly FindingKind[]]>([
  ['benign-traveller', ['unusual_sign_in', 'security_notice']],
  ['google-oauth-app', ['app_consent', 'bulk_collection', 'volume_surge']],
  ['late-log', ['unusual_sign_in', 'bulk_collection']],
  ['silent-subject', ['session_reuse', 'bulk_collection', 'unusual_sign_in', 'platform_alert']],
  ['slack-takeover', ['unusual_sign_in', 'bulk_collection', 'external_share', 'platform_alert', 'security_notice']],
  ['teams-insider', ['bulk_collection', 'external_share']],
  ['vip-two-approvals', ['unusual_sign_in', 'bulk_collection', 'hidden_notice']],
])('%s: what its story tells is shown by rows of the tenants', async (name, kinds) => {
  expect(await proven(name, (s) => randomTwin(s, 41))).toEqual(expect.arrayContaining([...kinds]));
});

/** The three key indicators that no scenario tells of, done by the subject on each platform. */
const more = (tenant: Row['tenant'], rows: readonly Record<string, unknown>[]): readonly Row[] =>
  rows.map(
    (fields) => ({ at: '-PT90M', every: 'PT30S', repeat: 1, ...fields, tenant, decisive: false }) as unknown as Row,
  );
const LINK = 'See https://paste.example.org/abc now';

it.each<[Row['tenant'], string, readonly Row[]]>([
  [
    'slack',
    'slack-takeover',
    more('slack', [
      { type: 'audit', action: 'user_login', actor: '@dana', ip: 'ip:office', session: 'dana-s2', at: '-PT100M' },
      { type: 'message', from: '@dana', channel: 'finance', text: LINK, repeat: 16 },
      {
        type: 'audit',
        action: 'file_uploaded',
        actor: '@dana',
        entity: 'file:vault passwords.txt',
        ip: 'ip:office',
        repeat: 3,
      },
      { type: 'audit', action: 'ip_allowlist_disabled', actor: '@dana', ip: 'ip:office' },
    ]),
  ],
  [
    'microsoft',
    'silent-subject',
    more('microsoft', [
      { type: 'message', chat: 'kai-ben', from: '@kai', to: ['@ben'], text: LINK, repeat: 16 },
      {
        type: 'audit',
        user: '@kai',
        operation: 'FileUploaded',
        file: 'vault passwords.txt',
        ip: 'ip:office',
        repeat: 3,
      },
      { type: 'audit', user: '@kai', operation: 'TeamsTenantSettingChanged', ip: 'ip:office' },
    ]),
  ],
  [
    'google',
    'google-oauth-app',
    more('google', [
      { type: 'message', space: 'sales', from: '@gil', to: ['@ivy'], text: LINK, repeat: 16 },
      {
        type: 'chat',
        user: '@gil',
        event: 'attachment_upload',
        space: 'sales',
        file: 'vault passwords.txt',
        repeat: 3,
      },
      { type: 'admin', user: '@gil', event: 'CHANGE_APPLICATION_SETTING', ip: 'ip:office' },
    ]),
  ],
])('%s: all four key indicators are shown by rows of the tenant', async (_platform, name, rows) => {
  const kinds = await proven(name, (s) => ({ ...s, rows: [...s.rows, ...rows] }));
  expect(kinds).toEqual(
    expect.arrayContaining(['unusual_chat_activity', 'bulk_collection', 'sensitive_uploads', 'config_or_api_change']),
  );
});
