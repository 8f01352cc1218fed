import type { EvidencePort, EvidenceSource } from '../ports.js';
import { createMicrosoftClient } from './client.js';
import { createDirectory } from './directory.js';
import { evidenceLimits } from './limits.js';
import { findSightings } from './sightings.js';
import { licensed, type MicrosoftLicences, type MicrosoftSettings } from './settings.js';
import { activityFeedSource } from './sources/activity-feed.js';
import { auditSearchSource, type AuditSearchOptions } from './sources/audit-search.js';
import { alertSource } from './sources/alerts.js';
import { directoryAuditSource } from './sources/directory-audits.js';
import { fileSource } from './sources/files.js';
import { grantSource } from './sources/grants.js';
import { incidentSource } from './sources/incidents.js';
import { messageSource } from './sources/messages.js';
import { noticeSource } from './sources/notices.js';
import { riskDetectionSource } from './sources/risk-detections.js';
import { signInSource } from './sources/sign-ins.js';
import type { SourceContext } from './sources/source.js';

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
    notices: settings.notices,
    tenantId: settings.tenantId,
  };
  const has = licensed(settings.licences);
  const audit: AuditSearchOptions = {
    pollMs: 15_000,
    maxWaitMs: 3 * 3_600_000,
    windowDays: 5,
    ahead: 4,
    version: 'v1.0',
    ...settings.auditSearch,
  };
  const sources: readonly (EvidenceSource | undefined)[] = [
    has.entraP1 ? signInSource(context) : undefined,
    directoryAuditSource(context),
    has.entraP2 ? riskDetectionSource(context) : undefined,
    has.defender ? alertSource(context) : undefined,
    has.defender ? incidentSource(context) : undefined,
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
    limitations: evidenceLimits(has),
    findSightings: findSightings(context, has.entraP1),
  };
}
