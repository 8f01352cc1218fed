import { objectIdOf, objectIdOfSid } from '../../domain/account-names.js';
import { z } from 'zod';
import { defined, definePlatform, oneForEachRole, type PortContext } from '../define.js';
import { federatedTokenFile, microsoftCredential } from './credential.js';
import { isService } from './first-party-services.js';
import { GRAPH_CLIENT_STATE } from './proof.js';
import { microsoftBases, type MicrosoftSettings } from './settings.js';

const url = z.url();
const flag = z.boolean().optional();

/** Of app registrations: a secret, or a certificate with its thumbprint. */
const APP = ['secret', 'certificate', 'thumbprint'] as const;

/** An object id of Entra; accounts elsewhere look different. */
const OBJECT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Teams with Entra and Graph security. */
export const microsoft = definePlatform({
  id: 'microsoft',
  name: 'Microsoft 365',
  namedAs: /\b(microsoft|m365|o365|office ?365|azure|entra|teams|ms:aad|msgraph)/i,
  // Detectors put a word in front of Entra's ids (`User_…`), or give the SID that holds one.
  personId: (text) => objectIdOf(text.replace(/^User_/i, '')) ?? objectIdOfSid(text.trim()),
  isService,
  channel: 'teams',
  // A session's cookie is gone on with: it needs no sign-in, but one is logged where it is taken to another app.
  secrets: { entra_session: ['session', 'api_activity', 'sign_in'] },
  hosts: ['mailbox', 'sign_in'],
  raiseProtection:
    'Conditional Access that asks this account for a phishing-resistant factor and lets no legacy protocol by',
  noticeDomains: ['microsoft.com', 'microsoftonline.com'],
  apiDomains: [
    'microsoft.com',
    'microsoftonline.com',
    'office.com',
    'microsoftonline.us',
    'microsoft.us',
    'office365.us',
  ],
  credentials: { evidence: APP, containment: APP, people: APP },
  provenBy: (env) => federatedTokenFile(env) !== undefined,
  senderProofs: { 'graph-client-state': GRAPH_CLIENT_STATE },
  responseChannel: { name: 'teams', body: async (message) => (await import('./card.js')).webhookBody(message) },
  settings: {
    tenantId: z.string(),
    /** Application (client) ids of the app registration of each role; secrets and certificates are credentials. */
    clientIds: oneForEachRole(z.string()),
    /** Mailbox (address or object id) that mails to people are sent from. */
    sender: z.string().optional(),
    /** Teams app in the catalogue, for notices in the activity feed. */
    teamsAppId: z.string().optional(),
    /** Client id of the Teams bot and where the Bot Framework publishes its keys: the buttons of Teams messages are taken at `/callbacks/teams`. */
    bot: z
      .strictObject({
        appId: z.string(),
        metadataUrl: url.default('https://login.botframework.com/v1/.well-known/openidconfiguration'),
      })
      .optional(),
    licences: z
      .strictObject({ entraP1: flag, entraP2: flag, auditPremium: flag, defender: flag, intune: flag })
      .default({}),
    baseUrls: z.strictObject({ graph: url, login: url, manage: url }).default({
      graph: 'https://graph.microsoft.com/',
      login: 'https://login.microsoftonline.com/',
      manage: 'https://manage.office.com/',
    }),
  },
  at({ tenant, tenantId, clientIds, sender, teamsAppId, bot, licences, baseUrls }) {
    const settings = ({ role, credentials, wire, timeoutMs, notices }: PortContext): MicrosoftSettings => ({
      ...{ tenant, tenantId, timeoutMs, notices },
      credential: microsoftCredential(clientIds[role], credentials),
      wire: wire({ bases: microsoftBases(baseUrls) }),
    });
    const licensed = { licences: defined(licences) };
    const talks = defined({ mailFrom: sender, teamsAppId });
    return {
      vendorIds: [tenantId],
      ownApps: [...Object.values(clientIds), bot?.appId, teamsAppId].filter((id) => id !== undefined),
      addresses: Object.values(baseUrls),
      async evidence(context) {
        const { createMicrosoftEvidence } = await import('./evidence.js');
        const auditSearch = defined({ pollMs: context.pollMs });
        return createMicrosoftEvidence({ ...settings(context), ...licensed, auditSearch });
      },
      async containment(context) {
        const { createMicrosoftContainment } = await import('./containment.js');
        return createMicrosoftContainment({ ...settings(context), ...licensed, ownAppIds: Object.values(clientIds) });
      },
      async talk(context) {
        const { createMicrosoftTalk } = await import('./talk.js');
        return createMicrosoftTalk({ ...settings(context), ...talks });
      },
      async check(context, people, options) {
        const { checkMicrosoft } = await import('./check.js');
        const teamsPeople = people.filter((id) => OBJECT_ID.test(id));
        return checkMicrosoft({ ...settings(context), ...licensed, ...talks, teamsPeople }, context.role, options);
      },
      async callback({ timeoutMs }) {
        if (!bot) return undefined;
        const [{ teamsCallback }, { createBotVerifier }] = await Promise.all([
          import('./callback.js'),
          import('./verify-bot.js'),
        ]);
        const { appId: botAppId, metadataUrl } = bot;
        return teamsCallback(createBotVerifier({ botAppId, tenantId, metadataUrl, timeoutMs }));
      },
    };
  },
  async manifest({ roles }, tenant) {
    const { microsoftManifest } = await import('./manifest.js');
    if (!tenant) return microsoftManifest({ roles });
    const use = { mail: tenant.sender !== undefined, teams: tenant.teamsAppId !== undefined };
    return microsoftManifest({ roles, licences: defined(tenant.licences), ...use });
  },
});
