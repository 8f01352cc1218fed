/*
 * The registry: one line for each folder. What a body is is found by its shape, which no two formats have in common; the order says nothing,
 * but for lines that are both: `cef` comes before `syslog`, whose header may stand before CEF.
 */
export { cef } from './cef/parser.js';
export { datadog } from './datadog/parser.js';
export { defenderIncident } from './defender-incident/parser.js';
export { elastic } from './elastic/parser.js';
export { googleAlertCenter } from './google-alert-center/parser.js';
export { googleSecops } from './google-secops/parser.js';
export { graphAlertsV2 } from './graph-alerts-v2/parser.js';
export { ocsf } from './ocsf/parser.js';
export { office365Alert } from './office-365-alert/parser.js';
export { panther } from './panther/parser.js';
export { quell } from './quell/parser.js';
export { sentinel } from './sentinel/parser.js';
export { sigma } from './sigma/parser.js';
export { slackAnomaly } from './slack-anomaly/parser.js';
export { splunk } from './splunk/parser.js';
export { sumoLogic } from './sumo-logic/parser.js';
export { syslog } from './syslog/parser.js';
