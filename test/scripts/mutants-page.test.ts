import { expect, it } from 'vitest';
import { changeOf, compare, entriesOf, rowOf, textAt } from '../../scripts/lib/mutants-page.mjs';

const PAGE = `# Survivors

Words, and a list that is no survivor:
- 12 apples

## \`a.ts\`

- 3: Conditional \`x > 0\` → \`true\`
  equivalent: x is a count,
  and none is negative
- 9: Conditional \`x > 0\` → \`true\`
  as above

## \`b.ts\`

- 3: Conditional \`x > 0\` → \`true\`

Words after the row are no reason.
`;
const survivor = (file: string, line: number) => ({ file, line, what: 'Conditional `x > 0` → `true`' });

it('reads file, line, change and reason', () => {
  expect(entriesOf(PAGE)).toEqual([
    { ...survivor('a.ts', 3), reason: 'equivalent: x is a count, and none is negative' },
    { ...survivor('a.ts', 9), reason: 'as above' },
    { ...survivor('b.ts', 3), reason: '' },
  ]);
});

it('reads back the rows that it writes, whatever the code holds', () => {
  for (const code of ['a || b', '`${x} y`', '{\n  return 1;\n}', 'x'.repeat(500), '']) {
    const what = changeOf('Any', code, '');
    expect(entriesOf(`## \`a.ts\`\n\n${rowOf({ line: 7, what })}\n  because\n`)).toEqual([
      { file: 'a.ts', line: 7, what, reason: 'because' },
    ]);
  }
});

it('wants an entry for each survivor, wherever its line went, and a reason in each', () => {
  const entries = entriesOf(PAGE);
  const all = [survivor('a.ts', 4), survivor('a.ts', 10), survivor('b.ts', 1)];
  expect(compare(entries, all)).toMatchObject({ unlisted: [], gone: [], unexplained: [{ file: 'b.ts' }] });
  expect(compare(entries, [...all, survivor('a.ts', 20)]).unlisted).toEqual([survivor('a.ts', 20)]);
  expect(compare(entries, [survivor('c.ts', 3)])).toMatchObject({
    unlisted: [{ file: 'c.ts' }],
    gone: [{ file: 'a.ts' }, { file: 'a.ts' }, { file: 'b.ts' }],
  });
  const other = { file: 'b.ts', line: 3, what: 'Conditional `x > 0` → `false`' };
  expect(compare(entries, [other]).unlisted).toEqual([other]);
});

it('cuts the code out of its file', () => {
  const source = 'const a = 1;\nif (a) {\n  b();\n}\n';
  expect(textAt(source, { start: { line: 1, column: 11 }, end: { line: 1, column: 12 } })).toBe('1');
  expect(textAt(source, { start: { line: 2, column: 8 }, end: { line: 4, column: 2 } })).toBe('{\n  b();\n}');
});
