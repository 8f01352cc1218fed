import { beforeAll, describe, expect, it } from 'vitest';
import { query } from '../../../store/postgres/connection.js';
import { DATABASE_ROLES } from '../../../store/postgres/grants.js';
import type { Role } from '../../../store/role-keys.js';
import { mail, profile, slack, useRegistries } from './support.js';

const { database, open } = useRegistries();
const TABLES = ['subject_registry', 'subjects', 'subject_aliases'] as const;
const REFUSED = { code: 'DATABASE_REFUSED', state: '42501' };

let kim: string;
beforeAll(async () => {
  const registry = await open('evidence');
  kim = (await registry.resolve([slack('UPLANTED'), mail('kim.planted@example.com')])).subjectId;
  await registry.bind(kim, [mail('k.planted@example.com')]);
  await query(
    database.pool,
    `INSERT INTO subjects (organisation, subject_id, canonical) VALUES ('test', 's-alone', 's-alone')`,
  );
  await registry.setProfile(
    profile(kim, { phone: '+1 555 0100', accounts: [{ platform: 'slack', tenant: 'acme', nativeId: 'UPLANTED' }] }),
  );
});

/** Each changes rows of the own organisation, where it may. */
const STATEMENTS: Readonly<Record<string, string>> = {
  'take a turn': 'UPDATE subject_registry SET changes = changes + 1',
  'change the key': `UPDATE subject_registry SET key_id = 'k-other'`,
  'forget the key': 'DELETE FROM subject_registry',
  'register somebody': `INSERT INTO subjects (subject_id, canonical) VALUES ('s-x', 's-x')`,
  'register somebody with a profile': `INSERT INTO subjects (subject_id, canonical, profile) VALUES ('s-x', 's-x', '')`,
  'register for another organisation': `INSERT INTO subjects (organisation, subject_id, canonical) VALUES ('other', 's-x', 's-x')`,
  'join subjects': 'UPDATE subjects SET canonical = canonical',
  'write a profile': 'UPDATE subjects SET profile = NULL',
  'give another id': `UPDATE subjects SET subject_id = 's-x'`,
  'forget somebody': `DELETE FROM subjects WHERE subject_id = 's-alone'`,
  'claim an alias': `INSERT INTO subject_aliases (alias, subject_id, box) SELECT sha256('x'), subject_id, '' FROM subjects LIMIT 1`,
  'verify an alias': `INSERT INTO subject_aliases (alias, subject_id, verified, box) SELECT sha256('x'), subject_id, true, '' FROM subjects LIMIT 1`,
  'take an alias': 'UPDATE subject_aliases SET subject_id = subject_id, verified = true, box = box',
  'change an alias': 'UPDATE subject_aliases SET alias = alias',
  'read what an alias is': 'SELECT box FROM subject_aliases',
  'forget an alias': 'DELETE FROM subject_aliases',
  'empty a table': 'TRUNCATE subject_aliases',
};
const MAY: Partial<Readonly<Record<Role, readonly string[]>>> = {
  evidence: [
    ...['take a turn', 'register somebody', 'join subjects', 'write a profile'],
    ...['claim an alias', 'verify an alias', 'take an alias', 'read what an alias is'],
  ],
  console: ['register somebody', 'claim an alias'],
  records: ['take a turn', 'join subjects', 'forget somebody', 'forget an alias'],
};

describe('the rights to who is who', () => {
  it.each(DATABASE_ROLES)('%s may do what its part needs, and the server refuses the rest', async (role) => {
    for (const [what, statement] of Object.entries(STATEMENTS)) {
      const on = await database.as(role).connect();
      try {
        await query(on, 'BEGIN');
        const done = query(on, statement);
        if (MAY[role]?.includes(what)) expect((await done).rowCount, what).toBeGreaterThan(0);
        else await expect(done, what).rejects.toMatchObject(REFUSED);
      } finally {
        await query(on, 'ROLLBACK');
        on.release();
      }
    }
  });

  it.each(['containment', 'intake'] as const)('%s sees nothing of it', async (role) => {
    for (const table of TABLES)
      await expect(query(database.as(role), `SELECT FROM ${table}`), table).rejects.toMatchObject(REFUSED);
  });

  it.each(['people', 'analysis', 'records'] as const)('%s finds and reads, and registers nobody', async (role) => {
    const registry = await open(role);
    expect(await registry.findEach([slack('UPLANTED'), slack('U2')])).toEqual([kim, undefined]);
    expect((await registry.profile(kim))?.name).toBe('Kim Planted');
    await expect(registry.resolve([slack('U2')])).rejects.toMatchObject(REFUSED);
    await expect(registry.setProfile(profile(kim))).rejects.toMatchObject(REFUSED);
    await expect(registry.bind(kim, [slack('U2')])).rejects.toMatchObject(REFUSED);
  });
});

describe('who is who', () => {
  it('of another organisation is another: it sees nothing, and gives its own ids', async () => {
    const other = await open('evidence', { organisation: 'other' });
    expect(await other.find(slack('UPLANTED'))).toBeUndefined();
    expect(await other.profile(kim)).toBeUndefined();
    expect(await other.aliases(kim)).toEqual([]);
    await expect(other.setProfile(profile(kim))).rejects.toMatchObject({ code: 'STORE_GONE' });
    await expect(other.bind(kim, [slack('U5')])).rejects.toMatchObject({ code: 'STORE_GONE' });
    const { subjectId, created } = await other.resolve([slack('UPLANTED')]);
    expect(created).toBe(true);
    expect(subjectId).not.toBe(kim);
    expect(await (await open('people')).find(slack('UPLANTED'))).toBe(kim);
    for (const table of TABLES) {
      const { rows } = await query(database.as('evidence', 'other'), `SELECT DISTINCT organisation FROM ${table}`);
      expect(rows, table).toEqual([{ organisation: 'other' }]);
    }
  });

  it('can be read by nobody without the key: no name, no address, no account, no number', async () => {
    for (const table of TABLES) {
      const { rows } = await query<Record<string, unknown>>(database.pool, `SELECT * FROM ${table}`);
      expect(rows.length).toBeGreaterThan(0);
      const dump = rows
        .flatMap((row) => Object.values(row))
        .map((value) =>
          Buffer.isBuffer(value) ? `${value.toString('latin1')} ${value.toString('hex')}` : String(value),
        )
        .join('\n');
      for (const plain of ['planted', 'example.com', 'slack', 'acme', '555 0100', 'person'])
        for (const form of [plain, Buffer.from(plain).toString('hex')])
          expect(dump.toLowerCase(), `${plain} in ${table}`).not.toContain(form.toLowerCase());
    }
  });
});
