import { objectIdOf } from '../../../domain/account-names.js';
import type { NamedSubject } from './parser.js';
import { mailOf } from './values.js';

/** One of the ids that say that no person acted. */
export const isApplication = (id: string): boolean => id.startsWith('ServicePrincipal');

/**
 * The account of the list of ids and names that an audit record of Entra has for its one actor (`dana@example.com`, `User_<object id>`,
 * `<object id>`, `User`; learn.microsoft.com, Office 365 Management Activity API schema, `Actor`). Of several addresses nobody knows whose
 * the ids are. Nobody where an application acted.
 */
export function actorsOfIds(ids: readonly string[]): readonly NamedSubject[] {
  if (ids.some(isApplication)) return [];
  const emails = [...new Set(ids.flatMap((id) => mailOf(id) ?? []))];
  const told = ids.filter((id) => /^User_/i.test(id));
  // Among the ids there may be that of an application; which one is the account's, `User_…` says.
  const objects = (told.length > 0 ? told : ids).flatMap((id) => objectIdOf(id.replace(/^User_/i, '')) ?? []);
  const nativeIds = [...new Set(objects)];
  if (emails.length <= 1 && nativeIds.length <= 1) {
    const one = { email: emails[0], nativeId: nativeIds[0] };
    return one.email === undefined && one.nativeId === undefined ? [] : [one];
  }
  return emails.length > 0 ? emails.map((email) => ({ email })) : nativeIds.map((nativeId) => ({ nativeId }));
}
