import { AUDIT_GROUPS } from './audit-actions.js';
import { sessionNumber, slackId, uuid, type TypedRow } from './rows.js';
import type { SlackState } from './state.js';

export interface AuditRecord {
  readonly visibleAt: Date;
  readonly entry: {
    readonly id: string;
    readonly date_create: number;
    readonly action: string;
    readonly actor: unknown;
    readonly entity: unknown;
    readonly context: unknown;
    readonly details?: unknown;
  };
  readonly actorId: string;
  readonly entityId: string;
}

export function auditFromRow(state: SlackState, { rowId, at, visibleAt, fields }: TypedRow<'audit'>): AuditRecord {
  const entity =
    fields.entity ??
    (AUDIT_GROUPS['user']?.includes(fields.action) || fields.action === 'anomaly' ? fields.actor : 'enterprise');
  return record(state, {
    id: uuid(`audit:${rowId}`),
    at,
    visibleAt,
    action: fields.action,
    actor: fields.actor,
    entity,
    ip: fields.ip,
    ua: fields.ua,
    session: fields.session,
    app: fields.app,
    details: fields.details,
  });
}

/** What an act of ours leaves in the log. */
export function logAct(
  state: SlackState,
  action: string,
  entity: string,
  details?: Readonly<Record<string, unknown>>,
): void {
  const at = state.world.now();
  state.audit.push(
    record(state, {
      id: uuid(`act:${String(state.audit.length)}:${at.toISOString()}`),
      at,
      visibleAt: at,
      action,
      actor: state.service.id,
      entity,
      ip: '192.0.2.10',
      ua: 'quell',
      app: state.own.appId,
      details,
    }),
  );
}

interface Draft {
  readonly id: string;
  readonly at: Date;
  readonly visibleAt: Date;
  readonly action: string;
  readonly actor: string;
  readonly entity: string | { readonly type: string };
  readonly ip: string | undefined;
  readonly ua: string;
  readonly session?: string | number | undefined;
  readonly app?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

function record(state: SlackState, draft: Draft): AuditRecord {
  const entity = entityOf(state, draft.entity);
  const { enterpriseId, teamIds } = state.own;
  return {
    visibleAt: draft.visibleAt,
    actorId: draft.actor,
    entityId: entity.id,
    entry: {
      id: draft.id,
      date_create: Math.floor(draft.at.getTime() / 1000),
      action: draft.action,
      actor: { type: 'user', user: userOf(state, draft.actor) },
      entity: entity.body,
      context: {
        location: { type: 'enterprise', id: enterpriseId, name: 'Example', domain: 'example' },
        ua: draft.ua,
        ip_address: draft.ip ?? '',
        session_id: draft.session === undefined ? null : sessionNumber(draft.session),
        ...(draft.app === undefined ? {} : { app: appBody(state, draft.app, teamIds[0]) }),
      },
      ...(draft.details === undefined ? {} : { details: draft.details }),
    },
  };
}

function entityOf(state: SlackState, entity: Draft['entity']): { readonly id: string; readonly body: unknown } {
  if (typeof entity !== 'string') {
    const inner = (entity as Record<string, unknown>)[entity.type] as { readonly id?: string } | undefined;
    return { id: inner?.id ?? '', body: entity };
  }
  const as = (type: string, body: { readonly id: string }): { readonly id: string; readonly body: unknown } => ({
    id: body.id,
    body: { type, [type]: body },
  });
  const [mark, name = ''] = entity.split(/:(.*)/s);
  if (mark === 'file')
    return as('file', { id: slackId('F', name), ...{ name, filetype: name.split('.').at(-1) ?? 'text', title: name } });
  if (mark === 'channel') {
    const channel = state.channels.find((c) => c.name === name);
    return as('channel', {
      id: slackId('C', name),
      ...{
        name,
        privacy: channel?.type === 'private_channel' ? 'private' : 'public',
        is_shared: channel?.external ?? false,
        is_org_shared: false,
      },
    });
  }
  if (state.apps.some((a) => a.id === entity)) return as('app', appBody(state, entity, state.own.teamIds[0]));
  if (entity === 'enterprise')
    return as('enterprise', { id: state.own.enterpriseId, ...{ name: 'Example', domain: 'example' } });
  return as('user', userOf(state, entity));
}

function userOf(
  state: SlackState,
  id: string,
): { readonly id: string; readonly name: string; readonly email: string; readonly team: string } {
  const member = state.member(id);
  if (!member && id !== 'USLACKUSER' && id !== 'USLACKSECURITY')
    throw new Error(`the audit log names ${id}, who is nobody here`);
  return { id, name: member?.name ?? id, email: member?.email ?? '', team: state.own.teamIds[0] };
}

function appBody(state: SlackState, id: string, team: string): { readonly id: string } {
  const app = state.apps.find((a) => a.id === id);
  if (!app) throw new Error(`the audit log names the app ${id}, which is not of this organisation`);
  return {
    id,
    ...{
      name: app.name,
      is_distributed: false,
      is_directory_approved: false,
      is_workflow_app: false,
      scopes: app.scopes,
      scopes_bot: [],
      creator: state.service.id,
      team,
    },
  };
}
