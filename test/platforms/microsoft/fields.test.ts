import { expect, it } from 'vitest';
import { FIELDS } from '../../../platforms/microsoft/fields.js';
import { OPERATIONS } from '../../../platforms/microsoft/operations.js';
import * as recorded from './recorded.js';

it('names the fields that readers parse, of operations that there are', () => {
  const names = new Set<string>(Object.values(OPERATIONS).map((o) => o.name));
  for (const [operation, fields] of Object.entries(FIELDS)) {
    expect(names, operation).toContain(operation);
    expect(Object.keys(fields).length).toBeGreaterThan(0);
    expect(Object.values(fields).every((words) => words !== '')).toBe(true);
  }
});

it.each([
  [
    'signIns',
    recorded.signIn,
    ['status', 'ipAddress', 'location', 'deviceDetail', 'sessionId', 'authenticationProtocol'],
  ],
  ['auditRecords', recorded.mailRead, ['ClientIPAddress', 'SessionId', 'OperationCount', 'MailboxOwnerUPN']],
  ['directoryAudits', recorded.consent, ['initiatedBy', 'targetResources', 'additionalDetails']],
] as const)('what the readers of %s use is there', (operation, row, used) => {
  const fields = FIELDS[OPERATIONS[operation].name] ?? {};
  for (const name of used) {
    expect(row).toHaveProperty(name);
    expect(fields).toHaveProperty(name);
  }
});
