import { createIntake } from '../../gateway/intake.js';
import type { ChatCallback } from '../../platforms/callback.js';
import { outcomeOf } from '../../store/inbox/outcome.js';
import { InboxWriter } from '../../store/inbox/writer.js';
import type { RoleContext, RunningRole } from '../context.js';
import { installedLogger } from '../runtime.js';
import { wireTo } from '../wires.js';

/** Chat vendors wait three seconds for their answer. */
const KEYS_WITHIN_MS = 2_000;

/** The public edge: webhook secrets and the inbox's public key, nothing else. It knows no Temporal. */
export async function startIntake(context: RoleContext): Promise<RunningRole> {
  const { config, keys } = context;
  const { pool } = context.database;
  const logger = installedLogger();
  const app = createIntake({
    inbox: new InboxWriter(pool, keys.sealing('inbox')),
    sources: config.sources,
    secret: (name) => keys.text(name),
    callbacks: await callbacksOf(context),
    outcome: (seq) => outcomeOf(pool, seq),
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
    stop: () => app.close(),
  };
}

/** Of several tenants of a platform the first that has a chat app: one app's callbacks are one address. */
async function callbacksOf({ config, keys, callRecord }: RoleContext): Promise<readonly ChatCallback[]> {
  const given = { config, ...(callRecord === undefined ? {} : { callRecord }) };
  const all = await Promise.all(
    config.tenants.map((tenant) =>
      config.platforms.at(tenant).callback({
        secret: (name) => keys.text(name),
        // The app whose buttons these are is that of the people role.
        wire: (options) => wireTo(given, 'people', tenant, options),
        timeoutMs: KEYS_WITHIN_MS,
      }),
    ),
  );
  const there = all.filter((callback) => callback !== undefined);
  return there.filter(({ name }, i) => there.findIndex((other) => other.name === name) === i);
}
