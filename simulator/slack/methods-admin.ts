import { invalidateSession, resetSessions, resolveApp, uninstallApp } from './acts.js';
import { BOT_ID, human, member as memberOf, numbered, size, team, unix, type Call, type Method } from './call.js';
import { cursorPage, Refusal } from './replies.js';
import type { App } from './state.js';

/** Logs and acts of administrators. */
export const adminMethods: Readonly<Record<string, Method>> = {
  'auth.test': ({ token, state, options }) => {
    const me = token.kind === 'bot' ? state.bot : state.service;
    return {
      url: 'https://example.slack.com/',
      team: 'Example',
      team_id: state.own.teamIds[0],
      ...(options.plan === 'enterprise' ? { enterprise_id: state.own.enterpriseId } : {}),
      is_enterprise_install: token.installed === 'organisation',
      user: me.name,
      user_id: me.id,
      ...(token.kind === 'bot' ? { bot_id: BOT_ID } : {}),
    };
  },

  'team.accessLogs': (call) => {
    if (call.options.plan === 'free') throw new Refusal('paid_only');
    const isHere = team(call);
    const before = call.args.number('before', Number.MAX_SAFE_INTEGER);
    const logins = accessRows(call).filter((l) => isHere && l.date_first < before);
    if (call.args.text('limit') !== undefined) {
      const { page, next } = cursorPage(logins, call.args.text('cursor'), size(call, 'limit', 1000));
      return { logins: page, response_metadata: { next_cursor: next } };
    }
    const { rows, paging } = numbered(call, logins);
    if (paging.page > 100) throw new Refusal('over_pagination_limit');
    return { logins: rows, paging };
  },

  'team.integrationLogs': (call) => {
    const isHere = team(call);
    const { state, args } = call;
    const logs = [...state.visible(state.integrations)]
      .filter(
        (l) =>
          isHere &&
          (args.text('user') === undefined || l.user === args.text('user')) &&
          (args.text('app_id') === undefined || l.app === args.text('app_id')) &&
          (args.text('change_type') === undefined || l.change === args.text('change_type')),
      )
      .sort((a, b) => b.at.getTime() - a.at.getTime())
      .map((l) => ({
        user_id: l.user,
        user_name: state.member(l.user)?.name,
        date: String(unix(l.at)),
        change_type: l.change,
        app_id: l.app,
        app_type: state.apps.find((a) => a.id === l.app)?.name ?? '',
        scope: l.scopes.join(','),
        ...(l.reason === undefined ? {} : { reason: l.reason }),
      }));
    const { rows, paging } = numbered(call, logs);
    return { logs: rows, paging };
  },

  'admin.users.session.list': (call) => {
    const [user, where] = [call.args.text('user_id'), call.args.text('team_id')];
    if (user !== undefined && where === undefined) throw new Refusal('missing_team');
    if (user === undefined && where !== undefined) throw new Refusal('missing_user');
    if (user !== undefined && human(call, user).kind === 'bot') throw new Refusal('bots_not_allowed');
    const isHere = where === undefined || team(call);
    const live = call.state.members
      .filter((m) => isHere && (user === undefined || m.id === user))
      .flatMap((m) => call.state.liveSessions(m.id));
    if (live.length === 0) throw new Refusal('no_active_sessions');
    const { page, next } = cursorPage(live, call.args.text('cursor'), size(call, 'limit', 100));
    const client = (f: (typeof live)[number]['fields']): object => ({
      device_hardware: f.hardware,
      os: f.os,
      os_version: '',
      slack_client_version: f.client,
      ip: f.ip,
    });
    return {
      active_sessions: page.map((s) => ({
        user_id: s.user,
        team_id: where ?? call.state.own.teamIds[0],
        session_id: s.id,
        created: client(s.fields),
        recent: client(s.fields),
      })),
      response_metadata: { next_cursor: next },
    };
  },

  'admin.users.session.reset': (call) => {
    const member = memberOf(call, call.args.need('user_id'));
    if (member.kind === 'bot') throw new Refusal('cannot_reset_bot');
    if (member.primaryOwner) throw new Refusal('cannot_reset_primary_owner');
    resetSessions(call.state, member);
    return {};
  },

  'admin.users.session.invalidate': (call) => {
    const { args, state } = call;
    team(call, 'invalid_arguments');
    const [member, session] = [memberOf(call, args.need('user_id')), Number(args.need('session_id'))];
    if (!Number.isInteger(session)) throw new Refusal('invalid_arguments');
    if (member.primaryOwner) throw new Refusal('cannot_invalidate_primary_owner');
    if (!state.liveSessions(member.id).some((s) => s.id === session)) throw new Refusal('session_not_found');
    invalidateSession(state, member, session);
    return {};
  },

  'admin.audit.anomaly.allow.getItem': ({ state }) => {
    const rows = state.visible(state.rows.trusted).map((r) => r.fields);
    return {
      trusted_cidr: rows.flatMap((r) => ('cidr' in r ? [r.cidr] : [])),
      trusted_asns: rows.flatMap((r) => ('asn' in r ? [r.asn] : [])),
    };
  },

  'admin.auth.policy.getEntities': (call) => {
    if (call.args.need('policy_name') !== 'email_password') throw new Refusal('policy_not_found');
    const exempt = call.state.members.filter((m) => m.kind !== 'bot' && !m.sso);
    const { page, next } = cursorPage(exempt, call.args.text('cursor'), size(call, 'limit', 1000));
    return {
      entities: page.map((m) => ({ entity_id: m.id, entity_type: 'USER', date_added: 0 })),
      entity_total_count: exempt.length,
      response_metadata: { next_cursor: next },
    };
  },

  'admin.apps.restricted.list': (call) => ({ ...resolved(call, 'restricted') }),
  'admin.apps.approved.list': (call) => ({ ...resolved(call, 'approved') }),
  'admin.apps.restrict': (call) => {
    organisation(call);
    resolveApp(call.state, app(call, 'invalid_app_id'), 'restricted', 'admin.apps.restrict', 'app_restricted');
    return {};
  },
  'admin.apps.approve': (call) => {
    organisation(call);
    resolveApp(call.state, app(call, 'invalid_app_id'), 'approved', 'admin.apps.approve', 'app_approved');
    return {};
  },
  'admin.apps.clearResolution': (call) => {
    organisation(call);
    const target = app(call, 'invalid_app_id');
    if (target.resolution === undefined) throw new Refusal('no_resolution_found');
    resolveApp(call.state, target, undefined, 'admin.apps.clearResolution', 'app_removed_from_whitelist');
    return {};
  },
  'admin.apps.uninstall': (call) => {
    const target = app(call, 'app_not_found');
    const [enterprise, teams] = [call.args.text('enterprise_id'), call.args.list('team_ids')];
    if ((enterprise === undefined) === (teams.length === 0)) throw new Refusal('specify_enterprise_or_teams');
    if (enterprise !== undefined && enterprise !== call.state.own.enterpriseId)
      throw new Refusal('enterprise_not_found');
    if (!call.state.isInstalled(target)) throw new Refusal('app_not_found');
    uninstallApp(call.state, target);
    return {};
  },
};

