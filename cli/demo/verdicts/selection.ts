import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { QuellError } from '../../../domain/errors.js';

/** Names of the scenarios of a folder: its folders that have a label. Errors: CONFIG without one. */
export function scenariosIn(folder: string): readonly string[] {
  if (!existsSync(folder)) throw new QuellError('CONFIG', `There is no folder ${folder}.`);
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((e) => e.isDirectory() && existsSync(join(folder, e.name, 'expected.json')))
    .map((e) => e.name)
    .sort();
  if (names.length === 0) throw new QuellError('CONFIG', `${folder} holds no scenario with an expected.json.`);
  return names;
}

/** The named ones alone, in the order of the folder; all without names. Errors: CONFIG for a name that is not there. */
export function selected(all: readonly string[], names: readonly string[]): readonly string[] {
  if (names.length === 0) return all;
  const unknown = names.find((name) => !all.includes(name));
  if (unknown !== undefined)
    throw new QuellError('CONFIG', `There is no scenario ${unknown}. There are: ${all.join(', ')}.`);
  return all.filter((name) => names.includes(name));
}

/** A list of names, one a line; `#` begins a comment. Errors: CONFIG when it cannot be read or holds none. */
export function namesIn(path: string): readonly string[] {
  if (!existsSync(path)) throw new QuellError('CONFIG', `There is no list ${path}.`);
  const names = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
  if (names.length === 0) throw new QuellError('CONFIG', `${path} names no scenario.`);
  return names;
}
