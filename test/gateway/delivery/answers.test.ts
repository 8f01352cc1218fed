import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RETENTION } from '../../../domain/retention.js';
import { checkSigned } from '../../../domain/authority.js';
import { Delivery } from '../../../gateway/delivery.js';
import { answerMessage, formPressMessage, type InboxAnswer } from '../../../gateway/intake/inbox-answer.js';
import { mintAnswerToken, type AnswerClaims } from '../../../store/answer-token.js';
import { CaseIndex } from '../../../store/cases/case-index.js';
import { CaseVault, fileKeys, folderStorage } from '../../../store/case-vault.js';
import { CaseJoins } from '../../../store/inbox/case-joins.js';
import { listDeadLetters, nameDeadLetter, readDeadLetter } from '../../../store/inbox/dead-letters.js';
import type { InboxMessage } from '../../../store/inbox/message.js';
import { outcomeOf } from '../../../store/inbox/outcome.js';
import { queueOf } from '../../../store/inbox/queue.js';
import type { InboxReader } from '../../../store/inbox/reader.js';
import type { InboxWriter } from '../../../store/inbox/writer.js';
import { query } from '../../../store/postgres/connection.js';
import { SubjectRegistry } from '../../../store/subjects/registry.js';
import { playedClient, type Told } from '../support/played-client.js';
import { subjectKeys, testKeys } from '../../store/support.js';
import { useDatabase } from '../../support/database.js';
import { emptyInbox, readerOf, seqs, taken, writerOf } from '../../support/inbox.js';

const database = useDatabase();
const keys = testKeys();
const NOW = new Date();

