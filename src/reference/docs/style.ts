/** System fonts, four sizes, an 8-pixel rhythm, one accent; past WCAG AA in light and dark. */
export const referenceStyle = `:root{color-scheme:light dark;--bg:#fff;--soft:#f4f5f7;--line:#dfe2e7;--text:#1b1f26;--dim:#555e6b;--accent:#2450c5;--ok:#11683a;--bad:#a5261c;--warn:#7a4d00}
@media(prefers-color-scheme:dark){:root{--bg:#14171c;--soft:#1d2128;--line:#333a45;--text:#e6e9ee;--dim:#a5aebb;--accent:#8fb0ff;--ok:#6fd29a;--bad:#ff9a8f;--warn:#e7b968}}
*{box-sizing:border-box}
html{scroll-padding-top:16px}
body{margin:0;background:var(--bg);color:var(--text);font:16px/24px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
code,pre,kbd{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:14px}
a{color:var(--accent);text-underline-offset:3px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:2px}
[hidden]{display:none!important}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--bg);padding:8px}
header{display:flex;justify-content:space-between;align-items:baseline;padding:16px 24px;border-bottom:1px solid var(--line)}
header p{margin:0}.name{font-weight:650}.name span{color:var(--dim);font-weight:400;margin-left:8px}
.page{display:grid;grid-template-columns:312px minmax(0,800px);gap:48px;max-width:1208px;margin:0 auto;padding:0 24px}
nav{position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;padding:24px 8px 48px 0;font-size:14px;line-height:20px}
nav ul{list-style:none;margin:0;padding:0}
.toc>summary{display:none}
.toc>ul>li{margin-bottom:16px}
.toc>ul>li>a{color:var(--text);font-weight:600;text-decoration:none;display:block;padding:2px 0}
.toc li li a{display:grid;grid-template-columns:56px 1fr;color:var(--dim);text-decoration:none;padding:4px 0}
.toc a:hover{color:var(--accent)}
.find{display:flex;align-items:center;gap:8px;margin-bottom:16px;color:var(--dim)}
.find input{flex:1;min-width:0;font:inherit;color:var(--text);background:var(--bg);border:1px solid var(--dim);border-radius:4px;padding:6px 8px}
kbd{color:var(--dim);border:1px solid var(--line);border-radius:4px;padding:0 6px}
main{padding:24px 0 96px}
h1{font-size:28px;line-height:40px;margin:0 0 8px}
h2{font-size:20px;line-height:32px;margin:64px 0 0}
h2+p{margin-top:0;color:var(--dim)}
h3{font-size:16px;line-height:24px;margin:0}
h3 a{color:inherit;text-decoration:none}h3 a:hover{text-decoration:underline}
article{padding:24px 0;border-top:1px solid var(--line)}
article:target h3::before{content:"";display:inline-block;width:8px;height:8px;border-radius:4px;background:var(--accent);margin-right:8px}
p{margin:8px 0;max-width:70ch}
.call{overflow-wrap:anywhere}
.call>code{font-weight:600}
.m{font:600 12px/20px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;color:var(--accent)}
.m.post{color:var(--ok)}.m.delete{color:var(--bad)}.m.patch,.m.put{color:var(--warn)}
.scope{font-size:14px;color:var(--dim);margin-left:8px}
details{margin:4px 0}
summary{cursor:pointer;font-size:14px;line-height:24px;padding:4px 0}
summary::marker{color:var(--dim)}
.plain{font-size:14px;margin:4px 0;padding:4px 0 4px 16px}
.ok{color:var(--ok);font-weight:600}.bad{color:var(--bad);font-weight:600}
table{border-collapse:collapse;width:100%;font-size:14px;line-height:20px;margin:8px 0 16px}
th{text-align:left;font-weight:600;color:var(--dim)}
th,td{padding:6px 16px 6px 0;vertical-align:top;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
td:first-child{width:34%}td:nth-child(2){width:26%;color:var(--dim)}
td b{font-size:12px;font-weight:600;color:var(--dim);white-space:nowrap}
.d1{padding-left:16px}.d2{padding-left:32px}.d3{padding-left:48px}.d4,.d5{padding-left:64px}
tr:target{background:var(--soft)}
pre{position:relative;background:var(--soft);border-radius:4px;padding:16px;overflow:auto;margin:8px 0 16px}
pre button{position:absolute;top:8px;right:8px;font:600 12px/20px system-ui,sans-serif;color:var(--text);background:var(--bg);border:1px solid var(--dim);border-radius:4px;padding:2px 8px;cursor:pointer}
.errors{list-style:none;margin:8px 0 16px;padding:0 0 0 16px;font-size:14px}
.errors a{text-decoration:none;margin-right:4px}.errors a:hover{text-decoration:underline}
#errors td:nth-child(2){width:12%}
@media(max-width:800px){.page{display:block;padding:0 16px}header{padding:16px}nav{position:static;max-height:none;padding:16px 0 0}
.toc>summary{display:list-item;font-weight:600}main{padding-top:16px}h2{margin-top:48px}
table,thead,tbody,tr,td{display:block;width:auto}thead{display:none}tr{border-bottom:1px solid var(--line);padding:8px 0}td,td:first-child,td:nth-child(2){border:0;padding:0;width:auto}
td.d1,td.d1~td{padding-left:16px}td.d2,td.d2~td{padding-left:32px}td.d3,td.d3~td{padding-left:48px}.scope{display:block;margin:0}}
`;
