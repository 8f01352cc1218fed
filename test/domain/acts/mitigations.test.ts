import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ACTS, type ActionKind } from '../../../domain/acts/index.js';
import { MITIGATIONS } from '../../../domain/acts/mitigations.js';

interface Published {
  readonly mitigations: readonly { readonly id: string; readonly name: string }[];
  readonly techniques: readonly {
    readonly id: string;
    readonly name: string;
    readonly mitigatedBy: readonly string[];
  }[];
}
/** Copied from ATT&CK's own bundle; its version stands in it. */
const published = JSON.parse(readFileSync(new URL('attack-mitigations.json', import.meta.url), 'utf8')) as Published;

/** What of the attack each act answers. ATT&CK itself must list the act's mitigation for it. */
const ANSWERS: Readonly<Record<ActionKind, string>> = {
  hold_data: 'T1070.008', // the thief or the insider deletes what was done
  disable_account: 'T1078.004',
  reset_credentials: 'T1078.004',
  remove_auth_method: 'T1098.005',
  end_sessions: 'T1550', // of T1550.004 it lists what browsers should do, and nothing for a stolen cookie
  confirm_compromised: 'T1078.004',
  revoke_tokens: 'T1528',
  remove_app: 'T1671',
  revoke_share: 'T1530',
  remove_file: 'T1567',
  remove_mail_rule: 'T1564.008',
  remove_delegate: 'T1098.002',
  block_ip: 'T1530',
  block_devices: 'T1078.004',
  quarantine_device: 'T1098', // of Device Registration (T1098.005) it lists factors alone
  disable_device: 'T1098.005',
  retire_device: 'T1567',
};

describe('ATT&CK mitigations', () => {
  it.each(Object.entries(MITIGATIONS))('%s is called %s there', (id, name) => {
    expect(published.mitigations.find((m) => m.id === id)?.name).toBe(name);
  });

  it.each(Object.values(ACTS))('$kind carries out one that is listed for what it answers', ({ kind, mitigation }) => {
    const technique = published.techniques.find((t) => t.id === ANSWERS[kind]);
    expect(technique?.mitigatedBy).toContain(mitigation);
  });

  it('has none in the catalogue that no act carries out', () => {
    expect(Object.keys(MITIGATIONS).sort()).toEqual([...new Set(Object.values(ACTS).map((a) => a.mitigation))].sort());
  });
});
