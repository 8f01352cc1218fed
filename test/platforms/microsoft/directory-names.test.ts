import { describe, expect, it } from 'vitest';
import { list, portOver, DANA } from './canned.js';
import { person } from './recorded.js';

/** A directory that answers a filter, as it was asked, with people. */
const directory = (answer: (filter: string) => readonly unknown[]) =>
  portOver({
    user: (url: URL) => (url.pathname.endsWith(DANA) ? person : undefined),
    users: (url: URL) => list(...answer(url.searchParams.get('$filter') ?? '')),
    findServicePrincipal: list(),
    userRoles: list(),
    roleAssignments: list(),
  });

describe('the directory finds a person', () => {
  it.each([
    ['an address in capitals', { email: 'DANA@Example.com' }, "mail eq 'dana@example.com'"],
    ['an address with a quote', { email: "o'neil@example.com" }, "mail eq 'o''neil@example.com'"],
    [
      'a guest’s principal name',
      { email: 'kim_example.net#EXT#@example.com' },
      "userPrincipalName eq 'kim_example.net#ext#@example.com'",
    ],
    ['an address with & and +', { email: 'r&d+x@example.com' }, "mail eq 'r&d+x@example.com'"],
    [
      'an on-premises SID',
      { nativeId: 'S-1-5-21-1-2-3-1001' },
      "onPremisesSecurityIdentifier eq 'S-1-5-21-1-2-3-1001'",
    ],
    ['a name of a domain', { nativeId: 'EXAMPLE\\Dana' }, "onPremisesSamAccountName eq 'dana'"],
  ])('by %s', async (_, by, asked) => {
    const found = directory((filter) =>
      filter.includes(asked) ? [{ ...person, onPremisesDomainName: 'example.local' }] : [],
    );
    expect(await found.directory.lookup(by)).toMatchObject({ nativeId: DANA });
  });

  it('without its tag, where the whole address is nobody’s', async () => {
    const found = directory((filter) => (filter.startsWith("mail eq 'dana@example.com'") ? [person] : []));
    expect(await found.directory.lookup({ email: 'dana+news@example.com' })).toMatchObject({ nativeId: DANA });
  });

  it('by the SID of a cloud account, which holds the object id', async () => {
    expect(await directory(() => []).directory.lookup({ nativeId: DANA.toUpperCase() })).toMatchObject({
      nativeId: DANA,
    });
  });

  it('and nobody where two have the name, or the domain is another', async () => {
    const both = directory(() => [person, { ...person, id: 'x' }]);
    expect(await both.directory.lookup({ email: 'dana@example.com' })).toBeUndefined();
    const elsewhere = directory(() => [{ ...person, onPremisesDomainName: 'other.local' }]);
    expect(await elsewhere.directory.lookup({ nativeId: 'EXAMPLE\\dana' })).toBeUndefined();
  });

  it('calls a guest one by the type or the name, with the address that the name was made of', async () => {
    const guest = {
      ...person,
      userType: null,
      mail: null,
      proxyAddresses: [],
      userPrincipalName: 'Kim_example.net#EXT#@example.com',
    };
    const { entries } = await directory(() => [guest]).directory.list(undefined);
    expect(entries).toMatchObject([{ kind: 'guest', emails: ['kim@example.net'] }]);
  });
});
