import type { Pool } from 'pg';
import { poolOf } from '../store/postgres/connection.js';
import { requireSchema } from '../store/postgres/migrations.js';
import { databaseSettings } from '../store/postgres/settings.js';
import type { Role } from '../store/role-keys.js';

/** The database as one role reaches it (`DATABASE_URL`, `DATABASE_PASSWORD_FILE`). The playbook role never asks for it. */
export class RoleDatabase {
  #pool: Pool | undefined;

  constructor(
    private readonly role: Role,
    private readonly env: Readonly<Record<string, string | undefined>>,
  ) {}

  /** Connects when it is asked first. Errors: CONFIG. */
  get pool(): Pool {
    return (this.#pool ??= poolOf(databaseSettings(this.env), { role: this.role }));
  }

  /** Errors: CONFIG; DATABASE_SCHEMA when the schema is of another release; DATABASE_UNAVAILABLE. */
  async ready(): Promise<void> {
    if (this.role !== 'playbook') await requireSchema(this.pool);
  }

  async end(): Promise<void> {
    await this.#pool?.end();
  }
}
