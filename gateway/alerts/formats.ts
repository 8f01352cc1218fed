/*
 * The registry: one line for each folder. What a body is is found by its shape, which no two formats have in common; the order says nothing.
 */
export { elastic } from './elastic/parser.js';
export { googleAlertCenter } from './google-alert-center/parser.js';
export { graphAlertsV2 } from './graph-alerts-v2/parser.js';
export { ocsf } from './ocsf/parser.js';
export { panther } from './panther/parser.js';
export { quell } from './quell/parser.js';
export { sentinel } from './sentinel/parser.js';
export { slackAnomaly } from './slack-anomaly/parser.js';
export { splunk } from './splunk/parser.js';
