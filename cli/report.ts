import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { QuellError } from '../domain/errors.js';
import { AuditLog } from '../store/audit/log.js';
import { CaseIndex } from '../store/cases/case-index.js';
import { writeWhole } from '../store/files.js';
import { openVault } from '../store/storage-settings.js';
import { cliKeys, stateFolder, storageOf, withDatabase } from './context.js';
import { linesOf, print } from './terminal.js';

interface Options {
  readonly html?: string;
  readonly json?: string;
  readonly as: string;
}

export function registerReport(program: Command): void {
  program
    .command('report <case>')
    .description(
      'the report of a closed case, decrypted: as JSON on standard output, or into files; it is noted in the audit log',
    )
    .option('--html <file>', 'the page that the console shows')
    .option('--json <file>', 'the same as data')
    .option('--as <person>', 'who you are, for the audit log: your person id in the configuration', 'cli')
    .action(async (caseId: string, { html, json, as }: Options) => {
      const text = await withDatabase(async (database) => {
        const report = (await new CaseIndex(database).get(caseId))?.report;
        if (report === undefined) throw new QuellError('STORE_GONE', 'there is no report of this case yet');
        const { storage, settings } = storageOf(stateFolder());
        const reader = openVault(storage, cliKeys(), 'console', settings).reader('reports');
        const texts = {
          html: await reader.readText(caseId, { key: report.html }),
          json: await reader.readText(caseId, { key: report.json }),
        };
        const entry = { key: `cli:${randomUUID()}`, at: new Date().toISOString(), kind: 'report.read', by: 'console' };
        // The key of the console proves the role; who uses it says so themselves.
        await new AuditLog(database).note({ ...entry, caseId, data: { as } });
        return texts;
      });
      if (html !== undefined) await writeOut(html, text.html);
      if (json !== undefined) await writeOut(json, text.json);
      if (html === undefined && json === undefined) print(...linesOf(text.json));
    });
}

/** Personal data in plain: for its owner alone. */
async function writeOut(file: string, text: string): Promise<void> {
  await writeWhole(file, text, 0o600);
  print(`written: ${file}`);
}
