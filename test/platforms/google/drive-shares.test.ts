import { expect, it } from 'vitest';
import { activity, readOne } from './rows.js';

const share = (name: string, parameters: Parameters<typeof activity>[2]) => {
  const read = readOne('drive', activity('drive', name, { primary_event: true, doc_id: 'doc-1', ...parameters }));
  return read && [read.kind, read.visibility, read.externalRecipients, read.reasons];
};
const to = (...names: readonly string[]) => ['share', 'outside', names, undefined];
const ANYBODY = ['share', 'outside', undefined, ['anonymous_link']];

const DOMAIN = {
  target_domain: 'partner.example.net',
  visibility: 'people_within_domain_with_link',
  new_value: ['people_within_domain_with_link'],
  old_value: ['private'],
};

it.each([
  [
    'a file opened to another domain',
    'change_document_access_scope',
    { ...DOMAIN, visibility_change: 'external' },
    to('partner.example.net'),
  ],
  [
    'a visibility of another domain',
    'change_document_visibility',
    { ...DOMAIN, visibility_change: 'external' },
    to('partner.example.net'),
  ],
  [
    'a domain in capitals, without a word of change',
    'change_document_access_scope',
    { ...DOMAIN, target_domain: 'PARTNER.example.net' },
    to('partner.example.net'),
  ],
  [
    'the organisation’s own domain',
    'change_document_access_scope',
    { ...DOMAIN, target_domain: 'example.com', visibility_change: 'internal' },
    undefined,
  ],
  [
    'its own domain in punycode',
    'change_document_visibility',
    { ...DOMAIN, target_domain: 'xn--bcher-kva.example' },
    undefined,
  ],
  [
    'anybody with the link',
    'change_document_visibility',
    {
      target_domain: 'all',
      visibility: 'people_with_link',
      visibility_change: 'external',
      new_value: ['people_with_link'],
    },
    ANYBODY,
  ],
  [
    'anybody, told by the new value alone',
    'change_document_visibility',
    { new_value: ['public_on_the_web'], old_visibility: 'private' },
    ANYBODY,
  ],
  [
    'a domain that the row does not name',
    'change_document_visibility',
    { visibility: 'people_within_domain_with_link', visibility_change: 'external' },
    ['share', 'outside', undefined, ['shared_externally']],
  ],
  [
    'a link that was there before',
    'change_document_visibility',
    { visibility: 'people_with_link', visibility_change: 'none' },
    undefined,
  ],
  [
    'a link taken back',
    'change_document_visibility',
    { target_domain: 'all', visibility: 'private', visibility_change: 'internal', new_value: ['private'] },
    undefined,
  ],
  [
    'a person outside',
    'change_user_access',
    { target_user: 'Kim@Example.net', new_value: ['can_view'], old_value: ['none'] },
    to('kim@example.net'),
  ],
  [
    'a domain in the place of a person',
    'change_user_access',
    { target_domain: 'external.example.net', new_value: ['can_edit'], old_value: ['none'] },
    to('external.example.net'),
  ],
  [
    'more rights for a person outside',
    'change_user_access',
    { target_user: 'kim@example.net', new_value: 'can_edit', old_value: 'can_view' },
    to('kim@example.net'),
  ],
  [
    'fewer rights',
    'change_user_access',
    { target_user: 'kim@example.net', new_value: ['can_view'], old_value: ['can_edit'] },
    undefined,
  ],
  [
    'rights taken',
    'change_user_access',
    { target_user: 'kim@example.net', new_value: ['none'], old_value: ['can_edit'] },
    undefined,
  ],
  ['a person inside', 'change_user_access', { target_user: 'max@example.com', new_value: ['can_view'] }, undefined],
  ['a new owner outside', 'change_owner', { new_owner: 'kim@example.net' }, to('kim@example.net')],
  [
    'a member of a shared drive from outside',
    'shared_drive_membership_change',
    { target: 'kim@example.net', membership_change_type: 'add_to_shared_drive' },
    to('kim@example.net'),
  ],
  [
    'a member who is taken off',
    'shared_drive_membership_change',
    { target: 'kim@example.net', membership_change_type: 'remove_from_shared_drive' },
    undefined,
  ],
  ['a publication', 'publish_change', { new_publish_visibility: 'public_on_the_web' }, ANYBODY],
  ['its end', 'publish_change', { new_publish_visibility: 'private', visibility: 'people_with_link' }, undefined],
  [
    'a side effect',
    'change_user_access',
    { primary_event: false, target_user: 'kim@example.net', new_value: ['can_view'] },
    undefined,
  ],
] as const)('%s', (_, name, parameters, expected) => {
  expect(share(name, parameters)).toEqual(expected);
});

it('names a shared drive as it is written, and a person in lower case', () => {
  const owner = (text: string) => readOne('drive', activity('drive', 'view', { doc_id: 'd', owner: text }))?.owner;
  expect([owner('HR Files'), owner('Max@Example.com')]).toEqual(['HR Files', 'max@example.com']);
});

it('a membership of a shared drive needs no file', () => {
  const member = {
    shared_drive_id: 'drive-1',
    target: 'kim@example.net',
    membership_change_type: 'add_to_shared_drive',
  };
  expect(readOne('drive', activity('drive', 'shared_drive_membership_change', member))?.target).toEqual({
    ...{ type: 'link', id: 'drive-1' },
  });
});
