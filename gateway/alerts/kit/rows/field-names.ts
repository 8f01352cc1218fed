import type { Platform } from '../../../../domain/platform.js';

/**
 * Where the logs that are read here name who acted, from where and when, as paths without case and separators. Sources: the vendors'
 * own records (Slack audit logs, Office 365 Management Activity, Entra sign-ins and directory audits, Google Reports), Splunk's CIM,
 * Elastic's ECS, Datadog's standard attributes, Sumo Logic's record schema, and the last parts of paths, which some tools keep alone.
 */
interface People {
  readonly fields: readonly string[];
  /** Where the account's id stands, by the platform's own form. */
  readonly ids: readonly string[];
  readonly apps: readonly string[];
  /** Pairs of a name and the mail domain beside it (ECS). */
  readonly joins?: readonly (readonly [name: string, domain: string])[];
  /** Who is named here did it, and what `user` names beside it was done to (CIM, Change). */
  readonly isAlone?: boolean;
  /** The account that it was done to: a subject only where nobody is named who did it. */
  readonly isTarget?: boolean;
}

export const PEOPLE: readonly People[] = [
  {
    fields: [
      ...['srcuseremail', 'srcuser', 'srcusername', 'suser'],
      ...['initiatedbyuseruserprincipalname', 'propertiesinitiatedbyuseruserprincipalname'],
    ],
    ids: ['initiatedbyuserid', 'propertiesinitiatedbyuserid', 'srcuserid', 'suid'],
    apps: ['initiatedbyappappid', 'initiatedbyappserviceprincipalid', 'propertiesinitiatedbyappappid'],
    isAlone: true,
  },
  {
    fields: [
      ...['actoremail', 'actoruseremail', 'actoremailaddress', 'actoralternateid', 'actoruserprincipalname'],
      ...['actorusername', 'actorname', 'actor', 'datasuid', 'dataf3u', 'protopayloadauthenticationinfoprincipalemail'],
      ...['principalemail', 'performedby', 'initiatedby', 'caller', 'sourceuseremail', 'sourceusername'],
    ],
    ids: ['actoruserid', 'actorprofileid', 'actorid', 'sourceuserid'],
    apps: [],
    joins: [['sourceusername', 'sourceuserdomain']],
  },
  {
    fields: [
      ...['useremail', 'useremailaddress', 'userprincipalname', 'useruserprincipalname', 'propertiesuserprincipalname'],
      ...['userid', 'user', 'username', 'userusername', 'usremail', 'usrname', 'usrid', 'usr', 'clientuseremail'],
      ...['email', 'emailaddress', 'mail', 'upn', 'accountupn', 'account', 'accountname', 'principal', 'login'],
      ...['identity', 'subjectusername', 'useridentityusername', 'userupn', 'useraddress', 'mailboxownerupn'],
    ],
    ids: [
      'propertiesuserid',
      'userid',
      'useraadid',
      'userobjectid',
      'accountobjectid',
      'usrid',
      'profileid',
      'userkey',
    ],
    apps: [],
    joins: [['username', 'userdomain']],
  },
  {
    fields: [
      ...['duser', 'destuser', 'dstuser', 'destinationusername', 'destinationuseremail', 'destuseremail'],
      ...['targetuser', 'targetusername', 'targetuseremail', 'targetuserusername', 'targetuserprincipalname'],
      ...['targetalternateid', 'usertargetemail', 'usertargetname', 'affecteduser', 'affecteduseremail'],
      ...['affectedemailaddress', 'parametersaffectedemailaddress', 'eventsparametersaffectedemailaddress'],
      ...['alertentityid', 'dataeid', 'entityuseremail', 'tgtuser'],
    ],
    ids: ['duid', 'targetuserid', 'entityuserid'],
    apps: [],
    isTarget: true,
  },
];

export const ADDRESSES = [
  ...['contextipaddress', 'clientip', 'clientipaddress', 'actoripaddress', 'callerip', 'calleripaddress', 'userip'],
  ...['propertiesipaddress', 'initiatedbyuseripaddress', 'networkclientip', 'ipaddress', 'srcip', 'src', 'sourceip'],
  ...[
    'sourceaddress',
    'sourcetranslatedaddress',
    'sourceipaddress',
    'srcdeviceip',
    'remoteip',
    'remoteaddr',
    'actorip',
  ],
  ...['clientaddress', 'ip', 'protopayloadrequestmetadatacallerip', 'principalip'],
];

export const TIMES = [
  ...['datecreate', 'creationtime', 'idtime', 'createddatetime', 'propertiescreateddatetime', 'activitydatetime'],
  ...['eventtime', 'peventtime', 'timestamp', 'time', 'rt', 'start', 'starttime', 'timegenerated', 'published'],
  ...['eventcreated', 'systemtime', 'datetime'],
];

export const CLIENTS = [
  ...['contextua', 'useragentoriginal', 'useragent', 'useragentrawuseragent', 'propertiesuseragent', 'httpuseragent'],
  ...['requestclientapplication', 'ua', 'clientinfostring', 'actoruseragent'],
];

export const SESSIONS = [
  ...['contextsessionid', 'appaccesscontextaadsessionid', 'aadsessionid', 'sessionid', 'propertiessessionid'],
  ...['networksessionid', 'usersessionid'],
];

export const FILES = [
  ...['sourcefilename', 'entityfilename', 'eventsparametersdoctitle', 'parametersdoctitle', 'doctitle', 'filename'],
  ...['filebasename', 'fname'],
];

export const ACTIONS = ['operation', 'action', 'eventsname', 'operationname', 'activitydisplayname', 'eventaction'];

/** Of the row alone: `EventID` of Windows is a kind of event, a record's number is one of its machine. */
export const IDS = ['id', 'uuid', 'eventuuid', 'prowid'];

/** Logs of the platforms. */
interface Log {
  readonly platform: Platform;
  /** Fields that no other log has together: any of these sets. */
  readonly marks: readonly (readonly string[])[];
  /** Or the field `kind` with this text. */
  readonly kind?: string;
  /** Where the vendor's own name of the tenant stands. */
  readonly tenant: readonly string[];
}

export const LOGS: readonly Log[] = [
  {
    platform: 'slack',
    marks: [
      ['action', 'actoruserid'],
      ['action', 'actortype', 'contextipaddress'],
    ],
    tenant: ['actoruserteam'],
  },
  {
    platform: 'google',
    marks: [['idapplicationname']],
    kind: 'admin#reports#activity',
    tenant: ['idcustomerid', 'customerid'],
  },
  {
    platform: 'microsoft',
    marks: [
      ['operation', 'recordtype'],
      ['operation', 'workload'],
      ['userprincipalname'],
      ['propertiesuserprincipalname'],
      ['initiatedbyuseruserprincipalname'],
    ],
    tenant: ['organizationid', 'tenantid', 'aadtenantid'],
  },
];

export const PRODUCTS = [
  ...['eventdataset', 'eventmodule', 'datastreamdataset', 'sourcetype', 'plogtype', 'logtype', 'vendorproduct'],
  ...['product', 'service', 'metadatavendor', 'metadataproduct', 'source', 'ddsource', 'workload', 'appname'],
];
