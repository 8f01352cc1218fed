import type { Platform } from '../../domain/platform.js';
import type { EvidencePort, EvidenceSource, Limitation } from '../ports.js';
import { createSlackClient } from './client.js';
import { createDirectory } from './directory.js';
import type { SlackSettings } from './settings.js';
import { accessLogSource } from './sources/access-logs.js';
import { AUDIT_ACTIONS, type AuditActionTable } from './sources/audit-actions.js';
import { auditSource } from './sources/audit-logs.js';
import { fileSource } from './sources/files.js';
import { integrationLogSource } from './sources/integration-logs.js';
import { messageSource } from './sources/messages.js';
import { sessionSource } from './sources/sessions.js';
import type { SourceContext } from './sources/source.js';

export interface SlackEvidenceSettings extends SlackSettings {
  /** Which audit actions are read as what; the shipped table unless given. */
  readonly actionTable?: AuditActionTable;
  /** Where people of this organisation sign in when Slack uses SSO. */
  readonly identityProvider?: Platform | 'other';
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
  };
  const enterprise: readonly EvidenceSource[] = [
    ...(settings.actionTable ?? AUDIT_ACTIONS).map((read) => auditSource(context, read)),
    sessionSource(context),
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
    limitations: limitations(plan === 'enterprise', context.hasLogs),
  };
}

function limitations(enterprise: boolean, hasLogs: boolean): readonly Limitation[] {
  return [
    {
      what: 'messages read',
      why: 'Slack logs no reading of messages, no single search and no file listing, neither in the client nor by API.',
      instead:
        'What could be read is bounded by the conversations of the account, its sessions and its API activity; only the anomalies of Slack show reading in bulk.',
    },
    {
      what: 'private conversations',
      why: 'Without the Discovery API a token sees direct messages and private channels only where its own account is a member.',
      instead:
        'An owner exports the conversations of the person, or adds the account of Quell to the channels in question; proof: the export id.',
    },
    {
      what: 'older threads',
      why: 'Answers in threads that began before the window are not read.',
      instead: 'An investigator widens the window or reads the thread in Slack.',
    },
    ...(hasLogs
      ? []
      : [
          {
            what: 'access and integration logs',
            why: 'Slack reads them only with a scope that also writes, and the organisation gave no such token to the evidence role.',
            instead: 'An owner looks at both logs in Slack, or the organisation gives the token `logs`.',
          },
        ]),
    ...(enterprise
      ? []
      : [
          {
            what: 'slack.audit_logs',
            why: 'The Audit Logs API exists only on Enterprise.',
            instead:
              'Access logs and integration logs are read instead; file downloads, exports and settings stay unknown.',
          },
          {
            what: 'slack.sessions',
            why: 'Sessions can be listed only on Enterprise.',
            instead: 'An owner looks at the access log of the person in Slack.',
          },
        ]),
  ];
}
