import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { AUTOMATIC } from '../../domain/approval.js';
import { digest } from '../../domain/canonical.js';
import { KEY_INDICATORS } from '../../domain/finding.js';
import { loadPolicy } from '../../store/policy-file.js';

const file = fileURLToPath(new URL('../../policy/default.yaml', import.meta.url));

describe('the default policy', async () => {
  const { policy, digest: pinned } = await loadPolicy(file);

  it('loads, says all that the file says, and is pinned by its digest', () => {
    expect(policy).toMatchObject(parse(readFileSync(file, 'utf8')) as object);
    expect(pinned).toBe(digest(policy));
  });

  it('asks people for everything that undoing does not give back, and at least two for devices and VIPs', () => {
    const { rules, approvalRules, vipRule } = policy.containment;
    const automatic = Object.entries(rules).filter(([, rule]) => rule === AUTOMATIC);
    expect(automatic.map(([kind]) => kind)).toEqual(['end_sessions']);
    const quorum = (name: string): number => approvalRules.find((r) => r.name === name)?.quorum ?? 0;
    for (const rule of Object.values(rules)) if (rule !== AUTOMATIC) expect(quorum(rule)).toBeGreaterThan(0);
    expect(quorum(rules.quarantine_device)).toBe(2);
    expect(quorum(vipRule)).toBe(2);
  });

  it('lets an automatic step rest on foreign access and collection together', () => {
    expect(policy.grounds.length).toBeGreaterThan(0);
    for (const { findings } of policy.grounds) {
      expect(findings.some((f) => (KEY_INDICATORS as readonly string[]).includes(f))).toBe(true);
      expect(findings.some((f) => ['unusual_sign_in', 'session_reuse'].includes(f))).toBe(true);
    }
  });

  it('keeps watch on silence, never escalates it, and ends it with a person who calls', () => {
    expect(Object.values(policy.contact.silence)).not.toContain('escalate');
    expect(policy.contact.silence).toMatchObject({ medium: 'watch', high: 'watch', critical: 'watch' });
    expect(policy.contact.channels.at(-1)).toBe('phone_task');
  });

  it('asks for more certainty the more an act harms when it hits the wrong one, and never for less than an escalation', () => {
    const { escalate, watch, propose, special } = policy.decision.thresholds;
    const rising = [watch, escalate, propose.low, propose.medium, propose.high];
    expect(rising).toEqual(rising.toSorted((a, b) => a - b));
    expect(special).toBeGreaterThan(0);
  });

  it('names the technique in every pattern', () => {
    for (const pattern of policy.patterns)
      expect(
        pattern.steps.map((s) => s.attack),
        pattern.id,
      ).toContain('T1213.005');
  });
});
