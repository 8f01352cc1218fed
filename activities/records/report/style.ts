/** One style sheet for screen and paper; no font, image or script comes from outside. */
export const STYLE = `
:root{--ink:#1b2430;--soft:#5c6b7c;--line:#dde3ea;--paper:#fff;--ground:#f4f6f9;--bad:#b3261e;--warn:#9a6400;--good:#1d7a46;--blue:#2456a6;--tint:#eaf0fa}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1080px;margin:0 auto;padding:32px 24px 64px}
header.top{border-bottom:3px solid var(--ink);padding-bottom:16px;margin-bottom:24px}
h1{font-size:26px;line-height:1.25;margin:8px 0}
h2{font-size:18px;margin:0 0 10px}
h3{font-size:15px;margin:18px 0 6px}
section{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:18px 20px;margin:0 0 18px}
p{margin:6px 0}
.lead{font-size:16px;max-width:78ch}
.soft,.none{color:var(--soft)}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:10px 24px;margin:14px 0 0}
.facts dt{color:var(--soft);font-size:12px;text-transform:uppercase;letter-spacing:.04em}
.facts dd{margin:0;overflow-wrap:anywhere}
.badge{display:inline-block;padding:2px 10px;border-radius:999px;font-weight:600;font-size:13px;background:var(--tint);color:var(--blue);white-space:nowrap}
.bad{background:#fbe9e7;color:var(--bad)}.warn{background:#fdf1dc;color:var(--warn)}.good{background:#e4f4ea;color:var(--good)}
.demo{background:#fff4c2;border:1px solid #d9b400;border-radius:8px;padding:8px 14px;margin-bottom:18px;font-weight:600}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th{text-align:left;color:var(--soft);font-weight:600;font-size:12px;border-bottom:2px solid var(--line);padding:6px 10px 6px 0}
td{border-bottom:1px solid var(--line);padding:7px 10px 7px 0;vertical-align:top;overflow-wrap:anywhere}
tr:last-child td{border-bottom:0}
code{font:13px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--ground);border-radius:4px;padding:0 4px}
ul{margin:4px 0;padding-left:20px}
ol.log{list-style:none;margin:0;padding:0}
ol.log li{display:grid;grid-template-columns:170px 110px 1fr;gap:8px;padding:4px 0;border-bottom:1px solid var(--line)}
svg{display:block;width:100%;height:auto}
svg text{font:12px system-ui,sans-serif;fill:var(--soft)}
figure{margin:0}figcaption{color:var(--soft);font-size:13px;margin-top:4px}
.stack{display:grid;gap:20px}
.weighing th:not(:first-child),.weighing td:not(:first-child){text-align:center;min-width:110px}.weighing tr.sum td{font-weight:600;border-top:2px solid var(--line)}
.episodes td:last-child{min-width:260px}.nowrap{white-space:nowrap}.for{color:var(--good);font-weight:700}.against{color:var(--bad);font-weight:700}.big{font-size:19px;font-weight:700;color:var(--ink)}details{margin:8px 0}summary{cursor:pointer;color:var(--soft)}
.actions td:nth-child(3){min-width:170px}.actions td:nth-child(4){min-width:210px}.actions td:nth-child(1){min-width:130px}
footer{color:var(--soft);font-size:13px}
@media(max-width:760px){ol.log li{grid-template-columns:1fr}}
@media print{body{background:#fff;font-size:11pt}main{max-width:none;padding:0}section{border:0;border-top:1px solid var(--line);border-radius:0;padding:12px 0;margin:0}h2{break-after:avoid}tr,li,figure{break-inside:avoid}.scroll{overflow:visible}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;
