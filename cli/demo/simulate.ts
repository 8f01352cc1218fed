import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { serveControl } from '../../simulator/core/control.js';
import { listScenarios, loadScenario } from '../../simulator/core/scenario.js';
import { serveVendor } from '../../simulator/core/server.js';
import { World } from '../../simulator/core/world.js';
import { createGoogleTenant, googleCredentials } from '../../simulator/google/index.js';
import { createMicrosoftTenant, microsoftCredentials } from '../../simulator/microsoft/index.js';
import { createSlackTenant, slackCredentials } from '../../simulator/slack/index.js';
import { linesOf, print } from '../terminal.js';
import { writeOrganisation } from './organisation.js';

const USAGE = `npm run simulate -- [options]: a simulated organisation at Slack, Microsoft and Google, on loopback alone

  --scenario NAME         ${listScenarios().join(', ')}
  --started-at INSTANT    when the scenario's rows are counted from (ISO 8601); now
  --without-decisive      without the rows that make it an incident
  --rates FACTOR          holds the vendors' rate limits, so many times as wide; no limits
  --ports S,M,G,C         ports of Slack, Microsoft, Google and the control API; any free ones
  --state FOLDER          writes a configuration and each role's credentials there, for quell check and the roles
  --json                  prints addresses alone, as one line of JSON
  --help                  this text; more in docs/simulator.md
`;

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'slack-takeover' },
    'started-at': { type: 'string' },
    'without-decisive': { type: 'boolean', default: false },
    rates: { type: 'string' },
    ports: { type: 'string', default: '0,0,0,0' },
    state: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  print(...linesOf(USAGE));
  process.exit(0);
}

const [slackPort = 0, microsoftPort = 0, googlePort = 0, controlPort = 0] = values.ports.split(',').map(Number);
const world = new World(loadScenario(values.scenario), {
  ...(values['started-at'] === undefined ? {} : { startedAt: new Date(values['started-at']) }),
  withoutDecisive: values['without-decisive'],
  ...(values.rates === undefined ? {} : { rates: Number(values.rates) }),
});
const vendors = [createSlackTenant(world), createMicrosoftTenant(world), createGoogleTenant(world)] as const;
const credentials = {
  slack: slackCredentials(world),
  microsoft: microsoftCredentials(world),
  google: googleCredentials(world),
};
const [slack, microsoft, google, control] = await Promise.all([
  serveVendor(world, vendors[0], slackPort),
  serveVendor(world, vendors[1], microsoftPort),
  serveVendor(world, vendors[2], googlePort),
  serveControl(world, vendors, controlPort, credentials),
]);

const addresses = { slack: slack.url, microsoft: microsoft.url, google: google.url, control: control.url };
if (values.state !== undefined) {
  const elsewhere = 'http://127.0.0.1:9'; // nothing of Quell itself is started here
  writeOrganisation(
    resolve(values.state),
    fileURLToPath(new URL('../../', import.meta.url)),
    world,
    {
      ...addresses,
      ...{ intake: elsewhere, console: elsewhere, temporalUi: elsewhere },
      temporal: { address: '127.0.0.1:7233', namespace: 'default' },
    },
    world.scenario.pace,
  );
}
print(
  ...(values.json
    ? [JSON.stringify({ scenario: values.scenario, startedAt: world.startedAt.toISOString(), ...addresses })]
    : linesOf(greeting())),
);

const stop = async (): Promise<void> => {
  await Promise.all([slack, microsoft, google, control].map(({ app }) => app.close()));
  process.exit(0);
};
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());

/** Where the tenants are, how to get in, and a first call that can be pasted. */
function greeting(): string {
  return `Scenario ${values.scenario}: ${world.scenario.shows}

  Slack      ${slack.url}   Web API /api/, Audit Logs API /audit/v1/, SCIM /scim/
  Microsoft  ${microsoft.url}   Entra, Graph, Management Activity API, Defender, Bot Connector
  Google     ${google.url}   token endpoint and all APIs
  Control    ${control.url}   journal, state, messages, faults, grants

Credentials, good for nothing elsewhere:   curl -s ${control.url}/credentials
A first call:                              curl -s -H 'Authorization: Bearer ${credentials.slack.tokens.evidenceAdmin}' ${slack.url}/api/users.list -d team_id=${credentials.slack.teamIds[0]}
Let the next one be throttled:             curl -s ${control.url}/faults --json '[{"platform":"slack","operation":"users.list","kind":"throttle","retryAfterSeconds":7}]'
What changed at the tenants:               curl -s ${control.url}/journal
What Quell's credentials allow there:      ${
    values.state === undefined
      ? 'start it with --state FOLDER, then QUELL_STATE=FOLDER npm run quell -- check'
      : `QUELL_STATE=${values.state} npm run quell -- check`
  }

Only this machine reaches it. Ctrl-C ends it, and nothing is kept. docs/simulator.md tells the rest.
`;
}
