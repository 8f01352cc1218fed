import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerCaseLists } from '../../cli/case-lists.js';
import { CaseWriter } from '../../store/cases/case-writer.js';
import { query } from '../../store/postgres/connection.js';
import { NOW, summary } from '../store/cases/support.js';
import { useDatabase } from '../support/database.js';

const database = useDatabase();
let said = '';
beforeEach(async () => {
  said = '';
  for (const [name, value] of Object.entries(database.env('console'))) vi.stubEnv(name, value);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  await query(database.pool, 'TRUNCATE cases, case_alerts, plan_waits');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function quell(...args: readonly string[]): Promise<readonly string[]> {
  said = '';
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  registerCaseLists(program);
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => undefined });
  await program.parseAsync(['cases', ...args], { from: 'user' });
  return said.split('\n').filter((line) => line !== '');
}
const put = (...args: Parameters<typeof summary>) => new CaseWriter(database.as('records')).put(summary(...args), NOW);
const idsIn = (lines: readonly string[]) => lines.map((line) => line.split(' ')[0]);

describe('cases at the terminal', () => {
  it('are listed newest first, with what they wait for, by what is asked for', async () => {
    await put('s-a', 1, { closedAs: 'no_incident', verdict: 'benign' });
    await put('s-b', 2, { stage: 'containment', openTasks: 2, taskRoles: ['lead'], severity: 'critical' });
    const all = await quell();
    expect(all).toEqual([
      expect.stringMatching(
        /^case-s-b {2}containment +critical compromised +slack +2026-01-02\S+ {2}waits for 0 plan\(s\), 2 task\(s\)$/,
      ),
      expect.stringMatching(/^case-s-a {2}closed: no incident +high +benign +slack +2026-01-01\S+$/),
    ]);
    for (const [asked, ids] of [
      [['--open'], ['case-s-b']],
      [['--verdict', 'benign'], ['case-s-a']],
      [['--severity', 'critical'], ['case-s-b']],
      [['--role', 'lead'], ['case-s-b']],
      [['--role', 'counsel'], []],
      [['--platform', 'google'], []],
      [['--id', 's-a'], ['case-s-a']],
      [['--search', 'benign slack'], ['case-s-a']],
      [
        ['--order', 'oldest'],
        ['case-s-a', 'case-s-b'],
      ],
      [
        ['--limit', '1'],
        ['case-s-b', 'and'],
      ],
    ] as const)
      expect(idsIn(await quell(...asked)), asked.join(' ')).toEqual(ids);
  });

  it('are all listed, however many there are', async () => {
    await query(
      database.pool,
      `INSERT INTO cases (organisation, case_id, opened_at, subject_id, written, updated_at, stage, severity, verdict, platforms, sources, alert_count, open_tasks, open_plans, waits, task_roles, links)
       SELECT 'test', 'case-' || n, now(), 's-' || n, 1, now(), 'contact', 1, 'benign', '{}', '{}', 1, 0, 0, '[]', '{}', '{}' FROM generate_series(1, 1100) n`,
    );
    expect(new Set(idsIn(await quell('--limit', '2000'))).size).toBe(1_100);
    expect(await quell('--limit', '700')).toHaveLength(701);
  });

  it.each(['0', '-1', '1.5', 'many'])('are not limited to %s', async (limit) => {
    await expect(quell(`--limit=${limit}`)).rejects.toMatchObject({ code: 'commander.invalidArgument' });
  });

  it('come as numbers, together and by detector', async () => {
    const at = new Date(Date.now() - 3_600_000).toISOString();
    const later = new Date(Date.now() - 1_800_000).toISOString();
    await put('s-a', 1, { openedAt: at, times: { detectedAt: at, acknowledgedAt: later }, verdict: 'false_positive' });
    const [, head, all, siem] = await quell('--numbers', '--days', '1');
    expect(head?.trim().split(/\s{2,}/)).toContain('acknowledge');
    expect(all?.split(/\s{2,}/)).toEqual(['all', '1', '1', '1', '0', '100 %', '-', '30 min', '-', expect.anything()]);
    expect(siem).toMatch(/^siem /);
    expect(await quell('--numbers', '--days', '1')).toHaveLength(4);
  });
});
