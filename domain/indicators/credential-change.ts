import type { Finding } from '../finding.js';
import type { Indicator } from './indicator.js';
import { eachGroup } from './shared/each-group.js';
import { operations } from './shared/operations.js';
import type { View } from './view.js';

export const credentialChange: Indicator = {
  id: 'credential-change',
  kind: 'credential_change',
  what: 'A password, second factor, passkey or way of recovery was changed with the account.',
  why: 'modified credentials',
  sources: ['user_access', 'iam'],
  attack: ['T1098'],
  falsePositives: [
    'A person who sets up a new phone: low confidence in the own session.',
    'What an administrator or the help desk resets is done to the account, not with it: not counted.',
  ],
  find,
};

function find(view: View): readonly Finding[] {
  const { accounts } = view.input;
  // What an administrator or the help desk resets is done to the account, not with it.
  const own = view.of('credential_change').filter((e) => e.actor === undefined || accounts.includes(e.actor));
  return eachGroup(credentialChange, view, own, {
    name: 'credential changes',
    confidence: (_, own) => (own ? 'low' : 'high'),
    text: (events) => `Credentials changed: ${operations(events)}`,
  });
}
