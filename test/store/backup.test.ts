import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { headKeeper, headsIn } from '../../store/audit/heads.js';
import { AuditChain } from '../../store/audit/chain.js';
import { ADMIN, clusterPaths, dataArgument, passwordFile } from '../../store/postgres/cluster.js';
import { poolOf } from '../../store/postgres/connection.js';
import { DATABASE_ROLES } from '../../store/postgres/grants.js';
import { enrol } from '../../store/postgres/logins.js';
import { migrate } from '../../store/postgres/migrations.js';
import { wrongRights } from '../../store/postgres/rights.js';
import { OwnPostgres } from '../../store/postgres/server.js';
import { serverUser } from '../../store/postgres/server-user.js';
import { databaseSettings } from '../../store/postgres/settings.js';
import type { Role } from '../../store/role-keys.js';
import { folderStorage } from '../../store/case-vault.js';
import { openedBy } from '../../store/file-key-wrapping.js';
import { verifyState } from '../../store/verify.js';
import { testKeys } from './support.js';
import { CASE, WholeState } from './whole-state.js';

const folder = mkdtempSync(join(tmpdir(), 'quell-backup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ring = testKeys();
const keys = {
  audit: [ring.verifying('audit')],
  manifest: [ring.verifying('manifest')],
  open: [openedBy(ring.opening('seal-analysis'))],
};
const NOW = new Date('2026-01-01T01:00:00.000Z');

const DEBIAN = '/usr/lib/postgresql';
/** A folder with a server and the programs that copy its databases, which the npm package leaves out: on PATH, or Debian's. */
const tools = [
  ...(process.env['PATH'] ?? '').split(delimiter),
  ...(existsSync(DEBIAN) ? readdirSync(DEBIAN) : []).map((version) => join(DEBIAN, version, 'bin')),
].find((dir) => ['postgres', 'initdb', 'pg_dump', 'psql'].every((program) => existsSync(join(dir, program))));

/** A place of its own: server, logins, state folder. */
class Place {
  readonly #pools: Pool[] = [];
  private constructor(
    readonly root: string,
    readonly server: OwnPostgres,
  ) {}

  static async at(name: string): Promise<Place> {
    const root = join(folder, name);
    return new Place(
      root,
      await OwnPostgres.start({ root: join(root, 'postgres'), log: join(root, 'log'), durable: false }),
    );
  }

  get state(): string {
    return join(this.root, 'state');
  }

  /** As `quell db migrate` and `quell db enrol` do. */
  async enrolled(): Promise<void> {
    await migrate(databaseSettings({ ...this.server.env() }));
    for (const role of DATABASE_ROLES)
      await enrol(this.pool, { login: `test_${role}`, organisation: 'test', role, password: this.#password(role) });
  }

  get pool(): Pool {
    return this.#opened(this.server.env(), 'test');
  }

  as(role: Role): Pool {
    this.#password(role);
    return this.#opened(this.server.env(`test_${role}`), role);
  }

  async wrong(): Promise<readonly string[]> {
    const elsewhere = await headsIn(join(folder, 'heads.jsonl'));
    const checks = await verifyState(
      this.state,
      folderStorage(this.state),
      this.as('console'),
      { ...keys, elsewhere },
      { now: NOW },
    );
    return checks.flatMap(({ problems }) => problems.map(({ code, what }) => `${code} ${what.slice(0, 40)}`));
  }

  async close(): Promise<void> {
    for (const pool of this.#pools) await pool.end();
    this.#pools.length = 0;
  }

  async stop(): Promise<void> {
    await this.close();
    await this.server.stop();
  }

  #password(role: Role): string {
    return readFileSync(passwordFile(clusterPaths(join(this.root, 'postgres')), `test_${role}`), 'utf8');
  }

  #opened(env: object, role: string): Pool {
    const pool = poolOf(databaseSettings({ ...env }), { role });
    this.#pools.push(pool);
    return pool;
  }
}

/** One that lived: a whole case, its heads kept elsewhere. */
async function lived(name: string): Promise<Place> {
  const place = await Place.at(name);
  await place.enrolled();
  await WholeState.build(place.state, ring, place);
  const keep = headKeeper({ file: join(folder, 'heads.jsonl') });
  const chain = new AuditChain(place.as('records'), ring.signing('audit'), keep);
  await chain.append([{ key: 'last', at: NOW.toISOString(), kind: 'console.signed_in', by: 'p-1' }]);
  await chain.checkpoint();
  expect(await place.wrong()).toEqual([]);
  return place;
}

/** A server of that release, whose files OwnPostgres then finds made. */
function madeBy(bin: string, root: string): void {
  const paths = clusterPaths(join(root, 'postgres'));
  const user = serverUser();
  for (const dir of [paths.root, paths.passwords, paths.server, paths.data])
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  writeFileSync(join(paths.server, 'first'), readFileSync(passwordFile(paths, ADMIN)));
  if (user.uid !== undefined) {
    execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, paths.server]);
    for (const dir of [folder, root, paths.root]) chmodSync(dir, 0o711); // this initdb names its folders whole
  }
  const settings = ['-D', dataArgument(paths.data), '-U', ADMIN, '--pwfile=../first', '--auth=scram-sha-256'];
  const made = spawnSync(join(bin, 'initdb'), [...settings, '--encoding=UTF8', '--locale=C.UTF-8'], {
    ...{ ...user, cwd: paths.data, encoding: 'utf8' },
  });
  expect([made.stderr, made.status]).toEqual([expect.any(String), 0]);
}

const copyState = (from: Place, to: Place): void => cpSync(from.state, to.state, { recursive: true });

describe('a backup that is restored into an empty place', () => {
  it.skipIf(tools === undefined && !process.env['CI'])(
    'is proven when it is a dump, and names what is missing of it',
    async () => {
      for (const name of ['first', 'second']) madeBy(tools!, join(folder, name));
      const first = await lived('first');
      const dump = join(folder, 'quell.sql');
      const run = (place: Place, program: string, ...args: string[]): void => {
        const { DATABASE_URL, DATABASE_PASSWORD_FILE } = place.server.env();
        const PGPASSWORD = readFileSync(DATABASE_PASSWORD_FILE, 'utf8');
        execFileSync(join(tools!, program), [...args, `--dbname=${DATABASE_URL}`], {
          env: { ...process.env, PGPASSWORD },
          stdio: 'pipe',
        });
      };
      run(first, 'pg_dump', '--no-owner', '--no-privileges', '--file', dump);
      const second = await Place.at('second');
      try {
        run(second, 'psql', '--quiet', '--single-transaction', '--set=ON_ERROR_STOP=1', '--file', dump);
        await second.enrolled();
        copyState(first, second);
        expect(await wrongRights(second.pool)).toEqual([]);
        expect(await second.wrong()).toEqual([]);
        rmSync(join(second.state, 'evidence', 'files', CASE), { recursive: true });
        expect((await second.wrong()).map((text) => text.split(' ')[0])).toEqual([
          'EVIDENCE_MISSING',
          'MANIFEST_MISSING',
        ]);
        copyState(first, second);
        // It goes on there, and what was used stays used.
        await new AuditChain(second.as('records'), ring.signing('audit')).append([
          { key: 'after', at: NOW.toISOString(), kind: 'console.signed_in', by: 'p-1' },
        ]);
        expect(await second.wrong()).toEqual([]);
      } finally {
        await second.stop();
        await first.stop();
      }
    },
  );

  it('is proven when it is the server’s files, copied at rest; an older copy of them is found by heads kept elsewhere', async () => {
    rmSync(join(folder, 'heads.jsonl'), { force: true });
    const first = await lived('third');
    await first.stop();
    execFileSync('cp', ['-a', first.root, join(folder, 'fourth')]);
    const again = await Place.at('third');
    const keep = headKeeper({ file: join(folder, 'heads.jsonl') });
    try {
      const copy = await Place.at('fourth');
      expect(await copy.wrong()).toEqual([]);
      const chain = new AuditChain(again.as('records'), ring.signing('audit'), keep);
      await chain.append([{ key: 'later', at: NOW.toISOString(), kind: 'console.signed_in', by: 'p-1' }]);
      await chain.checkpoint();
      expect(await again.wrong()).toEqual([]);
      expect((await copy.wrong())[0]).toBe('CHAIN_BROKEN line 10');
      await copy.stop();
    } finally {
      await again.stop();
    }
  });
});