/** One row per person, address and client, newest last use first. */
function accessRows({
  state,
}: Call): readonly { readonly date_first: number; readonly date_last: number; readonly count: number }[] {
  const rows = new Map<string, { date_first: number; date_last: number; count: number }>();
  for (const { at, fields } of state.visible(state.rows.access)) {
    const key = [fields.user, fields.ip, fields.ua].join(' ');
    const time = unix(at);
    const known = rows.get(key);
    if (known)
      Object.assign(known, {
        date_first: Math.min(known.date_first, time),
        date_last: Math.max(known.date_last, time),
        count: known.count + fields.count,
      });
    else
      rows.set(key, {
        ...{
          user_id: fields.user,
          username: state.member(fields.user)?.key,
          ip: fields.ip,
          user_agent: fields.ua,
          isp: fields.isp,
          country: fields.country,
          region: fields.region,
        },
        date_first: time,
        date_last: time,
        count: fields.count,
      });
  }
  return [...rows.values()].sort((a, b) => b.date_last - a.date_last);
}

function resolved(call: Call, resolution: 'approved' | 'restricted'): object {
  organisation(call);
  const apps = call.state.apps.filter((a) => a.resolution === resolution);
  const { page, next } = cursorPage(apps, call.args.text('cursor'), size(call, 'limit', 100));
  return {
    [`${resolution}_apps`]: page.map((a) => ({
      app: { id: a.id, name: a.name },
      scopes: a.scopes.map((name) => ({ name })),
      date_updated: 0,
    })),
    response_metadata: { next_cursor: next },
  };
}

/** Exactly one of workspace and organisation. */
function organisation({ args, state }: Call): void {
  const [enterprise, where] = [args.text('enterprise_id'), args.text('team_id')];
  if ((enterprise === undefined) === (where === undefined))
    throw new Refusal(enterprise === undefined ? 'team_not_found' : 'too_many_teams_provided');
  if (
    (enterprise ?? state.own.enterpriseId) !== state.own.enterpriseId ||
    (where ?? state.own.teamIds[0]) !== state.own.teamIds[0]
  )
    throw new Refusal('team_not_found');
}

function app({ args, state }: Call, code: string): App {
  const found = state.apps.find((a) => a.id === args.need('app_id'));
  if (!found) throw new Refusal(code);
  return found;
}
