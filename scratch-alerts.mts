import { readdirSync, readFileSync, statSync } from 'node:fs'; import { join } from 'node:path';
import { parseAlerts } from './gateway/alerts/index.ts';
const dir='/work/shared/samples'; const map:any={'graph-alerts-v2':'graph-alerts-v2','sentinel':'sentinel','slack-anomaly':'slack-anomaly','google-alert-center':'google-alert-center','splunk':'splunk','panther':'panther'};
for (const d of Object.keys(map)) for (const f of readdirSync(join(dir,d))) { try { const a = parseAlerts(JSON.parse(readFileSync(join(dir,d,f),'utf8')), {source:'s',format:map[d],receivedAt:new Date().toISOString()}); console.log(d,f,'OK',a.map(x=>[x.subjects.length,x.severity,x.state,x.occurredAt,x.title.slice(0,40)].join('|')).join(' ; ')); } catch(e:any){ console.log(d,f,'REFUSED',e.message.slice(0,160)); } }
