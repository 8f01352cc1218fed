import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll } from 'vitest';
import { awsServer } from '../../scripts/lib/aws-server.mjs';

/** Ends with whoever started it, also when that is killed: at the end of its input. */
const SERVE = `
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(["-H", "127.0.0.1", "-p", sys.argv[1]])`;
const START_WITHIN_MS = 60_000;
const REGION = 'us-east-1';

/** A server of S3 and KMS of its own for a file of tests. What connects finds its credentials as in production, by the SDK's chain: in the environment. */
export class TestAws {
  #server: ChildProcess | undefined;
  #port = 0;

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }
  /** As the configuration names it. */
  get service() {
    return { region: REGION, endpoint: this.endpoint };
  }
  get s3(): S3Client {
    return new S3Client({ ...this.service, forcePathStyle: true, maxAttempts: 2 });
  }
  get kms(): KMSClient {
    return new KMSClient({ ...this.service, maxAttempts: 2 });
  }

  /** At the port that it had before, if any. */
  async start(): Promise<void> {
    const server = spawn('python3', ['-c', SERVE, String(this.#port)], {
      env: { ...process.env, PYTHONPATH: awsServer() },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    this.#server = server;
    let said = '';
    this.#port = await new Promise<number>((resolve, reject) => {
      const fail = (): void => reject(new Error(`the server of S3 does not start: ${said}`));
      const late = setTimeout(fail, START_WITHIN_MS);
      server.once('exit', fail);
      server.stderr.on('data', (data: Buffer) => {
        said = `${said}${data.toString()}`.slice(-4_000);
        const port = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
        if (port === undefined) return;
        clearTimeout(late);
        server.off('exit', fail);
        resolve(Number(port));
      });
    });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGKILL');
    await ended;
  }

  /** A bucket of its own. Object lock comes with versions. */
  async bucket({ versions = false, lock = false }: { versions?: boolean; lock?: boolean } = {}): Promise<string> {
    const Bucket = `b-${randomBytes(6).toString('hex')}`;
    await this.s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: lock }));
    if (versions)
      await this.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    return Bucket;
  }

  /** A client of KMS for a user who may do these things alone, where rights count. */
  async kmsOf(actions: readonly string[]): Promise<KMSClient> {
    const name = `u-${randomBytes(6).toString('hex')}`;
    await this.iam({ Action: 'CreateUser', UserName: name });
    const said = await this.iam({ Action: 'CreateAccessKey', UserName: name });
    const [, accessKeyId = ''] = /<AccessKeyId>(.+?)</.exec(said) ?? [];
    const [, secretAccessKey = ''] = /<SecretAccessKey>(.+?)</.exec(said) ?? [];
    const Statement = { Effect: 'Allow', Action: actions, Resource: '*' };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [Statement] });
    await this.iam({ Action: 'PutUserPolicy', UserName: name, PolicyName: 'p', PolicyDocument });
    return new KMSClient({ ...this.service, maxAttempts: 2, credentials: { accessKeyId, secretAccessKey } });
  }

  /** Rights count, or nobody's do. */
  async enforce(on: boolean): Promise<void> {
    await fetch(`${this.endpoint}/moto-api/reset-auth`, { method: 'POST', body: on ? '0' : '1000000' });
  }

  /** ARN of a new key of KMS. */
  async key(): Promise<string> {
    const { KeyMetadata } = await this.kms.send(new CreateKeyCommand({}));
    return KeyMetadata?.Arn ?? '';
  }

  /** While rights do not count, a signature does not either. */
  private async iam(form: Record<string, string>): Promise<string> {
    const answer = await fetch(this.endpoint, {
      method: 'POST',
      body: new URLSearchParams({ Version: '2010-05-08', ...form }),
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=testing/20260101/${REGION}/iam/aws4_request, SignedHeaders=host, Signature=0`,
      },
    });
    if (!answer.ok) throw new Error(`${form['Action'] ?? ''}: ${answer.status}`);
    return answer.text();
  }
}

export function useAws(): TestAws {
  const aws = new TestAws();
  beforeAll(async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' });
    await aws.start();
  });
  afterAll(() => aws.stop());
  return aws;
}
