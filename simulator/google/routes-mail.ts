import { METHODS } from '../../platforms/google/methods.js';
import type { Filter, User } from './entities.js';
import { badRequest, fail, noContent, notFound, ok, type Reply } from './replies.js';
import type { Call, Router } from './routing.js';
import { hexId, type Rows } from './rows.js';
import type { TenantState } from './state.js';

/** A mail that was sent, as its recipient gets it. */
export interface SentMail {
  readonly at: Date;
  readonly to: string;
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
}

const SENDERS = {
  slack: 'no-reply@slack.com',
  microsoft: 'account-security-noreply@accountprotection.microsoft.com',
  google: 'no-reply@accounts.google.com',
} as const;
const SUBJECTS = {
  new_sign_in: 'New sign-in to your account',
  changed_credentials: 'Your password was changed',
  unusual_activity: 'Unusual activity on your account',
} as const;

interface Mail {
  readonly id: string;
  readonly at: Date;
  readonly labelIds: readonly string[];
  readonly headers: readonly { readonly name: string; readonly value: string }[];
}

/** Mailboxes: received mail, filters, forwarding, and mail that is sent. `sent` grows as mail goes out. */
export function mailRoutes(router: Router, state: TenantState, sent: SentMail[]): void {
  const withMailbox = (call: Call, then: (owner: User) => Reply): Reply => {
    const owner = call.subject;
    return owner?.mailbox ? then(owner) : fail('gmail', 400, 'failedPrecondition', 'Mail service not enabled');
  };
  const mailsOf = (owner: User): readonly Mail[] =>
    [
      ...state
        .visible(state.rows.mail)
        .filter((r) => r.fields.mailbox === owner.id)
        .map(received),
      ...sent.filter((m) => m.from === owner.email).map(outgoing),
    ].toSorted((a, b) => b.at.getTime() - a.at.getTime());

  router.on(METHODS.mails, (call) =>
    withMailbox(call, (owner) => {
      const query = call.query['q'] ?? '';
      const withTrash = call.query['includeSpamTrash'] === 'true';
      const found = mailsOf(owner).filter((m) => (withTrash || !m.labelIds.includes('TRASH')) && matches(m, query));
      return router.page(
        call,
        'messages',
        found.map((m) => ({ id: m.id, threadId: m.id, labelIds: m.labelIds })),
        { size: call.query['maxResults'], common: { resultSizeEstimate: found.length } },
      );
    }),
  );
  router.on(METHODS.mail, (call) =>
    withMailbox(call, (owner) => {
      const mail = mailsOf(owner).find((m) => m.id === call.params['id']);
      if (!mail) return notFound('gmail', 'Requested entity was not found.');
      return ok({
        id: mail.id,
        threadId: mail.id,
        labelIds: mail.labelIds,
        snippet: '',
        internalDate: String(mail.at.getTime()),
        sizeEstimate: 4096,
        payload: { mimeType: 'text/html', headers: mail.headers, body: { size: 0 } },
      });
    }),
  );
  router.on(METHODS.send, (call) =>
    withMailbox(call, (owner) => {
      const { raw } = call.body;
      const mail = typeof raw === 'string' ? parsed(raw, owner.email, state.now()) : undefined;
      if (!mail) return badRequest('gmail', 'Recipient address required');
      sent.push(mail);
      return ok({ id: outgoing(mail).id, threadId: outgoing(mail).id, labelIds: ['SENT'] });
    }),
  );
  filterRoutes(router, state, withMailbox);
  forwardingRoutes(router, state, withMailbox);
}

function filterRoutes(
  router: Router,
  state: TenantState,
  withMailbox: (call: Call, then: (owner: User) => Reply) => Reply,
): void {
  const find = (call: Call, owner: User): Filter | undefined =>
    state.visible(state.filters).find((f) => f.owner === owner.id && f.id === call.params['id']);
  const entity = ({ id, criteria, action }: Filter): object => ({ id, criteria, action });

  router.on(METHODS.filters, (call) =>
    withMailbox(call, (owner) => {
      const own = state.visible(state.filters).filter((f) => f.owner === owner.id);
      return ok(own.length === 0 ? {} : { filter: own.map(entity) });
    }),
  );
  router.on(METHODS.filter, (call) =>
    withMailbox(call, (owner) => {
      const filter = find(call, owner);
      return filter ? ok(entity(filter)) : notFound('gmail', 'Filter not found');
    }),
  );
  router.on(METHODS.deleteFilter, (call) =>
    withMailbox(call, (owner) => {
      const filter = find(call, owner);
      if (!filter) return notFound('gmail', 'Filter not found');
      state.filters = state.filters.filter((f) => f !== filter);
      state.acted({ operation: METHODS.deleteFilter.name, targetId: filter.id, effect: 'filter removed' });
      return noContent;
    }),
  );
  router.on(METHODS.createFilter, (call) =>
    withMailbox(call, (owner) => {
      const { criteria, action } = call.body as Partial<Pick<Filter, 'criteria' | 'action'>>;
      if (!criteria || !action) return badRequest('gmail', 'Filter needs criteria and action');
      if (state.filters.some((f) => f.owner === owner.id && same(f, { criteria, action })))
        return fail('gmail', 400, 'failedPrecondition', 'Filter already exists');
      const filter: Filter = {
        id: `ANe1Bmj${hexId(`filter:made:${String(state.world.journal.length)}`, 24)}`,
        owner: owner.id,
        criteria,
        action,
        visibleAt: state.now(),
      };
      state.filters = [...state.filters, filter];
      state.acted({ operation: METHODS.createFilter.name, targetId: owner.id, effect: 'filter created' });
      return ok(entity(filter));
    }),
  );
}

