import { z } from 'zod';
import { mailOf } from '../../../domain/account-names.js';
import { anId, asItCame, maybe, someFlag, someList, someNumber, someText } from '../../kit/rows.js';

/** One thing that a record says by name: a parameter of a command, a property that changed. */
const said = z.looseObject({
  Name: someText,
  Key: someText,
  DisplayName: someText,
  Value: asItCame,
  NewValue: asItCame,
});
const sized = z.looseObject({ ChatThreadId: someText, SizeInBytes: someNumber });

/** A record of the Office 365 Management Activity schema; Purview's `auditData` is the same. */
export const auditRecord = z.looseObject({
  Id: anId,
  CreationTime: asItCame,
  Operation: z.string().min(1),
  UserId: someText,
  UserKey: someText,
  UserType: someText,
  /** Exchange's records have their own names for address, session and client; those of the directory have the actor's address. */
  ClientIP: asItCame,
  ClientIPAddress: asItCame,
  ActorIpAddress: asItCame,
  SessionId: someText,
  ClientInfoString: someText,
  ActorInfoString: someText,
  UserAgent: someText,
  /** SharePoint: true on a device that the organisation manages. */
  IsManagedDevice: someFlag,
  ResultStatus: someText,
  ObjectId: someText,
  AppAccessContext: maybe(z.looseObject({ AADSessionId: someText, ClientAppId: someText, ClientAppName: someText })),
  ApplicationId: someText,
  ApplicationDisplayName: someText,
  ClientAppId: someText,
  AppId: someText,
  Site: someText,
  SiteUrl: someText,
  ListId: someText,
  ListItemUniqueId: someText,
  SourceFileName: someText,
  FileSizeBytes: someNumber,
  SensitivityLabelId: someText,
  TargetUserOrGroupName: someText,
  TargetUserOrGroupType: someText,
  SharingLinkScope: someText,
  TeamGuid: someText,
  TeamName: someText,
  ChannelGuid: someText,
  ChannelName: someText,
  ChannelType: someText,
  ChatThreadId: someText,
  ParticipantInfo: maybe(
    z.looseObject({ HasForeignTenantUsers: someFlag, HasGuestUsers: someFlag, HasOtherGuestUsers: someFlag }),
  ),
  MessageId: someText,
  MessageURLs: someList(z.string().min(1)),
  Messages: someList(sized),
  HostedContents: someList(sized),
  /** Mails that one row of `MailItemsAccessed` stands for. */
  OperationCount: someNumber,
  MailboxOwnerUPN: someText,
  AffectedItems: someList(z.looseObject({ Subject: someText })),
  Item: maybe(z.looseObject({ Subject: someText })),
  Members: someList(z.looseObject({ UPN: someText, Role: someNumber })),
  Name: someText,
  Parameters: someList(said),
  OperationProperties: someList(said),
  ExtendedProperties: someList(said),
  ExtraProperties: someList(said),
  ModifiedProperties: someList(said),
  AddOnGuid: someText,
  AddOnName: someText,
  /** Of alerts: whom or what it is about. */
  AlertEntityId: someText,
  EntityType: someText,
  Severity: someText,
  Category: someText,
});
export type AuditRecord = z.infer<typeof auditRecord>;

/**
 * What a record says by name, wherever its service puts it: the parameters of a command, the properties of an operation or of a change.
 * The first that is not empty.
 */
export function parameter(record: AuditRecord, name: RegExp): string | undefined {
  const { Parameters, OperationProperties, ExtendedProperties, ExtraProperties, ModifiedProperties } = record;
  const all = [...Parameters, ...OperationProperties, ...ExtendedProperties, ...ExtraProperties, ...ModifiedProperties];
  return all
    .filter((p) => [p.Name, p.Key, p.DisplayName].some((n) => n !== undefined && name.test(n)))
    .flatMap((p) => textOf(p.Value) ?? textOf(p.NewValue) ?? [])[0];
}

/** Switches and numbers are written as such by some services, and several values as a list. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((v): v is string => typeof v === 'string' && v !== '');
  return texts.length === 0 ? undefined : texts.join(';');
}

/** `UserType` of what is no person, by number or name (Management Activity schema, Enum: UserType). */
const SERVICES: ReadonlySet<string> = new Set(
  '3 dcadmin 4 system 5 application 6 serviceprincipal 7 custompolicy 8 systempolicy'.split(' '),
);
/** Accounts that stand for a service (learn.microsoft.com/purview/audit-log-activities, "The app@sharepoint user", "System accounts"). */
const SERVICE_ACCOUNT =
  /^(?:app@sharepoint$|sharepoint\\system$|nt authority\\|serviceoperator$|administrator@\w+\.prod\.outlook\.com$)/i;

/** A person acted: no service, app, policy or operator of Microsoft's. */
export const isPersons = ({ UserType, UserId }: AuditRecord): boolean =>
  !SERVICES.has((UserType ?? '').toLowerCase()) && !SERVICE_ACCOUNT.test(UserId ?? '');

/** The client of a record, as it calls itself: of Exchange's strings (`Client=OWA;Mozilla/5.0 …`) the program that a person holds. */
export function clientIn({ UserAgent, ClientInfoString, ActorInfoString }: AuditRecord): string | undefined {
  const told = [UserAgent, ActorInfoString, ClientInfoString].flatMap((text) => text ?? []);
  const browser = told.flatMap((text) => /Mozilla\/.*$/s.exec(text)?.[0].replace(/;+\s*$/, '') ?? [])[0];
  return browser ?? UserAgent ?? ClientInfoString ?? ActorInfoString;
}

/** The app that called: Exchange also names it inside its strings (`[AppId=…]`). */
export function appIn(record: AuditRecord): string | undefined {
  const { AppAccessContext: caller, ClientAppId, ApplicationId, AppId, ActorInfoString, ClientInfoString } = record;
  const inside = /\[AppId=([0-9a-f-]{36})\]/i.exec(`${ActorInfoString ?? ''} ${ClientInfoString ?? ''}`)?.[1];
  return caller?.ClientAppId ?? ClientAppId ?? ApplicationId ?? inside ?? AppId;
}

/** A personal site is named by its owner's principal name with `_` for what is no letter. */
export const siteNameOf = (address: string): string => (mailOf(address) ?? address).replace(/[^a-z0-9-]/g, '_');
