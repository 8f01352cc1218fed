import { guestAddressOf, mailOf } from '../../../../domain/account-names.js';
import { clientAddress } from '../../../../domain/address.js';
import type { Platform } from '../../../../domain/platform.js';
import { PLATFORMS } from '../../../../platforms/registry.js';
import { isPlaceholder } from '../values.js';

/**
 * What stands in a field of an account where nobody is meant: a placeholder, an account of a machine, or a service of a vendor by its name.
 * Such a name hides nobody: the next field that may name a person is looked at.
 */
const NOBODY =
  /^(?:[?*]|nil|undefined|anonymous|anonymous logon|\(?empty\)?|local ?system|local service|network service|services?|root|daemon|nt (?:authority|service)\\.*|s-1-5-(?:18|19|20)|\$[a-z_]+(?:\[.*\])?|\{\{.*\}\})$/i;

export const isNobody = (name: string): boolean => {
  const text = name.trim();
  // Behind an address of its own somebody acted, be it a robot: it is nobody's account, and hides whom it was done to.
  return text === '' || isPlaceholder(text) || NOBODY.test(text) || (!mailOf(text) && PLATFORMS.isService(text));
};

/** The mail address of a name as a log has it; a guest's by their own address. Undefined for display, service and bare names. */
export function addressOfPerson(name: string | undefined): string | undefined {
  const mail = mailOf(name);
  return mail === undefined ? undefined : (guestAddressOf(mail) ?? mail);
}

/** The addresses of clients in texts, one a line or a text: only the first routed one of a chain is the client's. */
export const clientsIn = (texts: readonly string[]): readonly string[] =>
  texts.flatMap((text) => text.slice(0, 10_000).split(/[\r\n]+/)).flatMap((line) => clientAddress(line) ?? []);

/** An account id in the form of its platform: a name never passes for one. */
export const accountIdOf = (platform: Platform | undefined, text: string | undefined): string | undefined =>
  platform === undefined || text === undefined || isNobody(text) ? undefined : PLATFORMS.find(platform)?.personId(text);
