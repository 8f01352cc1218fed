#!/usr/bin/env node
// The `quell` command: TypeScript source, run as it is.
import { checkNode, goOnAs, orExit } from '../scripts/lib/setup.mjs';

orExit(() => checkNode());
await goOnAs('cli/main.ts', process.argv.slice(2));
