import { readFile } from 'node:fs/promises';
import { createConsole } from '../../gateway/console/app.js';
import type { ConsoleAuth } from '../../gateway/console/sign-in.js';
import { Sessions } from '../../gateway/console/session.js';
import { Delivery } from '../../gateway/delivery.js';
import { AuditLog } from '../../store/audit/log.js';
import { CaseIndex } from '../../store/cases/case-index.js';
import { EndedSessions } from '../../store/ended-sessions.js';
import { CaseJoins } from '../../store/inbox/case-joins.js';
import { InboxReader } from '../../store/inbox/reader.js';
import { loadPolicy } from '../../store/policy-file.js';
import { EncryptionCodec, payloadKeys } from '../../store/payload-codec.js';
import { SubjectRegistry } from '../../store/subjects/registry.js';
import { SubjectKeys } from '../../store/subjects/subject-keys.js';
import { QuellError } from '../../domain/errors.js';
import { ALERTS } from '../../domain/policy.js';
import { RETENTION } from '../../domain/retention.js';
import { consolePorts } from '../console-ports.js';
import { decisionKeys, inConfigFolder, registryOptions, type RoleContext, type RunningRole } from '../context.js';
import { neverBack } from '../never-back.js';
import { decidersWithSubjects, registerDeciders, withoutNames } from '../people.js';
import { installedLogger } from '../runtime.js';
import { connectClient } from '../temporal.js';

/** The internal side: console, delivery from the inbox, codec server. */
export async function startConsole(context: RoleContext): Promise<RunningRole> {
  const { config, keys, vault } = context;
  const database = context.database.pool;
  const client = await connectClient(context);
  const registry = await SubjectRegistry.open(
    database,
    new SubjectKeys(context.vault.storage.keys, keys.secret('registry')),
    registryOptions(config),
  );
  const inbox = new InboxReader(database, keys.opening('inbox'));
  const dossier = { reader: vault.reader('dossier'), writer: vault.writer('dossier') };
  const logger = installedLogger();
  const sorting = {
    registry,
    index: new CaseIndex(database),
    sources: config.sources,
    tenants: config.tenants.map((t) => ({
      platform: t.platform,
      tenant: t.tenant,
      vendorIds: config.platforms.at(t).vendorIds,
    })),
    mailDomains: config.mailDomains,
    maxCasesPerAlert: async () => {
      const { policy } = await loadPolicy(inConfigFolder(config, config.policy));
      return (policy.alerts ?? ALERTS).maxCasesPerAlert;
    },
  };
  const retention = async () => (await loadPolicy(inConfigFolder(config, config.policy))).policy.retention ?? RETENTION;
  const delivery = new Delivery({
    ...sorting,
    client,
    retention,
    inbox,
    joins: new CaseJoins(database),
    dossier: dossier.writer,
    answerKey: keys.secret('answer'),
    decisionKey: keys.signing('decision'),
    log: (what, data) => logger.warn(data, what),
  });

  const { temporalUi } = config.addresses;
  const clock = neverBack();
  const audit = new AuditLog(database);
  await registerDeciders(config, registry);
  const people = await decidersWithSubjects(config, registry);
  const guard = { keys: decisionKeys(context), deciders: withoutNames(people) };
  const app = createConsole({
    ports: consolePorts({
      ...{ client, registry, database, sorting, dossier, audit, guard, retention },
      ...{ inboxKey: keys.opening('inbox'), reports: vault.reader('reports') },
    }),
    people,
    sessions: new Sessions(keys.secret('session'), new EndedSessions(database), () => clock().getTime()),
    key: keys.signing('decision'),
    planKeys: [keys.verifying('plan')],
    auth: await signIn(context),
    codec: new EncryptionCodec(payloadKeys(keys), 'pass'),
    demo: config.profile === 'demo',
    limits: config.limits,
    proxies: config.limits.proxies,
    log: (what, data) => logger.error(data, what),
    ...(temporalUi === undefined ? {} : { temporalUi: { url: temporalUi, namespace: context.temporal.namespace } }),
  });
  const [host = '127.0.0.1', port = '0'] = config.addresses.listen.console.split(':');
  const address = await app.listen({ host, port: Number(port) });

  const stopping = new AbortController();
  const delivering = delivery.run(stopping.signal);
  return {
    addresses: { console: address },
    ended: delivering.then(() => (stopping.signal.aborted ? new Promise(() => undefined) : undefined)),
    stop: async () => {
      stopping.abort();
      await delivering;
      await app.close();
      await inbox.close();
      await client.connection.close();
    },
  };
}

/** Demo: one password that the first start made. Production: a proxy that has authenticated people and proves itself. */
async function signIn({ config, paths, keys }: RoleContext): Promise<ConsoleAuth> {
  if (config.consoleAuth.type === 'password') {
    const hash = await readFile(inConfigFolder(config, config.consoleAuth.hashFile), 'utf8');
    return { type: 'password', hash: hash.trim() };
  }
  const secret = keys.text('console-proxy');
  if (secret === undefined) throw new QuellError('CONFIG', `the secret console-proxy is missing (${paths.root})`);
  return { ...config.consoleAuth, secret };
}
