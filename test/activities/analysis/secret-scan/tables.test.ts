import { expect, it } from 'vitest';
import { scanPieces } from '../../../../activities/analysis/secret-scan/scan.js';
import { tabledSecrets } from '../../../../activities/analysis/secret-scan/tables.js';

const VALUE = `Tr0ub4dor-${'Horse'}-9`;
const found = (text: string) => [...tabledSecrets(text)];

it.each([
  `| user | password |\n| --- | --- |\n| dana | ${VALUE} |`,
  `user\tpassword\ndana\t${VALUE}`,
  `Kennwort;Benutzer\n\`${VALUE}\`;dana`,
  `host,DB password,port\nexample,${VALUE},5432`,
])('finds the cell under a heading: %j', (text) => {
  expect(found(text)).toEqual([{ kind: 'password', secret: VALUE, from: text.indexOf(VALUE) }]);
  expect(scanPieces([{ eventId: 'e', text }], Buffer.alloc(32))).toMatchObject([{ kind: 'password' }]);
});

it.each([
  `Field | Password policy\nLength | 12chars`,
  `user | password\ndana | see the vault\nkim | ********`,
  `user | password\n\nlater | ${VALUE} | x`,
  `I lost login, password and all, again\nand so on, ${VALUE}, x`,
])('finds nothing where nothing is: %j', (text) => {
  expect(found(text)).toEqual([]);
});

it('takes the rule under a heading for no value', () => {
  const text = '| Name | Kennwort |\n|---|---|\n| dana | siehe Tresor |';
  expect(scanPieces([{ eventId: 'e', text }], Buffer.alloc(32))).toEqual([]);
});
