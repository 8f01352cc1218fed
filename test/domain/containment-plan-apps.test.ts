import { describe, expect, it } from 'vitest';
import type { PlanInput } from '../../domain/containment-plan.js';
import { idsOf } from '../../domain/act-target.js';
import type { ActionKind } from '../../domain/acts/index.js';
import { AWAY, event, finding, HOME } from './fixtures.js';
import { account, events, found, steps, subject, sureOf, thing } from './planning.js';

describe('an app that the person was tricked to let in', () => {
  const app = { id: 'A1', name: 'Reader', scopes: ['Chat.Read.All'] };
  const rows = [
    event({ id: 'c', kind: 'app_grant', actor: 'U1', app, ...HOME }),
    event({ id: 'r', kind: 'conversation_read', actor: 'U1', app, ...AWAY }),
    event({ id: 'p', kind: 'platform_alert', actor: 'U1' }),
  ];
  const consent = finding({ kind: 'app_consent', events: ['c'], ownSession: true, whose: 'own' });
  const reads = finding({ kind: 'bulk_collection', events: ['r'], whose: 'app', foreignEvents: ['r'] });
  const alert = finding({ kind: 'platform_alert', events: ['p'], whose: 'unknown', foreignEvents: [] });
  /** The app explains it best; a thief is likely enough against harmless work alone. */
  const proposing = {
    ...sureOf('app'),
    weighed: {
      attack: 0.999,
      ranking: [
        { explanation: 'app', probability: 0.95 },
        { explanation: 'intruder', probability: 0.049 },
        { explanation: 'own_work', probability: 0.001 },
      ],
    },
  } as const;
  const plan = (...findings: PlanInput['findings']) =>
    steps({ events: [...rows, ...events], findings, proposing }).map((a) => `${a.kind} ${a.platform} ${thing(a)}`);
  const OF_APP = ['remove_app slack A1', 'revoke_tokens slack U1'];

  it('is what is stopped, with its tokens where it is, and nobody is locked out', () => {
    expect(plan(consent, reads, alert).sort()).toEqual(OF_APP);
    const unknown = { ...reads, whose: 'unknown' as const, foreignEvents: [] };
    expect(plan(consent, unknown, alert).filter((step) => /account|credentials|sessions/.test(step))).toEqual([]);
    expect(plan({ ...consent, ownSession: false, whose: 'unknown' }, reads).sort()).toEqual(OF_APP);
  });

  it('does not hide somebody else in the account', () => {
    const taken = found.map((f) => ({ ...f, whose: 'other' as const, foreignEvents: f.events }));
    expect(plan(consent, reads, ...taken)).toEqual(
      expect.arrayContaining([...OF_APP, 'disable_account microsoft M1', 'reset_credentials microsoft M1']),
    );
    const factor = event({ id: 'k', kind: 'credential_change', actor: 'U1', ...AWAY });
    const takeover = finding({ kind: 'credential_change', events: ['k'], whose: 'unknown', foreignEvents: ['k'] });
    const acts = steps({ events: [...rows, factor], findings: [consent, reads, takeover], proposing });
    expect(acts.map((a) => a.kind)).toContain('reset_credentials');
  });

  it('as the subject itself has its tokens taken from everybody who let it in', () => {
    const others = ['U1', 'U2'].map((actor) => event({ id: `c${actor}`, kind: 'app_grant', actor, app, ...HOME }));
    const findings = [
      finding({ kind: 'app_consent', events: ['cU1', 'cU2'], whose: 'unknown' }),
      finding({ kind: 'bulk_collection', events: ['r'], whose: 'app', foreignEvents: ['r'] }),
    ];
    const acts = steps({
      ...{ events: [...others, ...rows.slice(1)], findings, proposing },
      subject: { ...subject, kind: 'app', accounts: [account('slack', 'A1')] },
    });
    const of = (kind: ActionKind) => acts.filter((a) => a.kind === kind).map((a) => a.target);
    expect(of('revoke_tokens').map((t) => idsOf(t)[0])).toEqual(['U1', 'U2']);
    expect(new Set(of('remove_app').map((t) => idsOf(t)[0]))).toEqual(new Set(['A1']));
    expect(new Set(acts.map((a) => a.kind))).toEqual(new Set(['revoke_tokens', 'remove_app']));
  });
});
