import type { AboutFormat } from '../kit/parser.js';

export const about: AboutFormat = {
  name: 'splunk',
  product: 'Splunk',
  sends:
    'the webhook alert action of a saved search (first row in `result`), the rows of a search in `results[]`, or an Enterprise Security notable',
  auth: ['url-secret', 'hmac'],
  shape:
    '`sid` with `results_link`, `search_name`, `result` or `results`; `results` as the API gives them; or an `event_id` with `@@notable@@`',
  identity: '`event_id`, else `sid` and the row; of `results` without one the row, which has its `_time`',
  subjects:
    '`src_user` where it acts on another `user`; else `user`, `user_email`, `email`; then what the add-ons for Slack, Google Workspace, Microsoft 365 and Entra extract (`actor.email`, `actor.user.email`, `UserId`, `userPrincipalName`, `initiatedBy.user.userPrincipalName`, `properties.…`, `UPN`, `Actor{}.ID`), and `risk_object`. Several values may be a list, lines of one text, or addresses with commas, semicolons or bars between',
  states: '`status_label`',
  setUp:
    'The webhook action can set no header and sends the first row alone: put the secret into its address, and let the search end in one row for each alert that holds `user` as a mail address, `src`, `_time`, `sourcetype` and `severity`.',
  nobodyWithout: ['result.user'],
};
