import { temporalCli, temporalTestServer } from '../../scripts/lib/temporal-binaries.mjs';

/** So that `npx vitest` in an editor finds the servers too; `npm test` has named them before. */
export default function nameTemporalBinaries(): void {
  process.env['QUELL_TEMPORAL_CLI'] = temporalCli();
  process.env['QUELL_TEMPORAL_TEST_SERVER'] = temporalTestServer();
}
