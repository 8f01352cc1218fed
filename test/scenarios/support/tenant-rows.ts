import { PLATFORMS, type Platform } from '../../../simulator/core/platforms.js';
import type { PlacedRow, World } from '../../../simulator/core/world.js';
import { messageName } from '../../../simulator/google/activities.js';
import { hexId, qualifier, spaceName } from '../../../simulator/google/rows.js';
import { guid } from '../../../simulator/microsoft/rows.js';
import { messageTs, sessionNumber, slackId, uuid } from '../../../simulator/slack/rows.js';

/** A row of a simulated tenant in this test's own words, taken from the scenario's data and not from what the product read. */
export interface TenantRow {
  readonly platform: Platform;
  readonly at: number;
  /** `type operation`, e.g. `audit FileDownloaded`. */
  readonly is: string;
  /** What the vendor's id of the row contains. */
  readonly mark: string;
  readonly who: string | undefined;
  readonly text: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export const tenantRows = (world: World): readonly TenantRow[] =>
  PLATFORMS.flatMap((platform) => world.rows(platform).map((row) => told(platform, row)));

function told(platform: Platform, row: PlacedRow): TenantRow {
  const said = (name: string): string | undefined => {
    const value = row.fields[name];
    return typeof value === 'string' ? value : undefined;
  };
  const operation = said('action') ?? said('operation') ?? said('event');
  return {
    platform,
    at: row.at.getTime(),
    is: operation === undefined || row.type === 'mail_rule' ? row.type : `${row.type} ${operation}`,
    mark: MARK[platform](row, said),
    who: said('actor') ?? said('user') ?? said('from') ?? said('owner') ?? said('mailbox'),
    text: JSON.stringify(row.fields),
    fields: row.fields,
  };
}

type Mark = (row: PlacedRow, said: (name: string) => string | undefined) => string;

/** Ids as each vendor gives them; a row that the vendor gives none is known by its log alone. */
const MARK: Readonly<Record<Platform, Mark>> = {
  slack: ({ type, rowId, at }, said) =>
    ({
      audit: uuid(`audit:${rowId}`),
      session: `slack.sessions:${sessionNumber(said('session') ?? '0')}`,
      message: messageTs(at, rowId),
      file: slackId('F', said('name') ?? ''),
      access: 'slack.access_logs:',
    })[type] ?? `no id: ${type}`,
  microsoft: ({ type, rowId, at }) =>
    ({
      sign_in: guid(`sign_in:${rowId}`),
      audit: guid(`audit:${rowId}`),
      risk: guid(`risk:${rowId}`).replaceAll('-', ''),
      mail: guid(`mail:${rowId}`),
      message: `${at.getTime()}${rowId.replace(/\D/g, '')}`,
      mail_rule: 'microsoft.notices:rule:',
      file: 'microsoft.files:',
    })[type] ?? `no id: ${type}`,
  google: ({ type, rowId }, said) =>
    type === 'message'
      ? messageName(spaceName(said('space') ?? ''), rowId)
      : type === 'alert'
        ? hexId(`alert:${rowId}`, 32)
        : qualifier(`${type === 'grant' ? 'token' : type}:${rowId}`),
};
