import type { EvidencePort, EvidenceSource, Limitation } from '../ports.js';
import { createMicrosoftClient } from './client.js';
import { createDirectory } from './directory.js';
import type { MicrosoftSettings } from './settings.js';
import { activityFeedSource } from './sources/activity-feed.js';
import { auditSearchSource, type AuditSearchOptions } from './sources/audit-search.js';
import { alertSource, riskDetectionSource } from './sources/detections.js';
import { directoryAuditSource } from './sources/directory-audits.js';
import { fileSource } from './sources/files.js';
import { grantSource } from './sources/grants.js';
import { messageSource } from './sources/messages.js';
import { noticeSource } from './sources/notices.js';
import { signInSource } from './sources/sign-ins.js';
import type { SourceContext } from './sources/source.js';

/** What the tenant is licensed for; everything unless said. */
interface MicrosoftLicences {
  /** Entra ID P1: sign-in log by API. */
  readonly entraP1?: boolean;
  /** Entra ID P2: Identity Protection. */
  readonly entraP2?: boolean;
  /** Purview Audit (Premium): reads of messages through Graph are logged. */
  readonly auditPremium?: boolean;
  /** Defender XDR. */
  readonly defender?: boolean;
}

export interface MicrosoftEvidenceSettings extends MicrosoftSettings {
  readonly licences?: MicrosoftLicences;
  readonly auditSearch?: Partial<AuditSearchOptions>;
  readonly now?: () => Date;
}

/** Everything the evidence role reads of a Microsoft tenant. Needs the application permissions of role `evidence` in `operations.ts`. */
export function createMicrosoftEvidence(settings: MicrosoftEvidenceSettings): EvidencePort {
  const context: SourceContext = {
    platform: 'microsoft',
    tenant: settings.tenant,
    client: createMicrosoftClient(settings),
  };
  const has = { entraP1: true, entraP2: true, auditPremium: true, defender: true, ...settings.licences };
  const audit = { pollMs: 15_000, maxWaitMs: 3 * 3_600_000, windowDays: 10, ...settings.auditSearch };
  const sources: readonly (EvidenceSource | undefined)[] = [
    has.entraP1 ? signInSource(context) : undefined,
    directoryAuditSource(context),
    has.entraP2 ? riskDetectionSource(context) : undefined,
    has.defender ? alertSource(context) : undefined,
    grantSource(context),
    noticeSource(context),
    activityFeedSource(context, settings.now ?? (() => new Date())),
    auditSearchSource(context, audit),
    messageSource(context),
    fileSource(context),
  ];
  return {
    platform: 'microsoft',
    tenant: settings.tenant,
    directory: createDirectory(context),
    sources: sources.filter((s) => s !== undefined),
    limitations: limitations(has),
  };
}

function limitations(has: Required<MicrosoftLicences>): readonly Limitation[] {
  return [
    {
      what: 'messages read in the Teams client',
      why: 'Microsoft logs reads of messages only when they go through Microsoft Graph, never reads in the Teams client.',
      instead:
        'Exposure of chats read in the client stays unknown; sign-ins and Teams sessions bound the time in which they could be read.',
    },
    ...(has.entraP1
      ? []
      : [
          {
            what: 'microsoft.sign_ins',
            why: 'The sign-in log can be read by API only with Entra ID P1.',
            instead:
              'An administrator exports the sign-in log of the person from the Entra portal and enters the file.',
          },
        ]),
    ...(has.entraP2
      ? []
      : [
          {
            what: 'microsoft.risk_detections',
            why: 'Identity Protection needs Entra ID P2.',
            instead: 'Sign-ins are judged by the policy alone.',
          },
        ]),
    ...(has.defender
      ? []
      : [
          {
            what: 'microsoft.alerts',
            why: 'Defender alerts need a Defender XDR licence.',
            instead: 'Alerts of other detectors are sent to the intake.',
          },
        ]),
    ...(has.auditPremium
      ? []
      : [
          {
            what: 'messages read through Microsoft Graph',
            why: 'MessagesListed, ChatRetrieved and MessagesExported are written only with Audit (Premium).',
            instead:
              'An app that could read chats is taken to have read them; a person decides from its permissions and sign-ins.',
          },
        ]),
  ];
}
