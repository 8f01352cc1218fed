import type { Limitation } from '../ports.js';

/** What Slack shows nobody, and what the plan or a token that was not given leaves out. */
export function evidenceLimits(enterprise: boolean, hasLogs: boolean): readonly Limitation[] {
  return [
    {
      what: 'messages read',
      hides: 'messages',
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
            what: 'access and integration logs, trusted networks',
            why: 'Slack reads them only with a scope that also writes, and the organisation gave no such token to the evidence role.',
            instead:
              'An owner looks at both logs in Slack, and at the allow list of the anomaly detection, or the organisation gives the token `logs`.',
          },
        ]),
    ...(enterprise
      ? []
      : [
          {
            what: 'slack.audit_logs',
            hides: 'files' as const,
            why: 'The Audit Logs API exists only on Enterprise.',
            instead:
              'Access logs and integration logs are read instead; file downloads, exports and settings stay unknown.',
          },
          {
            what: 'slack.trusted_networks',
            why: 'Only Enterprise has Slack’s own anomaly detection.',
            instead: 'Nothing replaces it; the access log shows the addresses themselves.',
          },
          {
            what: 'slack.sessions',
            why: 'Sessions can be listed only on Enterprise.',
            instead: 'An owner looks at the access log of the person in Slack.',
          },
        ]),
  ];
}
