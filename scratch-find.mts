import { readFileSync } from 'node:fs'; import { parse } from 'yaml';
import { loadScenario } from './simulator/core/scenario.ts';
import { serveVendor } from './simulator/core/server.ts';
import { World } from './simulator/core/world.ts';
import { createMicrosoftTenant, microsoftCredentials } from './simulator/microsoft/index.ts';
import { createMicrosoftEvidence } from './platforms/microsoft/index.ts';
import { computeFindings, viewOf, volumes } from './domain/indicators/index.ts';
import { matchPatterns } from './domain/patterns.ts';
import { impactOf } from './domain/impact.ts';
import { decideEscalation } from './domain/escalation.ts';
const policy = parse(readFileSync('./policy/default.yaml','utf8'));
for (const n of process.argv.slice(2)) for (const without of [false,true]) {
 const s = loadScenario(n); const w = new World(s, { withoutDecisive: without, startedAt: new Date(Date.now()-10*60e3), pace:{lag:1e6} });
 const { app, url } = await serveVendor(w, createMicrosoftTenant(w)); const c = microsoftCredentials(w);
 const port = createMicrosoftEvidence({ tenant:'main', tenantId:c.tenantId, baseUrls:{graph:url,login:url,manage:url}, credential:c.evidence, timeoutMs:5000, auditSearch:{pollMs:20} });
 const p = s.people[s.subject]; const nativeId = w.nativeId('microsoft', s.subject);
 const events:any[]=[]; const to=new Date().toISOString(), from=new Date(Date.now()-30*864e5).toISOString();
 for (const src of port.sources) { let cur; try { do { const r = await src.read({nativeId,emails:[p.email],from,to,readContent:true},cur); events.push(...r.events); cur=r.next; } while(cur); } catch(e){ console.log(src.id, String(e).slice(0,200)); } }
 const findings = computeFindings({ events, accounts:[nativeId], thresholds: policy.indicators, focusFrom: new Date(w.startedAt.getTime()-24*3600e3).toISOString() });
 const pats = matchPatterns(policy.patterns, findings, events);
 const impact = impactOf(findings, events, policy.critical, []);
 console.log('==', n, without?'WITHOUT':'WITH', events.length, 'events', JSON.stringify(events.reduce((m,e)=>(m[e.kind]=(m[e.kind]??0)+1,m),{})));
 for (const f of findings) console.log('  ', f.kind, f.confidence, f.ownSession?'own':'foreign', f.inSession?'in':'out', f.events.length, f.text.slice(0,110));
 console.log('  patterns', pats.map(x=>x.patternId), 'impact', JSON.stringify(impact));
 console.log('  ', JSON.stringify(decideEscalation({findings: findings.map(f=>({...f,eventCount:f.events.length})), patterns:pats, questions:[], impact, contact:s.plays.subject.answer as any, severity:'high', gaps:[], policy, settled:true, now:to})).slice(0,400));
 await app.close();
}
