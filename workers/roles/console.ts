import { readFile } from 'node:fs/promises';
import type { FastifyRequest } from 'fastify';
import { createConsole, type ConsoleOptions } from '../../gateway/console/app.js';
import { Sessions } from '../../gateway/console/session.js';
import { isLoopback, registerCodecServer } from '../../gateway/codec-server.js';
import { Delivery } from '../../gateway/delivery.js';
import { equal } from '../../gateway/intake/verify-sender.js';
import { AuditSpool } from '../../store/audit-spool.js';
import { CaseIndex } from '../../store/case-index.js';
import { EvidenceReader, EvidenceWriter } from '../../store/evidence-store.js';
import { InboxReader } from '../../store/inbox.js';
import { EncryptionCodec, payloadKeys } from '../../store/payload-codec.js';
import { DOSSIER_RECIPIENTS } from '../../store/role-keys.js';
import { SubjectRegistry } from '../../store/subject-registry.js';
import { QuellError } from '../../domain/errors.js';
import { consolePorts } from '../console-ports.js';
import { inConfigFolder, registryOptions, type RoleContext, type RunningRole } from '../context.js';
import { installedLogger } from '../runtime.js';
import { connectClient } from '../temporal.js';

/** The internal side: console, delivery from the inbox, codec server. */
export async function startConsole(context: RoleContext): Promise<RunningRole> {
  const { config, paths, keys } = context;
  const client = await connectClient(context);
  const registry = await SubjectRegistry.open(paths.registry, keys.secret('registry'), registryOptions(config));
  const index = await CaseIndex.open(paths.cases);
  const inbox = await InboxReader.open(paths.inbox, keys.opening('inbox'));
  const dossier = new EvidenceReader(paths.dossier, keys.opening('seal-console'));
  const logger = installedLogger();

  const auth = await signIn(context);
  const app = createConsole({
    ports: consolePorts({
      client,
      registry,
      index,
      inbox,
      dossier,
      spool: new AuditSpool(paths.auditSpool),
      reports: paths.reports,
    }),
    people: config.deciders,
    sessions: new Sessions(keys.secret('session')),
    key: keys.signing('decision'),
    auth,
    demo: config.profile === 'demo',
    ...(config.addresses.temporalUi === undefined ? {} : { temporalUi: config.addresses.temporalUi }),
  });
  registerCodecServer(app, {
    prefix: '/codec',
    origins: config.addresses.temporalUi === undefined ? [] : [new URL(config.addresses.temporalUi).origin],
    codec: new EncryptionCodec(payloadKeys(keys), 'pass'),
    // The password is a demo's, on loopback; behind a proxy every request names who asks.
    allowed: (request) => (auth.type === 'proxy' ? isProven(request, auth, config.deciders) : isLoopback(request)),
  });
  const [host = '127.0.0.1', port = '0'] = config.addresses.listen.console.split(':');
  const address = await app.listen({ host, port: Number(port) });

  const stopping = new AbortController();
  const delivery = new Delivery({
    client,
    inbox,
    registry,
    index,
    dossier: new EvidenceWriter(
      paths.dossier,
      DOSSIER_RECIPIENTS.map((name) => keys.sealing(name)),
    ),
    sources: config.sources,
    tenants: config.tenants.map((t) => ({ platform: t.platform, tenant: t.tenant, vendorIds: vendorIds(t) })),
    mailDomains: config.mailDomains,
    answerKey: keys.secret('answer'),
    decisionKey: keys.signing('decision'),
    log: (what, data) => logger.warn(data, what),
  });
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

function vendorIds(tenant: RoleContext['config']['tenants'][number]): readonly string[] {
  switch (tenant.platform) {
    case 'slack':
      return tenant.teamIds;
    case 'microsoft':
      return [tenant.tenantId];
    case 'google':
      return [tenant.customerId];
  }
}

/** Whether the proxy vouches for the request and names somebody whom the configuration knows. */
function isProven(
  { headers }: FastifyRequest,
  { header, secretHeader, secret }: Extract<ConsoleOptions['auth'], { type: 'proxy' }>,
  people: RoleContext['config']['deciders'],
): boolean {
  const proof = headers[secretHeader.toLowerCase()];
  return (
    typeof proof === 'string' &&
    equal(proof, secret) &&
    people.some(({ personId }) => personId === headers[header.toLowerCase()])
  );
}

/** Demo: one password that the first start made. Production: a proxy that has authenticated people and proves itself. */
async function signIn({ config, paths, keys }: RoleContext): Promise<ConsoleOptions['auth']> {
  if (config.consoleAuth.type === 'password') {
    const hash = await readFile(inConfigFolder(config, config.consoleAuth.hashFile), 'utf8');
    return { type: 'password', hash: hash.trim() };
  }
  const secret = keys.text('console-proxy');
  if (secret === undefined) throw new QuellError('CONFIG', `the secret console-proxy is missing (${paths.root})`);
  return { ...config.consoleAuth, secret };
}
