#!/usr/bin/env node
/** The `quell` command: TypeScript source, run as it is. */
import { register } from 'tsx/esm/api';

register();
await import('../cli/main.ts');
