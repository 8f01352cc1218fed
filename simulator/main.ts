import { parseArgs } from 'node:util';
import { createGoogleTenant } from './google/index.js';
import { createMicrosoftTenant } from './microsoft/index.js';
import { createSlackTenant } from './slack/index.js';
import { serveControl } from './core/control.js';
import { loadScenario } from './core/scenario.js';
import { serveVendor } from './core/server.js';
import { World } from './core/world.js';

/** The simulated organisation as a process: `node --import tsx simulator/main.ts --scenario NAME`. Loopback only. */
const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'slack-takeover' },
    'started-at': { type: 'string' },
    'without-decisive': { type: 'boolean', default: false },
    /** Holds the vendors' rate limits, each so many times as wide. */
    rates: { type: 'string' },
    ports: { type: 'string', default: '0,0,0,0' },
  },
});
const [slackPort = 0, microsoftPort = 0, googlePort = 0, controlPort = 0] = values.ports.split(',').map(Number);
const world = new World(loadScenario(values.scenario), {
  ...(values['started-at'] === undefined ? {} : { startedAt: new Date(values['started-at']) }),
  withoutDecisive: values['without-decisive'],
  ...(values.rates === undefined ? {} : { rates: Number(values.rates) }),
});
const vendors = [createSlackTenant(world), createMicrosoftTenant(world), createGoogleTenant(world)] as const;
const [slack, microsoft, google, control] = await Promise.all([
  serveVendor(world, vendors[0], slackPort),
  serveVendor(world, vendors[1], microsoftPort),
  serveVendor(world, vendors[2], googlePort),
  serveControl(world, vendors, controlPort),
]);
const addresses = { slack: slack.url, microsoft: microsoft.url, google: google.url, control: control.url };
process.send?.({ ready: true, addresses });
process.stdout.write(
  `${JSON.stringify({ scenario: values.scenario, startedAt: world.startedAt.toISOString(), ...addresses })}\n`,
);

const stop = async (): Promise<void> => {
  await Promise.all([slack, microsoft, google, control].map(({ app }) => app.close()));
  process.exit(0);
};
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
