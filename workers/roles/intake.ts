import { createIntake } from '../../gateway/intake.js';
import type { ChatCallers } from '../../gateway/intake/callbacks.js';
import { createChatVerifier } from '../../platforms/google/verify-chat.js';
import { createBotVerifier } from '../../platforms/microsoft/verify-bot.js';
import { say } from '../../platforms/slack/respond.js';
import { slackBases } from '../../platforms/slack/settings.js';
import { InboxWriter, OutcomeTail } from '../../store/inbox.js';
import type { RoleContext, RunningRole } from '../context.js';
import { installedLogger } from '../runtime.js';
import { wireTo } from '../wires.js';

/** Chat vendors wait three seconds for their answer. */
const KEYS_WITHIN_MS = 2_000;

/** The public edge: webhook secrets and the inbox's public key, nothing else. It knows no Temporal. */
export async function startIntake(context: RoleContext): Promise<RunningRole> {
  const { config, paths, keys } = context;
  const inbox = await InboxWriter.open(paths.inbox, keys.sealing('inbox'));
  const outcomes = new OutcomeTail(paths.inbox);
  const logger = installedLogger();
  const app = createIntake({
    inbox,
    sources: config.sources,
    secret: (name) => keys.text(name),
    callers: chatCallers(context),
    outcome: (seq) => outcomes.find(seq),
    answerKey: keys.secret('answer'),
    publicUrl: config.addresses.intake,
    limits: config.limits,
    proxies: config.limits.proxies,
    log: (what, data) => logger.error(data, what),
  });
  const [host = '127.0.0.1', port = '0'] = config.addresses.listen.intake.split(':');
  const address = await app.listen({ host, port: Number(port) });
  return {
    addresses: { intake: address },
    ended: new Promise(() => undefined),
    stop: async () => {
      await app.close();
      await inbox.close();
    },
  };
}

/** Of several tenants of a vendor the first that has a chat app: one app's callbacks are one address. */
function chatCallers(context: RoleContext): ChatCallers {
  const { config, keys } = context;
  const timeoutMs = KEYS_WITHIN_MS;
  const google = config.tenants.flatMap((t) => (t.platform === 'google' && t.chatApp ? [t.chatApp] : []))[0];
  const teams = config.tenants.flatMap((t) =>
    t.platform === 'microsoft' && t.bot ? [{ ...t.bot, tenantId: t.tenantId }] : [],
  )[0];
  const slack = config.tenants.flatMap((t) =>
    // The app whose buttons these are is that of the people role.
    t.platform === 'slack' ? [wireTo(context, 'people', t, { bases: slackBases(t.baseUrls) })] : [],
  )[0];
  return {
    slackSigningSecret: keys.text('slack-signing'),
    ...(slack && { slackReply: (url, text) => say(slack, url, { text, replace: true }) }),
    ...(google && {
      google: createChatVerifier({
        mode: google.mode,
        audience: google.audience,
        timeoutMs,
        ...(google.callerEmail === undefined ? {} : { callerEmail: google.callerEmail }),
        ...(google.keysUrl === undefined ? {} : { keysUrl: google.keysUrl }),
      }),
    }),
    ...(teams && {
      teams: createBotVerifier({
        botAppId: teams.appId,
        tenantId: teams.tenantId,
        metadataUrl: teams.metadataUrl,
        timeoutMs,
      }),
    }),
  };
}
