import { createHash } from 'node:crypto';
import { createIntake } from '../../gateway/intake.js';
import { findOutcome, InboxWriter } from '../../store/inbox.js';
import type { RoleContext, RunningRole } from '../context.js';

/** The public edge: webhook secrets and the inbox's public key, nothing else. It knows no Temporal. */
export async function startIntake({ config, paths, keys }: RoleContext): Promise<RunningRole> {
  const inbox = await InboxWriter.open(paths.inbox, keys.sealing('inbox'));
  const secrets = config.sources.map((s) => keys.text(`source-${s.name}`) ?? '').join('\n');
  const app = createIntake({
    inbox,
    sources: config.sources,
    secret: (name) => keys.text(name),
    outcome: (seq) => findOutcome(paths.inbox, { seq }),
    // Receipts need no secret of their own: what only this role holds makes them unguessable.
    receiptKey: createHash('sha256').update('quell receipts\0').update(secrets).digest(),
    publicUrl: config.addresses.intake,
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
