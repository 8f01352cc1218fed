import type { Placed } from './entities.js';
import { guid, type Rows } from './rows.js';

/** What a person can sign in with beside the password, as Graph names the lists. */
export type FactorList =
  | 'microsoftAuthenticatorMethods'
  | 'fido2Methods'
  | 'phoneMethods'
  | 'emailMethods'
  | 'softwareOathMethods'
  | 'temporaryAccessPassMethods'
  | 'windowsHelloForBusinessMethods'
  | 'platformCredentialMethods';

export interface Factor extends Placed {
  readonly id: string;
  readonly owner: string;
  readonly list: FactorList;
  /** Absent where Entra kept no time. */
  readonly createdAt?: Date;
  /** The one that the person is asked for first. */
  readonly isDefault: boolean;
  readonly fields: Rows['auth_method'][number]['fields'];
}

/** The same in every tenant: a person has one of each of these, and the next one has the id of the last. */
const FIXED_IDS: Readonly<Record<string, string>> = {
  mobile: '3179e48a-750b-4051-897c-87b9720928f7',
  alternateMobile: 'b6332ec1-7057-4abe-9331-3d72feddfe41',
  office: 'e37fc753-ff3b-4958-9484-eaa9425c82bc',
  emailMethods: '3ddfcfc8-9383-446f-83cc-3ab9be4be18f',
};
export const PASSWORD_METHOD = '28c10230-6103-485e-b985-444c60001490';

export function factorsOf(rows: Rows): readonly Factor[] {
  return rows.auth_method.map(({ rowId, at, visibleAt, fields }) => {
    const list = `${fields.method}Methods` as const;
    return {
      id: FIXED_IDS[list === 'phoneMethods' ? fields.phoneType : list] ?? guid(`factor:${rowId}`),
      owner: fields.user,
      list,
      visibleAt,
      isDefault: fields.default,
      fields,
      ...(fields.dated ? { createdAt: at } : {}),
    };
  });
}

/** Properties of each kind beside id and time (learn.microsoft.com/graph/api/resources/authenticationmethods-overview). */
export function factorBody({ list, fields: { name, phoneType } }: Factor): Readonly<Record<string, unknown>> {
  switch (list) {
    case 'microsoftAuthenticatorMethods':
      return { displayName: name, deviceTag: 'SoftwareTokenActivated', phoneAppVersion: '6.2511.1' };
    case 'fido2Methods':
      return {
        displayName: name,
        aaGuid: guid('aaguid'),
        model: 'NFC key',
        attestationCertificates: [],
        attestationLevel: 'attested',
      };
    case 'phoneMethods':
      return { phoneNumber: '+1 5555550100', phoneType, smsSignInState: 'notAllowedByPolicy' };
    case 'emailMethods':
      return { emailAddress: name };
    case 'softwareOathMethods':
      return { secretKey: null };
    case 'temporaryAccessPassMethods':
      return {
        temporaryAccessPass: null,
        lifetimeInMinutes: 60,
        isUsableOnce: false,
        isUsable: true,
        methodUsabilityReason: 'EnabledByPolicy',
      };
    case 'windowsHelloForBusinessMethods':
      return { displayName: name, keyStrength: 'normal' };
    case 'platformCredentialMethods':
      return { displayName: name, keyStrength: 'normal', platform: 'macOS' };
  }
}
