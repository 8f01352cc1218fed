import { z } from 'zod';
import { defined, definePlatform, oneForEachRole, type PortContext } from '../define.js';
import { asksToSlowDown } from './errors.js';
import { serviceAccountFrom } from './service-account.js';
import { NOBODY } from './nobody.js';
import { googleBases, type GoogleSettings } from './settings.js';

const url = z.url();
const flag = z.boolean().optional();

/** The key of a service account, or the configuration of its workload identity. */
const ACCOUNT = ['key'] as const;

/** Chat with Workspace. */
export const google = definePlatform({
  id: 'google',
  name: 'Google Workspace',
  namedAs: /\b(google|gsuite|gworkspace|workspace|gws)/i,
  personId: (text) => (/^\d{5,30}$/.test(text) && text !== NOBODY ? text : undefined),
  isService: (name) => name === NOBODY || /^google [^@]*$|@(?:[a-z0-9-]+\.)*gserviceaccount\.com$/i.test(name),
  channel: 'google_chat',
  // A session's cookie is gone on with: it needs no sign-in, but one is logged where it is taken to another app.
  secrets: { google_session: ['session', 'api_activity', 'sign_in'] },
  hosts: ['mailbox', 'sign_in'],
  raiseProtection: '2-Step Verification by security keys alone, or the Advanced Protection Program',
  noticeDomains: ['google.com'],
  apiDomains: ['googleapis.com'],
  credentials: { evidence: ACCOUNT, containment: ACCOUNT, people: ACCOUNT },
  settings: {
    /** The organisation's own id, which alerts and audit rows name: `my_customer` would be true of every organisation. */
    customerId: z
      .string()
      .regex(
        /^C[0-9A-Za-z]+$/,
        'the customer id of the organisation (C…), as Account settings shows it; not my_customer',
      ),
    /** Administrator whom the service accounts act as. */
    adminSubject: z.email(),
    sender: z.email().optional(),
    serviceAccounts: oneForEachRole(z.email()),
    /** Unique ids (client ids) of those service accounts: what Quell itself reads as a person is no finding about them. */
    ownAppIds: z.array(z.string().regex(/^\d+$/)).default([]),
    /** Where people of this organisation sign in when Google uses SSO. */
    identityProvider: z.enum(['microsoft', 'other']).optional(),
    /** What the organisation's editions give (docs/install/google.md); all of it when not said otherwise. */
    licences: z.strictObject({ vault: flag, devices: flag, chat: flag, driveLog: flag, dlp: flag }).default({}),
    /** Access level that keeps listed addresses out. Without it addresses are blocked by people. */
    blockLevel: z
      .string()
      .regex(/^accessPolicies\/\d+\/accessLevels\/[A-Za-z]\w{0,49}$/)
      .optional(),
    /** How Chat proves itself at `/callbacks/google`, as set in the Chat API's configuration: its exact address (`url`) or the project number. */
    chatApp: z
      .strictObject({
        mode: z.enum(['url', 'project']),
        audience: z.string(),
        callerEmail: z.email().optional(),
        keysUrl: url.optional(),
      })
      .optional(),
    /** One base for all hosts in the simulator; the vendors' own hosts when absent. */
    baseUrl: url.optional(),
  },
  at(config) {
    const { tenant, customerId, adminSubject, sender, serviceAccounts, ownAppIds, chatApp, baseUrl } = config;
    const { identityProvider, blockLevel } = config;
    const settings = ({ role, credentials, wire, timeoutMs, notices }: PortContext): GoogleSettings => ({
      ...{ tenant, customerId, adminSubject, timeoutMs, ownAppIds, notices },
      serviceAccount: serviceAccountFrom(serviceAccounts[role], credentials.need('key')),
      wire: wire({ bases: googleBases(baseUrl), asksToSlowDown }),
      licences: defined(config.licences),
    });
    return {
      vendorIds: [customerId],
      // Client ids of service accounts, which the adapter itself leaves out of what it reads.
      ownApps: [],
      addresses: baseUrl === undefined ? [] : [baseUrl],
      async evidence(context) {
        const { createGoogleEvidence } = await import('./evidence.js');
        return createGoogleEvidence({ ...settings(context), ...defined({ identityProvider }) });
      },
      async containment(context) {
        const { createGoogleContainment } = await import('./containment.js');
        return createGoogleContainment({ ...settings(context), ...defined({ blockLevel }) });
      },
      async talk(context) {
        const { createGoogleTalk } = await import('./talk.js');
        return createGoogleTalk({ ...settings(context), ...defined({ sender }) });
      },
      async check(context, _people, options) {
        const { checkGoogle } = await import('./check.js');
        return checkGoogle({ ...settings(context), ...defined({ sender, blockLevel }) }, context.role, options);
      },
      async callback({ timeoutMs }) {
        if (!chatApp) return undefined;
        const [{ chatCallback }, { createChatVerifier }] = await Promise.all([
          import('./callback.js'),
          import('./verify-chat.js'),
        ]);
        const { mode, audience, callerEmail, keysUrl } = chatApp;
        return chatCallback(createChatVerifier({ mode, audience, timeoutMs, ...defined({ callerEmail, keysUrl }) }));
      },
    };
  },
  async manifest({ roles }, tenant) {
    const { googleManifest } = await import('./manifest.js');
    if (!tenant) return googleManifest({ roles });
    const { licences, sender, blockLevel, serviceAccounts } = tenant;
    const use = { mail: sender !== undefined, blockLevel: blockLevel !== undefined };
    return googleManifest({ roles, licences: defined(licences), serviceAccounts, ...use });
  },
});