describe('from the inbox to a case', () => {
  let dir: string;
  let writer: InboxWriter;
  let reader: InboxReader;
  let registry: SubjectRegistry;
  let told: Told;
  let delivery: Delivery;
  let dana: string;
  let claims: AnswerClaims;

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'quell-answers-'));
    await emptyInbox(database);
    writer = writerOf(database, keys);
    reader = readerOf(database, keys);
    await query(database.pool, 'TRUNCATE subjects, subject_aliases');
    registry = await SubjectRegistry.open(database.as('console'), subjectKeys(keys.secret('registry')));
    told = { answers: [], forms: [], joins: [], refuse: undefined };
    delivery = new Delivery({
      retention: async () => RETENTION,
      client: playedClient(told),
      inbox: reader,
      joins: new CaseJoins(database.as('console')),
      registry,
      index: new CaseIndex(database.as('console')),
      dossier: new CaseVault(folderStorage(dir), fileKeys(keys, 'console')).writer('dossier'),
      sources: [{ name: 'google', format: 'google-alert-center', newCasesPerMinute: 10 }],
      tenants: [{ platform: 'slack', tenant: 'main', vendorIds: [] }],
      mailDomains: {},
      maxCasesPerAlert: async () => 25,
      answerKey: keys.secret('answer'),
      decisionKey: keys.signing('decision'),
      log: () => undefined,
    });
    dana = (
      await registry.resolve([
        { mail: 'dana.weiss@example.com' },
        { platform: 'slack', tenant: 'main', nativeId: 'U0DANA' },
      ])
    ).subjectId;
    claims = {
      caseId: `case-${dana}`,
      askId: 'ask-1',
      personId: dana,
      channel: 'slack',
      expiresAt: new Date(NOW.getTime() + 3_600_000).toISOString(),
    };
  });
  afterEach(async () => {
    await reader.close();
    await rm(dir, { recursive: true, force: true });
  });

  const outcome = (seq: number) => outcomeOf(database.as('intake'), seq);
  const press = (nativeId: string, answer: InboxAnswer['answer'] = 'not_me', words?: string): InboxMessage => {
    const given = { token: token(), answer, words, pressedBy: { platform: 'slack', nativeId } } as const;
    const message = answerMessage('slack', given, keys.secret('answer'), NOW);
    if (!message) throw new Error('no message');
    return message;
  };
  const pressForForm = (nativeId: string, trigger: string): InboxMessage => {
    const given = { token: token(), form: { trigger }, pressedBy: { platform: 'slack', nativeId } };
    const message = formPressMessage(given, keys.secret('answer'), NOW);
    if (!message) throw new Error('no message');
    return message;
  };
  const token = () => mintAnswerToken(claims, keys.secret('answer'));

  it('an answer arrives signed by the console for the person who was asked', async () => {
    await writer.append(press('U0DANA'));
    await delivery.deliverOnce();
    const [{ caseId, signed } = {}] = told.answers;
    expect(caseId).toBe(claims.caseId);
    expect(signed?.body).toMatchObject({
      type: 'answer',
      askId: 'ask-1',
      answer: 'not_me',
      personId: dana,
      channel: 'slack',
    });
    const key = keys.verifying('decision');
    expect(signed && checkSigned(signed, [{ ...key, holder: { kind: 'console' } }])).toBeUndefined();
    expect(await outcome(1)).toMatchObject({ status: 'delivered', caseIds: [claims.caseId] });
  });

  it('a button that somebody else pressed, in a forwarded message, changes nothing', async () => {
    await registry.resolve([{ platform: 'slack', tenant: 'main', nativeId: 'U0KAI' }]);
    await writer.append(press('U0KAI'));
    await writer.append(press('U0NOBODY'));
    await delivery.deliverOnce();
    expect(told.answers).toEqual([]);
    expect(await outcome(1)).toMatchObject({ status: 'ignored', text: 'NOT_AUTHORISED' });
    expect(await outcome(2)).toMatchObject({ status: 'ignored', text: 'NOT_AUTHORISED' });
  });

  it('words arrive as the key of a note that the case and its people can read', async () => {
    await writer.append(press('U0DANA', 'me', 'On the train to Lisbon.'));
    await delivery.deliverOnce();
    const [{ caseId, signed } = { caseId: '', signed: undefined }] = told.answers;
    expect(JSON.stringify(signed)).not.toContain('Lisbon');
    const reader = new CaseVault(folderStorage(dir), fileKeys(keys, 'console')).reader('dossier');
    expect(await reader.readJson(caseId, { key: signed?.body.words ?? '' })).toEqual({
      text: 'On the train to Lisbon.',
    });
  });

  it('a press for the form opens one, in the tenant of the account, for whoever was asked alone', async () => {
    await registry.resolve([{ platform: 'slack', tenant: 'main', nativeId: 'U0KAI' }]);
    await writer.append(pressForForm('U0DANA', '1.2.a'));
    await writer.append({ ...pressForForm('U0DANA', '1.2.a'), dedupeKey: 'delivered again' });
    await writer.append(pressForForm('U0KAI', '1.2.b'));
    await delivery.deliverOnce();
    expect(told.forms.map((f) => f.args)).toEqual([
      [{ platform: 'slack', tenant: 'main', trigger: '1.2.a', token: token() }],
    ]);
    expect(JSON.stringify(told.forms[0]?.workflowId)).not.toContain('1.2.a');
    expect(told.answers).toEqual([]);
    expect(await outcome(1)).toMatchObject({ status: 'delivered', caseIds: [claims.caseId] });
    expect(await outcome(2)).toMatchObject({ status: 'delivered' });
    expect(await outcome(3)).toMatchObject({ status: 'ignored', text: 'NOT_AUTHORISED' });
  });

  it('what the case refuses, and what is no answer at all, is settled and holds nothing up', async () => {
    const garbage = { ...press('U0DANA'), dedupeKey: 'g', body: Buffer.from('{"token":1') };
    await writer.append(garbage);
    await writer.append(press('U0DANA', 'me'));
    told.refuse = 'DECISION_REPLAYED';
    await delivery.deliverOnce();
    expect(await outcome(1)).toMatchObject({ status: 'ignored', text: 'ALERT_FORMAT' });
    expect(await outcome(2)).toMatchObject({ status: 'ignored', text: 'DECISION_REPLAYED' });
    expect((await queueOf(database.as('console'))).waiting).toBe(0);
  });

  it('an alert that names nobody waits for a person, and goes to the case of whom they name', async () => {
    const alert = {
      alertId: 'ga-1',
      customerId: 'C0example',
      source: 'Security Center rules',
      type: 'Activity Rule',
      data: {},
    };
    await writer.append({
      kind: 'alert',
      source: 'google',
      dedupeKey: 'd',
      receivedAt: NOW.toISOString(),
      contentType: 'application/json',
      body: Buffer.from(JSON.stringify(alert)),
    });
    await delivery.deliverOnce();
    const [letter] = await listDeadLetters(database.as('console'));
    expect(letter?.reason).toContain('ALERT_NO_SUBJECT');
    expect(letter?.reason).toContain('investigation tool');
    expect(Buffer.from((await readDeadLetter(database.as('console'), keys.opening('inbox'), 1)).body).toString()).toBe(
      JSON.stringify(alert),
    );

    await nameDeadLetter(database.as('console'), keys.opening('inbox'), 1, 'dana.weiss@example.com');
    await delivery.deliverOnce();
    expect(told.joins.map((j) => j.subjectId)).toEqual([dana]);
    expect(await listDeadLetters(database.as('console'))).toEqual([]);
    expect(await outcome(1)).toMatchObject({ status: 'delivered', caseIds: [claims.caseId] });
  });

  it('reads answers apart from alerts, so that they do not stand behind a storm', async () => {
    await writer.append({ ...press('U0DANA'), kind: 'alert', source: 'google', dedupeKey: 'a' });
    await writer.append(press('U0DANA'));
    expect([seqs(await taken(reader, 'callback')), seqs(await taken(reader))]).toEqual([[2], [1]]);
  });
});
