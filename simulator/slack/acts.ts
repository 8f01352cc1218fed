import { logAct } from './audit-records.js';
import type { App, Member, SlackState, StoredFile } from './state.js';

/** Every change of the tenant by an act of ours: what it does, what the audit log says of it, and the line in the journal. */

/** Reads show the old state for `delayMs`, and until then further writes are refused. */
export function setActive(
  state: SlackState,
  member: Member,
  active: boolean,
  delayMs: number,
  operation: string,
): void {
  if (member.active === active) return;
  member.changing = { until: state.world.now().getTime() + delayMs, shown: member.active };
  member.active = active;
  if (!active) {
    state.endSessions(member.id);
    state.revokeGrants({ user: member.id });
    for (const channel of state.channels) if (channel.type !== 'im') channel.members.delete(member.id);
  }
  logAct(state, `${member.kind === 'guest' ? 'guest' : 'user'}_${active ? 'reactivated' : 'deactivated'}`, member.id);
  state.world.record({
    platform: 'slack',
    operation,
    targetId: member.id,
    effect: `active: ${String(!active)} -> ${String(active)}`,
  });
}

export function resetSessions(state: SlackState, member: Member): void {
  const ended = state.endSessions(member.id);
  logAct(state, 'user_session_reset_by_admin', member.id, { mobile_only: false, web_only: false });
  if (ended > 0)
    state.world.record({
      platform: 'slack',
      operation: 'admin.users.session.reset',
      targetId: member.id,
      effect: `sessions: ${String(ended)} -> 0`,
    });
}

export function invalidateSession(state: SlackState, member: Member, session: number): void {
  state.endSessions(member.id, session);
  logAct(state, 'user_session_invalidated', member.id, { session_id: session });
  state.world.record({
    platform: 'slack',
    operation: 'admin.users.session.invalidate',
    targetId: `${member.id}/${String(session)}`,
    effect: 'session: live -> ended',
  });
}

export function resolveApp(
  state: SlackState,
  app: App,
  to: App['resolution'],
  operation: string,
  action: string,
): void {
  const from = app.resolution;
  if (from === to) return;
  app.resolution = to;
  logAct(state, action, app.id);
  state.world.record({
    platform: 'slack',
    operation,
    targetId: app.id,
    effect: `resolution: ${from ?? 'none'} -> ${to ?? 'none'}`,
  });
}

export function uninstallApp(state: SlackState, app: App): void {
  app.installed = false;
  state.revokeGrants({ app: app.id });
  const at = state.world.now();
  state.integrations.push({ at, visibleAt: at, user: state.service.id, app: app.id, change: 'removed', scopes: [] });
  logAct(state, 'app_uninstalled', app.id, { app_owner_id: state.service.id, is_internal_integration: false });
  state.world.record({
    platform: 'slack',
    operation: 'admin.apps.uninstall',
    targetId: app.id,
    effect: 'installed: true -> false',
  });
}

export function setPublic(state: SlackState, file: StoredFile, shared: boolean): void {
  if (file.public === shared) return;
  file.public = shared;
  logAct(state, shared ? 'file_public_link_created' : 'file_public_link_revoked', `file:${file.name}`);
  state.world.record({
    platform: 'slack',
    operation: shared ? 'files.sharedPublicURL' : 'files.revokePublicURL',
    targetId: file.id,
    effect: `public_url_shared: ${String(!shared)} -> ${String(shared)}`,
  });
}

export function deleteFile(state: SlackState, file: StoredFile): void {
  file.deleted = true;
  file.public = false;
  logAct(state, 'file_deleted', `file:${file.name}`);
  state.world.record({
    platform: 'slack',
    operation: 'files.delete',
    targetId: file.id,
    effect: 'deleted: false -> true',
  });
}
