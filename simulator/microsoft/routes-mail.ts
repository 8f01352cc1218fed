import { OPERATIONS } from '../../platforms/microsoft/operations.js';
import type { Entity } from './odata.js';
import { badRequest, created, fail, notFound, ok, type Reply } from './replies.js';
import type { Call, Router } from './routing.js';
import { guid, type Rows } from './rows.js';
import type { MailRule, User } from './entities.js';
import type { TenantState } from './state.js';

/** A mail that was sent, as its recipient gets it. */
export interface SentMail {
  readonly at: Date;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly key: string;
}
interface Draft {
  readonly id: string;
  readonly owner: string;
  readonly body: Readonly<Record<string, unknown>>;
  isDraft: boolean;
}

const SENDERS = {
  slack: 'no-reply@slack.com',
  microsoft: 'account-security-noreply@accountprotection.microsoft.com',
  google: 'no-reply@accounts.google.com',
} as const;
const DOMAINS = {
  slack: 'slack.com',
  microsoft: 'accountprotection.microsoft.com',
  google: 'accounts.google.com',
} as const;
const SUBJECTS = {
  new_sign_in: 'New sign-in to your account',
  changed_credentials: 'Your password was changed',
  unusual_activity: 'Unusual activity on your account',
} as const;
const FOLDERS: Readonly<Record<string, string>> = {
  inbox: 'folder-inbox',
  deleteditems: 'folder-deleteditems',
  recoverableitemsdeletions: 'folder-recoverable',
};

