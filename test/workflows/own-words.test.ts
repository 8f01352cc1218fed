import { expect, it, onTestFinished } from 'vitest';
import { RETENTION } from '../../domain/retention.js';
import { createPeopleActivities } from '../../activities/people/index.js';
import { Delivery } from '../../gateway/delivery.js';
import { slackCallback } from '../../platforms/slack/callback.js';
import { say } from '../../platforms/slack/respond.js';
import { CaseIndex } from '../../store/cases/case-index.js';
import { CaseJoins } from '../../store/inbox/case-joins.js';
import { House } from '../activities/support/house.js';
import { openEdge } from '../gateway/support/edge.js';
import { startTenant, talkOf } from '../platforms/slack/fixture.js';
import { useDatabase } from '../support/database.js';
import { useDevServer } from '../support/temporal.js';
import { assessmentOf, casePolicy, HOME, STRANGE, subjectFacts } from './support/facts.js';
import { usePlaybook } from './support/running.js';
import { PlayedWorld } from './support/world.js';

const database = useDatabase();
const temporal = useDevServer();
const { withCase } = usePlaybook(temporal);
const WITHIN = { timeout: 20_000 };

/** The way of an answer: Slack, intake, inbox, delivery, the people role; only what is read and decided is played. */
async function openHouse() {
  const tenant = await startTenant();
  const edge = await openEdge(database, {
    now: () => new Date(),
    callbacks: [
      slackCallback(tenant.own.signingSecret, (url, text) =>
        say(tenant.settings({}).wire, url, { text, replace: true }),
      ),
    ],
  });
  const address = await edge.app.listen({ port: 0, host: '127.0.0.1' });
  tenant.simulator.callbackUrl = `${address}/callbacks/slack`;
  const house = await House.build();
  const account = { ...HOME, nativeId: tenant.id('dana') };
  const subjectId = await house.person({ accounts: [account], mails: ['dana@example.com'], name: 'Dana Subject' });
  const people = createPeopleActivities({
    talk: [talkOf(tenant)],
    registry: await house.registryFor('people'),
    policies: house.policies,
    people: async () => [],
    answerKey: edge.keys.secret('answer'),
    answersUrl: address,
    consoleUrl: 'https://console.example.com',
    notify: { mail: [] },
  });
  const world = new PlayedWorld({
    openCase: async () => casePolicy({ keys: [{ ...edge.keys.verifying('decision'), holder: { kind: 'console' } }] }),
    identifySubject: async () => subjectFacts(subjectId, { accounts: [account] }),
    assess: async ({ depth }) => assessmentOf({ depth, ...STRANGE }),
    contactSubject: (input) => people.contactSubject({ ...input, suspect: ['microsoft'] }),
    openForm: people.openForm,
  });
  const delivery = new Delivery({
    retention: async () => RETENTION,
    client: temporal.client,
    inbox: edge.reader,
    joins: new CaseJoins(database.as('console')),
    registry: await house.registryFor('console'),
    index: new CaseIndex(house.database.as('console')),
    dossier: house.dossier.writer,
    sources: [],
    tenants: [{ ...HOME, vendorIds: [] }],
    mailDomains: {},
    maxCasesPerAlert: async () => 25,
    answerKey: edge.keys.secret('answer'),
    decisionKey: edge.keys.signing('decision'),
    log: () => undefined,
  });
  const stopping = new AbortController();
  const delivering = delivery.run(stopping.signal);
  onTestFinished(async () => {
    stopping.abort();
    await delivering;
    await edge.close();
    await tenant.close();
  });
  const note = async (caseId: string, key: string) =>
    await house.dossier.reader.readJson<{ readonly text: string }>(caseId, { key });
  return { world, tenant, note };
}

const WORDS = 'I was at the customer in Lisbon and synced my files.';

it('an answer in their own words comes from a form in Slack to the case, as the key of a note', async () => {
  const { world, tenant, note } = await openHouse();
  await withCase(world, async (running) => {
    expect((await running.until((s) => s.contact !== undefined)).contact).toMatchObject({ channel: 'slack' });
    const dm = tenant.simulator.state.dm(tenant.id('dana')).id;
    const [question] = tenant.simulator.state.messages.filter((m) => m.channel === dm);
    expect(await tenant.simulator.press('dana', question?.ts ?? '', 'own_words')).toBe(200);
    await expect.poll(() => tenant.simulator.forms('dana').length, WITHIN).toBe(1);
    expect((await running.view()).contact).toMatchObject({ outcome: 'waiting' });

    expect(await tenant.simulator.sendForm('dana', { answer: 'me', words: WORDS })).toBe(200);
    const { contact, timeline } = await running.until((s) => s.contact?.outcome === 'me');
    expect(await note(running.caseId, contact?.words ?? '')).toEqual({ text: WORDS });
    expect(timeline.map((t) => t.text)).toContain('The subject answered **me** on slack, with a note');
    expect(JSON.stringify(await running.view())).not.toContain('Lisbon');
    await expect
      .poll(() => tenant.simulator.messagesTo?.('dana').map((m) => m.text), WITHIN)
      .toEqual(['Thank you. The security team has your answer.']);
  });
});