function forwardingRoutes(
  router: Router,
  state: TenantState,
  withMailbox: (call: Call, then: (owner: User) => Reply) => Reply,
): void {
  router.on(METHODS.forwarding, (call) =>
    withMailbox(call, (owner) => ok(state.forwarding.get(owner.id) ?? { enabled: false })),
  );
  router.on(METHODS.setForwarding, (call) =>
    withMailbox(call, (owner) => {
      const enabled = call.body['enabled'];
      const before = state.forwarding.get(owner.id);
      if (typeof enabled !== 'boolean' || (enabled && !before?.emailAddress))
        return badRequest('gmail', 'Unrecognized forwarding address');
      if ((before?.enabled ?? false) !== enabled) {
        state.forwarding.set(owner.id, { ...before, enabled });
        state.acted({
          operation: METHODS.setForwarding.name,
          targetId: owner.id,
          effect: `forwarding: ${String(!enabled)} -> ${String(enabled)}`,
        });
      }
      return ok(state.forwarding.get(owner.id) ?? { enabled });
    }),
  );
}

const same = (a: object, b: { readonly criteria: object; readonly action: object }): boolean =>
  JSON.stringify([(a as Filter).criteria, (a as Filter).action]) === JSON.stringify([b.criteria, b.action]);

function received({ rowId, at, fields: f }: Rows['mail'][number]): Mail {
  const from = f.from ?? SENDERS[f.vendor];
  const domain = SENDERS[f.vendor].split('@')[1] ?? '';
  const dkim = {
    pass: `dkim=pass header.i=@${domain} header.s=20230601`,
    fail: `dkim=fail (body hash did not verify) header.i=@${domain} header.s=20230601`,
    none: '',
  }[f.dkim];
  const results = ['mx.google.com', dkim, `spf=pass (google.com: domain of ${from}) smtp.mailfrom=${from}`];
  return {
    id: hexId(`mail:${rowId}`),
    at,
    labelIds: f.deleted ? ['TRASH'] : ['INBOX', 'UNREAD'],
    headers: [
      { name: 'Delivered-To', value: 'person@example.com' },
      { name: 'Authentication-Results', value: results.filter((p) => p !== '').join(';\r\n       ') },
      { name: 'From', value: `Security <${from}>` },
      { name: 'Subject', value: f.subject ?? SUBJECTS[f.kind] },
      { name: 'Message-ID', value: `<${hexId(`mail:${rowId}`)}@${domain}>` },
    ],
  };
}

function outgoing(mail: SentMail): Mail {
  return {
    id: hexId(`sent:${mail.messageId}:${mail.to}:${String(mail.at.getTime())}`),
    at: mail.at,
    labelIds: ['SENT'],
    headers: [{ name: 'Message-ID', value: mail.messageId }],
  };
}

/** The part of Gmail's search that is used: `rfc822msgid:`, `after:`, `before:` (seconds) and `from:(a OR b)` by domain. */
function matches(mail: Mail, query: string): boolean {
  const header = (name: string): string => mail.headers.find((h) => h.name === name)?.value ?? '';
  const id = /rfc822msgid:(\S+)/.exec(query)?.[1];
  const after = /after:(\d+)/.exec(query)?.[1];
  const before = /before:(\d+)/.exec(query)?.[1];
  const from = /from:\(([^)]+)\)/.exec(query)?.[1]?.split(' OR ');
  const seconds = mail.at.getTime() / 1000;
  return (
    (id === undefined || header('Message-ID') === `<${id.replace(/^<|>$/g, '')}>`) &&
    (after === undefined || seconds >= Number(after)) &&
    (before === undefined || seconds < Number(before)) &&
    (from === undefined || from.some((f) => header('From').includes(f)))
  );
}

/** An RFC 5322 text as Gmail takes it in. */
function parsed(raw: string, from: string, at: Date): SentMail | undefined {
  const [head = '', ...rest] = Buffer.from(raw, 'base64url').toString().split('\r\n\r\n');
  const header = (name: string): string =>
    head
      .replace(/\r\n(?=[ \t])/g, '') // folded lines
      .split('\r\n')
      .find((line) => line.toLowerCase().startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim() ?? '';
  const body = rest.join('\r\n\r\n');
  const to = header('to');
  if (!/^[^\s@]+@[^\s@]+$/.test(to)) return undefined;
  const words = (text: string): string =>
    text
      .replace(/\?=\s+=\?/g, '?==?')
      .replace(/=\?utf-8\?b\?([^?]*)\?=/gi, (_, b: string) => Buffer.from(b, 'base64').toString());
  return {
    at,
    to,
    from,
    subject: words(header('subject')),
    text: header('content-transfer-encoding') === 'base64' ? Buffer.from(body, 'base64').toString() : body,
    messageId: header('message-id'),
  };
}
