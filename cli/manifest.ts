import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, Option, type Command } from 'commander';
import { QuellError } from '../domain/errors.js';
import type { Platform } from '../domain/platform.js';
import type { VendorManifest } from '../platforms/manifest.js';
import { PLATFORMS } from '../platforms/registry.js';
import { VENDOR_ROLES, type VendorRole } from '../platforms/operation.js';
import { loadConfig } from '../workers/config.js';
import { linesOf, print } from './terminal.js';

interface Options {
  readonly role?: VendorRole;
  readonly config?: string;
  readonly tenant?: string;
  readonly out?: string;
  readonly format: 'text' | 'json';
}

export function registerManifest(program: Command): void {
  program
    .command('manifest')
    .description('what an administrator sets up at a vendor for each role, with the reason for each scope')
    .addArgument(new Argument('<platform>').choices(PLATFORMS.ids))
    .addOption(new Option('--role <role>', 'one role alone').choices(VENDOR_ROLES))
    .option('--config <file>', 'plan, licences and addresses of a tenant; without it everything is asked for')
    .option('--tenant <tenant>', 'which tenant of the configuration, if it has several of the platform')
    .option('--out <folder>', 'writes the files there; by default they go to standard output')
    .addOption(
      new Option('--format <format>', 'text: files to be used as they are; json: for machines')
        .choices(['text', 'json'])
        .default('text'),
    )
    .action(async (platform: Platform, { role, config, tenant, out, format }: Options) => {
      const loaded = config === undefined ? undefined : loadConfig(config);
      const chosen = loaded?.tenants.find(
        (t) => t.platform === platform && (tenant === undefined || t.tenant === tenant),
      );
      if (loaded && !chosen) throw new QuellError('CONFIG', `no tenant of ${platform} there`);
      const roles = role === undefined ? VENDOR_ROLES : [role];
      const asked = { roles, ...(loaded && { intake: loaded.addresses.intake }) };
      const manifest = await PLATFORMS.of(platform).manifest(asked, chosen);
      if (format === 'json') print(...linesOf(JSON.stringify({ platform, parts: manifest.parts }, undefined, 2)));
      else if (out === undefined) print(...linesOf(textOf(manifest)));
      else write(manifest, out);
    });
}

/** Several files one after the other: for YAML these are documents of one stream. */
const textOf = ({ files }: VendorManifest): string => files.map((f) => f.text.trimEnd()).join('\n---\n');

function write({ files }: VendorManifest, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of files) {
    writeFileSync(join(folder, name), text);
    print(join(folder, name));
  }
}
