import { z } from 'zod';
import { QuellError } from '../domain/errors.js';
import { PLATFORMS } from '../platforms/registry.js';
import { outgoing } from '../platforms/wire/outgoing.js';
import { hmacSignature, type SenderAuth } from './intake/verify-sender.js';

/** What the intake answers: where to ask what became of it, and a note when it cannot become a case as it is. */
const Accepted = z.object({
  repeat: z.boolean().default(false),
  receipt: z.string(),
  status: z.string(),
  note: z.string().optional(),
});
export type AcceptedAlert = z.infer<typeof Accepted>;
const Refused = z.object({ message: z.string() });

/** Posts a body to the intake as the source's sender would, with the source's own proof and no other. Errors: SIGNATURE, ALERT_FORMAT, TOO_MANY, INBOX_FULL, STORE. */
export async function sendAlert(
  intake: string,
  source: Pick<SenderAuth, 'auth'> & { readonly name: string },
  secret: string,
  body: string,
  now: Date = new Date(),
): Promise<AcceptedAlert> {
  const { headers, query } = proofOf(source.auth, secret, body, now);
  const url = new URL(`alerts/${source.name}`, intake.endsWith('/') ? intake : `${intake}/`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const response = await outgoing(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    redirect: 'error',
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return Accepted.parse(answer);
  const why = `the intake answered ${response.status}: ${Refused.safeParse(answer).data?.message ?? 'nothing that could be read'}`;
  if (response.status === 401) throw new QuellError('SIGNATURE', why);
  const code = ({ 429: 'TOO_MANY', 503: 'INBOX_FULL' } as const)[response.status];
  throw new QuellError(code ?? 'ALERT_FORMAT', why);
}

interface Proof {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

function proofOf(auth: SenderAuth['auth'], secret: string, body: string, now: Date): Proof {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const by = (headers: Proof['headers'], query: Proof['query'] = {}): Proof => ({ headers, query });
  switch (auth) {
    case 'hmac':
      return by({ 'x-quell-timestamp': timestamp, 'x-quell-signature': hmacSignature(secret, timestamp, body) });
    case 'bearer':
      return by({ authorization: `Bearer ${secret}` });
    case 'basic':
      return by({ authorization: `Basic ${Buffer.from(`quell:${secret}`).toString('base64')}` });
    case 'url-secret':
      return by({}, { token: secret });
    case 'oidc':
      throw new QuellError(
        'CONFIG',
        'this source takes tokens of its identity provider alone; name another with --source',
      );
    default: {
      const proof = PLATFORMS.senderProofs.get(auth);
      if (!proof) throw new QuellError('CONFIG', `no way of proof is called ${auth}`);
      return by(proof.headers(secret, body, now));
    }
  }
}
