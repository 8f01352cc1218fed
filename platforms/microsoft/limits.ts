import type { Limitation } from '../ports.js';
import type { MicrosoftLicences } from './settings.js';

type Has = Required<MicrosoftLicences>;

/** What cannot be read at Microsoft, always or without a licence. */
export function evidenceLimits(has: Has): readonly Limitation[] {
  return [
    {
      what: 'messages read in the Teams client',
      hides: 'messages',
      why: 'Microsoft logs reads of messages only when they go through Microsoft Graph, never reads in the Teams client.',
      instead:
        'Exposure of chats read in the client stays unknown; sign-ins and Teams sessions bound the time in which they could be read.',
    },
    ...unless(has.entraP1, {
      what: 'microsoft.sign_ins',
      why: 'The sign-in log can be read by API only with Entra ID P1.',
      instead: 'An administrator exports the sign-in log of the person from the Entra portal and enters the file.',
    }),
    ...unless(has.entraP2, {
      what: 'microsoft.risk_detections',
      why: 'Identity Protection needs Entra ID P2.',
      instead: 'Sign-ins are judged by the policy alone.',
    }),
    ...['microsoft.alerts', 'microsoft.incidents'].flatMap((what) =>
      unless(has.defender, {
        what,
        why: 'Defender alerts and incidents need a Defender XDR licence.',
        instead: 'Alerts of other detectors are sent to the intake.',
      }),
    ),
    ...unless(has.auditPremium, {
      what: 'messages read through Microsoft Graph',
      hides: 'messages',
      why: 'MessagesListed, ChatRetrieved and MessagesExported are written only with Audit (Premium).',
      instead:
        'An app that could read chats is taken to have read them; a person decides from its permissions and sign-ins.',
    }),
  ];
}

/** What cannot be done at Microsoft, always or without a licence. */
export function containmentLimits(has: Has): readonly Limitation[] {
  return [
    {
      what: 'accounts mastered in on-premises Active Directory',
      why: 'Entra refuses to disable or reset an account that is synchronised from on-premises.',
      instead: 'An Active Directory administrator disables the account there; proof: the time and the ticket.',
    },
    {
      what: 'accounts with an administrator role',
      why: 'Entra lets an app disable or reset an administrator only when the app itself holds a higher role.',
      instead:
        'A Privileged Authentication Administrator acts on the account; proof: the entry in the Entra audit log.',
    },
    {
      what: 'a default factor beside others',
      why: 'Entra deletes the factor that the person is asked for first only when it is the last one.',
      instead:
        'An Authentication Administrator sets another default and deletes the factor; proof: the entry in the Entra audit log.',
    },
    {
      what: 'remove_delegate',
      why: 'Microsoft Graph has no way to see or change who may open a mailbox or send in its name, or where a mailbox forwards to: only Exchange’s own administration has.',
      instead:
        'An Exchange administrator removes the delegate or the forwarding (Remove-MailboxPermission, Remove-RecipientPermission, Set-Mailbox); proof: the entry in the unified audit log.',
    },
    {
      what: 'sessions of guests',
      why: 'A guest signs in at the home tenant; revoking here has no effect there.',
      instead: 'The home organisation is asked to end the sessions; the guest account here is disabled.',
    },
    {
      what: 'access tokens already issued',
      why: 'They stay valid until they expire, about an hour, except in apps with continuous access evaluation.',
      instead: 'Sign-ins are watched for 90 minutes after containment.',
    },
    {
      what: 'hold_data',
      why: 'Holds are not in version 1.0 of Microsoft Graph, and an app has to be a member of a Purview role group for them.',
      instead:
        'A Purview administrator puts mailbox and OneDrive of the account on hold in an eDiscovery case; proof: the name of the case and of the hold.',
    },
    {
      what: 'single messages in Teams',
      why: 'An app can hide a message only by a verdict of data loss prevention, which hides it from the evidence too.',
      instead: 'A Teams administrator removes the message after the export; proof: the time and the ticket.',
    },
    ...unless(has.entraP2, {
      what: 'telling Identity Protection',
      why: 'Identity Protection needs Entra ID P2.',
      instead: 'Nothing more is needed: the account is disabled and its password replaced.',
    }),
    ...unless(
      has.entraP1,
      has.defender
        ? {
            what: 'sign-ins from blocked addresses',
            why: 'Without Entra ID P1 there is no Conditional Access: Defender keeps managed devices from the address, and nobody is kept from signing in there.',
            instead: 'The account itself is disabled; the network team blocks the address; proof: the rule id.',
          }
        : {
            what: 'block_ip',
            why: 'Conditional Access needs Entra ID P1, indicators need Defender for Endpoint.',
            instead: 'The network team blocks the address at the firewall; proof: the rule id.',
          },
    ),
    ...unless(has.defender || has.intune, {
      what: 'quarantine_device',
      why: 'Isolation needs Defender for Endpoint, a lock needs Intune.',
      instead: 'The device team takes the device off the network; proof: the ticket.',
    }),
    ...unless(has.defender || !has.intune, {
      what: 'isolation of devices',
      why: 'Isolation needs Defender for Endpoint; without it Intune locks the device, and its network stays.',
      instead: 'The device team takes the device off the network; proof: the ticket.',
    }),
    ...unless(has.intune, {
      what: 'retire_device',
      why: 'Only Intune takes the organisation’s data off a device.',
      instead: 'The device team collects and wipes the device; proof: the ticket.',
    }),
  ];
}

const unless = (condition: boolean, limitation: Limitation): readonly Limitation[] => (condition ? [] : [limitation]);