/** Mailboxes: received mail, rules, and drafts that are sent. `sent` grows as mail goes out. */
export function mailRoutes(router: Router, state: TenantState, sent: SentMail[]): void {
  const drafts: Draft[] = [];
  const withMailbox = (call: Call, then: (owner: User) => Reply): Reply => {
    const owner = state.user(call.params['id']);
    if (!owner) return notFound();
    return owner.mailbox
      ? then(owner)
      : fail(
          404,
          'MailboxNotEnabledForRESTAPI',
          'The mailbox is either inactive, soft-deleted, or is hosted on-premise.',
        );
  };
  const received = (owner: User): readonly Entity[] =>
    state
      .visible(state.rows.mail)
      .filter((r) => r.fields.mailbox === owner.id)
      .map(mailEntity);
  const filter = {
    receivedDateTime: ['ge', 'le', 'gt', 'lt'],
    singleValueExtendedProperties: ['any'],
    isDraft: ['eq'],
  };

  router.on(OPERATIONS.mails, (call) =>
    withMailbox(call, (owner) => {
      const own = drafts.filter((d) => d.owner === owner.id).map((d) => ({ ...d.body, id: d.id, isDraft: d.isDraft }));
      return router.collection(
        call,
        [...received(owner).filter((m) => m['parentFolderId'] !== FOLDERS['recoverableitemsdeletions']), ...own],
        { filter, top: 10, maxTop: 1000 },
      );
    }),
  );
  router.on(OPERATIONS.mailFolder, (call) =>
    withMailbox(call, () => {
      const id = FOLDERS[call.params['folderId']?.toLowerCase() ?? ''];
      return id === undefined
        ? fail(404, 'ErrorItemNotFound', 'The specified object was not found in the store.')
        : ok({ id, displayName: call.params['folderId'] });
    }),
  );
  router.on(OPERATIONS.folderMails, (call) =>
    withMailbox(call, (owner) => {
      const id = FOLDERS[call.params['folderId']?.toLowerCase() ?? ''] ?? call.params['folderId'];
      return router.collection(
        call,
        received(owner).filter((m) => m['parentFolderId'] === id),
        { filter, top: 10, maxTop: 1000 },
      );
    }),
  );
  ruleRoutes(router, state, withMailbox);

  router.on(OPERATIONS.createDraft, (call) =>
    withMailbox(call, (owner) => {
      const draft: Draft = {
        id: `AAkALg${guid(`draft:${owner.id}:${String(drafts.length)}`).replaceAll('-', '')}`,
        owner: owner.id,
        body: call.body,
        isDraft: true,
      };
      drafts.push(draft);
      return created({ ...call.body, id: draft.id, isDraft: true });
    }),
  );
  router.on(OPERATIONS.sendDraft, (call) =>
    withMailbox(call, (owner) => {
      const draft = drafts.find((d) => d.owner === owner.id && d.id === call.params['messageId'] && d.isDraft);
      if (!draft) return fail(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');
      const { subject, body, toRecipients, singleValueExtendedProperties } = draft.body as {
        subject?: string;
        body?: { content?: string };
        toRecipients?: { emailAddress?: { address?: string } }[];
        singleValueExtendedProperties?: { value?: string }[];
      };
      const recipients = (toRecipients ?? []).map((r) => r.emailAddress?.address ?? '').filter((a) => a.includes('@'));
      if (recipients.length === 0) return fail(400, 'ErrorInvalidRecipients', 'At least one recipient is not valid.');
      draft.isDraft = false;
      for (const to of recipients)
        sent.push({
          at: state.now(),
          to,
          subject: subject ?? '',
          text: body?.content ?? '',
          key: singleValueExtendedProperties?.[0]?.value ?? '',
        });
      return { status: 202 };
    }),
  );
}

function ruleRoutes(
  router: Router,
  state: TenantState,
  withMailbox: (call: Call, then: (owner: User) => Reply) => Reply,
): void {
  const find = (call: Call, owner: User): MailRule | undefined =>
    state.visible(state.rules).find((r) => r.owner === owner.id && r.id === call.params['ruleId']);
  const missing = fail(404, 'ErrorItemNotFound', 'The specified object was not found in the store.');

  router.on(OPERATIONS.mailRules, (call) =>
    withMailbox(call, (owner) =>
      router.collection(
        call,
        state
          .visible(state.rules)
          .filter((r) => r.owner === owner.id)
          .map(ruleEntity),
      ),
    ),
  );
  router.on(OPERATIONS.mailRule, (call) =>
    withMailbox(call, (owner) => {
      const rule = find(call, owner);
      return rule ? ok(ruleEntity(rule)) : missing;
    }),
  );
  router.on(OPERATIONS.setMailRule, (call) =>
    withMailbox(call, (owner) => {
      const rule = find(call, owner);
      const wanted = call.body['isEnabled'];
      if (!rule) return missing;
      if (typeof wanted !== 'boolean') return badRequest('Invalid property value.');
      if (rule.isEnabled !== wanted) {
        rule.isEnabled = wanted;
        state.acted(
          {
            operation: OPERATIONS.setMailRule.name,
            targetId: rule.id,
            effect: `isEnabled: ${String(!wanted)} -> ${String(wanted)}`,
          },
          {
            activity: 'Set-InboxRule',
            category: 'Other',
            clientId: call.clientId,
            target: { id: owner.id, type: 'User', displayName: owner.name },
          },
        );
      }
      return ok(ruleEntity(rule));
    }),
  );
}

function ruleEntity(r: MailRule): Entity {
  return {
    id: r.id,
    displayName: r.displayName,
    sequence: 1,
    isEnabled: r.isEnabled,
    hasError: false,
    isReadOnly: false,
    conditions: r.conditions,
    actions: r.actions,
  };
}

function mailEntity({ rowId, at, fields: f }: Rows['mail'][number]): Entity {
  const address = f.from ?? SENDERS[f.vendor];
  const dkim = {
    pass: `dkim=pass (signature was verified) header.d=${DOMAINS[f.vendor]}`,
    fail: `dkim=fail (signature did not verify) header.d=${DOMAINS[f.vendor]}`,
    none: 'dkim=none (message not signed) header.d=none',
  }[f.dkim];
  const folder = f.deleted === 'purged' ? 'recoverableitemsdeletions' : f.deleted ? 'deleteditems' : 'inbox';
  return {
    id: `AAMkAG${guid(`mail:${rowId}`).replaceAll('-', '')}`,
    internetMessageId: `<${guid(`mail:${rowId}`)}@${DOMAINS[f.vendor]}>`,
    subject: f.subject ?? SUBJECTS[f.kind],
    isDraft: false,
    receivedDateTime: `${at.toISOString().slice(0, 19)}Z`,
    parentFolderId: FOLDERS[folder],
    from: { emailAddress: { name: f.vendor, address } },
    internetMessageHeaders: [
      { name: 'Received', value: 'from mail.example.com (192.0.2.25) by mx.example.com' },
      {
        name: 'Authentication-Results',
        value: `spf=pass (sender IP is 192.0.2.25) smtp.mailfrom=${DOMAINS[f.vendor]}; ${dkim};dmarc=${f.dkim === 'pass' ? 'pass' : 'fail'} action=none header.from=${address.split('@')[1] ?? ''};compauth=pass reason=100`,
      },
    ],
  };
}
