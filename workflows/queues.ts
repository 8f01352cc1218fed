import type { TenantRef } from '../domain/platform.js';

/** Task queues: `<capability>-<platform>-<tenant>`, one name in one place, because a typo makes a silent empty queue. */
export const QUEUES = {
  playbook: 'playbook',
  analysis: 'analysis',
  people: 'people',
  records: 'records',
  /** The organisation-wide stop, whatever the tenants are. */
  containmentSwitch: 'containment-switch',
  evidence: (t: TenantRef): string => `evidence-${t.platform}-${t.tenant}`,
  containment: (t: TenantRef): string => `containment-${t.platform}-${t.tenant}`,
} as const;
