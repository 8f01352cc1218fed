import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { afterEach, expect, it } from 'vitest';
import { useDatabase } from '../support/database.js';
import { standing, type Standing } from './support/standing.js';

const database = useDatabase();
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

const SECRET = 'what no page may show';

/** A state folder with one report, a file beside the reports, and ways that lead there. */
async function house(): Promise<Standing> {
  const s = await standing(Object.create(null) as Client, database);
  ends.push(s.close);
  const { reports, root } = s.paths;
  mkdirSync(join(reports, 'case-s-1'), { recursive: true });
  mkdirSync(`${reports}-elsewhere`);
  for (const file of [join(root, 'secret.html'), join(`${reports}-elsewhere`, 'secret.html')])
    writeFileSync(file, SECRET);
  for (const name of ['report.html', join('case-s-1', 'report.html')])
    writeFileSync(join(reports, name), '<h1>Report</h1>');
  symlinkSync(join(root, 'secret.html'), join(reports, 'link.html'));
  symlinkSync(root, join(reports, 'folder'));
  symlinkSync(join(reports, 'report.html'), join(reports, 'inside.html'));
  return s;
}

async function read(s: Standing, html: string): Promise<string | undefined> {
  await s.index.put(
    {
      ...{
        caseId: 'case-s-1',
        subjectId: 's-1',
        openedAt: '2026-03-01T12:00:00.000Z',
        updatedAt: '2026-03-01T12:00:00.000Z',
      },
      ...{
        stage: 'closed',
        severity: 'low',
        verdict: 'benign',
        platforms: ['slack'],
        alertCount: 1,
        openTasks: 0,
        openPlans: 0,
      },
      report: { html, json: 'x.json', sha256: '' },
    },
    [],
  );
  return await s.ports.report('case-s-1');
}

it('reads reports', async () => {
  const s = await house();
  for (const path of ['report.html', 'case-s-1/report.html', './report.html', 'inside.html'])
    expect(await read(s, path), path).toBe('<h1>Report</h1>');
});

it('reads nothing that is not under the reports folder, whatever way leads there', async () => {
  const s = await house();
  const { reports, root } = s.paths;
  for (const path of [
    '../secret.html',
    'case-s-1/../../secret.html',
    '../reports-elsewhere/secret.html',
    join(root, 'secret.html'),
    join(reports, '..', 'secret.html'),
    'link.html',
    'folder/secret.html',
    'folder/reports/link.html',
    '/etc/hostname',
    '',
    '.',
    'gone.html',
  ])
    expect(await read(s, path), path).toBeUndefined();
});
