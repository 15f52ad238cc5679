/**
 * The whole look. System fonts, four sizes (28, 20, 16, 14), a rhythm of 8 pixels, one accent, three colours of state;
 * every pair of text and ground is past WCAG AA (4.5:1) in light and dark, and no state is told by colour alone.
 */
export const style = `:root{color-scheme:light dark;--ground:#fff;--soft:#f5f6f8;--line:#dcdfe5;--edge:#767e8b;--text:#1a1e25;--dim:#565e6c;--accent:#2450c5;--on-accent:#fff;--good:#13693d;--wait:#7a4d00;--bad:#a8271d;--good-soft:#e9f5ee;--wait-soft:#fbf1dd;--bad-soft:#fcebe9;--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
@media(prefers-color-scheme:dark){:root{--ground:#13161b;--soft:#1b1f26;--line:#323843;--edge:#8a93a2;--text:#e7eaef;--dim:#a7b0bd;--accent:#93b2ff;--on-accent:#10131a;--good:#74d39e;--wait:#e9bd6f;--bad:#ff9d92;--good-soft:#16281f;--wait-soft:#2b2314;--bad-soft:#331d1b}}
*,::before,::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:16px}
body{margin:0;background:var(--ground);color:var(--text);font:16px/24px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
h1,h2,h3,p,ul,ol,dl,dd,figure,pre,fieldset,legend{margin:0;padding:0}
ul,ol{list-style:none}
h1{font-size:28px;line-height:40px;font-weight:650;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{font-size:20px;line-height:32px;font-weight:650}
h3,legend{font-size:16px;line-height:24px;font-weight:650}
small,.small,table,label,.hint{font-size:14px;line-height:24px}
code,pre,kbd,.mono{font-family:var(--mono);font-size:14px;line-height:24px}
p{max-width:68ch}
a{color:var(--accent);text-underline-offset:3px;text-decoration-thickness:1px}
a:hover{text-decoration-thickness:2px}
fieldset{border:0;min-width:0}
[hidden]{display:none!important}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
.dim{color:var(--dim)}
.skip{position:absolute;left:-999px}
.skip:focus{left:8px;top:8px;padding:8px 16px;background:var(--ground);z-index:2}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.stack>*+*{margin-top:16px}
.stack-l>*+*{margin-top:40px}
.row{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center}
.apart{justify-content:space-between}
.top{border-bottom:1px solid var(--line)}
.top>div{display:flex;align-items:center;gap:8px 32px;max-width:1152px;margin:0 auto;padding:12px 24px;flex-wrap:wrap}
.brand{display:flex;align-items:center;gap:8px;font-weight:650;color:var(--text);text-decoration:none}
.brand svg{display:block}
.nav{display:flex;flex-wrap:wrap;gap:0 16px;flex:1;font-size:14px;min-width:0}
.nav a{color:var(--dim);text-decoration:none;padding:8px 0;border-bottom:2px solid transparent}
.nav a:hover{color:var(--text)}
.nav a[aria-current]{color:var(--text);border-color:var(--accent);font-weight:600}
.who{position:relative;font-size:14px}
.who>summary{list-style:none;cursor:pointer;padding:4px 0;color:var(--text);max-width:280px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.who>summary::-webkit-details-marker{display:none}
.who>summary::after{content:"";display:inline-block;width:6px;height:6px;margin:0 2px 3px 8px;border:solid currentColor;border-width:0 1.5px 1.5px 0;transform:rotate(45deg)}
.who>div{position:absolute;right:0;top:40px;z-index:3;width:288px;padding:16px;background:var(--ground);border:1px solid var(--edge);border-radius:8px}
.banner{background:var(--wait-soft);color:var(--wait);font-size:14px;padding:4px 24px;text-align:center}
.banner p{max-width:none}
.elevated{background:var(--wait-soft);border-bottom:1px solid var(--wait);font-size:14px}
.elevated>div{display:flex;flex-wrap:wrap;gap:4px 24px;align-items:center;justify-content:space-between;max-width:1152px;margin:0 auto;padding:8px 24px}
.elevated .stack>*+*{margin-top:0}
.elevated p{flex:1 1 480px;max-width:none;overflow-wrap:anywhere}
main{max-width:1152px;margin:0 auto;padding:32px 24px 96px}
.foot{max-width:1152px;margin:0 auto;padding:0 24px 48px;font-size:14px;color:var(--dim)}
.foot a{color:inherit}
.crumb{font-size:14px;margin-bottom:8px}
.crumb a{color:var(--dim)}
.lead{font-size:16px;color:var(--dim)}
.cols{display:grid;grid-template-columns:minmax(0,1fr) 320px;gap:48px;align-items:start}
.cols.even{grid-template-columns:minmax(0,1fr) 400px}
.cols>*{min-width:0}
button,.button{display:inline-block;font:600 14px/24px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;padding:7px 16px;border:1px solid var(--edge);border-radius:6px;background:transparent;color:var(--text);text-decoration:none;cursor:pointer;text-align:center}
button:hover,.button:hover{border-color:var(--text)}
.primary{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
.primary:hover{border-color:var(--text)}
.danger{border-color:var(--bad);color:var(--bad)}
.danger.primary{background:var(--bad);color:var(--ground)}
button.plain{border-color:transparent;padding-left:0;padding-right:0;color:var(--accent)}
button.plain:hover{border-color:transparent;text-decoration:underline}
button[disabled]{opacity:1;color:var(--dim);border-style:dashed;cursor:default}
.chip{display:inline-flex;vertical-align:top;align-items:center;gap:8px;font-size:14px;line-height:24px;white-space:nowrap;color:var(--dim)}
.chip::before{content:"";flex:none;width:8px;height:8px;border-radius:50%;background:currentColor}
.chip.good{color:var(--good)}
.chip.wait{color:var(--wait)}
.chip.wait::before{background:transparent;border:2px solid currentColor}
.chip.bad{color:var(--bad)}
.chip.bad::before{border-radius:0;transform:rotate(45deg)}
.chip.off::before{height:2px;border-radius:0}
table{width:100%;border-collapse:collapse}
caption{text-align:left}
th{font-weight:400;color:var(--dim);text-align:left;padding:0 16px 8px 0;white-space:nowrap}
td{border-top:1px solid var(--line);padding:11px 16px 12px 0;vertical-align:top}
th:last-child,td:last-child{padding-right:0}
td.num,th.num{text-align:right;font-variant-numeric:tabular-nums}
td a.whole{color:var(--text);text-decoration:none;font-weight:600}
td a.whole:hover{text-decoration:underline}
td p{max-width:none}
td:not(.end) :is(a,b,p,code){overflow-wrap:anywhere}
td time{white-space:nowrap}
.note .row{gap:0 16px}
.note .press{padding:8px 0 4px}
.tabs{display:flex;gap:16px;font-size:14px}
.tabs a{color:var(--dim);text-decoration:none;padding:4px 0;border-bottom:2px solid transparent}
.tabs a[aria-current]{color:var(--text);border-color:var(--accent);font-weight:600}
.notes{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,320px),1fr));gap:16px}
.acts{position:sticky;bottom:0;background:var(--ground);border-top:1px solid var(--line);padding:16px 0;z-index:1}
tr[data-row]{position:relative}
tbody tr[data-row]:hover td,tbody tr.at td{background:var(--soft)}
tbody tr.at td:first-child{box-shadow:inset 2px 0 var(--accent)}
tbody tr[data-row] td:first-child{padding-left:8px}
thead tr.indent th:first-child{padding-left:8px}
.end{text-align:right;white-space:nowrap}
.fact{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:8px 24px;font-size:14px;line-height:24px}
.fact dt{color:var(--dim)}
.fact dd{overflow-wrap:anywhere}
.side .fact{grid-template-columns:1fr;gap:0}
.side .fact dd{margin-bottom:12px}
.note{border-left:4px solid var(--edge);background:var(--soft);padding:12px 16px;border-radius:0 6px 6px 0}
.note.good{border-color:var(--good);background:var(--good-soft)}
.note.wait{border-color:var(--wait);background:var(--wait-soft)}
.note.bad{border-color:var(--bad);background:var(--bad-soft)}
.note h2{font-size:16px;line-height:24px}
.verdict{font-size:20px;line-height:32px;font-weight:600}
.empty{border:1px dashed var(--edge);border-radius:8px;padding:32px;max-width:680px}
.empty pre{margin-top:16px}
label{display:block;font-weight:600}
label .dim,.opt{font-weight:400;color:var(--dim)}
input:not([type=checkbox]):not([type=radio]),select,textarea{font:16px/24px inherit;font-family:inherit;width:100%;color:var(--text);background:var(--ground);border:1px solid var(--edge);border-radius:6px;padding:7px 12px;min-height:40px}
textarea,input.mono{font-family:var(--mono);font-size:14px;line-height:24px}
select{appearance:none;padding-right:32px;background:var(--ground) linear-gradient(45deg,transparent 50%,currentColor 50%) no-repeat right 17px top 17px/6px 6px;background-image:linear-gradient(45deg,transparent 50%,currentColor 50%),linear-gradient(135deg,currentColor 50%,transparent 50%);background-position:right 17px top 17px,right 12px top 17px;background-size:5px 5px,5px 5px;background-repeat:no-repeat}
input::placeholder,textarea::placeholder{color:var(--dim);opacity:1}
[aria-invalid=true]{border-color:var(--bad)!important;border-width:2px!important;padding:6px 11px!important}
input[type=checkbox],input[type=radio]{width:16px;height:16px;margin:4px 12px 4px 0;accent-color:var(--accent);flex:none}
.pick{display:flex;font-weight:400;cursor:pointer;padding:4px 0}
.pick span{min-width:0}
.pick b{font-weight:600}
.field .hint{color:var(--dim)}
.wrong{color:var(--bad);font-size:14px;line-height:24px;font-weight:600}
.form{max-width:680px}
.filters{display:flex;flex-wrap:wrap;gap:16px;align-items:end}
.filters>.field{flex:1 1 168px;min-width:0;max-width:280px}
.halves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:40px 48px;align-items:start}
.choices{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:32px;align-items:start}
.choice{max-width:680px;border-top:4px solid var(--accent);padding-top:16px}
.choice.grave{border-color:var(--bad)}
.seek{display:grid;grid-template-columns:minmax(0,1fr) max-content;gap:0 16px;align-items:end;max-width:760px}
.seek .hint{grid-column:1/-1;padding-top:4px}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:16px}
.streams{columns:2;column-gap:32px}
.streams>fieldset{break-inside:avoid;padding-bottom:16px;margin:0!important}
.copy{display:inline-flex;align-items:baseline;gap:8px;max-width:100%}
.copy code{overflow-wrap:anywhere}
.copy button{flex:none;padding:0;border:0;color:var(--accent);font-weight:400;line-height:24px}
.copy button:hover{text-decoration:underline}
.secret{border:1px solid var(--edge);border-radius:8px;padding:24px}
.secret code{font-weight:600;word-break:break-all}
.json{font:14px/24px var(--mono);background:var(--soft);border-radius:8px;padding:16px;overflow-wrap:anywhere;white-space:pre-wrap}
.json .in{padding-left:24px}
.json details>summary{cursor:pointer;list-style:none}
.json details>summary::-webkit-details-marker{display:none}
.json details>summary::before{content:"+";display:inline-block;width:16px;margin-left:-16px;color:var(--dim)}
.json details[open]>summary::before{content:"–"}
.json details[open]>summary .gist{display:none}
.json .gist{color:var(--dim)}
.json .k{color:var(--accent)}
.json .s{color:var(--good)}
.json .n,.json .b{color:var(--wait)}
pre{background:var(--soft);border-radius:8px;padding:16px;white-space:pre-wrap;overflow-wrap:anywhere}
.fold>summary{cursor:pointer;font-weight:600;padding:8px 0}
.fold>summary .dim{font-weight:400}
.pages{display:flex;gap:16px;padding-top:24px}
.toast{position:fixed;left:50%;bottom:24px;transform:translateX(-50%);z-index:4;display:flex;gap:16px;align-items:center;max-width:calc(100vw - 32px);padding:12px 16px;background:var(--text);color:var(--ground);border-radius:8px;font-size:14px}
.toast button{color:inherit;border:0;padding:0;font-weight:400;text-decoration:underline}
dialog{width:min(560px,calc(100vw - 32px));max-height:calc(100vh - 64px);padding:24px;border:1px solid var(--edge);border-radius:8px;background:var(--ground);color:var(--text)}
dialog::backdrop{background:rgb(0 0 0/.5)}
dialog h1{font-size:20px;line-height:32px}
.bay{display:block;width:100%;height:auto}
.bay.narrow,.narrow-only{display:none}
.bay text{fill:var(--text);font-size:14px}
.bay .sub{fill:var(--dim)}
.bay .ring{fill:var(--ground);stroke:var(--edge);stroke-width:2}
.bay .hole{fill:var(--edge)}
.bay .jack:hover text{text-decoration:underline}
.bay .cord{fill:none;stroke:var(--good);stroke-linecap:round}
.bay .hit{fill:none;stroke:transparent;stroke-width:20}
.bay .held .cord{stroke:var(--wait);stroke-dasharray:2 12}
.bay .broken .cord{stroke:var(--bad)}
.bay .quiet .cord{stroke:var(--edge);stroke-dasharray:none;opacity:.6}
.bay .unplugged .cord{stroke:var(--bad)}
.bay .plug{fill:var(--good)}
.bay .unplugged .plug,.bay .tip{fill:var(--bad)}
.bay .held .plug{fill:var(--wait)}
.bay .broken .plug{fill:var(--bad)}
.bay .quiet .plug{fill:var(--edge)}
.bay .cut{stroke:var(--bad);stroke-width:2.5;stroke-linecap:round}
.bay .gap{fill:var(--ground)}
.bay a:hover .cord{filter:brightness(1.2)}
.bay a:hover text.on{text-decoration:underline}
.bay .add .ring{stroke-dasharray:3 3}
.bay .add text{fill:var(--accent)}
@media(prefers-reduced-motion:no-preference){.bay .pulse .cord{animation:pulse 1.2s ease-out 1}@keyframes pulse{30%{stroke-width:14}}}
.gauge{display:block;width:100%;max-width:680px;height:16px}
.gauge.short{width:160px}
.gauge::-webkit-meter-bar{background:var(--soft);border-color:var(--edge)}
.gauge::-webkit-meter-optimum-value{background:var(--accent)}
.gauge::-moz-meter-bar{background:var(--accent)}
.fold.aside>summary{font-weight:400;font-size:14px;color:var(--dim)}
nav [aria-current=true]{color:var(--text);text-decoration:none;font-weight:600}
.points{list-style:disc;padding-left:20px}
.points>li+li{margin-top:8px}
.chart{display:flex;min-width:0}
.chart svg{display:block;flex:none;overflow:visible}
.chart .plot{flex:1;min-width:0;width:100%}
.chart text{fill:var(--dim);font-size:14px}
.chart line{stroke:var(--line)}
.chart .hit{fill:transparent}
.chart g:hover .hit{fill:var(--soft)}
.chart .accent{fill:var(--accent)}
.chart .good{fill:var(--good)}
.chart .wait{fill:var(--wait);fill-opacity:.5;stroke:var(--wait);stroke-width:1.5}
.chart .bad{fill:var(--bad)}
.swatch::before{content:"";display:inline-block;width:12px;height:12px;margin-right:8px;vertical-align:-1px;background:var(--accent)}
.swatch.good::before{background:var(--good)}
.swatch.wait::before{background:color-mix(in srgb,var(--wait) 50%,transparent);border:1.5px solid var(--wait)}
.swatch.bad::before{background:var(--bad)}
.key{display:flex;flex-wrap:wrap;gap:8px 24px;font-size:14px}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:8px 32px;border-block:1px solid var(--line);padding:16px 0}
.tiles dt{font-size:14px;line-height:24px;color:var(--dim)}
.tiles dd{font-size:28px;line-height:40px;font-weight:600;font-variant-numeric:tabular-nums}
.pairs{display:block}
.pairs .usual{fill:var(--edge)}
.pairs .now{fill:var(--accent)}
.pairs .far{fill:var(--wait)}
th.bars,td.bars{width:30%}
.tiles .more{font-size:14px;line-height:24px;font-weight:400;color:var(--dim)}
.tiles a{color:inherit;text-decoration:none}
.tiles a:hover{text-decoration:underline}
.attempt{border-top:1px solid var(--line);padding:16px 0}
.attempt.stack>*+*{margin-top:4px}
.card{max-width:440px;margin:64px auto 0}
h2.h3{font-size:16px;line-height:24px}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,288px),1fr));gap:16px}
.gallery>li{display:flex;flex-direction:column;border:1px solid var(--line);border-radius:8px;padding:16px 24px}
.gallery>li>:last-child{margin-top:auto;padding-top:16px}
.gallery>li.stack>*+*{margin-top:8px}
.gallery>li.stack>:last-child{margin-top:auto}
.there{border-left:2px solid var(--edge);padding-left:16px}
.attempt>.there+.there{margin-top:16px}
.pick+.fold{margin-left:28px}
.there li{overflow-wrap:anywhere}
@media(max-width:720px){td,th{padding-right:8px}td.end{white-space:normal}.nav a[aria-current]{font-weight:400}.acts{position:static}main{padding:24px 16px 80px}.top>div{padding:8px 16px 0;gap:0 16px}.nav{order:3;flex-basis:100%;flex-wrap:wrap;gap:0 16px}.nav a{padding:8px 0 6px}.who{margin-left:auto}.who>summary{max-width:180px}.foot{padding:0 16px 48px}.cols,.cols.even,.pair{grid-template-columns:minmax(0,1fr);gap:24px}.streams{columns:1}.wide-only{display:none!important}.bay.wide{display:none}.bay.narrow,.narrow-only{display:block}.tiles{grid-template-columns:1fr 1fr;gap:8px 16px}.fact{gap:0 16px}.empty,.secret{padding:16px}.filters>.field{max-width:none}.banner{padding:4px 16px}.elevated>div{padding:8px 16px}.card{margin-top:24px}h1{line-height:32px}.verdict{line-height:28px}}
@media(max-width:720px) and (min-width:0px){.fact:not(.tight){grid-template-columns:1fr}.fact:not(.tight) dd{margin-bottom:8px}}
@media print{.top,.foot,.toast,.banner,.elevated,.crumb,button{display:none}}
`;
