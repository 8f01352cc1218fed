import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/lib/setup.mjs';

const documents = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
].sort();
const textOf = (document: string): string => readFileSync(join(ROOT, document), 'utf8');

/** As GitHub names a heading: lower case, without punctuation, spaces as dashes. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map((m) => anchorOf(m[1] ?? ''));

/** Folders of the house: what begins with one of them and stands in code is a path. */
const FOLDERS = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
  .map((entry) => entry.name);

/** `a/b.ts`, `a/*` + `/b.ts`, `a/{b,c}/**`: whole code spans alone, so that commands and patterns in prose are left out. */
function pathsIn(text: string): readonly string[] {
  const prose = text.replace(/```[\s\S]*?```/g, '');
  const spans = [...prose.matchAll(/`([^`\s]+)`/g)].map((m) => m[1] ?? '');
  return spans.filter((span) => FOLDERS.some((folder) => span.startsWith(`${folder}/`)));
}

/** Whether a path, in which a part may hold `*`, leads somewhere. */
function leads(path: string): boolean {
  const walk = (folder: string, [part, ...rest]: readonly string[]): boolean => {
    if (part === undefined || part === '') return existsSync(folder);
    if (!part.includes('*')) return walk(join(folder, part), rest);
    const pattern = new RegExp(`^${part.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
    return (
      statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true &&
      readdirSync(folder).some((name) => pattern.test(name) && walk(join(folder, name), rest))
    );
  };
  return walk(ROOT, path.split('/'));
}

describe.each(documents)('%s', (document) => {
  it('links to what is there', () => {
    const links = [...textOf(document).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map((m) => m[1] ?? '');
    const broken = links.filter((link) => {
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? join(ROOT, document) : resolve(ROOT, dirname(document), path);
      return !existsSync(file) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it('names files that are there', () => {
    expect(pathsIn(textOf(document)).filter((path) => !leads(path))).toEqual([]);
  });
});

it('every page of the documentation is reached from the README', () => {
  const readme = textOf('README.md');
  for (const page of documents.filter((d) => /^docs\/[^/]+$/.test(d))) expect(readme).toContain(`](${page})`);
});
