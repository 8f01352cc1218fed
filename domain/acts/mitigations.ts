/** ATT&CK Enterprise mitigations that acts carry out, by id and name (held against the published ones by `test/domain/acts/mitigations.test.ts`). */
export const MITIGATIONS = {
  M1018: 'User Account Management',
  M1022: 'Restrict File and Directory Permissions',
  M1027: 'Password Policies',
  M1029: 'Remote Data Storage',
  M1030: 'Network Segmentation',
  M1032: 'Multi-factor Authentication',
  M1036: 'Account Use Policies',
  M1037: 'Filter Network Traffic',
  M1042: 'Disable or Remove Feature or Program',
  M1047: 'Audit',
  M1057: 'Data Loss Prevention',
} as const;
export type MitigationId = keyof typeof MITIGATIONS;
