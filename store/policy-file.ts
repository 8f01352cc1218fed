import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { canonicalJson, digest } from '../domain/canonical.js';
import type { Policy } from '../domain/policy.js';
import { QuellError } from '../domain/errors.js';
import { ensureDir, errno, writeWhole, io } from './files.js';
import { PolicySchema } from './policy-schema.js';

export interface PinnedPolicy {
  readonly policy: Policy;
  /** `digest(policy)` of domain/canonical: over what it says, not over how the file is written. */
  readonly digest: string;
}

/** Reads and validates a policy file (YAML, strict: an unknown or missing field is an error that names its path). `channels`: those that there are. Errors: CONFIG. */
export async function loadPolicy(path: string, channels?: readonly string[]): Promise<PinnedPolicy> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new QuellError('CONFIG', `the policy file cannot be read: ${errno(cause) ?? 'unknown'}`, { cause });
  });
  let data: unknown;
  try {
    data = parse(text);
  } catch (cause) {
    throw new QuellError('CONFIG', `the policy file is not YAML: ${cause instanceof Error ? cause.message : ''}`);
  }
  return pinned(data, channels);
}

/** Keeps versions by digest, so that a case reads the one it pinned. */
export class PolicyStore {
  constructor(
    private readonly dir: string,
    private readonly path: string,
    private readonly channels?: readonly string[],
  ) {}

  /** The file as it is now, kept under its digest. Errors: CONFIG, STORE. */
  async current(): Promise<PinnedPolicy> {
    const now = await loadPolicy(this.path, this.channels);
    if ((await this.kept(now.digest)) === undefined) {
      await io('policy', async () => {
        await ensureDir(this.dir);
        await writeWhole(this.file(now.digest), canonicalJson(now.policy));
      });
    }
    return now;
  }

  /** The version of that digest. Errors: STORE_GONE when it was never pinned here, STORE_TAMPERED when it does not hash to it. */
  async read(wanted: string): Promise<Policy> {
    const text = await this.kept(wanted);
    if (text === undefined) throw new QuellError('STORE_GONE', 'no policy of this digest is kept here');
    // It was valid when it was kept; a newer schema must not make an open case unreadable. Its digest says that it is the same.
    const policy = parseJson(text);
    if (policy === undefined || digest(policy) !== wanted)
      throw new QuellError('STORE_TAMPERED', 'a kept policy does not match its digest');
    return policy as Policy;
  }

  private async kept(wanted: string): Promise<string | undefined> {
    return io('policy', async () => {
      try {
        return await readFile(this.file(wanted), 'utf8');
      } catch (error) {
        if (errno(error) === 'ENOENT') return undefined;
        throw error;
      }
    });
  }

  private file(wanted: string): string {
    if (!/^[0-9a-f]{64}$/.test(wanted)) throw new QuellError('STORE_GONE', 'not a policy digest');
    return join(this.dir, `${wanted}.json`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pinned(data: unknown, channels?: readonly string[]): PinnedPolicy {
  const parsed = PolicySchema.safeParse(data);
  if (!parsed.success) throw new QuellError('CONFIG', `policy: ${z.prettifyError(parsed.error)}`);
  const unknown = channels && parsed.data.contact.channels.find((channel) => !channels.includes(channel));
  if (unknown !== undefined)
    throw new QuellError('CONFIG', `policy: contact.channels: ${unknown} is none of ${channels?.join(', ') ?? ''}`);
  return { policy: parsed.data, digest: digest(parsed.data) };
}
