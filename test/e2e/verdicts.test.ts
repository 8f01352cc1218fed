import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Row } from '../../cli/demo/verdicts/judge.js';
import type { Totals } from '../../cli/demo/verdicts/totals.js';

const ROOT = new URL('../../', import.meta.url).pathname;

/** A takeover in shadow mode, and one whose alert is missing: the first is judged by what would have been done, the second fails with its reason. */
test('scenarios of any folder run beside each other, and end as a table, as JSON and as an exit code', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quell-verdicts-test-'));
  try {
    const label = {
      situation: 'A session of somebody else reads and shares.',
      truth: 'attack',
      verdicts: ['compromised'],
      must: [{ action: 'end_sessions|disable_account', about: '@dana' }],
      mustNot: [{ action: 'block_ip', about: 'ip:office' }],
      mustSay: ['ip:attacker', ['shadow', 'nothing was written']],
    };
    for (const name of ['shadow', 'without-alert']) {
      cpSync(join(ROOT, 'simulator/scenarios/slack-takeover'), join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, 'expected.json'), JSON.stringify(label));
    }
    writeFileSync(join(folder, 'shadow', 'setup.json'), JSON.stringify({ config: { mode: 'shadow' } }));
    rmSync(join(folder, 'without-alert', 'alert.json'));

    const json = join(folder, 'verdicts.json');
    const { status, stdout } = spawnSync(
      process.execPath,
      ['--import', 'tsx', 'cli/demo/verdicts/main.ts', folder, '--json', json, '--check'],
      { cwd: ROOT, encoding: 'utf8' },
    );
    expect(existsSync(json), stdout).toBe(true);
    const { rows, totals } = JSON.parse(readFileSync(json, 'utf8')) as { rows: readonly Row[]; totals: Totals };
    expect(rows.map((r) => r.name)).toEqual(['shadow', 'without-alert']);
    const [shadow, without] = rows;
    expect(shadow).toMatchObject({
      ...{ verdictRight: true, actsRight: true, escalated: true },
      acts: { expected: 1, missing: [], forbidden: [] },
      says: { expected: 2, missing: [] },
    });
    expect(shadow?.novel.length).toBeGreaterThan(0);
    expect(without).toMatchObject({ right: false, cases: 0, failure: expect.stringContaining('ENOENT') as string });
    expect(totals).toMatchObject({ scenarios: 2, truePositiveRate: 0.5, failed: 1 });
    expect(stdout).toContain('missed: truePositiveRate: 0.5');
    expect(status).toBe(1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
