import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEvidenceActivities } from '../../activities/evidence/index.js';
import { createPeopleActivities } from '../../activities/people/index.js';
import { QuellError } from '../../domain/errors.js';
import type { EvidenceEvent } from '../../domain/evidence.js';
import { filesUnder } from '../store/support.js';
import { analysis } from './support/analysis.js';
import { House, perform, quietly, type InputOf, type ResultOf } from './support/house.js';
import { NOW } from './support/plans.js';
import { records, summary } from './support/records.js';
import { ALERT, takeover } from './support/takeover.js';
import { entry, PagedSource, port } from './support/vendor.js';

/** Words that occur nowhere else. */
const word = fc.stringMatching(/^[a-z]{12,16}$/);
const planted = fc.record({
  name: word,
  local: word,
  domain: word,
  file: word,
  channel: word,
  text: word,
  secret: word,
  stranger: word,
});
type Planted = typeof planted extends fc.Arbitrary<infer T> ? T : never;

function rowsWith(p: Planted): readonly EvidenceEvent[] {
  return takeover().map((row) => ({
    ...row,
    ...(row.target ? { target: { ...row.target, name: `${p.file}-${row.target.id}.txt` } } : {}),
    ...(row.channel ? { channel: { ...row.channel, name: p.channel } } : {}),
    ...(row.text === undefined ? {} : { text: `${p.text} password: ${p.secret}` }),
    ...(row.externalRecipients ? { externalRecipients: [`${p.stranger}@${p.domain}.example.org`] } : {}),
  }));
}

describe('what activities give to Temporal', () => {
  it('holds no name, address, text, file name or secret: not in results, heartbeats, failures, nor in the clear on disk', async () => {
    await fc.assert(
      fc.asyncProperty(planted, async (p) => {
        const seen: unknown[] = [];
        const mail = `${p.local}@${p.domain}.example.com`;
        const house = await House.build();
        const source = new PagedSource('slack.audit_logs', [rowsWith(p)]);
        const vendor = port([source], [entry('U1', { emails: [mail], displayName: p.name, phone: p.stranger })]);
        const watched = async <A extends object, K extends keyof A & string>(
          activities: A,
          name: K,
          input: InputOf<A[K]>,
        ): Promise<ResultOf<A[K]>> => {
          const environment = quietly();
          environment.on('heartbeat', (details: unknown) => seen.push(details));
          const result = await perform(activities, name, input, environment).catch((error: unknown) => {
            seen.push(error instanceof Error ? `${error.message} ${error.stack ?? ''}` : error);
            throw error;
          });
          seen.push(result);
          return result;
        };
        const { subjectId } = await house.registry.resolve([{ platform: 'slack', tenant: 'main', nativeId: 'U1' }]);
        const caseId = `case-${subjectId}`;
        const evidence = createEvidenceActivities({
          ports: [vendor],
          registry: house.registry,
          evidence: house.evidence.writer,
          grounds: house.grounds.writer,
          policies: house.policies,
          manifestKey: house.keys.signing('manifest'),
          audit: house.audit,
          spool: house.spool,
          geo: () => ({}),
          clock: () => NOW,
        });
        const subject = await watched(evidence, 'identifySubject', { caseId, subjectId });
        const window = {
          tenant: { platform: 'slack', tenant: 'main' },
          depth: 'narrow',
          from: '2026-02-16T00:00:00.000Z',
          to: '2026-03-02T10:00:00.000Z',
          readContent: true,
        } as const;
        source.fail = () =>
          new QuellError('VENDOR_DOWN', `${mail} said https://files.example.com/${p.file}?token=${p.secret}`);
        await watched(evidence, 'collectEvidence', { caseId, subjectId, ...window }).catch(() => undefined);
        source.fail = () => undefined;
        const collection = await watched(evidence, 'collectEvidence', { caseId, subjectId, ...window });

        const { digest: policyDigest } = await house.policies.current();
        const collections = [collection];
        const run = await analysis(house);
        const assessment = await watched(run, 'assess', {
          caseId,
          subject,
          collections,
          alerts: [ALERT],
          depth: 'wide',
          policyDigest,
        });
        expect(assessment.findings.length).toBeGreaterThan(2);
        const plan = await watched(run, 'planContainment', {
          caseId,
          purpose: 'containment',
          verdict: 'compromised',
          severity: 'high',
          subject,
          assessment,
          collections,
          done: [],
          policyDigest,
        });
        await watched(run, 'auditExposure', {
          ...{ caseId, subject, collections, assessment, policyDigest },
          ...{ verdict: 'compromised', plans: [] },
        });

        const people = createPeopleActivities({
          talk: [
            {
              platform: 'google',
              tenant: 'main',
              limitations: [],
              talk: [
                {
                  channel: 'mail',
                  send: () => Promise.reject(new QuellError('VENDOR_REFUSED', `no such box ${mail}`)),
                },
              ],
            },
          ],
          registry: await house.registryFor('people'),
          policies: house.policies,
          people: async () => [],
          answerKey: house.keys.secret('answer'),
          answersUrl: 'https://answers.example.com',
          consoleUrl: 'https://console.example.com',
          notify: { mail: [mail] },
        });
        await watched(people, 'contactSubject', {
          caseId,
          subject: { ...subject, mail: 'google' },
          askId: 'a',
          suspect: ['slack'],
          deadline: NOW.toISOString(),
        });
        await watched(people, 'notifyIncidentResponse', {
          caseId,
          verdict: 'compromised',
          severity: 'high',
          suspect: ['slack'],
          acknowledgeBy: NOW.toISOString(),
        });
        const r = await records(house);
        await watched(r.run, 'openCase', { summary: summary({ caseId, subjectId, stage: 'intake' }), alerts: [ALERT] });

        expect(plan?.body.actions.length).toBeGreaterThan(0);
        const told = JSON.stringify(seen);
        const disk = filesUnder(house.root)
          .map((f) => readFileSync(f, 'latin1'))
          .join('\n');
        for (const [what, value] of Object.entries(p)) {
          expect(told, what).not.toContain(value);
          expect(disk, what).not.toContain(value);
        }
      }),
      { numRuns: 6 },
    );
  });
});
