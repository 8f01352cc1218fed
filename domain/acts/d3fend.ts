/** D3FEND techniques that acts carry out, by the ontology's own ids and names (held against it by `test/domain/acts/d3fend.test.ts`). */
export const D3FEND = {
  'D3-AL': 'Account Locking',
  'D3-AMED': 'Access Mediation',
  'D3-CR': 'Credential Revocation',
  'D3-DI': 'Data Inventory',
  'D3-FEV': 'File Eviction',
  'D3-NI': 'Network Isolation',
  'D3-NRAM': 'Network Resource Access Mediation',
  'D3-NTF': 'Network Traffic Filtering',
  'D3-OE': 'Object Eviction',
  'D3-PR': 'Password Rotation',
  'D3-ST': 'Session Termination',
  'D3-UAP': 'User Account Permissions',
} as const;
export type D3fendId = keyof typeof D3FEND;
