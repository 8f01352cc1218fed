/**
 * What Microsoft's own services do in the name of people: rows of theirs name a person, and the service's own address and client. Nobody
 * can sign in as one of these, so that a rented machine in Azure is none of them, whatever its address.
 */

/**
 * Services that read and write in the background (same page as in `first-party-apps.ts`; "Unknown actors in audit reports",
 * MicrosoftDocs/SupportArticles-docs, says what for). Clients that people work with are not here.
 */
const SERVICES: ReadonlySet<string> = new Set([
  '944f0bd1-117b-4b1c-af26-804ed95e767e', // Media Analysis and Transformation Service
  '0cd196ee-71bf-4fd6-a57c-b491ffd4fb1e',
  '97cb1f73-50df-47d1-8fb0-0271f2728514', // Transcript Ingestion
  'dfe74da8-9279-44ec-8fb2-2aed9e1c73d0', // O365 SkypeSpaces Ingestion Service
  '98db8bd6-0cc0-4e67-9de5-f187f1cd1b41', // Microsoft Substrate Management
  '13937bba-652e-4c46-b222-3003f4d1ff97', // Substrate Context Service
  '26abc9a8-24f0-4b11-8234-e86ede698878', // SubstrateDirectoryEventProcessor
  'a970bac6-63fe-4ec5-8884-8536862c42d4', // Substrate Search Settings Management Service
  '00000007-0000-0ff1-ce00-000000000000', // Microsoft Exchange Online Protection
  '51be292c-a17e-4f17-9a7e-4b661fb16dd2', // Microsoft Exchange ProtectedServiceHost
  '99b904fd-a1fe-455c-b86c-2f9fb1da7687', // Microsoft Exchange ForwardSync
  '6326e366-9d6d-4c70-b22a-34c7ea72d73d', // Microsoft Exchange Message Tracking Service
  '20a11fe0-faa8-4df5-baf2-f965f8f9972e', // ContactsInferencingEmailProcessor
  'b669c6ea-1adf-453f-b8bc-6d526592b419', // Focused Inbox
  '35d54a08-36c9-4847-9018-93934c62740c', // PeoplePredictions
  '00b41c95-dab0-4487-9791-b9d2c32c80f2', // Office 365 Management
  '60ca1954-583c-4d1f-86de-39d835f3e452', // Microsoft Defender for Identity
  '3090ab82-f1c1-4cdf-af2c-5d7a6f3e2cc7', // Microsoft Defender for Cloud Apps
  '65d91a3d-ab74-42e6-8a2f-0add61688c74', // Microsoft Approval Management
  '38049638-cc2c-4cde-abe4-4479d721ed44',
  '93625bc8-bfe2-437a-97e0-3d0060024faa', // Microsoft password reset service
  'bdd48c81-3a58-4ea9-849c-ebea7f6b6360', // Password Breach Authenticator
]);

export const isServiceApp = (appId: string | undefined): boolean =>
  appId !== undefined && SERVICES.has(appId.toLowerCase());

/** Accounts of Microsoft's own support tenant, which stand as people in Entra's audit log (`fim_password_service@support.onmicrosoft.com`). */
export const isServiceAccount = (principalName: string | undefined): boolean =>
  /@support\.onmicrosoft\.com$/i.test(principalName ?? '');

/** Microsoft's oldest applications, by the form of their ids (`00000002-0000-0ff1-ce00-000000000000` is Exchange Online): as accounts they are nobody. */
const OLD_APP = /^0000000[0-9a-f]-0000-0(?:000-c000|ff1-ce00)-000000000000$/i;
/** Mailboxes that Exchange keeps for itself. */
const SYSTEM_MAILBOX =
  /^(?:(?:discoverysearch|system)mailbox\{|healthmailbox-?[0-9a-f]{7}|(?:migration|federatedemail|systemmailbox)\.[0-9a-f]{8}-)/i;
/** As its logs call those that act by themselves. */
const SERVICE_NAME =
  /^(?:app@sharepoint|sharepoint\\system|sharepoint app|securitycompliance\w*|(?:microsoft|azure|office ?365) [^@]*)$/i;

/** Whether what stands for an account in a log is one of Microsoft's services: an id, an address or a name. */
export const isService = (name: string): boolean =>
  isServiceApp(name) ||
  isServiceAccount(name) ||
  OLD_APP.test(name) ||
  SYSTEM_MAILBOX.test(name) ||
  SERVICE_NAME.test(name);

/**
 * What the sign-in service writes itself when somebody says yes on its page: its own name is then the client of the row, and its machine
 * the address (elastic/detection-rules issue 5893). Only of these: a client's name is what the client says, and elsewhere proves nothing.
 */
export const isWrittenBySignInService = (activity: string, userAgent: string | undefined): boolean =>
  /^(?:evosts|ests)\b/i.test(userAgent ?? '') &&
  /^(?:consent to application|add (?:delegated permission|oauth2permission) ?grant|add app role assignment|add service principal)/i.test(
    activity,
  );

/** Consent that Teams gives for a chat in the name of whoever adds an app to it (MicrosoftDocs/entra-docs issue 606). */
export const isContextualConsent = (activity: string): boolean => /^grant contextual consent/i.test(activity);
