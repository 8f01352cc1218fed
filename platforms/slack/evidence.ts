import type { Authority } from '../../domain/platform.js';
import type { EvidencePort, EvidenceSource } from '../ports.js';
import { createSlackClient } from './client.js';
import { createDirectory } from './directory.js';
import { evidenceLimits } from './evidence-limits.js';
import { findSightings } from './sightings.js';
import type { SlackSettings } from './settings.js';
import { accessLogSource } from './sources/access-logs.js';
import { appActivitySource } from './sources/app-activity.js';
import { AUDIT_ACTIONS, type AuditActionTable } from './sources/audit-actions.js';
import { auditSource } from './sources/audit-logs.js';
import { fileSource } from './sources/files.js';
import { integrationLogSource } from './sources/integration-logs.js';
import { messageSource } from './sources/messages.js';
import { sessionSource } from './sources/sessions.js';
import type { SourceContext } from './sources/source.js';
import { trustedNetworkSource } from './sources/trusted-networks.js';

export interface SlackEvidenceSettings extends SlackSettings {
  /** Which audit actions are read as what; the shipped table unless given. */
  readonly actionTable?: AuditActionTable;
  /** Where people of this organisation sign in when Slack uses SSO. */
  readonly identityProvider?: Authority;
  /** Ids (`A…`) of all of Quell's own Slack apps: what they did is told apart from what people did. */
  readonly ownAppIds?: readonly string[];
}

/** Everything the evidence role reads of a Slack organisation. Tokens: `audit` (Enterprise), `admin` and, by choice, `logs`; scopes of role `evidence` in `methods.ts`. */
export function createSlackEvidence(settings: SlackEvidenceSettings): EvidencePort {
  const plan = settings.plan ?? 'enterprise';
  const context: SourceContext = {
    tenant: settings.tenant,
    client: createSlackClient(settings),
    teamIds: settings.teamIds,
    plan,
    hasLogs: settings.tokens.logs !== undefined,
    ownAppIds: settings.ownAppIds ?? [],
  };
  const table = settings.actionTable ?? AUDIT_ACTIONS;
  const enterprise: readonly EvidenceSource[] = [
    ...table.map((read) => auditSource(context, read)),
    appActivitySource(context, table),
    sessionSource(context),
    ...(context.hasLogs ? [trustedNetworkSource(context)] : []),
  ];
  return {
    platform: 'slack',
    tenant: settings.tenant,
    directory: createDirectory(context, settings.identityProvider),
    sources: [
      ...(plan === 'enterprise' ? enterprise : []),
      ...(context.hasLogs ? [accessLogSource(context), integrationLogSource(context)] : []),
      messageSource(context),
      fileSource(context),
    ],
    limitations: evidenceLimits(plan === 'enterprise', context.hasLogs),
    findSightings: findSightings(context),
  };
}
