import { z } from 'zod';
import { instantOf } from '../../domain/instants.js';
import type { Instant } from '../../domain/platform.js';
import { compact } from '../kit/compact.js';
import { asItCame, someText } from '../kit/rows.js';
import type { MicrosoftClient } from './client.js';
import { isGuid } from './ids.js';
import { OPERATIONS, type MicrosoftOperation } from './operations.js';

/** Something that a person signs in with beside the password, and that can be removed. */
export interface AuthMethod {
  /** `list/id`, unique within the person. Ids of phones and of the address are the same for everybody, and come again with the next one. */
  readonly key: string;
  readonly id: string;
  /** When it was registered; Entra does not say it of all. */
  readonly createdAt?: Instant;
  /** As the person or the device called it; never a number or an address. */
  readonly name?: string;
  /** The only way to remove one of this kind; takes `id` (the person’s) and `factorId`. */
  readonly remove: MicrosoftOperation;
}

/** By Graph's list of the kind, which is its type with another ending. Passwords, and kinds that are not here, are for people. */
const REMOVALS: Readonly<Record<string, MicrosoftOperation>> = {
  microsoftAuthenticatorMethods: OPERATIONS.deleteAuthenticator,
  fido2Methods: OPERATIONS.deletePasskey,
  phoneMethods: OPERATIONS.deletePhone,
  emailMethods: OPERATIONS.deleteEmail,
  softwareOathMethods: OPERATIONS.deleteSoftwareOath,
  temporaryAccessPassMethods: OPERATIONS.deleteAccessPass,
  windowsHelloForBusinessMethods: OPERATIONS.deleteWindowsHello,
  platformCredentialMethods: OPERATIONS.deletePlatformCredential,
};

/**
 * A key in its one spelling; undefined where it names no list of factors that can be removed. Some ids are GUIDs, in letters of any case;
 * others mean something else with other letters.
 */
export function methodKey(text: string): string | undefined {
  const [, list = '', id = ''] = /^(\w+)\/([\w=-]+)$/.exec(text) ?? [];
  if (!Object.hasOwn(REMOVALS, list)) return undefined;
  return `${list}/${isGuid(id) ? id.toLowerCase() : id}`;
}

export const authMethod = z.looseObject({
  '@odata.type': someText,
  id: z.string(),
  createdDateTime: asItCame,
  displayName: someText,
});

/** What a person has registered. The list takes no query options. */
export async function authMethodsOf(
  client: MicrosoftClient,
  userId: string,
  signal?: AbortSignal,
): Promise<readonly AuthMethod[]> {
  const rows = await client.all(OPERATIONS.authMethods, { path: { id: userId }, signal }, authMethod);
  return rows.flatMap(({ '@odata.type': type, id, createdDateTime, displayName }) => {
    const list = (type ?? '').replace('#microsoft.graph.', '').replace(/AuthenticationMethod$/, 'Methods');
    const remove = Object.hasOwn(REMOVALS, list) ? REMOVALS[list] : undefined;
    return remove === undefined
      ? []
      : [compact({ key: `${list}/${id}`, id, createdAt: instantOf(createdDateTime), name: displayName, remove })];
  });
}
