import type { Limitation } from '../ports.js';
import type { SlackPlan } from './settings.js';

/** What Slack lets nobody do by API, and what the plan leaves out; what a person does instead, with which proof. */
export function containmentLimits(plan: SlackPlan): readonly Limitation[] {
  return [
    {
      what: 'reset_credentials',
      why: 'Slack has no API that resets a password; with SSO there is none at Slack.',
      instead:
        'An owner forces a reset in the admin pages, or the identity provider resets it; proof: time of `user_password_reset_by_admin` in the audit log, or the ticket.',
    },
    {
      what: 'remove_auth_method',
      why: 'Slack shows the second factors of nobody and has no API that takes one away; with SSO they are kept by the identity provider.',
      instead:
        'An owner turns two-factor authentication off for the account in the admin pages, or the identity provider removes the factor; the person registers anew; proof: the time, or the entry at the identity provider.',
    },
    {
      what: 'revoke_tokens',
      why: 'No API revokes the token of somebody else by itself.',
      instead:
        'Deactivating the account revokes all its tokens; removing the app removes those of the app. Apps that survive a deactivation are removed one by one; proof: `app_uninstalled` in the audit log.',
    },
    {
      what: 'block_ip',
      why: 'Slack has no API for addresses; its allowlist is set in the admin pages and blocks everybody else.',
      instead: 'The identity provider or the proxy blocks the address; proof: the rule id.',
    },
    {
      what: 'quarantine_device',
      why: 'Slack manages no devices.',
      instead: 'The device team takes the device off the network; proof: the ticket.',
    },
    {
      what: 'remove_mail_rule',
      why: 'Slack has no mailboxes.',
      instead: 'The rule is removed where the mailbox is; proof: the id of the rule.',
    },
    {
      what: 'hold_data',
      why: 'Legal holds go by an API of Enterprise whose scopes are given to apps that Slack has approved; Quell asks for none of them.',
      instead:
        'An owner or the legal team puts the account on a legal hold in the admin pages, before anything is deleted; proof: `legal_hold_policy_created` in the audit log.',
    },
    {
      what: 'hiding a file instead of deleting it',
      why: 'Only the Discovery API hides a file so that it can come back; Slack gives it to an organisation on request.',
      instead: 'The data loss prevention of the organisation hides it, where it has that access; proof: its entry.',
    },
    {
      what: 'accounts that an identity provider creates',
      why: 'Where an identity provider keeps the accounts of Slack in step, it may activate a deactivated one again.',
      instead:
        'The account is disabled at the identity provider as well, which is the first step where it is mastered there; proof: its state there.',
    },
    {
      what: 'bots',
      why: 'The account of a bot can be neither deactivated nor signed out; its tokens belong to the app.',
      instead: 'The app is removed; proof: `app_uninstalled` in the audit log.',
    },
    {
      what: 'primary owner',
      why: 'Slack refuses to deactivate or sign out the primary owner of the organisation.',
      instead: 'The ownership is transferred first; proof: `owner_transferred` in the audit log.',
    },
    ...(plan === 'enterprise'
      ? []
      : [
          {
            what: 'end_sessions',
            why: 'Sessions can be reset by API only on Enterprise.',
            instead:
              'Deactivating the account ends its sessions; else an owner signs the person out in the admin pages; proof: the time.',
          },
          {
            what: 'remove_app',
            why: 'Apps can be removed by API only on Enterprise.',
            instead:
              'An owner removes and restricts the app under Manage apps; proof: the entry in the integration log.',
          },
        ]),
    ...(plan === 'pro'
      ? [
          {
            what: 'disable_account',
            why: 'SCIM needs Business+ or Enterprise.',
            instead: 'An owner deactivates the account in the admin pages; proof: the time.',
          },
        ]
      : []),
  ];
}
