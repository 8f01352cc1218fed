import { expect, it } from 'vitest';
import { FolderObjects } from '../../../store/objects/folder-objects.js';
import { subjectKeys, tempFolder, testKeys } from '../support.js';

it('tells of no key that is gone in a place without its mark, also when others are there', async () => {
  const folder = tempFolder();
  const registry = testKeys().secret('registry');
  const keys = subjectKeys(registry, folder);
  await keys.begin();
  await keys.make('s-a');
  expect(await keys.gone(['s-a', 's-b'])).toEqual(['s-b']);
  await new FolderObjects(folder).remove(`subjects/registry-${registry.keyId}`);
  await expect(keys.gone(['s-a', 's-b'])).rejects.toMatchObject({ code: 'CONFIG' });
});
