import { describe, expect, it } from 'vitest';
import { escalationByFindings, type FindingsInput } from '../../../workflows/retired/escalation-by-findings.js';
import { base, f, none, pattern } from './findings-scene.js';
import { defaultPolicy } from '../fixtures.js';

const own = { ownSession: true };
const alone = { independent: true };
const low = { confidence: 'low' } as const;
const decide = (given: Partial<FindingsInput> = {}): ReturnType<typeof escalationByFindings> =>
  escalationByFindings({ ...base, ...given });

describe("the playbook's sentences", () => {
  it.each<[string, Partial<FindingsInput>, string, string, readonly string[]]>([
    [
      'clear signs of unauthorized access',
      { findings: [f('unusual_sign_in'), f('bulk_collection')] },
      'escalate',
      'compromised',
      ['access.and-collection'],
    ],
    [
      'access without collection is not clear',
      { findings: [f('unusual_sign_in', { confidence: 'high' })] },
      'close',
      'suspicious',
      ['settled.quiet', 'sign-in.explained'],
    ],
    [
      'collection without access is not clear',
      { findings: [f('bulk_collection')] },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      "access with the subject's own collection is not clear",
      { findings: [f('unusual_sign_in'), f('bulk_collection', own)] },
      'close',
      'suspicious',
      ['settled.quiet', 'sign-in.explained'],
    ],
    [
      'a strange sign-in that takes hold of the account is clear',
      { findings: [f('unusual_sign_in'), f('credential_change', { confidence: 'high' })] },
      'escalate',
      'compromised',
      ['access.takeover'],
    ],
    [
      'a stolen session whose notices are hidden is clear',
      { findings: [f('session_reuse'), f('hidden_notice', { confidence: 'high' })] },
      'escalate',
      'compromised',
      ['access.takeover'],
    ],
    [
      "a strange sign-in beside the subject's own change of credentials is not",
      { findings: [f('unusual_sign_in'), f('credential_change', { confidence: 'high', ...own })] },
      'close',
      'suspicious',
      ['settled.quiet', 'sign-in.explained'],
    ],
    [
      'faint signs together are not clear',
      { findings: [f('unusual_sign_in', low), f('bulk_collection', low)] },
      'close',
      'false_positive',
      ['settled.quiet', 'sign-in.explained'],
    ],
    [
      'confirmed credential leaks',
      { impact: { ...none, confirmedLeaks: 1 }, findings: [f('credential_exposed')] },
      'escalate',
      'suspicious',
      ['leak.confirmed'],
    ],
    [
      'a leak that the issuer of the credential tells of',
      {
        impact: { ...none, level: 'high', confirmedLeaks: 1, leakFindings: ['f-platform_alert'] },
        findings: [f('platform_alert', own)],
      },
      'escalate',
      'suspicious',
      ['leak.confirmed'],
    ],
    [
      'a leak that nobody confirmed',
      { impact: { ...none, exposedSecrets: 3 }, findings: [f('credential_exposed')] },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'sensitive data transfers',
      {
        impact: { ...none, criticalItems: 1, externalTransfers: 1, criticalTransfers: 1 },
        findings: [f('external_share', own)],
      },
      'escalate',
      'insider',
      ['transfer.sensitive'],
    ],
    [
      'a transfer of what is not sensitive',
      { impact: { ...none, externalTransfers: 4, criticalItems: 1 }, findings: [f('external_share', own)] },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'the potential impact is high',
      { impact: { ...none, level: 'high', criticalItems: 9 }, findings: [f('bulk_collection', own)] },
      'escalate',
      'insider',
      ['impact.high'],
    ],
    [
      'limited impact, policy wants high',
      { impact: { ...none, level: 'limited', criticalItems: 2 }, findings: [f('bulk_collection', own)] },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'limited impact, policy wants limited',
      {
        impact: { ...none, level: 'limited', criticalItems: 2 },
        findings: [f('bulk_collection', own)],
        policy: { ...base.policy, escalation: { ...defaultPolicy.escalation, impact: 'limited' } },
      },
      'escalate',
      'insider',
      ['impact.high'],
    ],
    [
      'multiple indicators align with a known pattern',
      { patterns: [pattern('compromised')], findings: [f('app_consent', own)] },
      'escalate',
      'compromised',
      ['pattern.p-1'],
    ],
    [
      'a pattern of an insider',
      { patterns: [pattern('insider')], findings: [f('bulk_collection', own)] },
      'escalate',
      'insider',
      ['pattern.p-1'],
    ],
    [
      'an insider who says "not me" may be a victim',
      { patterns: [pattern('insider')], findings: [f('bulk_collection', own)], contact: 'not_me' },
      'escalate',
      'compromised',
      ['pattern.p-1', 'contact.not-me'],
    ],
    [
      'fewer patterns than the policy wants',
      {
        patterns: [pattern('compromised')],
        findings: [f('app_consent', own)],
        policy: { ...base.policy, escalation: { ...defaultPolicy.escalation, patternsNeeded: 2 } },
      },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'three independent indicators, despite uncertainty',
      { findings: [f('platform_alert', alone), f('security_notice', alone), f('credential_change', alone)] },
      'escalate',
      'suspicious',
      ['findings.independent'],
    ],
    [
      'two independent indicators',
      { findings: [f('platform_alert', alone), f('security_notice', alone)] },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'one kind three times is one indicator',
      { findings: [f('platform_alert', alone), f('platform_alert', alone), f('platform_alert', alone)] },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'three kinds of findings that rest on the same rows',
      { findings: [f('platform_alert'), f('security_notice'), f('credential_change')] },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'contact: not me, beside a finding',
      { findings: [f('platform_alert')], contact: 'not_me' },
      'escalate',
      'compromised',
      ['contact.not-me'],
    ],
    [
      'a denial beside a secret that lies in a channel shows nobody at work',
      { findings: [f('credential_exposed')], contact: 'not_me' },
      'watch',
      'suspicious',
      ['contact.not-me-unsupported'],
    ],
    [
      'silence beside a secret that lies in a channel is no sign either',
      { findings: [f('credential_exposed')], contact: 'silent', severity: 'critical' },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'contact: not me, beside a faint finding',
      { findings: [f('platform_alert', low)], contact: 'not_me' },
      'watch',
      'undetermined',
      ['contact.not-me-unsupported'],
    ],
    [
      'contact: not me, and nothing was found',
      { contact: 'not_me' },
      'watch',
      'undetermined',
      ['contact.not-me-unsupported'],
    ],
    [
      'contact: not me, with a log that could not be read',
      { contact: 'not_me', gaps: ['slack.audit_logs'] },
      'watch',
      'undetermined',
      ['contact.not-me-unsupported', 'evidence.gaps'],
    ],
    [
      'contact: not me, before the logs have settled',
      { contact: 'not_me', settled: false },
      'close',
      'undetermined',
      ['not.settled'],
    ],
    [
      'contact: me',
      { findings: [f('platform_alert')], contact: 'me' },
      'close',
      'benign',
      ['settled.quiet', 'contact.me'],
    ],
    [
      'contact: me, before a clear sign',
      { findings: [f('unusual_sign_in'), f('bulk_collection')], contact: 'me' },
      'escalate',
      'compromised',
      ['access.and-collection'],
    ],
    [
      'contact: unsure',
      { findings: [f('platform_alert')], contact: 'unsure' },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'silence at high',
      { findings: [f('platform_alert')], contact: 'silent', severity: 'high' },
      'escalate',
      'suspicious',
      ['contact.silent'],
    ],
    [
      'silence at low',
      { findings: [f('platform_alert')], contact: 'silent', severity: 'low' },
      'watch',
      'suspicious',
      ['contact.silent-watch'],
    ],
    [
      'silence at info',
      { findings: [f('platform_alert')], contact: 'silent', severity: 'info' },
      'close',
      'suspicious',
      ['settled.quiet'],
    ],
    [
      'silence without any finding',
      { contact: 'silent', severity: 'critical' },
      'close',
      'false_positive',
      ['settled.quiet'],
    ],
    ['logs that could not be read', { gaps: ['slack.audit_logs'] }, 'watch', 'undetermined', ['evidence.gaps']],
    [
      'logs that could not be read, with a finding',
      { gaps: ['slack.audit_logs'], findings: [f('platform_alert')] },
      'watch',
      'suspicious',
      ['evidence.gaps'],
    ],
    [
      'logs that have not settled',
      { settled: false, findings: [f('platform_alert')], contact: 'me' },
      'close',
      'undetermined',
      ['not.settled'],
    ],
    ['nothing at all', {}, 'close', 'false_positive', ['settled.quiet']],
  ])('%s', (_, given, decision, verdict, codes) => {
    const got = decide(given);
    expect({ decision: got.decision, verdict: got.verdict, codes: got.reasons.map((r) => r.code) }).toEqual({
      decision,
      verdict,
      codes,
    });
  });

  it('cite the findings that count, and no others', () => {
    const findings = [
      f('platform_alert', alone),
      f('security_notice', alone),
      f('credential_change', alone),
      f('hidden_notice', low),
      f('app_consent', own),
    ];
    expect(decide({ findings }).reasons[0]?.findings).toEqual([
      'f-platform_alert',
      'f-security_notice',
      'f-credential_change',
    ]);
  });
});
